import Foundation
import Testing

@testable import EntropyCoding
@testable import Records
@testable import Tensor
@testable import VAECodec
@testable import VAEModel

@Suite("Bounds relative to each value")
struct RelativeBoundTests {
  private static let shapes: [[Int]] = [[], [1], [4], [60], [6, 7], [3, 4, 5]]
  static let bounds = [0.9, 0.5, 0.1, 0.01, 1e-3, 1e-6, 1e-9, 1e-13]

  /// Values of all magnitudes of a type, in walks over decades, with zeros, both signs, small integers and any bits at all.
  static func values(_ type: ElementType, _ count: Int, seed: UInt64) -> [UInt64] {
    var random = RandomSource(seed: seed)
    func number() -> Double { Double(random.next() >> 11) * 0x1p-53 }
    let (kind, decades) = (Int(random.next() % 4), [0.01, 0.3, 5][Int(random.next() % 3)])
    var logarithm = (number() - 0.5) * 8
    return (0..<count).map { _ in
      logarithm += (number() - 0.5) * decades
      var value = Foundation.pow(10, logarithm)
      switch kind {
      case 0: break
      case 1: if number() < 0.3 { value = -value }
      case 2: value = (value * 100).rounded() / 100
      default: value = number() < 0.5 ? 0 : (number() * 300).rounded()
      }
      if number() < 0.02 { value = [0, -0.0, .nan, .infinity, 1, -1][Int(random.next() % 6)] }
      let bits = type.bits(nearest: value)
      return number() < 0.02 ? random.next() >> UInt64(64 - 8 * type.size) : bits
    }
  }

  /// Whether a decoded value keeps a promise, found in another way than the encoder's.
  private func keeps(_ bound: Double, _ type: ElementType, _ old: UInt64, _ new: UInt64) -> Bool {
    if old == new { return true }
    if type.isWide {
      let (a, b) = (type.number(old), type.number(new))
      return a.isNegative == b.isNegative && b.size > 0
        && Double(a.size > b.size ? a.size - b.size : b.size - a.size)
          <= bound * Double(a.size) * (1 + 0x1p-50)
    }
    let (a, b) = (type.value(bits: old), type.value(bits: new))
    // With more than 53 bits: the differences of neighbours are exact.
    return a.isFinite && a != 0 && a.sign == b.sign
      && (a - b).magnitude <= bound * a.magnitude * (1 + 0x1p-50)
  }

  @Test(
    "no value is off by more than its share, zeros and signs are kept", arguments: ElementType.allCases,
    0..<12)
  func bounded(type: ElementType, seed: UInt64) throws {
    let shape = Self.shapes[Int(seed) % Self.shapes.count]
    let width = shape.reduce(1, *)
    let bound = Self.bounds[Int(seed * 7 + UInt64(type.rawValue)) % Self.bounds.count]
    let bits = Self.values(type, (2 + Int(seed * 53 % 40)) * width, seed: seed * 100 + UInt64(type.rawValue))
    let batch = SampleBatch(bits: bits, elementType: type, valuesPerSample: width)
    let back = try decoded(batch, shape, .maxRelativeError(bound))
    for (old, new) in zip(bits, back.bits()) {
      #expect(
        keeps(bound, type, old, new), "\(bound): \(type.value(bits: old)) became \(type.value(bits: new))")
    }
    if bound > 0.005, type == .f8 || type == .f4 { #expect(back.bytes != batch.bytes) }
  }

  private func decoded(_ batch: SampleBatch, _ shape: [Int], _ bound: ErrorBound) throws -> SampleBatch {
    let description = try SampleDescription(
      elementType: batch.elementType, sampleShape: shape, format: .raw, rows: batch.rows)
    if batch.elementType.isWide {
      let coder = IntegerCorrectionCoder(description, bound)
      let base = SampleBatch(
        bits: [UInt64](repeating: 0, count: batch.valueCount), elementType: batch.elementType,
        valuesPerSample: batch.valuesPerSample)
      return try coder.decode(coder.encode(batch, base: base)[...], base: base)
    }
    let coder = GridCoder(
      batch.elementType, sampleShape: shape, bounds: bound.bounds, curves: GridCoderTests.curves)
    let bytes = coder.encode(batch, isQuick: batch.rows % 3 == 0)
    return try coder.decode(bytes[...], rows: batch.rows)
  }

