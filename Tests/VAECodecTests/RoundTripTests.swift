import ByteIO
import Foundation
import Testing

@testable import Records
@testable import Tensor
@testable import VAECodec

@Suite("Encode, then decode")
struct RoundTripTests {
  let codec: Codec

  init() throws { codec = try Codec(threads: 2) }

  /// Encodes a file as the command line does, decodes it, and compares all but the values.
  @discardableResult
  private func check(
    _ file: [UInt8], _ model: FittedModel, quality: Double, options: ReadOptions = ReadOptions()
  ) throws -> (SampleArray, SampleArray) {
    let sink = MemorySink()
    let reader = try SampleInput.open(MemorySource(file), name: "data", options: options)
    let encoded = try codec.encode(
      reader, name: "data", model: model, options: EncodeOptions(quality: quality), to: sink)
    let decoded = try codec.file(sink.bytes, model)
    let (before, after) = (
      try SampleArray(file: file, options: options), try SampleArray(file: decoded, options: options)
    )
    #expect(before.description == after.description)
    #expect(encoded.samples == before.rows)
    #expect(encoded.rawBytes == before.batch.bytes.count)
    #expect(encoded.streamBytes == sink.bytes.count)
    return (before, after)
  }

  private func rootMeanSquare(_ a: SampleArray, _ b: SampleArray) -> Double {
    let sum = zip(a.numbers, b.numbers).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return (sum / Double(a.numbers.count)).squareRoot()
  }

  @Test(
    "npy of every element type comes back as it was but for small errors", arguments: ElementType.allCases)
  func elementTypes(type: ElementType) throws {
    let array = try Models.bumpRows(50, seed: 11).reshaped(type: type)
    let (before, after) = try check(try array.file, try Models.bumps.get(), quality: 100)
    #expect(rootMeanSquare(before, after) < 1)
  }

  @Test(
    "samples of every shape that has the model's number of values come back in their shape",
    arguments: [[12], [3, 4], [12, 1], [2, 2, 3], [2, 1, 3, 2]])
  func shapes(shape: [Int]) throws {
    let array = try Models.bumpRows(20, seed: 12).reshaped(shape, type: .f8)
    let (before, after) = try check(try array.file, try Models.bumps.get(), quality: 80)
    #expect(rootMeanSquare(before, after) < 5)
  }

  @Test("samples of a single value come back, with and without an axis", arguments: [[], [1], [1, 1, 1]])
  func singleValues(shape: [Int]) throws {
    // Within the bounds of the data that were fitted: beyond, values come back as the bound.
    let numbers = TestData.walks(100, width: 1, seed: 5).map { $0.magnitude.squareRoot() / 2 }
    let array = try SampleArray(numbers, shape: shape)
    let (before, after) = try check(try array.file, try Models.single.get(), quality: 100)
    #expect(rootMeanSquare(before, after) < 0.01)
  }

  @Test(
    "a table fits a model of images, and images one of tables",
    arguments: zip([[4, 3], [12], []], [[12], [12], []]))
  func flatShapes(modelShape: [Int], shape: [Int]) throws {
    let model = modelShape == [4, 3] ? Models.bytes : modelShape == [12] ? Models.bumps : Models.single
    let width = max(1, shape.reduce(1, *))
    let numbers = [Double](repeating: 50, count: width * 7)
    try check(try SampleArray(numbers, shape: shape, type: .u1).file, try model.get(), quality: 50)
  }

  @Test(
    "npy keeps its version and byte order",
    arguments: [(1, false), (1, true), (2, false), (3, true)] as [(UInt8, Bool)])
  func npyStyles(version: UInt8, bigEndian: Bool) throws {
    let array = try Models.bumpRows(9, seed: 13)
      .reshaped([3, 4], type: .i2, format: .npy(version: version, bigEndian: bigEndian))
    try check(try array.file, try Models.bumps.get(), quality: 70)
  }

  @Test("IDX comes back as IDX", arguments: [ElementType.u1, .i1, .i2, .i4, .f4, .f8])
  func idx(type: ElementType) throws {
    let array = try Models.byteRows(30, seed: 14).reshaped([2, 6], type: type, format: .idx)
    try check(try array.file, try Models.bumps.get(), quality: 90)
  }

  @Test("rows after their length come back so", arguments: [FormatName.fvecs, .bvecs, .ivecs])
  func vecs(format: FormatName) throws {
    let type: ElementType = format == .fvecs ? .f4 : format == .bvecs ? .u1 : .i4
    let array = try Models.bumpRows(30, seed: 15).reshaped(type: type, format: .vecs)
    try check(try array.file, try Models.bumps.get(), quality: 90, options: ReadOptions(format: format))
  }

  @Test("raw values come back as raw values", arguments: ElementType.allCases)
  func raw(type: ElementType) throws {
    let array = try Models.bumpRows(30, seed: 16).reshaped([6, 2], type: type, format: .raw)
    let options = ReadOptions(elementType: type, shape: [6, 2])
    try check(try array.file, try Models.bumps.get(), quality: 90, options: options)
  }

