import ByteIO

/// Where the chunks of a stream are.
///
/// It is read from the end of a file (see ``streams(fileSize:read:)``); a ``StreamReader`` needs none.
package struct SeekTable: Equatable, Sendable {
  /// One chunk's place.
  package struct Chunk: Equatable, Sendable {
    /// Where its frame begins in the file.
    package var offset: Int
    /// Bytes of its frame.
    package var size: Int
    /// Bytes that it decompresses to.
    package var contentSize: Int
  }

  /// What a frame of the table takes in memory, here and with whoever asked for it.
  private static let bytesPerFrame = 256

  /// Where the stream's header begins in the file.
  package let streamOffset: Int
  /// Bytes of the header's frame.
  package let headerSize: Int
  /// The chunks in order.
  package let chunks: [Chunk]

  /// The tables of all streams of a file, in the file's order.
  ///
  /// A ``CompactStream`` has none: then `missingSeekTable` is thrown, and a ``StreamReader`` finds what is there.
  ///
  /// The file is not read otherwise: whether there are frames where the tables say so, whoever reads them will see.
  ///
  /// - Parameters:
  ///   - fileSize: bytes of the file.
  ///   - read: gives `count` bytes from `offset` on.
  /// - Throws: `missingSeekTable` or `damagedSeekTable`, and what `read` throws.
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

  /// The table whose frame begins at byte `offset` of a file; nil where none does, or it takes too much memory.
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
      // The end first: it takes no memory.
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

  /// The entry of a frame.
  ///
  /// - Parameters:
  ///   - size: bytes of the frame.
  ///   - contentSize: bytes of its content.
  static func append(size: Int, contentSize: Int, to entries: inout ByteWriter) {
    entries.append(UInt32(clamping: size))
    entries.append(UInt32(clamping: contentSize))
  }

  /// The frame of the table of a stream, whose frames have these entries.
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

  /// The table that ends at byte `end` of a file.
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

  /// Reads a table's frame, which is at `offset` of a file; nil where it is not consistent.
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

/// The sequence of a seek table's entries, boiled down to a number of 64 bits (FNV-1a), so that a reader need not keep
/// it. Any change of one byte shows.
struct SeekTableDigest: Equatable {
  private var value: UInt64 = 0xCBF2_9CE4_8422_2325
  /// How many entries there are.
  private(set) var frames = 0

  /// Adds the next entry.
  mutating func add(size: UInt32, contentSize: UInt32) {
    frames += 1
    for word in [size, contentSize] {
      for shift: UInt32 in [0, 8, 16, 24] {
        value = (value ^ UInt64(word >> shift & 0xFF)) &* 0x100_0000_01B3
      }
    }
  }
}
