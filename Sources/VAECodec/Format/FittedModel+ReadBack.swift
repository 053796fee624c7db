import ByteIO

// A model that was written is opened as a reader would, before it appears under its name.

extension FittedModel {
  /// Reads back a model that was written to `sink`; of one that cannot be read, nothing.
  ///
  /// - Parameter name: the output in messages.
  func readBack(_ sink: any ReadableSink, name: String) throws(CodecError) {
    guard let store = try withFileContext(name, { () throws(ByteIOError) in try sink.written() }) else {
      return
    }
    try checkReading(StoreSource(store), name: name)
  }

  /// Throws where a reader would not accept this model, or take it for another.
  func checkReading(name: String) throws(CodecError) { try checkReading(MemorySource(bytes), name: name) }

  private func checkReading(_ source: any ByteSource, name: String) throws(CodecError) {
    let found = try readingBack(name) { () throws(CodecError) in
      try FittedModel.read(source, name: name, memory: .unlimited)
    }
    guard found.fingerprint == fingerprint, found.bytes == bytes else {
      throw .notReadBack(name: name, reason: "it is not the model that was written")
    }
  }
}
