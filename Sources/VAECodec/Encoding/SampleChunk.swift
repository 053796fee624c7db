import Records

/// The checked samples of a chunk.
struct SampleChunk: Sendable {
  var batch: SampleBatch
  /// The number of values outside the model's bounds.
  var clipped = 0
  /// The number of values that are not finite in binary32.
  var nonFinite = 0

  var rows: Int { batch.rows }
}

/// Divides the samples of a reader into chunks, and checks them.
///
/// It reads one row ahead, so that it knows whether a chunk is the last.
final class ChunkReader {
  private let reader: any SampleReader
  private let name: String
  private let chunkRows: Int
  private let announced: Int?
  private var check: InputCheck
  private var ahead: SampleBatch?
  /// Whether the chunks returned so far are all.
  private(set) var hasEnded = false
  /// The format of the samples. The decimals of text are known only after all chunks have been read.
  var format: SampleFormat { reader.description.format }
  /// The number of rows in the chunks so far.
  private(set) var rows = 0

  /// - Parameter isCorrected: whether fractions are preserved even though the model was fitted on integers.
  init(
    _ reader: any SampleReader, name: String, model: FittedModel, chunkRows: Int, isCorrected: Bool = false
  ) {
    self.reader = reader
    self.name = name
    self.chunkRows = chunkRows
    announced = reader.description.rows
    check = InputCheck(model, reader.description, name: name, isCorrected: isCorrected)
  }

  /// The next chunk: full unless it is the last; nil at the end.
  func next() throws(CodecError) -> SampleChunk? {
    guard !hasEnded else { return nil }
    let before = check
    var parts: [SampleBatch] = []
    var count = 0
    // A reader may return fewer rows than requested; the chunks must not depend on that.
    while count < chunkRows, let batch = try nextBatch(chunkRows - count) {
      try check.add(batch)
      parts.append(batch)
      count += batch.rows
    }
    if count == chunkRows { ahead = try reading(reader, 1) }
    hasEnded = ahead == nil
    rows += count
    try checkRows()
    guard let batch = SampleBatch(joining: parts) else { return nil }
    return SampleChunk(
      batch: batch, clipped: check.clipped - before.clipped,
      nonFinite: check.nonFinite - before.nonFinite)
  }

  private func nextBatch(_ rows: Int) throws(CodecError) -> SampleBatch? {
    guard let batch = ahead else { return try reading(reader, rows) }
    ahead = nil
    return batch
  }

  /// Throws if the reader has more rows than it announced, or ended with fewer: the stream's header already records
  /// that number.
  private func checkRows() throws(CodecError) {
    guard let announced else { return }
    if rows > announced || (rows == announced && !hasEnded) {
      throw .samples(.trailingBytes(name: name, rows: announced))
    }
    if hasEnded, rows < announced {
      throw .samples(.truncated(name: name, expectedRows: announced, gotRows: rows))
    }
  }
}

extension SampleBatch {
  /// Concatenates batches of one type and shape; nil if there are none.
  init?(joining parts: [SampleBatch]) {
    guard let first = parts.first else { return nil }
    guard parts.count > 1 else {
      self = first
      return
    }
    self.init(
      elementType: first.elementType, valuesPerSample: first.valuesPerSample,
      bytes: parts.reduce(into: []) { $0 += $1.bytes })
    text = RowText(joining: parts.map(\.text))
  }
}
