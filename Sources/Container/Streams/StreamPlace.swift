/// The position of a stream and its chunks in a file; or that of a model for the streams that follow.
package struct StreamPlace: Equatable, Sendable {
  /// The start of a stream.
  package enum Beginning: Equatable, Sendable {
    /// A stream of chunks.
    case header(StreamHeader)
    /// A compact stream, which is a single chunk. Its frame's content starts with what a header holds.
    case compact
    /// A stream of chunks whose header is damaged.
    case lostHeader
    /// A model, not a stream: the range of its bytes.
    case model(file: Range<Int>)
    /// Unreadable bytes: their likely kind.
    case unreadable(Likeness)
  }

  /// The likely kind of unreadable bytes.
  package enum Likeness: Equatable, Sendable {
    case compact
    case model
    case nothing
  }

  /// The end of a stream.
  package enum End: Equatable, Sendable {
    /// The stream is complete.
    case whole
    /// The seek table is damaged; nothing before it is missing.
    case damagedSeekTable
    /// The end is missing, and chunks may be missing with it.
    case cut
  }

  /// A chunk, or a run of lost chunks.
  package struct Chunk: Equatable, Sendable {
    /// The state of a chunk's content.
    package enum State: Equatable, Sendable {
      /// Not read yet.
      case unread
      /// Intact, with this number of rows.
      case whole(rows: Int)
      /// Lost.
      case damaged
    }

    /// The range of its bytes in the file.
    package var range: Range<Int>
    /// The size of its content in bytes; 0 if it is lost.
    package var contentSize: Int
    package var state: State
    /// The number of chunks; nil if several may be lost.
    package var count: Int? = 1
  }

  /// The range of its bytes in the file.
  package var range: Range<Int>
  package var beginning: Beginning
  /// The chunks, in order.
  package var chunks: [Chunk]
  package var end = End.whole
}
