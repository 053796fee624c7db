import ByteIO
import Foundation
import Testing

@testable import Container
@testable import Records
@testable import Tensor
@testable import VAECodec

/// A stream whose samples are corrected, as a golden file.
struct GoldenCorrection: CustomTestStringConvertible, Sendable {
  var name: String
  /// Of the golden models; nil for none.
  var model: String?
  var errorBound: ErrorBoundRequest?
  var chunkRows = 100
  /// Whether chunks hold the samples themselves, which are smaller.
  var isStored = false
  var rows: @Sendable () throws -> SampleArray

  var testDescription: String { name }
}

/// Streams with corrections that were made once, and what they decode to: see ``GoldenTests``.
@Suite("Golden files with corrections")
struct GoldenCorrectionTests {
  static let streams: [GoldenCorrection] = [
    GoldenCorrection(name: "bumps-bounded", model: "bumps", errorBound: .maxError(0.1)) {
      try withHoles(Models.bumpRows(16, seed: 91))
    },
    GoldenCorrection(name: "bumps-doubles", model: "bumps", errorBound: .lossless, chunkRows: 5) {
      try withHoles(Models.bumpRows(8, seed: 92).reshaped(type: .f8))
    },
    GoldenCorrection(name: "bumps-halves", model: "bumps", errorBound: nil) {
      try withHoles(Models.bumpRows(12, seed: 93).reshaped(type: .f2))
    },
    GoldenCorrection(name: "bumps-shorts", model: "bumps", errorBound: .maxError(2.5)) {
      let numbers = try Models.bumpRows(12, seed: 94).numbers
      return try SampleArray(numbers.map { ($0 * 100).rounded() }, shape: [12], type: .i2)
    },
    GoldenCorrection(name: "bumps-stored", model: "bumps", errorBound: .lossless, isStored: true) {
      var random = RandomSource(seed: 95)
      let bits = (0..<12 * 12).map { _ in random.next() & 0xFFFF_FFFF }
      return SampleArray(
        try Models.bumpRows(1, seed: 1).description,
        SampleBatch(bits: bits, elementType: .f4, valuesPerSample: 12))
    },
    GoldenCorrection(name: "bytes-lossless", model: "bytes", errorBound: .lossless) {
      try Models.byteRows(20, seed: 96)
    },
    GoldenCorrection(name: "bytes-bounded", model: "bytes", errorBound: .maxError(3)) {
      try Models.byteRows(20, seed: 97)
    },
    GoldenCorrection(name: "none-bounded", model: nil, errorBound: .maxError(0.05)) {
      try Models.bumpRows(10, seed: 98).reshaped([2, 2, 3])
    },
    GoldenCorrection(name: "none-lossless", model: nil, errorBound: .lossless) {
      try Models.byteRows(20, seed: 99)
    },
    // Values that zstd does not pack, so that all of them are corrected.
    GoldenCorrection(name: "bumps-exact", model: "bumps", errorBound: .lossless, chunkRows: 8) {
      try withHoles(SampleArray(TestData.bumps(16, width: 12, seed: 102), shape: [12], type: .f8))
    },
    GoldenCorrection(name: "bumps-singles", model: "bumps", errorBound: .lossless) {
      try Models.bumpRows(60, seed: 103)
    },
    // More rows than means of sizes go back, and more slots than the fewest.
    GoldenCorrection(name: "digits-lossless", model: "digits", errorBound: .lossless) {
      try GoldenTests.digits("new").prefix(40)
    },
    // Values above and left of which are the same.
    GoldenCorrection(name: "none-thin", model: nil, errorBound: .maxError(0.05)) {
      try Models.bumpRows(10, seed: 100).reshaped([4, 1, 3])
    },
    // Three axes and channels, of values of either sign.
    GoldenCorrection(name: "none-volumes", model: nil, errorBound: .maxError(1)) {
      let numbers = TestData.walks(10, width: 36, seed: 101).map { ($0 * 1000).rounded() }
      return try SampleArray(numbers, shape: [3, 2, 3, 2], type: .i4)
    },
    // Integers of 64 bits: columns of a counter, times with gaps, a walk, labels, and any at all.
    GoldenCorrection(name: "none-integers", model: nil, errorBound: .lossless) {
      try integers(200, columns: 5)
    },
    // Rows that are too wide for the linear rule, at the upper end of the type.
    GoldenCorrection(name: "none-unsigned", model: nil, errorBound: .maxError(3)) {
      let walks = TestData.walks(6, width: 70, seed: 104)
      let bits = walks.map { UInt64.max - UInt64(($0 * 5).magnitude.rounded()) }
      return try array("u8", [7, 10], SampleBatch(bits: bits, elementType: .u8, valuesPerSample: 70))
    },
    GoldenCorrection(name: "bumps-integers", model: "bumps", errorBound: .maxError(2.5)) {
      let numbers = try Models.bumpRows(12, seed: 105).numbers
      return try SampleArray(numbers.map { ($0 * 100).rounded() }, shape: [12], type: .i8)
    },
    GoldenCorrection(name: "bumps-times", model: "bumps", errorBound: nil) {
      var ordinals = try Models.bumpRows(12, seed: 106).reshaped(type: .i8).batch.ordinals()
      for i in 0..<4 { ordinals[i * 23 + 1] = .min }
      return try array(
        "M8[ns]", [12], SampleBatch(ordinals: ordinals, elementType: .i8, valuesPerSample: 12))
    },
    GoldenCorrection(name: "none-flags", model: nil, errorBound: .lossless) {
      var random = RandomSource(seed: 107)
      let bits = (0..<UInt64(480)).map { (place: UInt64) -> UInt64 in random.next() % 8 < place % 8 ? 1 : 0 }
      return try array("b1", [8], SampleBatch(bits: bits, elementType: .u1, valuesPerSample: 8))
    },
    GoldenCorrection(name: "none-waves", model: nil, errorBound: .maxError(0.05)) {
      let numbers = TestData.walks(10, width: 12, seed: 108)
      return try array("c8", [3, 2], SampleBatch(doubles: numbers, elementType: .f4, valuesPerSample: 12))
    },
  ]

