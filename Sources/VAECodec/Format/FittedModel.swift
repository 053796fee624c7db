import ByteIO
import Records
import Tensor
import VAEModel

/// A fitted model with its metadata: the content of a `.vae` file.
public struct FittedModel: Sendable {
  /// The figures of the model.
  public let summary: ModelSummary
  let notes: ModelMetadata
  /// A mixture over the latents to draw samples from; nil if fitting found none better than the prior.
  let mixture: GaussianMixture?
  private let file: ModelFile

  /// The bytes of the file.
  public var bytes: [UInt8] { file.bytes }
  var model: Model { file.model }
  /// The digest that identifies the model in every stream it encodes.
  var digest: Digest { file.digest }
  /// The part that decodes its streams.
  var decoding: DecodingModel {
    DecodingModel(digest: digest, model: model, errorScale: summary.errorScale)
  }

  /// Parses a `.vae` file.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - name: the file in messages.
  ///   - memory: the limit for the model and for work with it.
  package init(
    bytes: [UInt8], name: String, memory: MemoryLimit = .standard
  ) throws(CodecError) {
    let file = try ModelFile(bytes: bytes, name: name, memory: memory)
    guard file.hasEncoder, file.model.qualities.count == Model.qualityCount else {
      throw .damagedModel(name: name, reason: "it lacks what encoders need")
    }
    guard let notes = ModelMetadata(file.model.notes, values: file.model.values),
      notes.areLatentsSound(for: file.model)
    else {
      throw .damagedModel(name: name, reason: "its metadata are invalid")
    }
    self.init(file, notes: notes)
  }

  /// Reads a `.vae` file.
  ///
  /// - Parameters:
  ///   - source: the file from its first byte on.
  ///   - name: the file in messages.
  ///   - memory: the limit for the model and for work with it.
  package static func read(
    _ source: any ByteSource, name: String, memory: MemoryLimit = .standard
  ) throws(CodecError) -> FittedModel {
    let bytes = try ModelFile.read(source, name: name, memory: memory)
    return try FittedModel(bytes: bytes, name: name, memory: memory)
  }

  /// Creates the file of a newly fitted model.
  init(_ fitted: Model, notes: ModelMetadata) { self.init(fitted, written: notes.readable(for: fitted)) }

  /// Creates the file of a model with metadata as given, valid or not.
  init(_ fitted: Model, written notes: ModelMetadata) {
    var model = fitted
    model.notes = notes.encode()
    self.init(ModelFile(model), notes: notes)
  }

  private init(_ file: ModelFile, notes: ModelMetadata) {
    let model = file.model
    self.file = file
    self.notes = notes
    mixture = notes.mixture(of: model)
    let explained = notes.explainedVariance
    let latents = notes.latents.enumerated().map { place, latent in
      var latent = latent
      if place < explained.count { latent.explained = explained[place] }
      return latent
    }
    var summary = ModelSummary(
      fingerprint: file.digest.text, formatVersion: Int(ModelFile.version), modelBytes: file.bytes.count,
      sampleShape: notes.sampleShape, valuesPerSample: model.values, type: notes.type,
      fittedRows: notes.fittedRows, heldOutRows: notes.heldOutRows, peak: notes.peak,
      columns: Self.columns(model), table: Self.table(notes, model), latents: latents,
      hidden: model.network?.hidden ?? [], elbo: Self.elbo(model, notes),
      parameters: model.network?.parameterCount ?? 0,
      residualComponents: model.layers.map(\.components), hasValueLayer: model.valueLayer != nil,
      mixtureComponents: mixture?.count ?? 0, mixtureLatents: mixture?.latents ?? 0,
      points: notes.points,
      pcaPoints: notes.pca.map {
        ModelSummary.PCAPoint(
          bitsPerSample: Double($0.bits), psnr: Double($0.psnr), components: $0.components)
      },
      trainingCurve: notes.section(ModelMetadata.Section.trainingCurve).map(TrainingCurve.decode) ?? [])
    summary.layout = notes.layout
    self.summary = summary
  }

  private static func columns(_ model: Model) -> [ModelSummary.Column] {
    guard model.scales.isByColumn else { return [] }
    return model.scales.scales.map {
      ModelSummary.Column(offset: $0.offset, scale: $0.scale, range: $0.range, isInteger: $0.isInteger)
    }
  }

  private static func table(_ notes: ModelMetadata, _ model: Model) -> [ModelSummary.TableColumn] {
    let table =
      notes.table ?? FittedColumns(all: model.scales.isByColumn ? model.values : 0, names: nil)
    let figures = notes.columnFigures
    return table.valuePlaces.enumerated().map { column, place in
      ModelSummary.TableColumn(
        name: table.names?[column], isModelled: place != nil, place: place,
        figures: place.flatMap { $0 < figures.count ? figures[$0] : nil })
    }
  }

  private static func elbo(_ model: Model, _ notes: ModelMetadata) -> ModelSummary.ELBOTerms? {
    guard let elbo = model.network?.elbo else { return nil }
    return ModelSummary.ELBOTerms(
      likelihood: elbo.likelihood.name, beta: Double(elbo.beta), heldOut: notes.elbo)
  }

  /// Identifies the model in every stream it encodes: 32 hexadecimal digits.
  public var fingerprint: String { summary.fingerprint }

  /// The operating point of a quality, 0 ... 100: the nearest of the 101 that fitting chose.
  func point(quality: Double) -> OperatingPoint { model.qualities[Int(Self.clamped(quality).rounded())] }

  /// The quality clamped to 0 ... 100; 0 if it is NaN.
  static func clamped(_ quality: Double) -> Double { quality > 0 ? min(quality, 100) : 0 }
}
