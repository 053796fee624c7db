import ByteIO
import Records
import VAECodec

/// The output for decoded samples. It is opened once their description is known; ``finish()`` completes it.
///
/// It can join the samples of several files.
final class DecodedOutput {
  private let target: OutputTarget
  private let format: FormatName?
  private let writesToTerminal: Bool
  private let clips: Bool
  private let isJoined: Bool
  /// The columns to write; nil for all.
  private let columns: ColumnList?
  /// The total number of rows; nil for that in the description of the first samples.
  var rows: Int?
  private let provenance: Provenance
  private let isDurable: Bool
  /// The destination of the samples, once it is open.
  private(set) var sink: (any ByteSink)?
  /// A temporary file for samples until all are known to fit the output type, and their destination.
  private var waiting: (spool: SpoolFile, sink: any ByteSink)?
  private let originals: OriginalSamples?
  private var written: SampleDescription?
  private var counter: CountingSink?
  private var writer: (any SampleWriter)?
  private var first: SampleDescription?
  private var refusal: CommandError?

  /// - Parameters:
  ///   - format: the output format; nil for that of the samples.
  ///   - writesToTerminal: whether binary formats may go to a terminal.
  ///   - clips: whether values that the format cannot hold are clipped; otherwise they are an error.
  ///   - rows: the total number of rows, if known.
  ///   - isJoined: whether the samples of several files are joined.
  ///   - columns: the columns to write; nil for all.
  ///   - provenance: the inputs of the samples.
  ///   - isDurable: whether ``finish()`` waits for the disk.
  ///   - originals: the samples to compare with.
  init(
    _ target: OutputTarget, format: FormatName?, writesToTerminal: Bool, clips: Bool, rows: Int? = nil,
    isJoined: Bool, columns: ColumnList? = nil, _ provenance: Provenance, isDurable: Bool = false,
    comparing originals: OriginalSamples? = nil
  ) {
    self.clips = clips
    self.rows = rows
    self.originals = originals
    self.target = target
    self.format = format
    self.writesToTerminal = writesToTerminal
    self.isJoined = isJoined
    self.columns = columns
    self.provenance = provenance
    self.isDurable = isDurable
  }

  /// Whether the number of rows in the header can be corrected at the end.
  var correctsRows: Bool {
    guard case .file(let path, _) = target else { return false }
    return FileStatus(ofPath: path)?.isSpecial != true && SampleOutput.correctsRows(in: path)
  }

  /// Whether the format of `description` has the number of rows in its header.
  func countsRows(of description: SampleDescription) -> Bool {
    format?.countsRows ?? description.format.countsRows
  }
  /// The number of bytes written so far, or in total once the output is complete.
  var bytes: Int { counter?.count ?? 0 }

  /// Why samples were refused, if they were; more specific than the thrown error.
  func takeRefusal() -> CommandError? {
    defer { refusal = nil }
    return refusal ?? originals?.refusal
  }

  /// The writer for the samples of the file `name`. Finishing it leaves the output open.
  func writer(for description: SampleDescription, name: String) throws(CodecError) -> any SampleWriter {
    guard let columns else { return try ownWriter(for: description, name: name) }
    let selection: ColumnSelection
    let chosen: SampleDescription
    do throws(SampleIOError) {
      selection = try ColumnSelection(columns, of: description, name: name)
      chosen = try selection.description(description)
    } catch {
      throw .samples(error)
    }
    return SelectingWriter(try ownWriter(for: chosen, name: name), selection)
  }

