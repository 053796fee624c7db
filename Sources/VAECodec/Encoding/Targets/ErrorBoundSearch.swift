import Records
import Tensor
import Transform
import VAEModel

/// Searches for the setting that meets an error bound in the fewest bytes. Symbols of the model save corrections; the
/// search balances the two.
///
/// Settings are tried on some rows of the first chunk: no symbols at all, which leaves the model's mean as the
/// prediction, and qualities, first far apart and then near the best. If the file embeds the part of the model that its
/// setting uses, the bytes of that part count as well, and the rows are extrapolated to the whole file.
struct ErrorBoundSearch {
  /// The maximum number of values tried, and the minimum number of rows.
  private static let (maximumValues, minimumRows) = (1 << 15, 16)
  /// The maximum for a file that embeds a model, whose bytes are weighed against those of the rows.
  private static let maximumValuesOfCarried = 1 << 17
  /// The spacing of the qualities tried: first among all of them, then from the best.
  private static let coarse = 10
  private static let fine = [5, 3]
  /// A low effort suffices: a higher one helps all settings alike.
  private static let effort = 1

  private let model: Model
  private let codec: Codec
  private let trial: Trial
  /// The models that the file may embed; nil if it embeds none.
  private let carriedModels: CarriedModels?
  /// The rows of the file per row tried.
  private var share = 1.0

  /// - Parameters:
  ///   - pass: the encoder of the input.
  ///   - errorBound: the bound to meet; nil to leave the model's errors as they are.
  ///   - first: the first chunk.
  ///   - effort: the effort of the stream; nil for that of the encoder.
  init(_ pass: StreamEncoder, _ errorBound: ErrorBound?, first: SampleBatch, effort: Effort? = nil) {
    self.init(
      pass.codec, pass.model.model, pass.description, errorBound,
      first: first, effort: (effort ?? pass.effort).level, carriedModels: pass.carriedModels)
    share = Double(max(first.rows, pass.rows ?? 0)) / Double(max(1, trial.batch.rows))
  }

  /// - Parameter model: unused if only coding without a model is tried.
  init(
    _ codec: Codec, _ model: Model, _ description: SampleDescription, _ errorBound: ErrorBound?,
    first: SampleBatch, effort: Int, carriedModels: CarriedModels? = nil
  ) {
    (self.model, self.codec, self.carriedModels) = (model, codec, carriedModels)
    let most = carriedModels == nil ? Self.maximumValues : Self.maximumValuesOfCarried
    // Consecutive rows, because corrections may learn from the previous row.
    let rows = min(first.rows, max(Self.minimumRows, most / first.valuesPerSample))
    trial = Trial(
      batch: first.rows(0..<rows), description: description, errorBound: errorBound,
      effort: Effort(effort).trial(atMost: Self.effort), kernels: codec.kernels)
  }

  /// The setting without symbols: every value is predicted by the mean.
  static func nothing(of model: Model) -> StreamMetadata.Setting {
    .point(OperatingPoint(network: nil, steps: model.layers.map { _ in 0 }))
  }

  /// The best setting by the first chunk; and the best by rows of all chunks, if these are available and disagree.
  static func settings(
    _ errorBound: ErrorBound, _ pass: StreamEncoder, first: SampleBatch
  ) -> [StreamMetadata.Setting] {
    let own = ErrorBoundSearch(pass, errorBound, first: first).setting()
    guard let sample = pass.sample, let rows = pass.rows, rows > first.rows else { return [own] }
    let other = ErrorBoundSearch(pass, errorBound, first: sample).setting()
    return other == own ? [own] : [own, other]
  }

  /// The best setting.
  func setting() -> StreamMetadata.Setting { best().setting }

  /// The best setting, and the bytes of the file with it; if no model is embedded, those of the sample's frame.
  func best() -> (setting: StreamMetadata.Setting, bytes: Double) {
    var best = Self.nothing(of: model)
    var bytes = Double.infinity
    func attempt(_ settings: [StreamMetadata.Setting]) {
      for (setting, size) in zip(settings, sizes(settings)) where size < bytes {
        (best, bytes) = (setting, size)
      }
    }
    attempt([best] + stride(from: 0, through: 100, by: Self.coarse).map { .quality($0) })
    for distance in Self.fine {
      guard case .quality(let centre) = best else { break }
      attempt([centre - distance, centre + distance].filter((0...100).contains).map { .quality($0) })
    }
    return (best, bytes)
  }

  /// The bytes of the file with a setting, see ``best()``.
  func bytes(_ setting: StreamMetadata.Setting) -> Double { sizes([setting])[0] }

  /// The bytes of the file with a setting and no error bound, see ``best()``, and the PSNR of the sample.
  func measured(
    _ setting: StreamMetadata.Setting, _ scale: ErrorScale
  ) -> (bytes: Double, psnr: Double) {
    guard let way = way(setting) else { return (.infinity, 0) }
    let encoded = trial.codecs(way).encode(trial.batch, decodes: true, worker: 0)
    var distortion = Distortion(scale)
    if let decoded = encoded.decoded {
      distortion.add(trial.batch, decoded, as: trial.description.spelled)
    }
    let bytes = share * Double(encoded.frame.count) + Double(way.carriedBytes)
    return (bytes, distortion.psnr ?? 0)
  }

  /// The bytes of the sample's frame without a model.
  func bytesWithoutModel() -> Int { way(.withoutModel).map(trial.bytes) ?? .max }

  /// The model part, operating point and embedded bytes of a setting.
  private typealias Way = (model: Model, point: OperatingPoint, carriedBytes: Int)

  private func way(_ setting: StreamMetadata.Setting) -> Way? {
    let details = StreamMetadata(
      setting: setting, model: nil, chunkRows: trial.batch.rows, rows: trial.batch.rows,
      description: trial.description)
    guard let coding = details.coding(in: model) else { return nil }
    guard let carriedModels, setting != .withoutModel else { return (coding.model, coding.point, 0) }
    let served = carriedModels.serving(coding, kernels: codec.kernels)
    return (served.file.model, served.point, served.file.bytes.count)
  }

  /// The bytes with each setting; one setting per worker is tried at a time.
  private func sizes(_ settings: [StreamMetadata.Setting]) -> [Double] {
    let (ways, trial, share) = (settings.map(way), trial, share)
    let sizes = Slots<Double>(count: settings.count)
    codec.workers.forEach(settings.count) { place in
      sizes[place] =
        ways[place].map { share * Double(trial.bytes($0)) + Double($0.carriedBytes) } ?? .infinity
    }
    return sizes.array
  }

  /// The rows tried, and the bound on their errors.
  private struct Trial: Sendable {
    var batch: SampleBatch
    var description: SampleDescription
    var errorBound: ErrorBound?
    var effort: Effort
    var kernels: Kernels

    /// The bytes of the rows' frame.
    func bytes(_ way: Way) -> Int { codecs(way).bytesOfTrial(batch, worker: 0) }

    func codecs(_ way: Way) -> ChunkCodecs {
      let plan = ChunkCodingContext(
        way.model, at: way.point, chunkRows: batch.rows, effort: effort, kernels: kernels)
      return ChunkCodecs(plan, description, errorBound, workers: 1)
    }
  }
}
