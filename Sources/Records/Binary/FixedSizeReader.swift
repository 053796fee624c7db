import ByteIO

/// Reads consecutive samples of equal size: the body of npy, IDX and raw.
final class FixedSizeReader: SampleReader {
  private(set) var description: SampleDescription
  private let source: any ByteSource
  private let name: String
  private let reverses: Bool
  private let partial: PartialSample?
  private let notes: ReadingNotes?
  private var rowsRead = 0
  private var ended = false

  /// Reads `description.rows` samples, or all samples of `source` if that is nil.
  ///
  /// - Parameters:
  ///   - bigEndian: the byte order in the file.
  ///   - partial: what to do with values after the last full sample, if the number of samples is unknown; nil for an
  ///     error.
  ///   - notes: receives a note about such values.
  init(
    _ description: SampleDescription, from source: any ByteSource, name: String, bigEndian: Bool,
    partial: PartialSample? = nil, notes: ReadingNotes? = nil
  ) {
    self.partial = partial
    self.notes = notes
    self.description = description
    self.source = source
    self.name = name
    reverses = bigEndian != hostIsBigEndian
  }

  func read(maxRows: Int) throws(SampleIOError) -> SampleBatch? {
    precondition(maxRows > 0)
    if ended { return nil }
    let announced = description.rows
    let left = announced.map { $0 - rowsRead } ?? Int.max
    if left == 0 {
      try expectEnd()
      return nil
    }
    let rowBytes = description.sampleBytes
    let wanted = min(maxRows, left, Int.max / rowBytes)
    var bytes = try moving(name) { () throws(ByteIOError) in try source.read(upTo: wanted * rowBytes) }
    var got = bytes.count / rowBytes
    if bytes.count < wanted * rowBytes {
      if let announced {
        throw .truncated(name: name, expectedRows: announced, gotRows: rowsRead + got)
      }
      if bytes.count % rowBytes != 0 { try complete(&bytes) }
      got = bytes.count / rowBytes
      ended = true
      description.rows = rowsRead + got
      if got == 0 { return nil }
    }
    rowsRead += got
    if reverses { reverseBytes(&bytes, size: description.elementType.size) }
    return SampleBatch(
      elementType: description.elementType, valuesPerSample: description.valuesPerSample, bytes: bytes)
  }

  /// Discards or pads values after the last full sample, as requested.
  private func complete(_ bytes: inout [UInt8]) throws(SampleIOError) {
    let rowBytes = description.sampleBytes
    let (rows, left) = (rowsRead + bytes.count / rowBytes, bytes.count % rowBytes)
    let (values, rest) = left.quotientAndRemainder(dividingBy: description.elementType.size)
    switch partial {
    case .drop:
      bytes.removeLast(left)
      let what = values > 0 || rest == 0 ? counted(values, "value") : counted(rest, "byte")
      notes?.add("\(what) after \(counted(rows, "sample")) discarded", name: name)
    case .pad where rest == 0:
      let missing = description.valuesPerSample - values
      bytes.append(contentsOf: repeatElement(0, count: rowBytes - left))
      notes?.add("\(counted(missing, "zero")) added to fill sample \(rows + 1)", name: name)
    case .pad, nil:
      throw .partialSample(
        name: name, rows: rows, values: values, bytes: rest, valuesPerSample: description.valuesPerSample)
    }
  }

  private func counted(_ count: Int, _ noun: String) -> String {
    count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
  }

  private func expectEnd() throws(SampleIOError) {
    ended = true
    let extra = try moving(name) { () throws(ByteIOError) in try source.read(upTo: 1) }
    guard extra.isEmpty else { throw .trailingBytes(name: name, rows: rowsRead) }
  }
}
