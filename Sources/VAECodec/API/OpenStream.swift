import ByteIO
import Container
import Records
import Synchronization

/// A stream that stays open: parts of it are decoded one after the other, and the chunks decoded last are kept.
///
/// Unchecked: `turn` guards what changes, and the store.
package final class OpenStream: @unchecked Sendable {
  /// The stream in messages.
  package let name: String
  private let store: any ByteStore
  private let turn = Mutex(())
  private var index: Index?
  /// The last chunks that were decoded, and the model that decoded them.
  private var kept: (rows: Range<Int>, samples: DecodedPart, model: String?)?

  /// What the headers say.
  private struct Index: Sendable {
    /// The rows of the whole: of the array, or of the samples.
    var rows: Int
    /// The rows of each chunk; empty if samples are cut from an array.
    var chunks: [Range<Int>]
    /// The size of a row in bytes.
    var rowBytes: Int
    /// The fingerprints of the models that decode the streams and are not embedded.
    var models: [String]
    /// The shape of a row in values, and their type; of an array if samples are cut from one.
    var rowShape: [Int]
    var type: String?
  }

  /// The decoded bytes that are kept at most.
  private static let keptBytes = 1 << 26

  /// - Parameters:
  ///   - store: the stream, which nothing else reads from then on.
  ///   - name: the stream in messages.
  package init(_ store: any ByteStore, name: String) { (self.store, self.name) = (store, name) }

  /// The number of rows: the length of the first axis.
  package func rows(_ codec: Codec) throws(CodecError) -> Int {
    try turn.withLock { _ throws(CodecError) in try indexed(codec).rows }
  }

  /// Decodes the rows of a range; it is clipped to those that exist.
  package func decode(
    _ rows: Range<Int>, codec: Codec, model: FittedModel?, observer: TransferObserver
  ) throws(CodecError) -> DecodedPart {
    try turn.withLock { _ throws(CodecError) in
      let index = try indexed(codec)
      let wanted = rows.clamped(to: 0..<index.rows)
      if let kept, kept.model == model?.fingerprint, kept.rows.lowerBound <= wanted.lowerBound,
        wanted.upperBound <= kept.rows.upperBound, !wanted.isEmpty
      {
        return kept.samples.rows(
          wanted.lowerBound - kept.rows.lowerBound..<wanted.upperBound - kept.rows.lowerBound)
      }
      if wanted == 0..<index.rows { return try part(.all, codec, model, observer) }
      guard !index.chunks.isEmpty else {
        var slices = AxisSlices(":")
        slices?.axes = [RowSlice(lower: wanted.lowerBound, upper: wanted.upperBound)]
        return try sliced(slices, codec, model, observer)
      }
      let chunks = index.chunks.filter { $0.overlaps(wanted) }
      guard let first = chunks.first, let last = chunks.last,
        MemoryLimit.sum((last.upperBound - first.lowerBound, index.rowBytes)) <= Self.keptBytes
      else {
        return try part(
          RowSlice(lower: wanted.lowerBound, upper: wanted.upperBound), codec, model, observer)
      }
      let whole = first.lowerBound..<last.upperBound
      let decoded = try part(
        RowSlice(lower: whole.lowerBound, upper: whole.upperBound), codec, model, observer)
      kept = (whole, decoded, model?.fingerprint)
      return decoded.rows(wanted.lowerBound - whole.lowerBound..<wanted.upperBound - whole.lowerBound)
    }
  }

  /// The fingerprints of the models that the streams need and the file lacks. Empty before ``rows(_:)``.
  package var modelsNeeded: [String] { turn.withLock { _ in index?.models ?? [] } }

  /// The shape of a row in values, and the type of these. Empty before ``rows(_:)``.
  package var rowShape: [Int] { turn.withLock { _ in index?.rowShape ?? [] } }
  package var type: String? { turn.withLock { _ in index?.type } }

  private func models(of map: RowIndex) -> [String] {
    var models: [String] = []
    // An embedded model is that of the first stream behind it.
    var embedded: [Range<Int>: String] = [:]
    for stream in map.streams {
      guard let model = stream.details?.model?.text else { continue }
      if let file = stream.model, embedded[file, default: model] == model {
        embedded[file] = model
      } else if !models.contains(model) {
        models.append(model)
      }
    }
    return models
  }

  private func indexed(_ codec: Codec) throws(CodecError) -> Index {
    if let index { return index }
    let map = try RowIndex(StreamFinder(store, memory: codec.memory), name: name)
    let descriptions = map.streams.compactMap(\.details?.description)
    var index = Index(
      rows: map.rows, chunks: map.pieces.map(\.rows), rowBytes: descriptions.first?.sampleBytes ?? 1,
      models: models(of: map),
      rowShape: descriptions.first.map { $0.ofArray.type.shape(ofNumbers: $0.ofArray.sampleShape) } ?? [],
      type: descriptions.first?.type.name)
    if descriptions.contains(where: { $0.array != nil }) {
      index.chunks = []
      index.rows = StreamSelection(map, 0..<map.rows, keepsArrays: true).rows
    }
    self.index = index
    return index
  }

  private func part(
    _ rows: RowSlice, _ codec: Codec, _ model: FittedModel?, _ observer: TransferObserver
  ) throws(CodecError) -> DecodedPart {
    try DecodedPart.collecting(name, observer) { (makeWriter) throws(CodecError) in
      _ = try codec.decode(store, name: name, model: model, rows: rows, makeWriter: makeWriter)
    }
  }

  private func sliced(
    _ slices: AxisSlices?, _ codec: Codec, _ model: FittedModel?, _ observer: TransferObserver
  ) throws(CodecError) -> DecodedPart {
    guard let slices else { throw .noRows(name: name) }
    return try DecodedPart.collecting(name, observer) { (makeWriter) throws(CodecError) in
      _ = try codec.decode(store, name: name, model: model, slices: slices, makeWriter: makeWriter)
    }
  }
}
