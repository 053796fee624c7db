import Testing

@testable import EntropyCoding

@Suite("Frequency tables")
struct FrequencyTableTests {
  @Test("frequencies sum to 2^15, and none is 0", arguments: [1, 2, 3, 17, 100, 1023, 1024])
  func sums(count: Int) {
    var generator = SeededGenerator(seed: UInt64(count))
    for shift in stride(from: 0, through: 63, by: 7) {
      let weights = (0..<count).map { _ in
        UInt32(
          truncatingIfNeeded: generator.next() >> UInt64.random(in: 0...UInt64(shift), using: &generator))
      }
      let escape = UInt32(truncatingIfNeeded: generator.next() >> UInt64(shift))
      let table = FrequencyTable(lowest: 0, weights: weights, escape: escape, rawBits: 0)
      #expect(table.frequencies.reduce(0) { $0 + Int($1) } == 1 << 15)
      #expect(table.frequencies.allSatisfy { $0 >= 1 })
      #expect(table.frequencies.count == count + 1)
    }
  }

  @Test("extreme weights have tables too")
  func extremes() {
    #expect(FrequencyTable.frequencies([0, 0]) == [16384, 16384])
    #expect(FrequencyTable.frequencies([.max, 0]) == [32767, 1])
    #expect(FrequencyTable.frequencies([0, .max, 0]) == [1, 32766, 1])
    let crowd = [UInt32](repeating: 0, count: 1024) + [.max]
    #expect(FrequencyTable.frequencies(crowd) == [UInt16](repeating: 1, count: 1024) + [32768 - 1024])
    #expect(FrequencyTable.frequencies([UInt32](repeating: .max, count: 3)) == [10923, 10923, 10922])
  }

  @Test("frequencies are the known ones for known weights")
  func known() {
    #expect(
      FrequencyTable.frequencies([1 << 20, 1 << 22, 1 << 23, 1 << 21, 1 << 10])
        == [2184, 8738, 17475, 4369, 2])
    #expect(FrequencyTable.frequencies([1, 2, 3, 4, 5]) == [2185, 4369, 6554, 8738, 10922])
  }

  /// The frequencies as they are defined, whatever time that takes.
  private func defined(_ weights: [UInt32]) -> [UInt16] {
    var held: Set<Int> = []
    while true {
      let left = UInt64(FrequencyTable.total - held.count)
      let shared = weights.indices.filter { !held.contains($0) }
      let rest = shared.reduce(0) { $0 + UInt64(weights[$1]) }
      let light = shared.filter { UInt64(weights[$0]) * left < rest }
      held.formUnion(light)
      guard light.isEmpty else { continue }
      var frequencies = weights.map { _ in UInt64(1) }
      for i in shared { frequencies[i] = UInt64(weights[i]) * left / rest }
      let spare = FrequencyTable.total - Int(frequencies.reduce(0, +))
      let neediestFirst = shared.sorted { a, b in
        let gains = (
          UInt64(weights[a]) * (2 * frequencies[b] + 1), UInt64(weights[b]) * (2 * frequencies[a] + 1)
        )
        return gains.0 == gains.1 ? a < b : gains.0 > gains.1
      }
      for i in neediestFirst.prefix(spare) { frequencies[i] += 1 }
      return frequencies.map { UInt16($0) }
    }
  }

  @Test("frequencies are those of exact arithmetic, whatever is alike", arguments: [2, 3, 40, 1025])
  func exact(count: Int) {
    var generator = SeededGenerator(seed: UInt64(count))
    for bits in 1...32 as ClosedRange<UInt64> {
      for kinds in [2, 5, 1 << 20] as [UInt64] {
        // Few kinds of weights make many ties.
        var weights = (0..<count).map { _ in
          let kind = generator.next() % kinds &* 0x9E37_79B9_7F4A_7C15
          return UInt32(kind >> (64 - bits + kind % 7))
        }
        weights[0] = max(1, weights[0])
        #expect(FrequencyTable.frequencies(weights) == defined(weights), "\(bits) bits, \(kinds) kinds")
      }
    }
  }

  @Test("no exchange of one unit between two symbols lowers the cross-entropy by more than a trifle")
  func optimum() {
    var generator = SeededGenerator(seed: 5)
    for count in [2, 10, 200] {
      let weights = (0..<count).map { _ in
        UInt32(generator.next() >> 44) >> UInt32.random(in: 0...12, using: &generator)
      }
      let frequencies = FrequencyTable.frequencies(weights)
      let total = Double(weights.reduce(0, +))
      // Bits that a unit more saves, and that a unit less costs, for each symbol.
      let gains = zip(weights, frequencies).map {
        Double($0) / total * Double(binaryLogarithm(Float($1) + 1) - binaryLogarithm(Float($1)))
      }
      let losses = zip(weights, frequencies).compactMap {
        $1 == 1
          ? nil : Double($0) / total * Double(binaryLogarithm(Float($1)) - binaryLogarithm(Float($1) - 1))
      }
      #expect(gains.max() ?? 0 < (losses.min() ?? 0) + 1e-6)
    }
  }

  @Test("the logarithm for costs is right to six digits")
  func logarithm() {
    #expect(binaryLogarithm(1) == 0)
    #expect(binaryLogarithm(32768) == 15)
    #expect(abs(binaryLogarithm(3) - 1.5849625) < 1e-6)
    #expect(abs(binaryLogarithm(1.4142135) - 0.5) < 1e-6)
    #expect(abs(binaryLogarithm(23170.475) - 14.5) < 1e-5)
  }

  @Test("a listed symbol costs its logarithm and its raw bits; an escape costs its distance too")
  func costs() {
    let table = FrequencyTable(lowest: 10, weights: [2, 1], escape: 1, rawBits: 3)
    #expect(table.frequencies == [16384, 8192, 8192])
    for low: Int32 in 0..<8 {
      #expect(table.bits(of: 80 + low) == 1 + 3)
      #expect(table.bits(of: 88 + low) == 2 + 3)
    }
    // The escape, its head of 6 bits, the bits of the distance below the highest.
    #expect(table.bits(of: 79) == 2 + 3 + 6)
    #expect(table.bits(of: 96) == 2 + 3 + 6)
    #expect(table.bits(of: 104) == 2 + 3 + 6 + 1)
    #expect(table.bits(of: .min) > 2 + 3 + 6 + 27)
  }

  @Test("bits of rows are those of a chunk's planes, each by its table")
  func tables() {
    let a = FrequencyTable(lowest: -1, weights: [1, 2, 1], escape: 1, rawBits: 0)
    let b = FrequencyTable(lowest: 0, weights: [5, 1], escape: 1, rawBits: 1)
    let tables = TableSet([a], levels: [a, b])
    let chunk = ChunkSymbols(
      symbols: [0, 1, 9, 1, 0, -7], planes: 1, planeStride: 3, rows: 3, levels: [0, 1, 0],
      contextCodedPlanes: 1)
    let bits = tables.rowBits(of: chunk)
    #expect(bits[0] == Double(a.bits(of: 0)) + Double(a.bits(of: 1)))
    #expect(bits[1] == Double(a.bits(of: 1)) + Double(b.bits(of: 0)))
    #expect(abs(bits.reduce(0, +) - tables.bits(of: chunk)) < 1e-9)
  }
}
