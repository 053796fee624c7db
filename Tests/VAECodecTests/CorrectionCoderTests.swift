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

  mutating func base(count: Int, step: Double) -> [Float] {
    (0..<count).map { _ in
      random.below(50) == 0
        ? [Float.nan, .infinity, -.greatestFiniteMagnitude, 0][random.below(4)]
        : Float((random.fraction() - 0.5) * 200 * step)
    }
  }
}

extension RandomSource {
  fileprivate mutating func below(_ n: Int) -> Int { Int(next() % UInt64(n)) }
  /// In 0 ..< 1, with all the bits of a binary64 number.
  fileprivate mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }
}

@Suite("Corrections")
struct CorrectionCoderTests {
  private func describe(_ type: ElementType, _ shape: [Int], rows: Int) throws -> SampleDescription {
    try SampleDescription(elementType: type, sampleShape: shape, format: .raw, rows: rows)
  }

  private static let shapes = [[1], [7], [40], [6, 7], [5, 4, 3], [3, 4, 5]]

  @Test("What is lossless comes back bit for bit, whatever it is", arguments: ElementType.allCases)
  func lossless(type: ElementType) throws {
    var adversary = Adversary(random: RandomSource(seed: UInt64(type.rawValue)), type: type)
    for shape in Self.shapes {
      let width = shape.reduce(1, *)
      let rows = 1 + adversary.random.below(600 / width)
      let batch = SampleBatch(
        bits: adversary.bits(count: rows * width, step: 1), elementType: type, valuesPerSample: width)
      let base = adversary.base(count: rows * width, step: 1)
      let coder = CorrectionCoder(try describe(type, shape, rows: rows), .lossless)
      let code = coder.encode(batch, base: base)
      #expect(try coder.decode(code[...], base: base) == batch)
    }
  }

  @Test(
    "No finite value is off by more than the bound, and others come back as they were",
    arguments: ElementType.allCases)
  func bounded(type: ElementType) throws {
    var adversary = Adversary(random: RandomSource(seed: 77 + UInt64(type.rawValue)), type: type)
    for bound in [0, 1e-300, 1e-40, 0.01, 0.5, 1, 2.75, 100, 1e9, 1e300] {
      for shape in Self.shapes {
        let width = shape.reduce(1, *)
        let rows = 1 + adversary.random.below(300 / width)
        let step = bound > 0 ? 2 * bound : 1
        let batch = SampleBatch(
          bits: adversary.bits(count: rows * width, step: step), elementType: type, valuesPerSample: width)
        let base = adversary.base(count: rows * width, step: step)
        let coder = CorrectionCoder(try describe(type, shape, rows: rows), .maxError(bound))
        let decoded = try coder.decode(coder.encode(batch, base: base)[...], base: base)
        let (before, after) = (batch.doubles(), decoded.doubles())
        let (old, new) = (batch.bits(), decoded.bits())
        for i in before.indices {
          if before[i].isFinite {
            #expect(
              BoundedQuantizer.isWithin(bound, before[i], after[i]),
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
    let base = (0..<1200).map { _ in Float(adversary.random.fraction()) }
    let coder = CorrectionCoder(try describe(type, [12], rows: 100), nil)
    let decoded = try coder.decode(coder.encode(batch, base: base)[...], base: base)
    let plain = SampleBatch(floats: base, elementType: type, valuesPerSample: 12)
    for (i, value) in batch.doubles().enumerated() {
      #expect(decoded.bits()[i] == (coder.isException(value) ? batch : plain).bits()[i])
    }
  }

  @Test("The comparison with the bound is exact")
  func exactComparison() {
    #expect(BoundedQuantizer.isWithin(1, 1 + 0x1p52, 0x1p52))
    // 2^53 + 1 is no double: the difference rounds to 2^53, and is larger.
    #expect(!BoundedQuantizer.isWithin(0x1p53, 0x1p53, -1))
    #expect(!BoundedQuantizer.isWithin(0x1p53, -1, 0x1p53))
    #expect(BoundedQuantizer.isWithin(0x1p53, 0x1p53, 0.0))
    #expect(BoundedQuantizer.isWithin(0x1p53, 0x1p53 - 1, -1))
    #expect(!BoundedQuantizer.isWithin(1, .nan, 0))
  }

  @Test("A chunk that resembles its reconstruction costs next to nothing")
  func cheap() throws {
    var random = RandomSource(seed: 9)
    let base = (0..<20_000).map { _ in Float(random.fraction()) }
    let near = base.map { $0 + Float(random.fraction() - 0.5) * 0.0199 }
    let batch = SampleBatch(floats: near, elementType: .f4, valuesPerSample: 20)
    let coder = CorrectionCoder(try describe(.f4, [20], rows: 1000), .maxError(0.01))
    // All differences are 0: below a thousandth of a bit each.
    #expect(coder.encode(batch, base: base).count < 10)
  }

  @Test("Noise costs its entropy, and little more")
  func entropy() throws {
    var random = RandomSource(seed: 10)
    // Uniform over 16 steps: 4 bits.
    let noise = (0..<40_000).map { _ in Float(random.fraction() * 16) }
    let batch = SampleBatch(floats: noise, elementType: .f4, valuesPerSample: 20)
    let coder = CorrectionCoder(try describe(.f4, [20], rows: 2000), .maxError(0.5))
    let bits = Double(coder.encode(batch, base: [Float](repeating: 8, count: 40_000)).count) * 8 / 40_000
    #expect(bits < 4.2)
  }

  @Test("Damaged bytes give wrong samples or an error, and never a crash")
  func damage() throws {
    var adversary = Adversary(random: RandomSource(seed: 4), type: .f4)
    let batch = SampleBatch(bits: adversary.bits(count: 40, step: 1), elementType: .f4, valuesPerSample: 10)
    let base = adversary.base(count: 40, step: 1)
    for errorBound in [ErrorBound.lossless, .maxError(0.5), .maxError(1e-9)] {
      let coder = CorrectionCoder(try describe(.f4, [10], rows: 4), errorBound)
      let code = coder.encode(batch, base: base)
      for i in code.indices {
        var broken = code
        broken[i] ^= UInt8(1 + adversary.random.below(255))
        _ = try? coder.decode(broken[...], base: base)
        _ = try? coder.decode(code[..<i], base: base)
      }
      #expect(throws: ChunkError.self) { try coder.decode((code + [7, 7, 7, 7, 7])[...], base: base) }
    }
  }
}
