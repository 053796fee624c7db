/// A stream's place in a file, and those of its chunks; or the place of a model for the streams that follow.
package struct StreamPlace: Equatable, Sendable {
  /// What a stream begins with.
  package enum Beginning: Equatable, Sendable {
    /// It is in chunks.
    case header(StreamHeader)
    /// It is compact: its only chunk is all of it, and its frame's content begins with what a header says.
    case compact
    /// It is in chunks, and its header is damaged.
    case lostHeader
    /// It is a model, not a stream: its file takes these bytes.
    case model(file: Range<Int>)
    /// No part of it can be read, or it is none: what it may be by its first bytes.
    case unreadable(Likeness)
  }

  /// What something unreadable may be.
  package enum Likeness: Equatable, Sendable {
    case compact
    case model
    case nothing
  }

  /// How a stream ends.
  package enum End: Equatable, Sendable {
    /// As it should.
    case whole
    /// Its seek table is damaged; nothing is missing before it.
    case damagedSeekTable
    /// It lacks its end: chunks may be missing.
    case cut
  }

  /// A chunk, or some chunks that are lost one after the other.
  package struct Chunk: Equatable, Sendable {
    /// What is known of a chunk's content.
    package enum State: Equatable, Sendable {
      /// Nobody has looked at it.
      case unread
      /// It is as it was written, and says that it has so many rows.
      case whole(rows: Int)
      /// It is lost.
      case damaged
    }

    /// Its bytes in the file.
    package var range: Range<Int>
    /// Bytes that it decompresses to; 0 where it is lost.
    package var contentSize: Int
    package var state: State
    /// How many chunks these are; nil where several may be lost.
    package var count: Int? = 1
  }

  /// Its bytes in the file.
  package var range: Range<Int>
  package var beginning: Beginning
  /// In order.
  package var chunks: [Chunk]
  package var end = End.whole
}
