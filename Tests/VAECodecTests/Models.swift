import ByteIO
import Records
import Training

@testable import VAECodec

/// Models that many tests share: small ones, each fitted once at the most.
enum Models {
  /// Samples of 12 binary32 values: bumps. The model has all parts: a network, two linear layers, the value layer.
  static let bumps = Result { try Golden.model("bumps") }
  /// Such samples and a fit of today, whose notes tell of latents: with a mixture of them.
  static let rings = Result { try fit(try bumpRows(400, seed: 3), epochs: 600) }
  /// The same samples, another fit.
  static let otherBumps = Result { try fit(try bumpRows(20, seed: 1), epochs: 1, seed: 7) }
  /// Samples of one value.
  static let single = Result {
    try fit(try SampleArray(TestData.walks(60, width: 1, seed: 2), shape: []), epochs: 1)
  }
  /// Samples of 4 x 3 bytes.
  static let bytes = Result { try Golden.model("bytes") }
  /// Samples of 2 values that PCA describes.
  static let walks = Result { try Golden.model("pairs") }

  static func bumpRows(_ rows: Int, seed: UInt64) throws -> SampleArray {
    try SampleArray(TestData.bumps(rows, width: 12, seed: seed), shape: [12])
  }

  static func byteRows(_ rows: Int, seed: UInt64) throws -> SampleArray {
    try SampleArray(
      TestData.bumps(rows, width: 12, seed: seed, noise: 3).map { $0 + 40 }, shape: [4, 3], type: .u1)
  }

  static func options(epochs: Int, seed: UInt64 = 0) -> FitOptions {
    var options = FitOptions()
    options.hidden = [16, 16]
    options.epochs = epochs
    options.seed = seed
    return options
  }

  static func fit(_ array: SampleArray, epochs: Int, seed: UInt64 = 0) throws -> FittedModel {
    try Codec(threads: 2).fit(
      [(name: "data", reader: array.reader)], options: options(epochs: epochs, seed: seed)
    ).model
  }
}

extension Codec {
  /// The stream of an array.
  func stream(
    _ array: SampleArray, _ model: FittedModel, quality: Double = 60, chunkRows: Int? = nil,
    effort: Int = EncodeOptions.standardEffort, keepsPoints: Bool = false
  ) throws -> [UInt8] {
    let sink = MemorySink()
    _ = try encode(
      array.reader, name: "data", model: model,
      options: EncodeOptions(quality: quality, chunkRows: chunkRows, effort: effort),
      details: EncodeDetails(keepsPoints: keepsPoints), to: sink, reopen: nil)
    return sink.bytes
  }

  /// The file that a stream decodes to.
  func file(_ stream: [UInt8], _ model: FittedModel?) throws(CodecError) -> [UInt8] {
    let sink = MemorySink(canPatch: true)
    _ = try decode(MemorySource(stream), name: "data.vaec", model: model) {
      description throws(CodecError) in
      do throws(SampleIOError) {
        return try SampleOutput.make(description, to: sink)
      } catch {
        throw .samples(error)
      }
    }
    return sink.bytes
  }
}

/// Tables in text.
enum Tables {
  /// A reader of a table, whose text is kept beside its numbers unless that is not wanted.
  static func reader(
    _ text: [UInt8], name: String = "t.csv", keepsText: Bool = true, _ roles: ColumnRoles = ColumnRoles()
  ) throws(CodecError) -> any SampleReader {
    var options = ReadOptions(format: .csv)
    options.keepsText = keepsText
    options.columns = roles
    do throws(SampleIOError) {
      return try SampleInput.open(MemorySource(text), name: name, options: options)
    } catch {
      throw .samples(error)
    }
  }
}
