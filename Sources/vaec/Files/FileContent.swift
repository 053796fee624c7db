import ByteIO
import VAECodec

/// What a file is, by its first bytes, and by its name where these are damaged.
enum FileContent {
  case stream
  case model
  case samples

  /// Looks at the first bytes of `source`, which can be read as before.
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