  @Test("a CSV keeps its names, its separator and its digits")
  func csv() throws {
    let names = (0..<12).map { "säule \($0), \"x\"" }
    let style = DelimitedStyle(
      separator: .semicolon, header: names, decimals: (0..<12).map { $0 % 3 }, endsLinesWithCRLF: true,
      trailingSeparators: 1)
    let array = try Models.bumpRows(40, seed: 17).reshaped(type: .f8, format: .delimited(style))
    let (before, after) = try check(try array.file, try Models.bumps.get(), quality: 95)
    #expect(before.description.format == .delimited(style))
    #expect(rootMeanSquare(before, after) < 2)
  }

  @Test("random shapes, types, rows and chunks round-trip", arguments: 0..<24)
  func random(seed: Int) throws {
    var random = RandomSource(seed: UInt64(seed))
    let width = seed % 6 == 0 ? 1 : 12
    let shapes = width == 1 ? [[], [1], [1, 1]] : [[12], [4, 3], [3, 2, 2], [1, 12]]
    let types = ElementType.allCases
    let rows = 1 + Int(random.next() % 40)
    let array = try SampleArray(
      TestData.bumps(rows, width: width, seed: random.next()),
      shape: shapes[Int(random.next() % UInt64(shapes.count))],
      type: types[Int(random.next() % UInt64(types.count))])
    let model = width == 1 ? try Models.single.get() : try Models.bumps.get()
    let stream = try codec.stream(
      array, model, quality: Double(random.next() % 101), chunkRows: 1 + Int(random.next() % 50))
    let after = try SampleArray(file: try codec.file(stream, model))
    #expect(after.description == array.description)
    #expect(after.rows == rows)
  }

  @Test(
    "integers of a model of integers come back as integers, off by half a unit or so at the highest quality")
  func integers() throws {
    let array = try Models.byteRows(60, seed: 18)
    let (before, after) = try check(try array.file, try Models.bytes.get(), quality: 100)
    #expect(rootMeanSquare(before, after) < 1)
  }

  // MARK: the same bytes

  @Test("the stream is the same for any number of threads and any chunk size", arguments: [1, 3, 1000])
  func threads(chunkRows: Int) throws {
    let (array, model) = (try Models.bumpRows(53, seed: 19), try Models.bumps.get())
    for quality in [10.0, 90] {
      let streams = try [1, 2, 5].map {
        try Codec(threads: $0).stream(array, model, quality: quality, chunkRows: chunkRows)
      }
      for stream in streams { #expect(stream == streams[0]) }
      let files = try [1, 3].map { try Codec(threads: $0).file(streams[0], model) }
      for file in files { #expect(file == files[0]) }
    }
  }

  @Test("decoded values do not depend on the chunks")
  func chunks() throws {
    let (array, model) = (try Models.bumpRows(53, seed: 20), try Models.bumps.get())
    for quality in [1.0, 3, 5] {
      let files = try [1, 3, 20, 53].map {
        try codec.file(try codec.stream(array, model, quality: quality, chunkRows: $0), model)
      }
      for file in files { #expect(file == files[0]) }
    }
  }

  @Test("the stream does not depend on how many rows the reader gives at once", arguments: [1, 2, 7, 53])
  func readerBatches(most: Int) throws {
    let (array, model) = (try Models.bumpRows(53, seed: 21), try Models.bumps.get())
    let sink = MemorySink()
    _ = try codec.encode(
      ArrayReader(array, most: most), name: "data", model: model,
      options: EncodeOptions(quality: 60, chunkRows: 10), to: sink)
    #expect(sink.bytes == (try codec.stream(array, model, quality: 60, chunkRows: 10)))
  }

  @Test(
    "every variant of the kernels gives the same stream and the same decoded bytes",
    arguments: Kernels.available)
  func kernels(variant: String) throws {
    let forced = try Codec(threads: 1, environment: ["VAEC_KERNELS": variant])
    for model in [try Models.bumps.get(), try Models.walks.get()] {
      let width = model.summary.valuesPerSample
      let array = try SampleArray(TestData.bumps(40, width: width, seed: 22), shape: [width])
      for quality in [1.0, 3, 5, 80] {
        let stream = try codec.stream(array, model, quality: quality)
        #expect(try forced.stream(array, model, quality: quality) == stream)
        #expect(try forced.file(stream, model) == (try codec.file(stream, model)))
      }
    }
  }

  @Test("kernels that do not exist are refused, with the names of those that do")
  func unknownKernels() throws {
    let error = #expect(throws: CodecError.self) { try Codec(environment: ["VAEC_KERNELS": "mmx"]) }
    #expect(error?.description.contains("plain") == true)
    #expect(error?.description.contains("mmx") == true)
  }

  @Test("threads: 0 stands for one per processor")
  func processors() throws {
    #expect(try Codec().workers.count > 1 || ProcessInfo.processInfo.activeProcessorCount == 1)
    #expect(try Codec(threads: 3).workers.count == 3)
  }

  @Test("values outside the bounds of the model's data are counted, and come back as the bound")
  func clipping() throws {
    let model = try Models.bytes.get()
    let rule = model.model.output
    let array = try SampleArray([Double](repeating: 255, count: 24), shape: [12], type: .u1)
    let sink = MemorySink()
    let report = try codec.encode(array.reader, name: "data", model: model, to: sink)
    #expect(report.clippedValues == (rule.highest < 255 ? 24 : 0))
    let after = try SampleArray(file: try codec.file(sink.bytes, model))
    #expect(after.numbers.allSatisfy { $0 <= Double(rule.highest) })
  }
}
