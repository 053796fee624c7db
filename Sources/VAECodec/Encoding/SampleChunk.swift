import Records

/// The samples of a chunk, which have been checked.
struct SampleChunk: Sendable {
  var batch: SampleBatch
  /// Values outside the model's bounds.
  var clipped = 0
  /// Values that are no finite numbers as binary32.
  var nonFinite = 0

  var rows: Int { batch.rows }
}

/// Cuts what a reader gives into chunks, and checks it.
///
/// It reads one row ahead, so that it knows of each chunk whether it is the last.
final class ChunkReader {
  private let reader: any SampleReader
  private let name: String
  private let chunkRows: Int
  private let announced: Int?
  private var check: InputCheck
  private var ahead: SampleBatch?
  /// Whether the chunks so far are all.
  private(set) var hasEnded = false
  /// How the samples are laid out; of text, decimals are known when all chunks have been read.
  var format: SampleFormat { reader.description.format }
  /// Rows of the chunks so far.
  private(set) var rows = 0

  /// - Parameter isCorrected: whether fractions come back as they are though the model knows only integers.
  init(
    _ reader: any SampleReader, name: String, model: FittedModel, chunkRows: Int, isCorrected: Bool = false
  ) {
    self.reader = reader
    self.name = name
    self.chunkRows = chunkRows
    announced = reader.description.rows
    check = InputCheck(model, reader.description, name: name, isCorrected: isCorrected)
  }

  /// The next chunk: full unless it is the last.
  func next() throws(CodecError) -> SampleChunk? {
    guard !hasEnded else { return nil }
    let before = check
    var parts: [SampleBatch] = []
    var count = 0
    // A reader may give less at once than it is asked for: chunks must not depend on that.
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
      batch: batch, clipped: check.clipped - before.clipped, nonFinite: check.nonFinite - before.nonFinite)
  }

  private func nextBatch(_ rows: Int) throws(CodecError) -> SampleBatch? {
    guard let batch = ahead else { return try reading(reader, rows) }
    ahead = nil
    return batch
  }

  /// Throws if a reader has more rows than it said, or has ended with fewer: the stream's header says so already.
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
  /// Batches of one kind, one after the other; nil if there are none.
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
