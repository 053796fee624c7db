import ByteIO

/// The positions of a stream's chunks.
///
/// It is read from the end of a file, see ``streams(fileSize:read:)``; a ``StreamReader`` does not need it.
package struct SeekTable: Equatable, Sendable {
  /// The position of a chunk.
  package struct Chunk: Equatable, Sendable {
    /// The offset of its frame in the file.
    package var offset: Int
    /// The size of its frame in bytes.
    package var size: Int
    /// The size of its content in bytes.
    package var contentSize: Int
  }

  /// The memory in bytes per frame of the table, including that of callers.
  private static let bytesPerFrame = 256

  /// The offset of the stream's header in the file.
  package let streamOffset: Int
  /// The size of the header's frame in bytes.
  package let headerSize: Int
  /// The chunks, in order.
  package let chunks: [Chunk]

  /// The seek tables of all streams of a file, in order.
  ///
  /// A ``CompactStream`` has none; this then throws `missingSeekTable`, and a ``StreamReader`` can read the file.
  ///
  /// Nothing else is read: whether the frames are where the tables say shows only when they are read.
  ///
  /// - Parameters:
  ///   - fileSize: the size of the file in bytes.
  ///   - read: returns `count` bytes from `offset` on.
  /// - Throws: `missingSeekTable` or `damagedSeekTable`, and the errors of `read`.
  package static func streams(
    fileSize: Int, read: (_ offset: Int, _ count: Int) throws(ByteIOError) -> [UInt8]
  ) throws(StreamError) -> [SeekTable] {
    var tables: [SeekTable] = []
    var end = fileSize
    repeat {
      let table = try SeekTable(endingAt: end, read: read)
      end = table.streamOffset
      tables.append(table)
    } while end > 0
    return tables.reversed()
  }

  /// The table whose frame starts at `offset`; nil if there is none, or it takes too much memory.
  init?(
    at offset: Int, in store: any ByteStore, memory: MemoryLimit = .standard
  ) throws(StreamError) {
    do throws(ByteIOError) {
      let head = try store.read(at: offset, upTo: Container.skippableHeaderSize)
      guard head.count == Container.skippableHeaderSize else { return nil }
      let size = Container.skippableHeaderSize + head[4...].reversed().reduce(0) { $0 << 8 | Int($1) }
      let entries = size - Container.skippableHeaderSize - Container.footerSize
      guard entries >= Container.entrySize, entries % Container.entrySize == 0, offset <= store.size - size,
        entries / Container.entrySize <= min(Container.maximumFrames, memory.bytes / Self.bytesPerFrame)
      else { return nil }
      // The footer is checked first, because it takes no memory.
      var footer = ByteWriter()
      footer.append(UInt32(entries / Container.entrySize))
      footer.append(UInt8(0))
      footer.append(Container.seekTableFooter)
      guard
        try store.read(at: offset + size - Container.footerSize, upTo: Container.footerSize) == footer.bytes
      else { return nil }
      let frame = try store.read(at: offset, upTo: size)
      guard frame.count == size else { return nil }
      self.init(frame, offset: offset)
    } catch {
      throw .bytes(error)
    }
  }

  /// Appends the entry of a frame.
  ///
  /// - Parameters:
  ///   - size: the size of the frame in bytes.
  ///   - contentSize: the size of its content in bytes.
  static func append(size: Int, contentSize: Int, to entries: inout ByteWriter) {
    entries.append(UInt32(clamping: size))
    entries.append(UInt32(clamping: contentSize))
  }

  /// The frame of a seek table with the given entries.
  static func frame(_ entries: ByteWriter) -> [UInt8] {
    var table = ByteWriter()
    table.append(Container.seekTableMagic)
    table.append(UInt32(clamping: entries.bytes.count + Container.footerSize))
    table.append(entries.bytes)
    table.append(UInt32(clamping: entries.bytes.count / Container.entrySize))
    table.append(UInt8(0))
    table.append(Container.seekTableFooter)
    return table.bytes
  }

  /// The table that ends at offset `end` of a file.
  init(
    endingAt end: Int, memory: MemoryLimit = .standard,
    read: (_ offset: Int, _ count: Int) throws(ByteIOError) -> [UInt8]
  ) throws(StreamError) {
    let frame: [UInt8]
    do {
      guard end >= Container.skippableHeaderSize + Container.entrySize + Container.footerSize else {
        throw StreamError.missingSeekTable(afterChunks: nil)
      }
      var footer = ByteReader(try read(end - Container.footerSize, Container.footerSize))
      let frames = Int(try footer.integer(UInt32.self))
      let descriptor: UInt8 = try footer.integer()
      guard try footer.integer() == Container.seekTableFooter else {
        throw StreamError.missingSeekTable(afterChunks: nil)
      }
      guard descriptor == 0, frames >= 1, frames <= Container.maximumFrames else {
        throw StreamError.damagedSeekTable
      }
      let size = Container.skippableHeaderSize + frames * Container.entrySize + Container.footerSize
      guard size <= end else { throw StreamError.damagedSeekTable }
      try memory.admit(frames * Self.bytesPerFrame)
      frame = try read(end - size, size)
      guard frame.count == size else { throw StreamError.damagedSeekTable }
    } catch let error as StreamError {
      throw error
    } catch let error as ByteIOError {
      throw .bytes(error)
    } catch {
      throw .damagedSeekTable
    }
    guard let table = Self(frame, offset: end - frame.count) else { throw .damagedSeekTable }
    self = table
  }

  /// Parses the frame of a table, which is at `offset` of a file; nil if it is inconsistent.
  private init?(_ frame: [UInt8], offset: Int) {
    var reader = ByteReader(frame)
    do {
      let frames = (frame.count - Container.skippableHeaderSize - Container.footerSize) / Container.entrySize
      guard try reader.integer() == Container.seekTableMagic,
        Int(try reader.integer(UInt32.self)) == frame.count - Container.skippableHeaderSize
      else { return nil }
      var entries: [(size: Int, contentSize: Int)] = []
      entries.reserveCapacity(frames)
      for _ in 0..<frames {
        let size = Int(try reader.integer(UInt32.self))
        entries.append((size, Int(try reader.integer(UInt32.self))))
        guard size > 0 else { return nil }
      }
      guard let header = entries.first, header.contentSize == 0 else { return nil }
      streamOffset = offset - entries.reduce(0) { $0 + $1.size }
      guard streamOffset >= 0 else { return nil }
      headerSize = header.size
      var position = streamOffset + headerSize
      var chunks: [Chunk] = []
      chunks.reserveCapacity(frames - 1)
      for entry in entries.dropFirst() {
        chunks.append(Chunk(offset: position, size: entry.size, contentSize: entry.contentSize))
        position += entry.size
      }
      self.chunks = chunks
    } catch {
      return nil
    }
  }
}

/// The sequence of a seek table's entries, boiled down to a digest, so that a reader need not keep it.
struct SeekTableDigest: Equatable {
  private var digest: Digest?
  /// How many entries there are.
  private(set) var frames = 0

  /// Adds the next entry.
  mutating func add(size: UInt32, contentSize: UInt32) {
    frames += 1
    var entry = ByteWriter()
    entry.append(size)
    entry.append(contentSize)
    digest = Digest(of: entry.bytes).after(digest)
  }
}
