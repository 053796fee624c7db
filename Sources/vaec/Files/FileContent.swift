import ByteIO
import SampleIO
import VAECodec

/// What a file is, by its first bytes.
enum FileContent {
  case stream
  case model
  case samples

  /// Looks at the first bytes of `source`, which can be read as before.
  init(of source: PeekingSource, name: String) throws(CodecError) {
    let prefix = Array(try naming(name) { () throws(ByteIOError) in try source.peek(12) })
    if prefix.count >= 12, prefix[..<4] == [0x57, 0x2A, 0x4D, 0x18], Array(prefix[8...]) == Array("VAEC".utf8)
    {
      self = .stream
    } else if name.hasSuffix(".vae") {
      self = .model
    } else {
      self = .samples
    }
  }
}
