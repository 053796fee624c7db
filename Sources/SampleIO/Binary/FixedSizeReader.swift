import ByteIO

/// Reads samples of the same number of bytes that lie one behind the other: the body of npy, IDX and raw.
final class FixedSizeReader: SampleReader {
  private(set) var description: SampleDescription
  private let source: any ByteSource
  private let name: String
  private let reverses: Bool
  private var rowsRead = 0
  private var ended = false

  /// A reader of `description.rows` samples, or of all that `source` has when that is nil.
  ///
  /// - Parameter bigEndian: the byte order in the file.
  init(_ description: SampleDescription, from source: any ByteSource, name: String, bigEndian: Bool) {
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
    let got = bytes.count / rowBytes
    if bytes.count < wanted * rowBytes {
      if let announced {
        throw .truncated(name: name, expectedRows: announced, gotRows: rowsRead + got)
      }
      guard bytes.count % rowBytes == 0 else { throw .truncatedRow(name: name, row: rowsRead + got + 1) }
      ended = true
      description.rows = rowsRead + got
      if got == 0 { return nil }
    }
    rowsRead += got
    if reverses { reverseBytes(&bytes, size: description.elementType.size) }
    return SampleBatch(
      elementType: description.elementType, valuesPerSample: description.valuesPerSample, bytes: bytes)
  }

  private func expectEnd() throws(SampleIOError) {
    ended = true
    let extra = try moving(name) { () throws(ByteIOError) in try source.read(upTo: 1) }
    guard extra.isEmpty else { throw .trailingBytes(name: name, rows: rowsRead) }
  }
}
