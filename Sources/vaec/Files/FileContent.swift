import ByteIO
import VAECodec

/// The kind of a file, by its first bytes, or by its name if these are damaged.
enum FileContent {
  case stream
  case model
  case samples

  /// Peeks at the first bytes of `source`.
  init(of source: PeekingSource, name: String) throws(CodecError) {
    let kind = try withFileContext(name) { () throws(ByteIOError) in
      let kind = FileKind(of: try source.peek(12))
      return kind == .zstd ? FileKind(of: try source.peek(FileKind.zstdPrefixSize)) : kind
    }
    self =
      if kind == .model || name.hasSuffix(".vae") {
        .model
      } else if kind == .stream || name.hasSuffix(OutputName.suffix) {
        .stream
      } else {
        .samples
      }
  }
}
