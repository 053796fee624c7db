import ByteIO
import Records
import VAEModel

/// The metadata of a stream, in addition to the container's.
struct StreamMetadata {
  /// The origin of the operating point.
  enum Setting: Equatable {
    /// The model's operating point for a quality, 0 ... 100.
    case quality(Int)
    /// The model's PCA baseline alone, at a step of 16 bits.
    case linear(step: Float)
    /// An operating point stored in the stream.
    case point(OperatingPoint)
    /// No model: corrections start from 0.
    case withoutModel
  }

  var setting: Setting
  /// The digest of the model; nil if there is none.
  var model: Digest?
  /// The target that the setting was found for; nil if the setting was given.
  var target: TargetRecord?
  /// The error bound; if there is one, all chunks are corrected or stored.
  var errorBound: ErrorBound?
  var chunkRows: Int
  var rows: Int?
  var description: SampleDescription

  /// The maximum number of rows in a chunk.
  static let maximumChunkRows = 1 << 24
  /// The maximum number of rows in a stream.
  static let maximumRows = Int.max - 1
  /// The maximum number of values in a chunk.
  static let maximumChunkValues = 1 << 28
  /// The maximum number of values in a sample of a stream without a model.
  static let maximumValuesWithoutModel = 1 << 23
  /// The memory in bytes that decoding takes per value of such a sample, in addition to the samples of a chunk.
  static func bytesOfValueWithoutModel(blockRows: Int) -> Int { 60 + 36 * blockRows }

  init(
    setting: Setting, model: Digest?, target: TargetRecord? = nil, errorBound: ErrorBound? = nil,
    chunkRows: Int, rows: Int?, description: SampleDescription
  ) {
    self.setting = setting
    self.model = model
    self.target = target
    self.errorBound = errorBound
    self.chunkRows = chunkRows
    self.rows = rows
    self.description = description
  }

  /// What codes the samples: `model` or a part of it, and the operating point; nil if the model lacks what the setting
  /// needs.
  func coding(in model: Model) -> (model: Model, point: OperatingPoint)? {
    switch setting {
    case .withoutModel: return Self.codingWithoutModel(values: description.valuesPerSample)
    case .quality(let quality):
      guard model.qualities.indices.contains(quality) else { return nil }
      let point = model.qualities[quality]
      return model.accepts(point) ? (model, point) : nil
    case .point(let point): return model.accepts(point) ? (model, point) : nil
    case .linear(let step):
      let point = OperatingPoint(network: nil, steps: [step])
      return model.linear.flatMap { $0.accepts(point) ? ($0, point) : nil }
    }
  }

  /// The stand-in for a model in a stream without one: every sample is 0 and takes no bits. Nil for samples of more
  /// than ``maximumValuesWithoutModel`` values.
  static func codingWithoutModel(values: Int) -> (model: Model, point: OperatingPoint)? {
    guard values <= maximumValuesWithoutModel else { return nil }
    return (Model(zeros: values), OperatingPoint(network: nil, steps: []))
  }

  /// Throws if the header announces another number of rows than the chunks hold.
  static func check(announced: Int?, found: Int, name: String) throws(CodecError) {
    guard let announced, announced != found else { return }
    throw .badHeader(name: name, reason: "it announces \(announced) rows where the chunks hold \(found)")
  }

  /// Throws if a chunk follows one that is not full: rows are located by counting full chunks.
  ///
  /// - Parameters:
  ///   - previous: the rows of the preceding chunk; nil if there is none.
  ///   - chunk: the number of the chunk that follows it, from 1.
  func checkFull(_ previous: Int?, before chunk: Int, name: String) throws(CodecError) {
    guard let previous, previous != chunkRows else { return }
    throw .badHeader(
      name: name, reason: "chunk \(chunk - 1) has \(previous) rows; expected \(chunkRows)")
  }
}
