import ByteIO

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
  package func readBack(_ sink: any ByteSink, name: String, samples: Int) throws(CodecError) {
    guard let sink = sink as? any ReadableSink else { return }
    guard let store = try withFileContext(name, { () throws(ByteIOError) in try sink.written() }) else {
      return
    }
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
