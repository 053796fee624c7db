import Testing

@testable import EntropyCoding
@testable import Records
@testable import Tensor
@testable import VAECodec

@Suite("The quick coder of values")
struct QuickCoderTests {
  private static let types = ElementType.allCases.filter { !$0.isWide }
  private static let shapes: [[Int]] = [
    [], [1], [3], [17], [60], [6, 7], [1, 9], [5, 4, 3], [3, 9, 10], [2, 1, 1], [40], [41], [12, 33],
  ]

  private func coder(_ type: ElementType, _ shape: [Int], _ bounds: [Double] = [0]) -> QuickCoder {
    QuickCoder(
      GridCoder(
        type, sampleShape: shape, bounds: bounds.map { ValueBound($0) }, curves: GridCoderTests.curves))
  }

  private func batch(_ values: [Double], _ type: ElementType, width: Int = 1) -> SampleBatch {
    SampleBatch(doubles: values, elementType: type, valuesPerSample: width)
  }

  /// A model's reconstruction: the values with noise; now and then any number.
  private func base(_ batch: SampleBatch, seed: UInt64) -> [Double] {
    var random = RandomSource(seed: seed)
    return batch.doubles().map { value in
      let noise = Double(random.next() >> 11) * 0x1p-53
      if random.next() % 97 == 0 { return [.nan, .infinity, -1e300, 0][Int(random.next() % 4)] }
      return value.isFinite ? value + (noise - 0.5) * 3 : noise
    }
  }

