import Testing

@testable import EntropyCoding
@testable import Records
@testable import Tensor
@testable import VAECodec

/// Samples with everything that a type can hold, and reconstructions near and far.
private struct Adversary {
  var random: RandomSource
  let type: ElementType

  /// Any bits at all, the ends of the type, values an ulp beside a bound, runs of the same.
  mutating func bits(count: Int, step: Double) -> [UInt64] {
    let mask: UInt64 = type.size == 8 ? .max : 1 << UInt64(8 * type.size) - 1
    let special = [
      0, 1 << UInt64(8 * type.size - 1), mask, mask >> 1, 1, type.bits(nearest: .infinity),
      type.bits(nearest: -.infinity), type.bits(nearest: .greatestFiniteMagnitude),
      type.bits(nearest: 0x1p-1074),
      type.bits(nearest: 1e-40), type.bits(nearest: 6e-8), type.bits(nearest: -0.0), mask ^ 1,
    ]
    var last: UInt64 = 0
    return (0..<count).map { _ in
      switch random.below(8) {
      case 0: last = random.next() & mask
      case 1: last = special[random.below(special.count)]
      case 2: break
      case 3:
        // Half a step from a multiple of the step, or an ulp beside that.
        let half = type.bits(nearest: (Double(random.below(200)) - 100 + 0.5) * step)
        last = (half &+ UInt64(random.below(3)) &- 1) & mask
      default: last = type.bits(nearest: (random.fraction() - 0.5) * 200 * step)
      }
      return last
    }
  }

  mutating func base(count: Int, step: Double, width: Int) -> SampleBatch {
    let numbers = (0..<count).map { _ in
      random.below(50) == 0
        ? [Float.nan, .infinity, -.greatestFiniteMagnitude, 0][random.below(4)]
        : Float((random.fraction() - 0.5) * 200 * step)
    }
    return SampleBatch(floats: numbers, elementType: type, valuesPerSample: width)
  }
}

extension RandomSource {
  fileprivate mutating func below(_ n: Int) -> Int { Int(next() % UInt64(n)) }
  /// In 0 ..< 1, with all the bits of a binary64 number.
  fileprivate mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }
}

/// The coder of values given a model's reconstruction: the mixing or the quick one; or what is missing, where nothing is
/// promised.
private struct Coder {
  let description: SampleDescription
  let errorBound: ErrorBound?
  var isQuick = false

  func encode(_ batch: SampleBatch, base: SampleBatch) -> [UInt8] {
    guard let errorBound else { return MissingValueCoder(description, KnownValues()).encode(batch) }
    return GridCoder(description, errorBound, KnownValues())
      .encode(batch, base: base.doubles(), tries: false, isQuick: isQuick)
  }

  func decode(_ bytes: ArraySlice<UInt8>, base: SampleBatch) throws(ChunkError) -> SampleBatch {
    guard let errorBound else {
      return try MissingValueCoder(description, KnownValues()).decode(bytes, base: base)
    }
    return try GridCoder(description, errorBound, KnownValues()).decode(
      bytes, rows: base.rows, base: base.doubles())
  }
}

@Suite("Corrections")
struct CorrectionCoderTests {
  /// Integers of 64 bits have a coder of their own: see `IntegerCorrectionTests`.
  private static let types = ElementType.allCases.filter { !$0.isWide }

  private func describe(_ type: ElementType, _ shape: [Int], rows: Int) throws -> SampleDescription {
    try SampleDescription(elementType: type, sampleShape: shape, format: .raw, rows: rows)
  }

  private static let shapes = [[1], [7], [40], [6, 7], [5, 4, 3], [3, 4, 5]]

  @Test("What is lossless comes back bit for bit, whatever it is", arguments: types)
  func lossless(type: ElementType) throws {
    var adversary = Adversary(random: RandomSource(seed: UInt64(type.rawValue)), type: type)
    for shape in Self.shapes {
      let width = shape.reduce(1, *)
      let rows = 1 + adversary.random.below(600 / width)
      let batch = SampleBatch(
        bits: adversary.bits(count: rows * width, step: 1), elementType: type, valuesPerSample: width)
      let base = adversary.base(count: rows * width, step: 1, width: width)
      for isQuick in [false, true] {
        let coder = Coder(
          description: try describe(type, shape, rows: rows), errorBound: .lossless, isQuick: isQuick)
        let code = coder.encode(batch, base: base)
        #expect(try coder.decode(code[...], base: base) == batch)
      }
    }
  }