  /// The writer for samples as they are written.
  private func ownWriter(
    for description: SampleDescription, name: String
  ) throws(CodecError) -> any SampleWriter {
    if let first, let writer {
      guard first.sampleShape == description.sampleShape, first.type == description.type,
        first.hasSameFields(as: description)
      else {
        refusal = .cannotJoin(name: name, found: Self.text(description), expected: Self.text(first))
        throw .samples(.cannotWrite(format: "the output", reason: "it holds other samples"))
      }
      if let column = description.renamedColumn(after: first) { throw .renamedColumn(name: name, column) }
      return OpenEndedWriter(writer, comparing: originals, as: written)
    }
    try originals?.open(as: description, name: name)
    do throws(SampleIOError) {
      let written = try writtenDescription(description)
      if case .standardOutput = target, Terminal.isOutput, !writesToTerminal, !written.format.isText {
        refusal = .outputIsTerminal("samples in this format")
        throw .cannotWrite(format: "a terminal", reason: "they are no text")
      }
      var sink = try open()
      if !clips, !correctsRows, SampleOutput.mayNotHold(description, as: written) {
        // Nothing is written to a pipe before all values are known to fit.
        do throws(ByteIOError) {
          let spool = try SpoolFile()
          waiting = (spool, sink)
          sink = spool
        } catch {
          throw .bytes(error, name: target.name)
        }
      }
      let writer = try SampleOutput.make(written, to: sink, clips: clips)
      self.writer = writer
      first = description
      self.written = written
      return OpenEndedWriter(writer, comparing: originals, as: written)
    } catch .bytes(let error, let name) {
      throw .bytes(error, name: name)
    } catch {
      throw .samples(error)
    }
  }

  /// Completes the output.
  func finish() throws {
    try originals?.finish()
    do throws(SampleIOError) {
      try writer?.finish()
      if let waiting {
        do throws(ByteIOError) {
          try waiting.spool.drain(to: waiting.sink)
          try waiting.sink.finish()
        } catch {
          throw .bytes(error, name: target.name)
        }
      }
    } catch .bytes(let error, _) {
      throw CodecError.bytes(error, name: target.name)
    } catch {
      throw CodecError.samples(error)
    }
  }

  /// The description of the output for samples of `description`.
  private func writtenDescription(_ description: SampleDescription) throws(SampleIOError) -> SampleDescription
  {
    var written = description
    if let format { written = try description.reformatted(as: format) }
    if let rows { written.rows = rows } else if isJoined { written.rows = nil }
    if !description.format.isText, OutputName.standsForTabs(target.name) {
      written.format = written.format.betweenTabs
    }
    return written
  }

  private func open() throws(SampleIOError) -> any ByteSink {
    let sink: CountingSink
    do throws(ByteIOError) {
      let file = try target.open(provenance, isDurable: isDurable)
      self.sink = file
      sink = CountingSink(file)
    } catch {
      throw .bytes(error, name: target.name)
    }
    counter = sink
    guard case .file(let path, _) = target else { return sink }
    return try SampleOutput.sink(wrapping: sink, forName: path)
  }

  private static func text(_ description: SampleDescription) -> String {
    "samples of \(ModelText.samples(description.sampleShape, description.type))"
  }
}

extension SampleFormat {
  /// Whether it is readable text.
  var isText: Bool {
    switch self {
    case .delimited: true
    case .records(let layout): layout.table != nil
    case .npy, .idx, .vecs, .raw: false
    }
  }

  /// The same, but of text with tabs between cells.
  fileprivate var betweenTabs: SampleFormat {
    switch self {
    case .delimited(var style):
      style.separator = .tab
      return .delimited(style)
    case .records(var layout) where layout.table != nil:
      layout.table = .tab
      return .records(layout)
    default: return self
    }
  }
}

/// Wraps a writer that stays open when this one is finished.
private final class OpenEndedWriter: SampleWriter {
  private let base: any SampleWriter
  private let originals: OriginalSamples?
  private let written: SampleDescription?

  init(_ base: any SampleWriter, comparing originals: OriginalSamples?, as written: SampleDescription?) {
    self.base = base
    self.originals = originals
    self.written = written
  }

  func write(_ batch: SampleBatch) throws(SampleIOError) {
    if let originals, let written { try originals.compare(batch, as: written) }
    try base.write(batch)
  }

  func finish() {}
}
