import ByteIO
import Records
import VAEModel

/// What a stream says of itself, beside what the container adds.
struct StreamMetadata {
  /// Where the operating point comes from.
  enum Setting: Equatable {
    /// The model's point of a quality, 0 ... 100.
    case quality(Int)
    /// The model's baseline alone, PCA, at a step of 16 bits.
    case linear(step: Float)
    /// A point of the stream's own.
    case point(OperatingPoint)
    /// None: there is no model, and all that corrections start from is 0.
    case withoutModel
  }

  var setting: Setting
  /// The name of the model; nil where there is none.
  var model: Digest?
  /// What the setting was found for; nil where it was given.
  var target: TargetRecord?
  /// What is promised of every value; then all chunks are corrected or stored.
  var errorBound: ErrorBound?
  var chunkRows: Int
  var rows: Int?
  var description: SampleDescription

  /// Rows of a chunk at the most.
  static let maximumChunkRows = 1 << 24
  /// Rows of a stream at the most.
  static let maximumRows = Int.max - 1
  /// Values of a chunk at the most.
  static let maximumChunkValues = 1 << 28
  /// The maximum number of values of a sample in a stream that has no model.
  static let maximumValuesWithoutModel = 1 << 23
  /// What decoding one of them takes in memory, beside the samples of a chunk.
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

  /// What codes the samples, `model` or a part of it, and at which operating point; nil where the model has not what the
  /// setting asks for.
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

  /// What takes the place of a model where a stream has none: every sample is 0, and takes no bits.
  /// Nil for samples of more than ``mostValuesWithoutModel``.
  static func codingWithoutModel(values: Int) -> (model: Model, point: OperatingPoint)? {
    guard values <= maximumValuesWithoutModel else { return nil }
    return (Model(zeros: values), OperatingPoint(network: nil, steps: []))
  }

  /// Throws where a header announces another number of rows than its chunks hold.
  static func check(announced: Int?, found: Int, name: String) throws(CodecError) {
    guard let announced, announced != found else { return }
    throw .badHeader(name: name, reason: "it announces \(announced) rows where the chunks hold \(found)")
  }

  /// Throws where a chunk follows one that is not full: rows are found by counting full chunks.
  ///
  /// - Parameters:
  ///   - previous: rows of the chunk before; nil where there is none.
  ///   - chunk: the number of the chunk that follows it, from 1.
  func checkFull(_ previous: Int?, before chunk: Int, name: String) throws(CodecError) {
    guard let previous, previous != chunkRows else { return }
    throw .badHeader(
      name: name, reason: "chunk \(chunk - 1) has \(previous) rows; expected \(chunkRows)")
  }
}
