import ByteIO
import Testing

@testable import Records

@Suite("values and descriptions")
struct ValueTests {
  @Test("numbers are rounded to even and clamped to the range of integers")
  func rounding() {
    func bytes(_ floats: [Float], _ type: ElementType) -> [Double] {
      let single = SampleBatch(floats: floats, elementType: type, valuesPerSample: 1).doubles()
      let double = SampleBatch(doubles: floats.map(Double.init), elementType: type, valuesPerSample: 1)
        .doubles()
      #expect(single == double)
      return single
    }
    let floats: [Float] = [0.5, 1.5, 2.5, -0.5, -1.5, 254.6, 1e30, -1e30, .infinity, -.infinity, .nan, -0.4]
    #expect(bytes(floats, .u1) == [0, 2, 2, 0, 0, 255, 255, 0, 255, 0, 0, 0])
    #expect(bytes(floats, .i1) == [0, 2, 2, 0, -2, 127, 127, -128, 127, -128, 0, 0])
    #expect(bytes(floats, .u2) == [0, 2, 2, 0, 0, 255, 65535, 0, 65535, 0, 0, 0])
    #expect(bytes(floats, .i2) == [0, 2, 2, 0, -2, 255, 32767, -32768, 32767, -32768, 0, 0])
    #expect(bytes(floats, .u4) == [0, 2, 2, 0, 0, 255, 4_294_967_295, 0, 4_294_967_295, 0, 0, 0])
    #expect(
      bytes(floats, .i4) == [
        0, 2, 2, 0, -2, 255, 2_147_483_647, -2_147_483_648, 2_147_483_647, -2_147_483_648, 0, 0,
      ])
  }

  @Test("every integer that binary32 holds comes back", arguments: ElementType.allCases.filter(\.isInteger))
  func integers(type: ElementType) throws {
    let range = try #require(type.range)
    let low = max(range.lowerBound, -70_000)
    let numbers = Array(stride(from: low, through: min(range.upperBound, 70_000), by: 1))
    let batch = SampleBatch(floats: numbers.map { Float($0) }, elementType: type, valuesPerSample: 1)
    #expect(batch.doubles() == numbers)
    #expect(batch.floats() == numbers.map { Float($0) })
  }

  @Test(
    "binary16 has the values of IEEE 754",
    arguments: [
      (0x0000, 0), (0x3C00, 1), (0xC000, -2), (0x3555, 0.333_251_953_125), (0x7BFF, 65504), (0x0400, 0x1p-14),
      (0x0001, 0x1p-24), (0x03FF, 0x1.FF8p-15), (0x7C00, .infinity), (0xFC00, -.infinity),
    ] as [(UInt16, Float)])
  func half(bits: UInt16, value: Float) {
    #expect(Float(half: bits) == value)
    #expect(value.half == bits)
  }

  @Test("binary16 rounds to even, overflows to infinity, and keeps all of its values")
  func halfRounding() {
    #expect((65519.99 as Float).half == 0x7BFF && (65520 as Float).half == 0x7C00)
    #expect((1 + 0x1p-11 as Float).half == 0x3C00 && (1 + 0x1.8p-10 as Float).half == 0x3C02)
    #expect((0x1p-25 as Float).half == 0 && (0x1.8p-25 as Float).half == 1 && (-0.0 as Float).half == 0x8000)
    #expect(Float.nan.half & 0x7C00 == 0x7C00 && Float.nan.half & 0x03FF != 0)
    for bits in 0...UInt16.max {
      let value = Float(half: bits)
      if value.isNaN { #expect(bits & 0x7FFF > 0x7C00) } else { #expect(value.half == bits) }
      #if !(os(macOS) && arch(x86_64))
        let reference = Float(Float16(bitPattern: bits))
        if !(value == reference || value.isNaN && reference.isNaN) { Issue.record("\(bits)") }
      #endif
    }
  }

  @Test("binary64 is rounded to binary16 once")
  func roundedOnce() {
    // Half a unit above 1, and a little: binary32 would lose the little, and round to even.
    let numbers = [
      1 + 0x1p-11 + 0x1p-40, 1 + 0x1p-11 - 0x1p-40, -(1 + 0x1p-11 + 0x1p-40), 1e300, -1e300, 0.1,
    ]
    let batch = SampleBatch(doubles: numbers, elementType: .f2, valuesPerSample: 1)
    let rounded: [Double] = [0x1.004p0, 1, -0x1.004p0, .infinity, -.infinity, 0.0999755859375]
    #expect(batch.doubles() == rounded)
  }

  @Test("arrays of any type and shape come back from every format", arguments: 0..<60 as Range<UInt64>)
  func roundTrip(seed: UInt64) throws {
    var random = Random(seed)
    let type = ElementType.allCases[random.next(below: 9)]
    let shape = (0..<random.next(below: 4)).map { _ in 1 + random.next(below: 5) }
    let format: SampleFormat =
      switch random.next(below: 4) {
      case 0:
        .npy(
          version: UInt8(1 + random.next(below: 3)), bigEndian: type.size > 1 && random.next(below: 2) == 0)
      case 1 where ![.u2, .u4, .f2].contains(type): .idx
      case 2 where [.u1, .i4, .f4].contains(type) && shape.count == 1: .vecs
      default: .raw
      }
    let rows = random.next(below: 40)
    let known = random.next(below: 2) == 0
    let description = try SampleDescription(
      elementType: type, sampleShape: shape, format: format, rows: known ? rows : nil)
    var batches: [SampleBatch] = []
    var left = rows
    while left > 0 {
      let count = 1 + random.next(below: left)
      batches.append(
        SampleBatch(
          elementType: type, valuesPerSample: description.valuesPerSample,
          bytes: random.bytes(count * description.sampleBytes)))
      left -= count
    }
    let bytes = try written(description, batches, canPatch: random.next(below: 2) == 0)
    if bytes.isEmpty { return }
    let options: ReadOptions
    if format == .raw {
      options = ReadOptions(format: .raw, elementType: type, shape: shape)
    } else if format == .vecs {
      options = ReadOptions(format: type == .u1 ? .bvecs : type == .i4 ? .ivecs : .fvecs)
    } else {
      options = ReadOptions()
    }
    let reader = try SampleInput.open(
      SlowSource(bytes, piece: 1 + random.next(below: 100)), name: "-", options: options)
    let batch = try readAll(reader, batch: 1 + random.next(below: 10))
    #expect(batch.bytes == batches.flatMap(\.bytes))
    #expect(reader.description.elementType == type)
    #expect(reader.description.sampleShape == shape)
    #expect(reader.description.format == format)
    #expect(reader.description.rows == rows)
  }

  @Test("descriptions with impossible sizes are refused")
  func limits() throws {
    func describe(_ shape: [Int], _ format: SampleFormat = .raw) throws(SampleIOError) {
      _ = try SampleDescription(elementType: .f8, sampleShape: shape, format: format)
    }
    try describe([1 << 28])
    #expect(throws: SampleIOError.self) { try describe([(1 << 28) + 1]) }
    #expect(throws: SampleIOError.self) { try describe([1 << 40, 1 << 40]) }
    #expect(throws: SampleIOError.self) { try describe([0]) }
    #expect(throws: SampleIOError.self) { try describe([-1, -1]) }
    #expect(throws: SampleIOError.self) { try describe([Int](repeating: 1, count: 33)) }
    let style = DelimitedStyle(header: ["a"])
    #expect(throws: SampleIOError.self) { try describe([2], .delimited(style)) }
    let long = DelimitedStyle(header: [String(repeating: "a", count: 1 << 21)])
    #expect(throws: SampleIOError.self) { try describe([1], .delimited(long)) }
    #expect(throws: SampleIOError.self) { try describe([1], .delimited(DelimitedStyle(decimals: [10]))) }
  }

  @Test("damaged bytes of a description never crash, and allocate little")
  func damagedDescriptions() throws {
    let style = DelimitedStyle(
      separator: .tab, header: ["α", "b", ""], decimals: [2, nil, 0], endsLinesWithCRLF: true,
      trailingSeparators: 2)
    let description = try SampleDescription(elementType: .f8, sampleShape: [3], format: .delimited(style))
    var writer = ByteWriter()
    description.encode(into: &writer)
    var whole = ByteReader(writer.bytes)
    #expect(try SampleDescription(from: &whole) == description)
    for position in writer.bytes.indices {
      for value in 0...255 as ClosedRange<UInt8> {
        var bytes = writer.bytes
        bytes[position] = value
        var reader = ByteReader(bytes)
        _ = try? SampleDescription(from: &reader)
      }
    }
    // 2^28 columns, whose decimals would take gigabytes.
    var reader = ByteReader([0x48, 0x80, 0x80, 0x80, 0x80, 0x02, 8, 0x40, 0, 0x80, 0x80, 0x80, 0x80, 0x01, 2])
    #expect(throws: SampleIOError.self) { try SampleDescription(from: &reader) }
  }

  @Test(
    "a description has the documented bytes",
    arguments: [
      (.f4, [10, 10], .npy(version: 1, bigEndian: false), [0x07, 21, 20]),
      (.u1, [], .idx, [0x30, 0]),
      (.i2, [128], .npy(version: 2, bigEndian: true), [0x93, 0x80, 0x02]),
      (.f8, [3, 64, 5], .npy(version: 3, bigEndian: false), [0x28, 7, 0x81, 0x01, 10]),
      (.f4, [63], .vecs, [0x57, 126]), (.u4, [1], .raw, [0x64, 2]),
      (.f8, [2], .delimited(DelimitedStyle(separator: .tab)), [0x48, 4, 2, 1, 0]),
    ] as [(ElementType, [Int], SampleFormat, [UInt8])])
  func descriptionBytes(type: ElementType, shape: [Int], format: SampleFormat, bytes: [UInt8]) throws {
    let description = try SampleDescription(elementType: type, sampleShape: shape, format: format)
    var writer = ByteWriter()
    description.encode(into: &writer)
    #expect(writer.bytes == bytes)
    var reader = ByteReader(bytes)
    #expect(try SampleDescription(from: &reader) == description)
  }

  @Test(
    "descriptions that no version writes are refused",
    arguments: [
      [], [0x07], [0x0B, 2], [0x0F, 2], [0x70, 2], [0xB0, 2], [0xC0, 2, 0, 0], [0x07, 1], [0x07, 3, 0],
      [0x07, 3], [0x07] + [UInt8](repeating: 3, count: 32) + [2],
    ] as [[UInt8]])
  func wrongDescriptions(bytes: [UInt8]) {
    var reader = ByteReader(bytes)
    #expect(throws: SampleIOError.self) { try SampleDescription(from: &reader) }
  }

  @Test("element types have their names in two spellings")
  func names() {
    for type in ElementType.allCases { #expect(ElementType(named: type.name) == type) }
    #expect(ElementType(named: "float32") == .f4 && ElementType(named: "UINT8") == .u1)
    #expect(ElementType(named: "int64") == .i8)
    #expect(ElementType(named: "i16") == nil && ElementType(named: "") == nil)
  }

  @Test("a batch can be cut into rows")
  func rows() {
    let batch = SampleBatch(elementType: .u2, valuesPerSample: 2, bytes: Array(0..<12))
    #expect(batch.rows == 3)
    #expect(batch.rows(1..<2).bytes == [4, 5, 6, 7])
    #expect(batch.converted(to: .f8).converted(to: .u2) == batch)
  }
}
