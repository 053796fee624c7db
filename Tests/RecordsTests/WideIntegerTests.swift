import ByteIO
import Testing

@testable import Records

/// Values at both ends of a type, around 0, and where binary64 begins to round.
private let signed: [Int64] = [
  .max, .max - 1, .min + 1, .min + 2, 0, 1, -1, 1 << 53, 9_007_199_254_740_993, -9_007_199_254_740_993,
  1_700_000_000_000_000_001,
]
private let unsigned: [UInt64] = [
  .max, .max - 1, 0, 1, 1 << 63, 9_223_372_036_854_775_807, 9_007_199_254_740_993, 1_700_000_000_000_000_001,
]

private func special(_ type: ElementType) -> [UInt64] {
  type == .u8 ? unsigned : signed.map { UInt64(bitPattern: $0) }
}

@Suite("integers of 64 bits")
struct WideIntegerTests {
  private func batch(_ bits: [UInt64], _ type: ElementType) -> SampleBatch {
    SampleBatch(bits: bits, elementType: type, valuesPerSample: 1)
  }

  @Test("ordinals are in the order of values, and their differences exact", arguments: [ElementType.i8, .u8])
  func ordinals(type: ElementType) {
    let bits = special(type)
    for a in bits {
      #expect(type.bits(ordinal: type.ordinal(bits: a)) == a)
      for b in bits {
        let isBelow = type == .u8 ? a < b : Int64(bitPattern: a) < Int64(bitPattern: b)
        #expect((type.ordinal(bits: a) < type.ordinal(bits: b)) == isBelow)
      }
      let next = type.ordinal(bits: a) &+ 1
      if next != .min { #expect(next.distance(from: type.ordinal(bits: a)) == 1) }
    }
    #expect(Int64.max.distance(from: .min) == 0x1p64)
  }

  @Test("a step beyond the ends of a type is one to its end")
  func moved() {
    #expect(Int64(5).moved(by: 3, down: true, least: .min) == 2)
    #expect(Int64.min.moved(by: .max, down: false, least: .min) == .max)
    #expect(Int64.max.moved(by: .max, down: true, least: .min) == .min)
    #expect(Int64.max.moved(by: .max, down: true, least: .min + 1) == .min + 1)
    #expect(Int64.min.moved(by: 1, down: true, least: .min + 1) == .min + 1)
    #expect(Int64(-7).moved(by: 1 << 63, down: false, least: .min) == .max - 6)
    #expect(Int64(7).moved(by: -2.5, least: .min) == 5 && Int64(7).moved(by: 1e30, least: .min) == .max)
    #expect(Int64(7).moved(by: .nan, least: .min) == 7 && Int64(7).moved(by: -.infinity, least: .min) == .min)
  }

  @Test("numbers are rounded once, and clamped")
  func numbers() {
    #expect(batch([1 << 53 + 1], .u8).doubles() == [0x1p53])
    #expect(
      SampleBatch(doubles: [-0.5, 1.5, 2.5, 1e300, -1e300, .nan], elementType: .u8, valuesPerSample: 1).bits()
        == [0, 2, 2, .max, 0, 0])
    #expect(
      SampleBatch(floats: [-1.5, 1e30, -1e30, .nan], elementType: .i8, valuesPerSample: 1).ordinals()
        == [-2, .max, .min + 1, 0])
    // Numpy's "not a time".
    let missing = batch([1 << 63], .i8)
    #expect(missing.doubles()[0].isNaN && missing.floats()[0].isNaN)
    #expect(batch([1 << 63], .u8).doubles() == [0x1p63])
  }

  @Test(
    "values less an origin keep their differences, however far from 0 they are",
    arguments: [ElementType.i8, .u8])
  func origins(type: ElementType) {
    let first: UInt64 = 1_700_000_000_000_000_001
    let batch = SampleBatch(
      bits: (0..<40).flatMap { [first + $0, 3 * $0] }, elementType: type, valuesPerSample: 2)
    let origins = Origins(batch, byPlace: true)
    let numbers = batch.doubles(from: origins)
    for row in 1..<40 {
      #expect(numbers[2 * row] - numbers[2 * row - 2] == 1)
      #expect(numbers[2 * row + 1] - numbers[2 * row - 1] == 3)
    }
    #expect(Origins(batch.converted(to: .u4), byPlace: true)[0] == nil)
  }

  @Test(
    "they change into one another where both have a value, and what is lost is told",
    arguments: [
      (ElementType.i8, ElementType.u8, [Int64.max, 0, 5], [Int64(-1)]), (.u8, .i8, [0, 5], [-1]),
      (.i8, .f8, [1 << 53, -(1 << 53), 0], [1 << 53 + 1, .max, .min]),
      (.u8, .f8, [1 << 53], [-1, 1 << 53 + 1]),
      (.i8, .i4, [-5, 1 << 31 - 1], [1 << 31, .min]), (.i8, .f4, [1 << 24, 1 << 40], [1 << 24 + 1]),
    ] as [(ElementType, ElementType, [Int64], [Int64])])
  func narrowing(from: ElementType, to: ElementType, kept: [Int64], lost: [Int64]) throws {
    func converted(_ values: [Int64]) throws {
      var check = NarrowingCheck(to, width: 1)
      let own = batch(values.map { UInt64(bitPattern: $0) }, from)
      try check.add(own)
      #expect(own.converted(to: to).converted(to: from) == own)
    }
    try converted(kept)
    for value in lost { #expect(throws: SampleIOError.self, "\(value)") { try converted([value]) } }
  }

  @Test("floating point that is none of them is told")
  func fromFloatingPoint() throws {
    for (type, kept, lost) in [
      (ElementType.i8, [0, -5, 0x1p62], [0.5, 0x1p63, -0x1p63, .nan]),
      (.u8, [0, 0x1p63], [-1, 0x1p64, .infinity]),
    ] {
      var check = NarrowingCheck(type, width: 1)
      try check.add(SampleBatch(doubles: kept, elementType: .f8, valuesPerSample: 1))
      for value in lost {
        #expect(throws: SampleIOError.self, "\(value)") {
          try check.add(SampleBatch(doubles: [value], elementType: .f8, valuesPerSample: 1))
        }
      }
    }
  }

  @Test("files hold them as they are, and text every digit", arguments: [ElementType.i8, .u8])
  func files(type: ElementType) throws {
    let bits = special(type)
    for format in [SampleFormat.npy(version: 1, bigEndian: false), .npy(version: 2, bigEndian: true), .raw] {
      let description = try SampleDescription(
        elementType: type, sampleShape: [], format: format, rows: bits.count)
      let file = try written(description, [batch(bits, type)])
      let options = format == .raw ? ReadOptions(elementType: type, shape: []) : ReadOptions()
      #expect(try readAll(SampleInput.open(MemorySource(file), name: "x", options: options)).bits() == bits)
    }
    let text = try SampleDescription(elementType: type, sampleShape: [], format: .delimited(DelimitedStyle()))
    let lines = String(decoding: try written(text, [batch(bits, type)]), as: UTF8.self).split(separator: "\n")
    #expect(lines.map(String.init) == bits.map { type == .u8 ? "\($0)" : "\(Int64(bitPattern: $0))" })
  }
}