  @Test(
    "No finite value is off by more than the bound, and others come back as they were",
    arguments: types)
  func bounded(type: ElementType) throws {
    var adversary = Adversary(random: RandomSource(seed: 77 + UInt64(type.rawValue)), type: type)
    for bound in [0, 1e-300, 1e-40, 0.01, 0.5, 1, 2.75, 100, 1e9, 1e300] {
      for shape in Self.shapes {
        let width = shape.reduce(1, *)
        let rows = 1 + adversary.random.below(300 / width)
        let step = bound > 0 ? 2 * bound : 1
        let batch = SampleBatch(
          bits: adversary.bits(count: rows * width, step: step), elementType: type, valuesPerSample: width)
        let base = adversary.base(count: rows * width, step: step, width: width)
        let coder = Coder(
          description: try describe(type, shape, rows: rows), errorBound: .maxError(bound),
          isQuick: rows % 2 == 0)
        let code = coder.encode(batch, base: base)
        let decoded: SampleBatch
        do { decoded = try coder.decode(code[...], base: base) } catch {
          Issue.record("\(type) \(bound) \(shape) \(rows) \(code[0]): \(error)")
          continue
        }
        let (before, after) = (batch.doubles(), decoded.doubles())
        let (old, new) = (batch.bits(), decoded.bits())
        for i in before.indices {
          if before[i].isFinite {
            #expect(
              ErrorBound.isWithin(bound, before[i], after[i]),
              "\(type) \(bound): \(before[i]) became \(after[i])")
          } else {
            #expect(old[i] == new[i])
          }
        }
      }
    }
  }

  @Test(
    "Without a guarantee, what is no finite number comes back bit for bit, and the rest is the reconstruction",
    arguments: [ElementType.f2, .f4, .f8])
  func exceptions(type: ElementType) throws {
    var adversary = Adversary(random: RandomSource(seed: 5), type: type)
    let batch = SampleBatch(
      bits: adversary.bits(count: 1200, step: 1), elementType: type, valuesPerSample: 12)
    let base = SampleBatch(
      floats: (0..<1200).map { _ in Float(adversary.random.fraction()) }, elementType: type,
      valuesPerSample: 12)
    let coder = Coder(description: try describe(type, [12], rows: 100), errorBound: nil)
    let decoded = try coder.decode(coder.encode(batch, base: base)[...], base: base)
    for (i, value) in batch.doubles().enumerated() {
      #expect(decoded.bits()[i] == (KnownValues().isMissing(value, 0) ? batch : base).bits()[i])
    }
  }

  @Test("The comparison with the bound is exact")
  func exactComparison() {
    #expect(ErrorBound.isWithin(1, 1 + 0x1p52, 0x1p52))
    // 2^53 + 1 is no double: the difference rounds to 2^53, and is larger.
    #expect(!ErrorBound.isWithin(0x1p53, 0x1p53, -1))
    #expect(!ErrorBound.isWithin(0x1p53, -1, 0x1p53))
    #expect(ErrorBound.isWithin(0x1p53, 0x1p53, 0.0))
    #expect(ErrorBound.isWithin(0x1p53, 0x1p53 - 1, -1))
    #expect(!ErrorBound.isWithin(1, .nan, 0))
  }

  @Test("A chunk that resembles its reconstruction costs next to nothing")
  func cheap() throws {
    var random = RandomSource(seed: 9)
    let numbers = (0..<20_000).map { _ in Float(random.fraction()) }
    let base = SampleBatch(floats: numbers, elementType: .f4, valuesPerSample: 20)
    let near = numbers.map { $0 + Float(random.fraction() - 0.5) * 0.0199 }
    let batch = SampleBatch(floats: near, elementType: .f4, valuesPerSample: 20)
    let coder = Coder(description: try describe(.f4, [20], rows: 1000), errorBound: .maxError(0.01))
    // All differences are 0: below a thousandth of a bit each.
    #expect(coder.encode(batch, base: base).count < 16)
  }

  @Test("Noise costs its entropy, and little more")
  func entropy() throws {
    var random = RandomSource(seed: 10)
    // Uniform over 16 steps: 4 bits.
    let noise = (0..<40_000).map { _ in Float(random.fraction() * 16) }
    let batch = SampleBatch(floats: noise, elementType: .f4, valuesPerSample: 20)
    let coder = Coder(description: try describe(.f4, [20], rows: 2000), errorBound: .maxError(0.5))
    let base = SampleBatch(
      floats: [Float](repeating: 8, count: 40_000), elementType: .f4, valuesPerSample: 20)
    let bits = Double(coder.encode(batch, base: base).count) * 8 / 40_000
    #expect(bits < 4.3)
  }

  @Test("Damaged bytes give wrong samples or an error, and never a crash")
  func damage() throws {
    var adversary = Adversary(random: RandomSource(seed: 4), type: .f4)
    let batch = SampleBatch(bits: adversary.bits(count: 40, step: 1), elementType: .f4, valuesPerSample: 10)
    let base = adversary.base(count: 40, step: 1, width: 10)
    for errorBound in [ErrorBound.lossless, .maxError(0.5), .maxError(1e-9)] {
      let coder = Coder(description: try describe(.f4, [10], rows: 4), errorBound: errorBound)
      damage(coder, batch, base: base, &adversary)
    }
  }

  /// Damages the code of a batch byte by byte, cuts it, and lengthens it.
  private func damage(
    _ coder: Coder, _ batch: SampleBatch, base: SampleBatch, _ adversary: inout Adversary
  ) {
    let code = coder.encode(batch, base: base)
    for i in code.indices {
      var broken = code
      broken[i] ^= UInt8(1 + adversary.random.below(255))
      _ = try? coder.decode(broken[...], base: base)
      _ = try? coder.decode(code[..<i], base: base)
    }
    #expect(throws: ChunkError.self) { try coder.decode((code + [7, 7, 7, 7, 7])[...], base: base) }
  }

  // MARK: columns

  private func coder(_ type: ElementType, _ bounds: [Double], isQuick: Bool = false) throws -> Coder {
    Coder(
      description: try describe(type, [bounds.count], rows: 1),
      errorBound: .byColumn(ColumnBounds(bounds: bounds.map { ValueBound($0) })), isQuick: isQuick)
  }

  @Test(
    "Each column keeps its own bound, and one whose bound is 0 comes back bit for bit, on a grid or off it",
    arguments: types)
  func columns(type: ElementType) throws {
    var adversary = Adversary(random: RandomSource(seed: 31 + UInt64(type.rawValue)), type: type)
    for isQuick in [false, true] {
      let all = [0, 0.01, 0.75, 1e9, 0, 1e-300]
      let (rows, width) = (80, all.count)
      var bits = adversary.bits(count: rows * width, step: 0.01)
      // Some on the grid, and zeros of either sign.
      for i in stride(from: 0, to: bits.count, by: 3) {
        bits[i] = type.bits(nearest: i % 2 == 0 ? -0.0 : Double(i % 50) / 100)
      }
      let batch = SampleBatch(bits: bits, elementType: type, valuesPerSample: width)
      let base = adversary.base(count: rows * width, step: 0.01, width: width)
      let coder = try coder(type, all, isQuick: isQuick)
      let decoded = try coder.decode(coder.encode(batch, base: base)[...], base: base)
      let (before, after, old, new) = (batch.doubles(), decoded.doubles(), batch.bits(), decoded.bits())
      for i in before.indices {
        let bound = all[i % width]
        if before[i].isFinite, bound > 0 {
          #expect(ErrorBound.isWithin(bound, before[i], after[i]))
        } else {
          #expect(old[i] == new[i], "\(type): \(before[i]) became \(after[i])")
        }
      }
    }
  }

  @Test("A column that follows its own past costs no more for the columns beside it, whatever their units")
  func columnsByThemselves() throws {
    var random = RandomSource(seed: 6)
    var (x, y) = (0.0, 0.0)
    let walks = (0..<4000).flatMap { _ -> [Double] in
      x += Double(random.normal())
      y += 1e6 * Double(random.normal())
      return [1e4 + x, y]
    }
    func bytes(_ numbers: [Double], _ all: [Double]) throws -> Int {
      let batch = SampleBatch(doubles: numbers, elementType: .f8, valuesPerSample: all.count)
      let none = SampleBatch(
        floats: [Float](repeating: 0, count: numbers.count), elementType: .f8, valuesPerSample: all.count)
      return try coder(.f8, all).encode(batch, base: none).count
    }
    let first = stride(from: 0, to: walks.count, by: 2).map { walks[$0] }
    let zeros = first.flatMap { (x: Double) -> [Double] in [x, 0] }
    let both = try bytes(walks, [0.5, 0.5e6])
    let alone = try bytes(zeros, [0.5, 0.5])
    // A normal step of deviation 1 in cells of 1: 2.1 bits.
    #expect(Double(alone) * 8 / 4000 < 2.3)
    #expect(Double(both) < 2.04 * Double(alone))
  }

  @Test("Numbers of few decimals are coded as integers, and exceptions among them come back as they are")
  func grid() throws {
    var random = RandomSource(seed: 8)
    var numbers = (0..<4000).map { _ in Double(random.below(1000)) / 100 }
    numbers[7] = 1 / 3.0
    numbers[9] = .nan
    let odd = SampleBatch(doubles: numbers, elementType: .f8, valuesPerSample: 2)
    let base = SampleBatch(
      floats: [Float](repeating: 5, count: 4000), elementType: .f8, valuesPerSample: 2)
    let coder = try coder(.f8, [0, 0])
    let code = coder.encode(odd, base: base)
    #expect(try coder.decode(code[...], base: base) == odd)
    // One of a thousand: 10 bits.
    #expect(Double(code.count) * 8 / 4000 < 10.6)
  }

  @Test(
    "Columns beyond a thousand, and those of several axes, have bounds of their own",
    arguments: [[1500], [3, 7], [5, 6, 2]])
  func manyColumns(shape: [Int]) throws {
    var adversary = Adversary(random: RandomSource(seed: 15), type: .f8)
    let width = shape.reduce(1, *)
    let bounds = (0..<width).map { $0 % 3 == 0 ? 0 : 0.01 * Double($0) }
    let batch = SampleBatch(
      bits: adversary.bits(count: 4 * width, step: 1), elementType: .f8, valuesPerSample: width)
    let base = adversary.base(count: 4 * width, step: 1, width: width)
    for isQuick in [false, true] {
      let coder = Coder(
        description: try describe(.f8, shape, rows: 4),
        errorBound: .byColumn(ColumnBounds(bounds: bounds.map { ValueBound($0) })),
        isQuick: isQuick)
      let decoded = try coder.decode(coder.encode(batch, base: base)[...], base: base)
      for (i, value) in batch.doubles().enumerated() {
        let isSame = batch.bits()[i] == decoded.bits()[i]
        #expect(
          isSame
            || ErrorBound.isWithin(bounds[i % width], value, decoded.doubles()[i]) && bounds[i % width] > 0)
      }
    }
  }

  @Test("Damaged bytes of columns give wrong samples or an error, and never a crash")
  func damagedColumns() throws {
    var adversary = Adversary(random: RandomSource(seed: 14), type: .f8)
    let batch = SampleBatch(bits: adversary.bits(count: 40, step: 1), elementType: .f8, valuesPerSample: 4)
    let base = adversary.base(count: 40, step: 1, width: 4)
    for isQuick in [false, true] {
      damage(try coder(.f8, [0, 0.5, 0, 1e300], isQuick: isQuick), batch, base: base, &adversary)
    }
  }
}
