import ByteIO

/// Writes consecutive samples after a header that may hold their number.
///
/// If the number is not known at the start, the header is rewritten at the end if the sink allows that; otherwise the
/// samples wait in a temporary file.
final class FixedSizeWriter: SampleWriter {
  /// Returns the header for a number of rows; its length is the same for every number.
  typealias Header = (_ rows: Int) throws(SampleIOError) -> [UInt8]

  private enum Mode {
    /// Samples follow a correct header, or no header.
    case direct
    /// The header is corrected at the end.
    case patch(any PatchableSink)
    /// Samples wait for the header.
    case spool(SpoolFile)
  }

  private let elementType: ElementType
  private let announced: Int?
  private let sink: any ByteSink
  private let reverses: Bool
  private let header: Header?
  private let mode: Mode
  private var check: NarrowingCheck?
  private var rowsWritten = 0

  /// - Parameter clips: whether values that the type cannot hold are clipped, with NaN as 0; otherwise they are an
  ///   error.
  init(
    _ description: SampleDescription, to sink: any ByteSink, bigEndian: Bool, clips: Bool,
    header: Header? = nil
  ) throws(SampleIOError) {
    elementType = description.elementType
    check = clips ? nil : NarrowingCheck(description.elementType, width: description.valuesPerSample)
    announced = description.rows
    self.sink = sink
    reverses = bigEndian != hostIsBigEndian
    self.header = header
    guard let header else {
      mode = .direct
      return
    }
    if let patchable = sink as? any PatchableSink, patchable.canPatch {
      mode = .patch(patchable)
    } else if announced == nil {
      mode = .spool(try moving("") { () throws(ByteIOError) in try SpoolFile() })
      return
    } else {
      mode = .direct
    }
    let bytes = try header(announced ?? 0)
    try moving("") { () throws(ByteIOError) in try sink.write(bytes) }
  }

  func write(_ batch: SampleBatch) throws(SampleIOError) {
    try check?.add(batch)
    rowsWritten += batch.rows
    if case .direct = mode, header != nil, let announced, rowsWritten > announced {
      throw .rowCountMismatch(announced: announced, written: rowsWritten)
    }
    var bytes = batch.converted(to: elementType).bytes
    if reverses { reverseBytes(&bytes, size: elementType.size) }
    let output: any ByteSink
    if case .spool(let spool) = mode { output = spool } else { output = sink }
    try moving("") { () throws(ByteIOError) in try output.write(bytes) }
  }

  func finish() throws(SampleIOError) {
    switch mode {
    case .direct:
      if header != nil, let announced, rowsWritten != announced {
        throw .rowCountMismatch(announced: announced, written: rowsWritten)
      }
    case .patch(let patchable):
      if rowsWritten != announced, let bytes = try header?(rowsWritten) {
        try moving("") { () throws(ByteIOError) in try patchable.write(bytes, at: 0) }
      }
    case .spool(let spool):
      let bytes = try header?(rowsWritten) ?? []
      try moving("") { () throws(ByteIOError) in
        try sink.write(bytes)
        try spool.drain(to: sink)
      }
    }
    try moving("") { () throws(ByteIOError) in try sink.finish() }
  }
}
