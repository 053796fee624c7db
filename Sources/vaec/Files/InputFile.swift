import ArgumentParser
import ByteIO
import Records
import VAECodec

/// An input of the command line: a path, or - for standard input.
struct InputFile {
  let path: String
  /// The path of its output below the output directory; nil for the last part of its path.
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

  /// Opens a reader of samples that can be read more than once.
  ///
  /// - Returns: for a regular file, also a function that returns another reader. Only the last reader may be used.
  func rereadable(_ source: FileSource, _ options: ReadOptions) throws(CodecError) -> OpenedSamples {
    let (reopen, size) = (reopening(source, options), source.remainingSize)
    return OpenedSamples(
      reader: try reader(of: source, options), reopen: reopen, size: size, bytesRead: { source.bytesRead })
  }

  /// A function that returns another reader from the position of `source` on; nil if it cannot seek.
  private func reopening(
    _ source: FileSource, _ options: ReadOptions
  ) -> (() throws(CodecError) -> any SampleReader)? {
    guard let start = source.position else { return nil }
    return { () throws(CodecError) in
      try withFileContext(name) { () throws(ByteIOError) in try source.move(to: start) }
      return try self.reader(of: source, options)
    }
  }

  /// Opens samples that can be read any number of times. Input that can be read only once is copied to a temporary file.
  ///
  /// - Returns: a function that returns a reader, and the bytes of the file. Only the last reader may be used.
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

  /// Opens a reader of samples.
  func reader(of source: FileSource, _ options: ReadOptions) throws(CodecError) -> any SampleReader {
    do throws(SampleIOError) {
      return try SampleInput.open(source, name: name, options: options)
    } catch {
      throw .samples(error)
    }
  }

  /// Refuses to read samples from a terminal.
  static func refuseTerminal(_ inputs: [InputFile]) throws {
    if inputs.contains(where: \.isStandardInput), Terminal.isInput {
      throw ValidationError(CommandError.inputIsTerminal.description)
    }
  }
}

/// Opened samples.
struct OpenedSamples {
  let reader: any SampleReader
  /// Returns another reader from the first sample on; nil if the input cannot seek.
  let reopen: (() throws(CodecError) -> any SampleReader)?
  private let size: Int?
  private let bytesRead: () -> Int

  /// - Parameters:
  ///   - size: bytes of the file, if known.
  ///   - bytesRead: returns the number of bytes read, if the size is unknown.
  init(
    reader: any SampleReader, reopen: (() throws(CodecError) -> any SampleReader)?, size: Int?,
    bytesRead: @escaping () -> Int = { 0 }
  ) {
    self.reader = reader
    self.reopen = reopen
    self.size = size
    self.bytesRead = bytesRead
  }

  /// Bytes of the file as stored; for a pipe, the bytes read.
  var fileBytes: Int { size ?? bytesRead() }
}
