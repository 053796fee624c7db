import ByteIO
import Records
import Training

/// Operations on files, chunk by chunk, in memory that does not grow with their size. An output appears whole or not at
/// all, even if the task is cancelled.
extension Codec {
  /// Fits a model to all samples of some files. The samples have one shape.
  ///
  /// - Parameters:
  ///   - files: their paths.
  ///   - reading: the format, as far as the files do not determine it.
  ///   - layout: how arrays are cut into samples; nil if their rows are samples.
  ///   - options: see ``FitOptions``.
  ///   - memory: bytes for samples; of more, a uniform sample of rows is fitted.
  ///   - progress: called a few times a second.
  public func fit(
    files: [String], reading: ReadOptions = ReadOptions(), layout: LayoutRule? = nil,
    options: FitOptions = FitOptions(),
    memory: Int = 1 << 30, progress: @escaping @Sendable (FitProgress) -> Void = { _ in }
  ) async throws -> FitReport {
    let observer = TransferObserver()
    return try await Blocking.run(observer, leaves: true) {
      let readers = try files.map { (name) -> (name: String, reader: any SampleReader) in
        let rows = try Samples.reader(name, reading, observing: observer)
        guard let layout else { return (name, rows) }
        do throws(SampleIOError) {
          return (name, try LayoutReader(rows, layout, name: name, memory: reading.memory))
        } catch {
          throw CodecError.samples(error)
        }
      }
      return try fit(readers, options: options, memory: memory) {
        progress($0)
        return !observer.isCancelled
      }
    }
  }

  /// Encodes a file of samples into a `.vaec` file.
  ///
  /// - Parameters:
  ///   - file: the path of the samples.
  ///   - path: the path of the stream.
  ///   - model: the model to encode with.
  ///   - options: see ``EncodeOptions``.
  ///   - reading: the format, as far as the file does not determine it.
  ///   - overwrite: whether to replace an existing file.
  ///   - progress: called as the input is read.
  public func encode(
    file: String, to path: String, model: FittedModel, options: EncodeOptions = EncodeOptions(),
    reading: ReadOptions = ReadOptions(), overwrite: Bool = false,
    progress: @escaping @Sendable (TransferProgress) -> Void = { _ in }
  ) async throws -> EncodeReport {
    let observer = TransferObserver(progress)
    return try await Blocking.run(observer) {
      var reading = reading
      // What a layout cuts keeps no text.
      reading.keepsText = model.layout == nil
      let keeping = reading
      let open = { () throws(CodecError) in try Samples.reader(file, keeping, observing: observer) }
      let sink = try withFileContext(path) { () throws(ByteIOError) in
        try OutputFile(
          path: path, overwrite: overwrite, provenance: Provenance(copying: FileSource(path: file)))
      }
      let report = try encode(open(), name: file, model: model, options: options, to: sink, reopen: open)
      try readBack(sink, name: path, samples: report.samples)
      try withFileContext(path) { () throws(ByteIOError) in try sink.finish() }
      return report
    }
  }

  /// Encodes a file. The events are progress, and the report last.
  public func encoding(
    file: String, to path: String, model: FittedModel, options: EncodeOptions = EncodeOptions(),
    reading: ReadOptions = ReadOptions(), overwrite: Bool = false
  ) -> AsyncThrowingStream<CodecEvent<TransferProgress, EncodeReport>, any Error> {
    Blocking.events {
      try await encode(
        file: file, to: path, model: model, options: options, reading: reading, overwrite: overwrite,
        progress: $0)
    }
  }

  /// Decodes a `.vaec` file into a file of samples, in the format of its suffix, or else the one that
  /// the samples came from.
  ///
  /// - Parameters:
  ///   - file: the path of the stream.
  ///   - path: the path of the samples.
  ///   - model: nil if the file contains its model or needs none.
  ///   - overwrite: whether to replace an existing file.
  ///   - progress: called as the input is read.
  public func decode(
    file: String, to path: String, model: FittedModel? = nil, overwrite: Bool = false,
    progress: @escaping @Sendable (TransferProgress) -> Void = { _ in }
  ) async throws -> DecodeReport {
    let observer = TransferObserver(progress)
    return try await Blocking.run(observer) {
      let source = try withFileContext(file) { () throws(ByteIOError) in try FileSource(path: file) }
      return try decode(observer.watch(source), name: file, model: model) {
        (description) throws(CodecError) in
        try Samples.writer(path, overwrite: overwrite, Provenance(copying: source), description)
      }
    }
  }

  /// Decodes a file. The events are progress, and the report last.
  public func decoding(
    file: String, to path: String, model: FittedModel? = nil, overwrite: Bool = false
  ) -> AsyncThrowingStream<CodecEvent<TransferProgress, DecodeReport>, any Error> {
    Blocking.events {
      try await decode(file: file, to: path, model: model, overwrite: overwrite, progress: $0)
    }
  }
}

extension FittedModel {
  /// Reads a `.vae` file.
  package init(contentsOf path: String) throws(CodecError) {
    let source = try withFileContext(path) { () throws(ByteIOError) in try FileSource(path: path) }
    self = try FittedModel.read(source, name: path)
  }

  /// Writes the model as a `.vae` file.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - overwrite: whether to replace an existing file.
  ///   - provenance: the inputs of the model, which limit its permissions.
  package func write(
    to path: String, overwrite: Bool = false, provenance: Provenance = .unknown
  ) throws(CodecError) {
    let file = try withFileContext(path) { () throws(ByteIOError) in
      let file = try OutputFile(path: path, overwrite: overwrite, provenance: provenance)
      try file.write(bytes)
      return file
    }
    try readBack(file, name: path)
    try withFileContext(path) { () throws(ByteIOError) in try file.finish() }
  }
}