  private static func array(_ name: String, _ shape: [Int], _ batch: SampleBatch) throws -> SampleArray {
    let type = try #require(ValueType(named: name))
    return SampleArray(
      try SampleDescription(
        type: type, sampleShape: type.shapeOfNumbers(shape), format: .npy(version: 1, bigEndian: false)),
      batch)
  }

  private static func integers(_ rows: Int, columns: Int) throws -> SampleArray {
    var random = RandomSource(seed: 109)
    var walk: Int64 = 0
    let ordinals = (0..<Int64(rows)).flatMap { row -> [Int64] in
      walk += Int64(random.next() % 21) - 10
      let isGap = (30..<35).contains(row % 100)
      return [
        1 << 60 + row, isGap ? .min : 1_700_000_000_000_000_000 + 1_000_000 * row + Int64(random.next() % 90),
        walk,
        1000 + 37 * Int64(random.next() % 5),
        row % 40 == 7 ? Int64(bitPattern: random.next()) : Int64(random.next() % 100_000),
      ]
    }
    return try array(
      "i8", [columns], SampleBatch(ordinals: ordinals, elementType: .i8, valuesPerSample: columns))
  }

  /// NaN with a payload where the type has room for one, and infinities.
  private static func withHoles(_ array: SampleArray) throws -> SampleArray {
    var numbers = array.numbers
    for (i, value) in [Double.nan, .infinity, -.infinity, .nan].enumerated() { numbers[i * 23 + 1] = value }
    return try SampleArray(numbers, shape: array.description.sampleShape, type: array.description.elementType)
  }

  private static func model(_ stream: GoldenCorrection) throws -> FittedModel? {
    try stream.model.map { try Golden.model($0) }
  }

  private static func encode(_ stream: GoldenCorrection) throws -> [UInt8] {
    let (codec, array, sink) = (try Codec(threads: 1), try stream.rows(), MemorySink())
    let options = EncodeOptions(
      target: .quality(5), errorBound: stream.errorBound, chunkRows: stream.chunkRows)
    if let model = try model(stream) {
      _ = try codec.encode(array.reader, name: "data", model: model, options: options, to: sink)
    } else {
      _ = try codec.encodeWithoutModel(array.reader, name: "data", options: options, to: sink)
    }
    return sink.bytes
  }

  /// Makes the files anew where the environment asks for it: after the others, whose test removes all.
  private static let regenerated = Result {
    guard ProcessInfo.processInfo.environment["VAEC_REGENERATE_CORRECTIONS"] == "1" else { return }
    for stream in streams {
      let bytes = try encode(stream)
      try Golden.write(bytes, "\(stream.name).vaec")
      try Golden.write(try Codec(threads: 1).file(bytes, try model(stream)), "\(stream.name).npy")
    }
  }

  init() throws { try Self.regenerated.get() }

  @Test(
    "a golden stream decodes to its golden samples with all kernels and any number of threads",
    arguments: streams)
  func decoding(stream: GoldenCorrection) throws {
    let model = try Self.model(stream)
    try Golden.expectDecoding("\(stream.name).vaec", Golden.read("\(stream.name).npy")) { bytes, codec in
      try codec.file(bytes, model)
    }
  }

  @Test("golden chunks are corrected, or hold the samples where these are smaller", arguments: streams)
  func content(stream: GoldenCorrection) throws {
    func check(_ content: ArraySlice<UInt8>) throws {
      let (_, found) = try #require(try CorrectedContent.read(content, limit: stream.chunkRows))
      switch found {
      case .stored: #expect(stream.isStored)
      case .corrected: #expect(!stream.isStored)
      }
    }
    let reader = StreamReader(MemorySource(try Golden.read("\(stream.name).vaec")))
    while let part = try reader.next() {
      switch part {
      case .chunk(let chunk):
        try check(try ZstdFrame.decompress(chunk.frame[...], limit: 1 << 20)[...])
      case .compact(let compact):
        try check(try StreamMetadata.compact(compact.content, name: stream.name).chunk)
      case .header, .end, .model: break
      }
    }
  }

  @Test("the golden samples are what was promised of those that were encoded", arguments: streams)
  func promises(stream: GoldenCorrection) throws {
    let (array, decoded) = (try stream.rows(), try SampleArray(file: Golden.read("\(stream.name).npy")))
    for (i, (a, b)) in zip(array.numbers, decoded.numbers).enumerated() {
      switch stream.errorBound {
      case .maxError(let bound) where a.isFinite: #expect((a - b).magnitude <= bound)
      case nil where a.isFinite: break
      default: #expect(array.batch.bits()[i] == decoded.batch.bits()[i])
      }
    }
  }
}
