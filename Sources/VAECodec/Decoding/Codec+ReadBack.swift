import ByteIO

/// Output is read back before it appears under its name, so that no file appears that cannot be read. Frames,
/// checksums, headers and models are checked at the speed of zstd; no network runs.
extension Codec {
  /// Reads back the streams written to `sink`, and the models before them.
  ///
  /// - Parameters:
  ///   - sink: an unfinished output; nothing is checked if it cannot be read back, such as a pipe.
  ///   - name: the output in messages.
  ///   - samples: the number of samples in its streams together.
  /// - Throws: ``CodecError/notReadBack(name:reason:)``, or errors of reading.
  package func readBack(_ sink: any ByteSink, name: String, samples: Int) throws(CodecError) {
    guard let sink = sink as? any ReadableSink else { return }
    guard let store = try withFileContext(name, { () throws(ByteIOError) in try sink.written() }) else {
      return
    }
    // The bytes just written are trusted.
    let reader = Codec(self, memory: .unlimited)
    let found = try readingBack(name) { () throws(CodecError) in
      try reader.verify(StoreSource(store), name: name).reduce(0) { $0 + $1.samples }
    }
    guard found == samples else {
      throw .notReadBack(name: name, reason: "\(found) samples of \(samples)")
    }
  }
}