  @Test("what is lossless comes back bit for bit, whatever it is", arguments: types, 0..<26)
  func lossless(type: ElementType, seed: UInt64) throws {
    let shape = Self.shapes[Int(seed) % Self.shapes.count]
    let batch = GridCoderTests.batch(
      type, shape, rows: 1 + Int(seed * 37 % 90), seed: seed &+ UInt64(type.rawValue) &* 1000)
    let coder = coder(type, shape)
    let base = seed % 3 == 2 ? base(batch, seed: seed) : nil
    let bytes = coder.encode(batch, base: base)
    let back = try coder.decode(bytes[...], rows: batch.rows, base: base)
    let isSame = back.bytes == batch.bytes && coder.encode(batch, base: base) == bytes
    #expect(isSame)
    // An encoder writes no other bytes for these values.
    let longer = bytes + [1, 2]
    #expect(throws: ChunkError.corrupt) { try coder.decode(longer[...], rows: batch.rows, base: base) }
    #expect(throws: ChunkError.corrupt) {
      try coder.decode(bytes.dropLast(), rows: batch.rows, base: base)
    }
  }

  @Test("no value is off by more than its bound", arguments: types, 0..<26)
  func bounded(type: ElementType, seed: UInt64) throws {
    let shape = Self.shapes[Int(seed) % Self.shapes.count]
    let batch = GridCoderTests.batch(
      type, shape, rows: 1 + Int(seed * 53 % 70), seed: seed &+ UInt64(type.rawValue) &* 991)
    let scale = [1e-4, 0.5, 3, 700][Int(seed % 4)]
    let byColumn = shape.count == 1 && seed % 2 == 0
    let bounds = byColumn ? (0..<shape[0]).map { Double($0 % 3) * scale } : [scale]
    let coder = coder(type, shape, bounds)
    let base = seed % 3 == 1 ? base(batch, seed: seed) : nil
    let bytes = coder.encode(batch, base: base)
    let back = try coder.decode(bytes[...], rows: batch.rows, base: base)
    for (place, (old, new)) in zip(batch.bits(), back.bits()).enumerated() where old != new {
      let (value, found) = (type.value(bits: old), type.value(bits: new))
      #expect(value.isFinite && ErrorBound.isWithin(bounds[place % bounds.count], value, found))
    }
  }

  @Test("chunks of many windows come back, exceptions included", arguments: [[3], [50], [12, 33], [1]])
  func windows(shape: [Int]) throws {
    let width = shape.reduce(1, *)
    for (type, seed) in zip([ElementType.f4, .i2, .f8], 3...) {
      let rows = 60_000 / width
      var bytes = GridCoderTests.batch(type, shape, rows: rows, seed: UInt64(seed)).bytes
      for place in stride(from: 100, to: bytes.count, by: 997) { bytes[place] = 0xFF }
      let batch = SampleBatch(elementType: type, valuesPerSample: width, bytes: bytes)
      for base in [nil, base(batch, seed: 1)] {
        let coder = coder(type, shape)
        let bytes = coder.encode(batch, base: base)
        let isSame = try coder.decode(bytes[...], rows: rows, base: base).bytes == batch.bytes
        #expect(isSame)
      }
    }
  }

  @Test("columns of a table keep their own types")
  func columnTypes() throws {
    let types: [ElementType] = [.i2, .f4, .f8, .u1]
    let values = (0..<4000).map { place -> Double in
      let row = Double(place / 4)
      return [row * 3, Double(Float(row * 0.37)), row * 0.1, Double(Int(row) % 256)][place % 4]
    }
    for bounds in [[0.0, 0, 0, 0], [0, 0.5, 0.01, 0]] {
      let coder = QuickCoder(
        GridCoder(
          .f8, sampleShape: [4], bounds: bounds.map { ValueBound($0) }, types: types,
          curves: GridCoderTests.curves))
      let table = batch(values, .f8, width: 4)
      let back = try coder.decode(coder.encode(table)[...], rows: 1000)
      for (place, (old, new)) in zip(values, back.doubles()).enumerated() {
        #expect(abs(old - new) <= bounds[place % 4])
      }
    }
  }

  @Test("errors are tokens and raw bits, whatever they are")
  func tokens() {
    var errors: [Int64] = Array(-40...40) + [.min, .max, .min + 1]
    for octave in 3..<63 { errors += [1 << octave, -(1 << octave), 1 << octave - 1, (1 << octave) + 3] }
    for error in errors {
      let (token, raw, bits) = QuickToken.split(error)
      #expect(token < QuickToken.count && bits == QuickToken.rawBits(token) && raw >> UInt64(bits) == 0)
      let found =
        QuickToken.isPlain(token) ? QuickToken.error(plain: token) : QuickToken.error(token, raw: raw)
      #expect(found == error)
    }
  }

  @Test("frequencies sum to 2^15, and no token that occurs lacks one")
  func frequencies() {
    var random = RandomSource(seed: 3)
    for round in 0..<200 {
      let tokens = 1 + Int(random.next() % UInt64(QuickToken.count))
      func below(_ n: Int) -> UInt32 { UInt32(random.next() % UInt64(n)) }
      let most = 1 << (round % 23)
      var counts = (0..<tokens).map { _ -> UInt32 in below(3) == 0 ? 0 : below(most) }
      counts[Int(below(tokens))] = 1 + below(most)
      let sum = counts.reduce(0, +)
      let weights = counts.map { QuickTables.weight($0, of: sum) }
      let starts = QuickTables(tokens: tokens, clusters: [0], weights: weights).starts()
      #expect(starts.count == tokens + 1 && starts[0] == 0 && starts[tokens] == 1 << 15)
      for token in 0..<tokens { #expect((starts[token + 1] > starts[token]) == (counts[token] > 0)) }
    }
  }

  @Test("rows that repeat, smooth numbers and few values take next to nothing")
  func rates() throws {
    func bytes(_ values: [Double], _ type: ElementType, _ shape: [Int], bound: Double = 0) -> Int {
      coder(type, shape, [bound]).encode(batch(values, type, width: shape.reduce(1, *))).count
    }
    var random = RandomSource(seed: 9)
    func number() -> Double { Double(random.next() >> 11) * 0x1p-53 }
    #expect(bytes((0..<20_000).map { Double($0) * 0.25 }, .f8, [1]) < 120)
    #expect(bytes([Double](repeating: .pi, count: 20_000), .f8, [4]) < 150)
    let row = (0..<50).map { _ in number() }
    #expect(bytes((0..<400).flatMap { _ in row }, .f8, [50]) < 1000)
    let few = (0..<20_000).map { _ in row[Int(number() * 16)] }
    #expect(bytes(few, .f8, [1]) < 20_000 / 2 + 800)
    // A walk of cents: 20,000 steps of 101 equally likely ones are 6.66 bits each.
    var walk = 500.0
    let steps = (0..<20_000).map { _ in
      walk += (number() * 101).rounded(.down) - 50
      return walk / 100
    }
    #expect(bytes(steps, .f8, [1]) < 20_000 * 7 / 8)
    // A parabola in each row.
    let curves = (0..<40_000).map { place -> Double in
      let x = Double(place % 200 - 100)
      return x * x * 1e-3 + Double(place / 200) * 0.01
    }
    #expect(bytes(curves, .f8, [200], bound: 0.01) < 2500)
  }

  @Test("hostile bytes are refused or are values, in bounded time", arguments: types)
  func hostile(type: ElementType) {
    var random = RandomSource(seed: UInt64(type.rawValue))
    for seed in 0..<120 {
      let shape = Self.shapes[seed % Self.shapes.count]
      let batch = GridCoderTests.batch(type, shape, rows: 12, seed: UInt64(seed))
      let coder = coder(type, shape, [seed % 2 == 0 ? 0 : 0.01])
      let base = seed % 5 == 0 ? base(batch, seed: UInt64(seed)) : nil
      var bytes = coder.encode(batch, base: base)
      for _ in 0..<1 + seed % 4 {
        let place = Int(random.next() % UInt64(min(bytes.count, seed % 3 == 0 ? 6 : 1000)))
        bytes[place] ^= UInt8(1 + random.next() % 255)
      }
      _ = try? coder.decode(bytes[...], rows: batch.rows, base: base)
      let noise = [UInt8(30), 0] + (0..<60).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      _ = try? coder.decode(noise[...], rows: batch.rows, base: base)
    }
  }

  /// Two streams that must decode to the same values for ever, and be written again by encoders of today.
  @Test("streams of known values stay as they are")
  func golden() throws {
    let whole = batch((0..<60).map { Double(($0 * $0 * 7) % 50 + $0) }, .i2, width: 5)
    let curve = batch((0..<64).map { Double($0 * $0) * 0.01 }, .f4, width: 64)
    for (batch, bound, known) in [(whole, 0.0, Self.goldenWhole), (curve, 0.02, Self.goldenCurve)] {
      let coder = coder(batch.elementType, [batch.valuesPerSample], [bound])
      #expect(coder.encode(batch) == known)
      let back = try coder.decode(known[...], rows: batch.rows)
      for (old, new) in zip(batch.doubles(), back.doubles()) { #expect(abs(old - new) <= bound) }
    }
  }

  private static let goldenWhole: [UInt8] = [
    55, 235, 87, 138, 105, 205, 249, 124, 110, 178, 213, 57, 67, 11, 28, 230, 169, 201, 64, 106,
    225, 15, 147, 83, 137, 91, 242, 86, 249, 165, 77, 1, 127, 133, 95, 34, 38, 106, 191, 73, 62, 38,
    44, 235, 95, 47, 248, 86, 190, 174, 158, 209, 79, 180, 82, 162, 0, 191, 247, 45, 0, 3, 134, 4,
    0, 65, 163, 176, 211, 148, 25, 90, 27, 118, 107, 129, 71, 32, 179, 99, 22, 233, 170, 47, 35,
  ]
  private static let goldenCurve: [UInt8] = [
    32, 226, 119, 57, 42, 228, 39, 50, 66, 8, 234, 135, 169, 212, 100, 239, 251, 60, 142, 158, 187,
    206, 47, 48, 92, 144, 19, 66, 241, 41, 233, 12, 141, 0, 224, 57, 74, 0, 224, 103, 74, 0,
  ]
}
