import ByteIO

// A model is read back before its file appears under its name.

extension FittedModel {
  /// Reads back a model written to `sink`; does nothing if the sink cannot be read back.
  ///
  /// - Parameter name: the output in messages.
  func readBack(_ sink: any ReadableSink, name: String) throws(CodecError) {
    guard let store = try withFileContext(name, { () throws(ByteIOError) in try sink.written() }) else {
      return
    }
    try checkReading(StoreSource(store), name: name)
  }

  /// Throws if a reader would reject this model, or read a different one.
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
