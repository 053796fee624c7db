/// Damage in a file of streams.
public struct StreamDamage: Equatable, Sendable {
  /// The kind of damage.
  public enum Kind: Equatable, Sendable {
    /// Chunks of a stream are damaged: their numbers, from 1.
    case chunks(ClosedRange<Int>)
    /// An unknown number of chunks after this one are damaged; ``rows`` is an estimate.
    case someChunks(after: Int)
    /// A stream is cut off after this many chunks.
    case end(afterChunks: Int)
    /// A stream's seek table is damaged; no rows are lost.
    case seekTable
    /// A stream's header is damaged: none of its chunks can be decoded.
    case header
    /// A compact stream is damaged, and all of it is lost.
    case compact
    /// The model embedded in the file is damaged. No rows are lost if another copy of it exists.
    case model
    /// A range of bytes belongs to no stream.
    case unreadable(Range<Int>)
  }

  public var kind: Kind
  /// The number of the stream in the file, from 1; nil if there is only one.
  public var stream: Int?
  /// The rows lost, counted from 0 in the file; nil if none are lost or their number is unknown.
  public var rows: Range<Int>?
  /// The row of the file at which rows are missing if their number is unknown.
  public var place: Int
}

extension StreamDamage: CustomStringConvertible {
  /// What is damaged, and which rows are lost.
  public var description: String {
    let of = stream.map { " of stream \($0)" } ?? ""
    let lost = rows.map { "rows \($0.lowerBound):\($0.upperBound) are lost" }
    let some = "an unknown number of rows from \(place) on are lost"
    switch kind {
    case .chunks(let chunks) where chunks.count == 1:
      return "chunk \(chunks.lowerBound)\(of) is damaged; \(lost ?? some)"
    case .chunks(let chunks):
      return "chunks \(chunks.lowerBound) to \(chunks.upperBound)\(of) are damaged; \(lost ?? some)"
    case .someChunks(let chunk):
      let guess = rows.map { ", perhaps \($0.lowerBound):\($0.upperBound)" } ?? ""
      return "chunks after chunk \(chunk)\(of) are damaged; \(some)\(guess)"
    case .end(let chunks):
      let stream = stream.map { "stream \($0)" } ?? "the stream"
      return "\(stream) is cut off after \(chunks) whole chunk\(chunks == 1 ? "" : "s"); \(lost ?? some)"
    case .seekTable: return "the seek table\(of) is damaged; no rows are lost"
    case .header: return "the header\(of) is damaged, so its chunks cannot be decoded; \(lost ?? some)"
    case .compact:
      let stream = stream.map { "stream \($0)" } ?? "the stream"
      return "\(stream) is a single damaged chunk; \(some)"
    case .model: return "the model in the file is damaged"
    case .unreadable(let bytes):
      return "bytes \(bytes.lowerBound):\(bytes.upperBound) are not part of a stream; \(some)"
    }
  }
}
