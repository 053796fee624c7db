import ByteIO
import Tensor
import VAEModel

/// The bytes of a model, in a `.vae` file or embedded in a file of streams.
///
/// They are "VAEM", the version in one byte, a zstd frame with what decoders need, and, except in embedded models, a
/// second frame with what encoders need as well. The digest of the first frame's content identifies the model.
struct ModelFile: Sendable {
  /// All bytes.
  let bytes: [UInt8]
  let model: Model
  /// The digest that identifies the model.
  let digest: Digest
  /// Whether the part for encoders is present.
  let hasEncoder: Bool

  /// The magic bytes of a model.
  static let magic: [UInt8] = Array("VAEM".utf8)
  /// The version that this program reads and writes.
  static let version: UInt8 = 4
  /// The number of bytes before the first frame.
  static let headSize = 5
  /// The maximum size of a frame's content.
  private static let largestContent = 1 << 30
  /// Small size matters most: a model is written once and kept with every archive.
  private static let compressionLevel = 19

  /// Serializes a model.
  ///
  /// - Parameter carried: whether the model is embedded, without the part for encoders.
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

  /// Parses a model.
  ///
  /// - Parameters:
  ///   - bytes: all bytes of the model.
  ///   - name: the file in messages.
  ///   - memory: the limit for the model and for work with it.
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

  /// Removes the first frame from `rest`, and returns its content.
  private static func part(
    _ rest: inout ArraySlice<UInt8>, name: String, memory: MemoryLimit
  ) throws(CodecError) -> [UInt8] {
    do throws(ByteIOError) {
      let frame = rest.prefix(try ZstdFrame.compressedSize(of: rest))
      rest = rest.dropFirst(frame.count)
      // The content, and what is built from it.
      let size = ZstdFrame.contentSize(of: frame)
      if let size, size <= largestContent { try memory.admit(MemoryLimit.sum((size, 10))) }
      return try ZstdFrame.decompress(
        frame, limit: size == nil ? min(largestContent, memory.bytes / 10) : largestContent)
    } catch {
      if error.asksForMore { throw .bytes(error, name: name) }
      throw .damagedModel(name: name, reason: error.problem)
    }
  }

  /// Reads the bytes of a model.
  ///
  /// - Parameters:
  ///   - source: the file from its first byte on.
  ///   - name: the file in messages.
  ///   - memory: the limit for the bytes.
  static func read(
    _ source: any ByteSource, name: String, memory: MemoryLimit
  ) throws(CodecError) -> [UInt8] {
    try withFileContext(name) { () throws(ByteIOError) in
      // These bytes suffice to recognize any other kind of file.
      let head = try source.read(upTo: FileKind.zstdPrefixSize)
      // A file that is not a model is not read to its end: it may be of any size.
      let most = min(largestContent, memory.bytes)
      let bytes = head.starts(with: magic) ? head + (try source.read(upTo: most)) : head
      if bytes.count > most { throw ByteIOError.memory(needs: nil, limit: memory.bytes) }
      return bytes
    }
  }
}

/// The part of a model that decodes a stream, from whatever origin.
struct DecodingModel: Sendable {
  /// The digest that identifies the model.
  let digest: Digest
  let model: Model
  /// The units of errors; the peak is 0 if the model does not record it.
  let errorScale: ErrorScale
}

extension DecodingModel {
  /// The decoding part of a model embedded in a file of streams.
  init(carried file: ModelFile) {
    let scales = file.model.scales
    self.init(
      digest: file.digest, model: file.model,
      errorScale: scales.isByColumn ? ErrorScale(ranges: scales.scales.map(\.range)) : ErrorScale())
  }
}
