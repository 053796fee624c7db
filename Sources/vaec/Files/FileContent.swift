import ByteIO
import VAECodec

/// What a file is, by its first bytes, and by its name where these are damaged.
enum FileContent {
  case stream
  case model
  case samples

  /// Looks at the first bytes of `source`, which can be read as before.
  init(of source: PeekingSource, name: String) throws(CodecError) {
    let prefix = try naming(name) { () throws(ByteIOError) in try source.peek(12) }
    let kind = FileKind(of: prefix)
    // Samples compressed with zstd may begin with a skippable frame too.
    let isStream = kind == .stream && prefix.dropFirst(8).elementsEqual("VAEC".utf8)
    self =
      if kind == .model || name.hasSuffix(".vae") {
        .model
      } else if isStream || name.hasSuffix(OutputName.suffix) {
        .stream
      } else {
        .samples
      }
  }
}
