import ByteIO
import Tensor
import VAEModel

/// A fitted model with what encoding and decoding need beside it: the content of a `.vae` file.
///
/// The file: "VAEM", the version in a byte, three zero bytes, the fingerprint of the content in eight bytes (little-
/// endian), and one zstd frame with the content.
public struct FittedModel: Sendable {
  /// The finished file.
  public let bytes: [UInt8]
  /// What it holds, in numbers.
  public let summary: ModelSummary
  let model: Model
  let notes: ModelMetadata
  /// Latents together, to draw new ones from; nil where the fit found none better than the prior.
  let mixture: GaussianMixture?
  let fingerprintNumber: UInt64

  /// What every model file begins with.
  static let magic: [UInt8] = Array("VAEM".utf8)
  /// The newest version that this program reads.
  static let version: UInt8 = 2

  /// The version of a model's file: the oldest that has all that it needs. Textbook VAEs came with version 2.
  private static func version(of model: Model) -> UInt8 { model.network?.elbo == nil ? 1 : 2 }
  private static let headSize = 16
  /// Content of more bytes is refused.
  private static let largestContent = 1 << 30
  /// More is best for what is written once and kept with every archive.
  private static let compressionLevel = 19

  /// Reads the bytes of a `.vae` file.
  ///
  /// - Parameters:
  ///   - bytes: all of them.
  ///   - name: the file in messages.
  ///   - memory: how much the model, and work with it, may take.
  package init(
    bytes: [UInt8], name: String, memory: MemoryLimit = .standard
  ) throws(CodecError) {
    guard bytes.starts(with: Self.magic) else {
      throw .notAModel(name: name, looksLike: FileKind(of: bytes[...]).text)
    }
    var r = ByteReader(bytes)
    let version: UInt8
    let zeros: [UInt8]
    let fingerprint: UInt64
    do {
      _ = try r.take(Self.magic.count)
      version = try r.integer()
      zeros = Array(try r.take(3))
      fingerprint = try r.integer()
    } catch {
      throw .damagedModel(name: name, reason: "it ends in its first bytes")
    }
    guard version >= 1, version <= Self.version else {
      if version > Self.version { throw .newerModel(name: name, version: Int(version)) }
      throw .damagedModel(name: name, reason: "its version is 0")
    }
    guard zeros == [0, 0, 0] else {
      throw .damagedModel(name: name, reason: "reserved bytes are not 0")
    }
    let content: [UInt8]
    do {
      let frame = bytes[Self.headSize...]
      guard try ZstdFrame.compressedSize(of: frame) == frame.count else {
        throw CodecError.damagedModel(name: name, reason: "bytes follow its end")
      }
      // Its content, and what is made of it.
      let size = ZstdFrame.contentSize(of: frame)
      if let size, size <= Self.largestContent { try memory.admit(MemoryLimit.sum((size, 10))) }
      content = try ZstdFrame.decompress(
        frame, limit: size == nil ? min(Self.largestContent, memory.bytes / 10) : Self.largestContent)
    } catch let error as CodecError {
      throw error
    } catch ByteIOError.memory(let needed, let limit) {
      throw .bytes(.memory(needs: needed, limit: limit), name: name)
    } catch let error as ByteIOError {
      throw .damagedModel(name: name, reason: error.problem)
    } catch {
      throw .damagedModel(name: name, reason: "its content cannot be read")
    }
    guard Fingerprint.of(content) == fingerprint else {
      throw .damagedModel(name: name, reason: "its content does not match its fingerprint")
    }
    let model: Model
    do {
      model = try Model(content: content, kernels: Kernels(), memory: memory)
    } catch {
      switch error {
      case .damaged(let reason): throw .damagedModel(name: name, reason: reason)
      case .memory(let needed):
        throw .bytes(.memory(needs: needed, limit: memory.bytes), name: name)
      }
    }
    guard version == Self.version(of: model) else {
      throw .damagedModel(name: name, reason: "its version does not match its content")
    }
    guard let notes = ModelMetadata(model.notes, values: model.values), notes.areLatentsSound(for: model)
    else {
      throw .damagedModel(name: name, reason: "its metadata are invalid")
    }
    self.init(bytes: bytes, model: model, notes: notes, fingerprint: fingerprint)
  }

