import ByteIO
import VAE

/// What was written is opened as a reader would, before it appears under its name: nobody is left with a file that cannot be
/// read. Frames, checksums, headers and models are looked at, at the speed of zstd; no network runs.
extension Codec {
  /// Reads back the streams that were written to `sink`, and the models before them.
  ///
  /// - Parameters:
  ///   - sink: an output that is not finished; of one that cannot be read, as a pipe, nothing is looked at.
  ///   - name: the output in messages.
  ///   - samples: how many its streams hold together.
  /// - Throws: ``CodecError/notReadBack(name:reason:)``, or what the system says against reading.
  public func readBack(_ sink: any ByteSink, name: String, samples: Int) throws(CodecError) {
    guard let sink = sink as? any ReadableSink else { return }
    guard let store = try naming(name, { () throws(ByteIOError) in try sink.written() }) else { return }
    // What has just been written is no stranger's.
    let reader = Codec(self, memory: .unlimited)
    let found = try readingBack(name) { () throws(CodecError) in
      try reader.verify(StoreSource(store), name: name).reduce(0) { $0 + $1.samples }
    }
    guard found == samples else {
      throw .notReadBack(name: name, reason: "\(found) samples of \(samples)")
    }
  }
}

extension FittedModel {
  /// Reads back a model that was written to `sink`; of one that cannot be read, nothing.
  ///
  /// - Parameter name: the output in messages.
  func readBack(_ sink: any ReadableSink, name: String) throws(CodecError) {
    guard let store = try naming(name, { () throws(ByteIOError) in try sink.written() }) else { return }
    try checkReading(StoreSource(store), name: name)
  }

  /// Throws where a reader would not accept this model, or take it for another.
  func checkReading(name: String) throws(CodecError) { try checkReading(MemorySource(bytes), name: name) }

  private func checkReading(_ source: any ByteSource, name: String) throws(CodecError) {
    let found = try readingBack(name) { () throws(CodecError) in
      try FittedModel.read(source, name: name, memory: .unlimited)
    }
    guard found.fingerprint == fingerprint, found.bytes == bytes else {
      throw .notReadBack(name: name, reason: "another model than was written")
    }
  }
}

/// Runs `body`, whose errors about content become ``CodecError/notReadBack(name:reason:)``.
func readingBack<T>(_ name: String, _ body: () throws(CodecError) -> T) throws(CodecError) -> T {
  do throws(CodecError) {
    return try body()
  } catch {
    switch error {
    case .bytes(.system, _), .stream(.bytes(.system), _), .bytes(.cancelled, _): throw error
    default:
      let (text, prefix) = (error.description, "\(name): ")
      throw .notReadBack(
        name: name, reason: text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text)
    }
  }
}
