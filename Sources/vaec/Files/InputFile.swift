import ArgumentParser
import ByteIO
import Records
import VAECodec

/// An input as the command line names it: a path, or - for standard input.
struct InputFile {
  let path: String
  /// Where its output goes below the directory for outputs; nil for the last part of its path.
  let mirroredPath: String?

  init(_ path: String) { self.init(path, mirroredPath: nil) }

  init(_ path: String, mirroredPath: String?) {
    self.path = path
    self.mirroredPath = mirroredPath
  }

  var isStandardInput: Bool { path == "-" }

  /// The input in messages.
  var name: String { isStandardInput ? "standard input" : path }

  /// Opens it.
  func open() throws(CodecError) -> FileSource {
    if isStandardInput { return .standardInput() }
    return try withFileContext(path) { () throws(ByteIOError) in try FileSource(path: path) }
  }

  /// Reads what was opened as samples that can be read more than once.
  ///
  /// - Returns: where it is a regular file, with what gives another reader. Only the last reader may be used.
  func rereadable(_ source: FileSource, _ options: ReadOptions) throws(CodecError) -> OpenedSamples {
    let (reopen, size) = (reopening(source, options), source.remainingSize)
    return OpenedSamples(
      reader: try reader(of: source, options), reopen: reopen, size: size, bytesRead: { source.bytesRead })
  }

  /// What gives another reader from where `source` stands on; nil where nobody can go back there.
  private func reopening(
    _ source: FileSource, _ options: ReadOptions
  ) -> (() throws(CodecError) -> any SampleReader)? {
    guard let start = source.position else { return nil }
    return { () throws(CodecError) in
      try withFileContext(name) { () throws(ByteIOError) in try source.move(to: start) }
      return try self.reader(of: source, options)
    }
  }

  /// Reads what was opened as samples, as often as one likes: what can be read only once is copied to a temporary file.
  ///
  /// - Returns: what gives a reader from the first sample on, and the bytes of the file. Only the last reader may be used.
  func repeatable(
    _ source: FileSource, _ options: ReadOptions
  ) throws(CodecError) -> (open: () throws(CodecError) -> any SampleReader, fileBytes: Int) {
    if let size = source.remainingSize, let reopen = reopening(source, options) { return (reopen, size) }
    let spool = try withFileContext(name) { () throws(ByteIOError) in
      let spool = try SpoolFile()
      try source.copy(to: spool)
      try spool.finish()
      return spool
    }
    let open = { () throws(CodecError) -> any SampleReader in
      let source = try withFileContext(name) { () throws(ByteIOError) in try spool.source() }
      return try self.reader(of: source, options)
    }
    return (open, spool.count)
  }

  /// Reads what was opened as samples.
  func reader(of source: FileSource, _ options: ReadOptions) throws(CodecError) -> any SampleReader {
    do throws(SampleIOError) {
      return try SampleInput.open(source, name: name, options: options)
    } catch {
      throw .samples(error)
    }
  }

  /// Refuses to wait for samples that somebody would have to type.
  static func refuseTerminal(_ inputs: [InputFile]) throws {
    if inputs.contains(where: \.isStandardInput), Terminal.isInput {
      throw ValidationError(CommandError.inputIsTerminal.description)
    }
  }
}

/// Samples that have been opened.
struct OpenedSamples {
  let reader: any SampleReader
  /// Gives another reader, from the first sample on; nil where nobody can go back there.
  let reopen: (() throws(CodecError) -> any SampleReader)?
  private let size: Int?
  private let bytesRead: () -> Int

  /// - Parameters:
  ///   - size: bytes of the file where they are known.
  ///   - bytesRead: gives the bytes that have been read, where they are not.
  init(
    reader: any SampleReader, reopen: (() throws(CodecError) -> any SampleReader)?, size: Int?,
    bytesRead: @escaping () -> Int = { 0 }
  ) {
    self.reader = reader
    self.reopen = reopen
    self.size = size
    self.bytesRead = bytesRead
  }

  /// Bytes of their file, compressed as it may be: in a pipe, those that have been read.
  var fileBytes: Int { size ?? bytesRead() }
}
