import ArgumentParser
import ByteIO
import SampleIO
import VAECodec

/// An input as the command line names it: a path, or - for standard input.
struct InputFile {
  let path: String

  init(_ path: String) { self.path = path }

  var isStandardInput: Bool { path == "-" }

  /// The input in messages.
  var name: String { isStandardInput ? "standard input" : path }

  /// Opens it.
  func open() throws(CodecError) -> FileSource {
    if isStandardInput { return .standardInput() }
    return try naming(path) { () throws(ByteIOError) in try FileSource(path: path) }
  }

  /// Reads what was opened as samples that can be read more than once.
  ///
  /// - Returns: a reader; and, where it is a regular file, what gives another one from the first sample on. Only the
  ///   last reader may be used.
  func rereadable(
    _ source: FileSource, _ options: ReadOptions
  ) throws(CodecError) -> (reader: any SampleReader, reopen: (() throws(CodecError) -> any SampleReader)?) {
    let reopen = reopening(source, options)
    return (try reader(of: source, options), reopen)
  }

  /// What gives another reader from where `source` stands on; nil where nobody can go back there.
  private func reopening(
    _ source: FileSource, _ options: ReadOptions
  ) -> (() throws(CodecError) -> any SampleReader)? {
    guard let start = source.position else { return nil }
    return { () throws(CodecError) in
      try naming(name) { () throws(ByteIOError) in try source.move(to: start) }
      return try self.reader(of: source, options)
    }
  }

  /// Reads what was opened as samples, as often as one likes: what can be read only once is copied to a temporary file.
  ///
  /// - Returns: what gives a reader from the first sample on. Only the last reader may be used.
  func repeatable(
    _ source: FileSource, _ options: ReadOptions
  ) throws(CodecError) -> () throws(CodecError) -> any SampleReader {
    if let reopen = reopening(source, options) { return reopen }
    let spool = try naming(name) { () throws(ByteIOError) in
      let spool = try SpoolFile()
      try source.copy(to: spool)
      try spool.finish()
      return spool
    }
    return { () throws(CodecError) in
      let source = try naming(name) { () throws(ByteIOError) in try spool.source() }
      return try self.reader(of: source, options)
    }
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
