import ByteIO
import Tensor
import VAEModel

/// The bytes of a model: of a `.vae` file, or of what a file of streams carries.
///
/// "VAEM", the version in a byte, a zstd frame with what decoders need, and, but for models that are carried, another with
/// what encoders need beside it. The digest of what decoders need is the model's name.
struct ModelFile: Sendable {
  /// All bytes.
  let bytes: [UInt8]
  let model: Model
  /// The model's name.
  let digest: Digest
  /// Whether there is what encoders need.
  let hasEncoder: Bool

  /// What every model begins with.
  static let magic: [UInt8] = Array("VAEM".utf8)
  /// The version that this program reads and writes.
  static let version: UInt8 = 3
  /// Bytes before the first frame.
  static let headSize = 5
  /// More bytes of content are refused.
  private static let largestContent = 1 << 30
  /// Small is best for what is written once and kept with every archive.
  private static let compressionLevel = 19

  /// The finished bytes of a model.
  ///
  /// - Parameter carried: whether to leave out what encoders need.
  init(_ model: Model, carried: Bool = false) {
    let decoder = model.encodeDecoder()
    var w = ByteWriter()
    w.append(Self.magic)
    w.append(Self.version)
    for part in carried ? [decoder] : [decoder, model.encodeEncoder()] {
      w.append(ZstdFrame.compress(part, level: Self.compressionLevel, checksum: true))
    }
    bytes = w.bytes
    self.model = model
    digest = Digest(of: decoder)
    hasEncoder = !carried
  }

  /// Reads a model.
  ///
  /// - Parameters:
  ///   - bytes: all of them.
  ///   - name: the file in messages.
  ///   - memory: how much the model, and work with it, may take.
  init(bytes: [UInt8], name: String, memory: MemoryLimit) throws(CodecError) {
    guard bytes.starts(with: Self.magic) else {
      throw .notAModel(name: name, looksLike: FileKind(of: bytes[...]).text)
    }
    guard bytes.count > Self.headSize else {
      throw .damagedModel(name: name, reason: "it ends in its first bytes")
    }
    let version = bytes[Self.magic.count]
    guard version == Self.version else {
      throw .unknownModelVersion(name: name, version: Int(version))
    }
    var rest = bytes[Self.headSize...]
    let decoder = try Self.part(&rest, name: name, memory: memory)
    let encoder = rest.isEmpty ? nil : try Self.part(&rest, name: name, memory: memory)
    guard rest.isEmpty else { throw .damagedModel(name: name, reason: "bytes follow its end") }
    do {
      model = try Model(decoder: decoder, encoder: encoder, kernels: Kernels(), memory: memory)
    } catch {
      switch error {
      case .damaged(let reason): throw .damagedModel(name: name, reason: reason)
      case .memory(let needed):
        throw .bytes(.memory(needs: needed, limit: memory.bytes), name: name)
      }
    }
    self.bytes = bytes
    digest = Digest(of: decoder)
    hasEncoder = encoder != nil
  }

  /// Takes the first frame off `rest`.
  private static func part(
    _ rest: inout ArraySlice<UInt8>, name: String, memory: MemoryLimit
  ) throws(CodecError) -> [UInt8] {
    do throws(ByteIOError) {
      let frame = rest.prefix(try ZstdFrame.compressedSize(of: rest))
      rest = rest.dropFirst(frame.count)
      // Its content, and what is made of it.
      let size = ZstdFrame.contentSize(of: frame)
      if let size, size <= largestContent { try memory.admit(MemoryLimit.sum((size, 10))) }
      return try ZstdFrame.decompress(
        frame, limit: size == nil ? min(largestContent, memory.bytes / 10) : largestContent)
    } catch {
      if error.asksForMore { throw .bytes(error, name: name) }
      throw .damagedModel(name: name, reason: error.problem)
    }
  }

  /// Reads the bytes of a model from a file's first byte on.
  ///
  /// - Parameters:
  ///   - name: the file in messages.
  ///   - memory: how much they may take.
  static func read(
    _ source: any ByteSource, name: String, memory: MemoryLimit
  ) throws(CodecError) -> [UInt8] {
    try withFileContext(name) { () throws(ByteIOError) in
      // So many tell what else it is.
      let head = try source.read(upTo: FileKind.zstdPrefixSize)
      // What is no model is not read to its end: it may be anything.
      let most = min(largestContent, memory.bytes)
      let bytes = head.starts(with: magic) ? head + (try source.read(upTo: most)) : head
      if bytes.count > most { throw ByteIOError.memory(needs: nil, limit: memory.bytes) }
      return bytes
    }
  }
}

/// What decodes a stream: a model of whatever origin.
struct DecodingModel: Sendable {
  /// Its name.
  let digest: Digest
  let model: Model
  /// What errors are measured in; a peak of 0 where the model does not tell.
  let errorScale: ErrorScale
}

extension DecodingModel {
  /// A model that a file of streams carries.
  init(carried file: ModelFile) {
    let scales = file.model.scales
    self.init(
      digest: file.digest, model: file.model,
      errorScale: scales.isByColumn ? ErrorScale(ranges: scales.scales.map(\.range)) : ErrorScale())
  }
}