  @Test("columns may have bounds of both kinds, or none")
  func columns() throws {
    let bounds: [ValueBound] = [
      ValueBound(0.01, isRelative: true), 0.5, 0.0, ValueBound(0.1, isRelative: true),
    ]
    for type in [ElementType.f8, .f4, .i4, .i8, .u8] {
      let bits = Self.values(type, 4 * 100, seed: 3)
      let batch = SampleBatch(bits: bits, elementType: type, valuesPerSample: 4)
      let back = try decoded(batch, [4], .byColumn(ColumnBounds(bounds: bounds)))
      for (place, (old, new)) in zip(bits, back.bits()).enumerated() where old != new {
        let bound = bounds[place % 4]
        if bound.isRelative {
          #expect(keeps(bound.size, type, old, new))
        } else if type.isWide {
          Issue.record("a bound of a half changes no integer")
        } else {
          #expect(bound.isWithin(type.value(bits: old), type.value(bits: new)))
        }
      }
    }
  }

  @Test(
    "the bytes of a walk over decades are those of its logarithms, and steps are as long as the bound allows")
  func size() throws {
    var random = RandomSource(seed: 8)
    func number() -> Double { Double(random.next() >> 11) * 0x1p-53 }
    // Independent values, evenly over 8 decades: log2(8 ln 10 / (2 atanh 0.01)) = 9.85 bits each.
    let values = (0..<8000).map { _ in Foundation.pow(10, number() * 8 - 4) }
    let batch = SampleBatch(doubles: values, elementType: .f4, valuesPerSample: 1)
    let coder = GridCoder(
      .f4, sampleShape: [], bounds: [ValueBound(0.01, isRelative: true)], curves: GridCoderTests.curves)
    #expect(Double(8 * coder.encode(batch).count) / 8000 < 10.2)
  }

  @Test("the portable logarithm and exponential are those of the math library, nearly")
  func logarithm() {
    var x = 1e-300
    while x < 1e300 {
      #expect(abs(Logarithm.log(x) - Foundation.log(x)) < 2e-13)
      #expect(abs(Logarithm.exp(Foundation.log(x)) / x - 1) < 4e-13)
      x *= 1.37
    }
    #expect(Logarithm.exp(1000) == .infinity)
  }

  @Test("spans of integers cover every magnitude once")
  func integers() {
    // 0.01 (2^64 - 2^11), whose whole part binary64 has not.
    let error: Int64 = 184_467_440_737_095_499
    for (size, isWithin) in [(error, true), (error + 1, false)] {
      #expect(RelativeIntegers.isWithin(0.01, .max, .max - size, .u8) == isWithin)
    }
    for bound in [0.99, 0.3, 0.01, 1e-5, RelativeIntegers.leastBound] {
      let names = RelativeIntegers(bound: bound)
      var last: Int64 = -1
      for i in 0..<3000 {
        let value = Int64(i < 2000 ? Double(i) : Foundation.pow(2, Double(i - 2000) / 1000 * 63))
        if i == 2000 { last = -1 }
        let name = names.name(ordinal: value, .i8)
        #expect(name >= last)
        let back = names.ordinal(name: name, .i8)
        #expect(RelativeIntegers.isWithin(bound, value, back, .i8))
        #expect(names.name(ordinal: -value, .i8) == -name && names.ordinal(name: -name, .i8) == -back)
        if Double(value) * bound < 1 { #expect(back == value) }
        last = name
      }
      #expect(names.ordinal(name: .max, .i8) == .max && names.ordinal(name: .min + 1, .i8) == -.max)
      #expect(names.ordinal(name: .max, .u8) == .max && names.ordinal(name: -5, .u8) == .min)
    }
  }

  @Test("a share is compared exactly, in binary64")
  func comparison() {
    let percent = ValueBound(0.01, isRelative: true)
    #expect(percent.isWithin(100, 101) && percent.isWithin(-100, -99))
    #expect(
      !percent.isWithin(100, 101.0.nextUp) && !percent.isWithin(0, 1e-300) && !percent.isWithin(0.0, -0.0))
    let half = ValueBound(0.5, isRelative: true)
    #expect(half.isWithin(3, 4.5) && !half.isWithin(3, 4.5.nextUp) && half.isWithin(3, 1.5))
    #expect(!half.isWithin(.nan, 1) && !half.isWithin(1e308, .infinity))
  }
}

extension ElementType {
  /// A wide integer's sign and magnitude.
  fileprivate func number(_ bits: UInt64) -> (isNegative: Bool, size: UInt64) {
    self == .u8 ? (false, bits) : (Int64(bitPattern: bits) < 0, Int64(bitPattern: bits).magnitude)
  }
}