  /// Reads a `.vae` file.
  ///
  /// - Parameters:
  ///   - source: the file from its first byte on.
  ///   - name: the file in messages.
  ///   - memory: how much the model, and work with it, may take.
  package static func read(
    _ source: any ByteSource, name: String, memory: MemoryLimit = .standard
  ) throws(CodecError) -> FittedModel {
    let bytes = try withFileContext(name) { () throws(ByteIOError) in
      let head = try source.read(upTo: headSize)
      // What is no model is not read to its end: it may be anything.
      let most = min(largestContent, memory.bytes)
      let bytes = head.starts(with: magic) ? head + (try source.read(upTo: most)) : head
      if bytes.count > most { throw ByteIOError.memory(needs: nil, limit: memory.bytes) }
      return bytes
    }
    return try FittedModel(bytes: bytes, name: name, memory: memory)
  }

  /// The file of a model that has just been fitted.
  init(_ fitted: Model, notes: ModelMetadata) { self.init(fitted, written: notes.readable(for: fitted)) }

  /// The file of a model with notes as they are, whether a reader takes them or not.
  init(_ fitted: Model, written notes: ModelMetadata) {
    var model = fitted
    model.notes = notes.encode()
    let content = model.encode()
    let fingerprint = Fingerprint.of(content)
    var w = ByteWriter()
    w.append(Self.magic)
    w.append(Self.version(of: model))
    w.append([0, 0, 0])
    w.append(fingerprint)
    w.append(ZstdFrame.compress(content, level: Self.compressionLevel, checksum: true))
    self.init(bytes: w.bytes, model: model, notes: notes, fingerprint: fingerprint)
  }

  private init(bytes: [UInt8], model: Model, notes: ModelMetadata, fingerprint: UInt64) {
    self.bytes = bytes
    self.model = model
    self.notes = notes
    mixture = notes.mixture(of: model)
    fingerprintNumber = fingerprint
    let explained = notes.explainedVariance
    let latents = notes.latents.enumerated().map { place, latent in
      var latent = latent
      if place < explained.count { latent.explained = explained[place] }
      return latent
    }
    summary = ModelSummary(
      fingerprint: Fingerprint.text(fingerprint), formatVersion: Int(Self.version(of: model)),
      modelBytes: bytes.count,
      sampleShape: notes.sampleShape, valuesPerSample: model.values, elementType: notes.elementType,
      fittedRows: notes.fittedRows, heldOutRows: notes.heldOutRows, peak: notes.peak,
      columns: Self.columns(model), latents: latents,
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
  }

  private static func columns(_ model: Model) -> [ModelSummary.Column] {
    guard model.scales.isByColumn else { return [] }
    return model.scales.scales.map {
      ModelSummary.Column(offset: $0.offset, scale: $0.scale, range: $0.range, isInteger: $0.isInteger)
    }
  }

  private static func elbo(_ model: Model, _ notes: ModelMetadata) -> ModelSummary.ELBOTerms? {
    guard let elbo = model.network?.elbo else { return nil }
    return ModelSummary.ELBOTerms(
      likelihood: elbo.likelihood.name, beta: Double(elbo.beta), heldOut: notes.elbo)
  }

  /// Names the model in every stream that it encodes: 16 hexadecimal digits.
  public var fingerprint: String { summary.fingerprint }

  /// The operating point of a quality, 0 ... 100: the nearest of the 101 that the fit chose.
  func point(quality: Double) -> OperatingPoint { model.qualities[Int(Self.clamped(quality).rounded())] }

  /// The nearest quality within 0 ... 100; the lowest where `quality` is no number.
  static func clamped(_ quality: Double) -> Double { quality > 0 ? min(quality, 100) : 0 }
}
