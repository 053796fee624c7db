import ByteIO
import Testing

@testable import Container
@testable import EntropyCoding

@Suite("The .vaec container")
struct ContainerTests {
  /// Four rows of one plane: see the known answer of rANS.
  static let chunk: [UInt8] = [
    0x28, 0xB5, 0x2F, 0xFD, 0x24, 0x04, 0x21, 0x00, 0x00, 0x10, 0x06, 0x41, 0x20, 0xB5, 0xA2, 0x87, 0xB8,
  ]
  /// A stream with "hi" for its header, and that chunk twice.
  static let golden: [UInt8] =
    [0x57, 0x2A, 0x4D, 0x18, 11, 0, 0, 0] + Array("VAEC".utf8) + [2] + Array("hi".utf8)
    + [0xED, 0x16, 0x11, 0x9A]
    + chunk + chunk
    + [0x5E, 0x2A, 0x4D, 0x18, 33, 0, 0, 0]
    + [19, 0, 0, 0, 0, 0, 0, 0] + [17, 0, 0, 0, 4, 0, 0, 0] + [17, 0, 0, 0, 4, 0, 0, 0]
    + [3, 0, 0, 0, 0, 0xB1, 0xEA, 0x92, 0x8F]

  private func write(_ header: [UInt8], _ frames: [[UInt8]]) throws -> [UInt8] {
    let sink = MemorySink()
    let writer = try StreamWriter(sink, header: StreamHeader(content: header))
    for frame in frames { try writer.append(frame: frame) }
    try writer.finish()
    #expect(writer.size == sink.bytes.count)
    #expect(writer.chunks == frames.count)
    return sink.bytes
  }

  private func seekTables(_ bytes: [UInt8]) throws -> [SeekTable] {
    try SeekTable.streams(fileSize: bytes.count) { (offset, count) throws(ByteIOError) in
      #expect(offset >= 0 && count >= 0 && offset + count <= bytes.count)
      return Array(bytes[offset..<offset + count])
    }
  }

  @Test("a stream has the documented bytes")
  func goldenBytes() throws {
    #expect(try write(Array("hi".utf8), [Self.chunk, Self.chunk]) == Self.golden)
    let tables = TableSet([FrequencyTable(lowest: 5, weights: [1, 2], escape: 1, rawBits: 0)])
    let encoder = ChunkEncoder(RANSEncoder(tables))
    #expect(encoder.encode([6, 5, 6, 9], planeStride: 4, rows: 4) == Self.chunk)
  }

  @Test("a reader gives back header, chunks and end")
  func reading() {
    let (parts, error) = readParts(Self.golden)
    #expect(error == nil)
    #expect(
      parts == [
        .header(StreamHeader(content: Array("hi".utf8))),
        .chunk(StreamReader.Chunk(frame: Self.chunk, index: 0, offset: 19, contentSize: 4)),
        .chunk(StreamReader.Chunk(frame: Self.chunk, index: 1, offset: 36, contentSize: 4)),
        .end(chunks: 2),
      ])
  }

  @Test("a stream without chunks, with an empty header, is one")
  func emptyStream() throws {
    let bytes = try write([], [])
    #expect(readParts(bytes).parts == [.header(StreamHeader(content: [])), .end(chunks: 0)])
    #expect(try seekTables(bytes).map(\.chunks) == [[]])
  }

  @Test("streams one after the other are read one after the other")
  func concatenated() throws {
    let second = try write([1, 2, 3], [Self.chunk])
    let (parts, error) = readParts(Self.golden + second)
    #expect(error == nil)
    #expect(parts.count == 7)
    #expect(parts[4] == .header(StreamHeader(content: [1, 2, 3])))
    let offset = Self.golden.count + 20
    #expect(parts[5] == .chunk(.init(frame: Self.chunk, index: 0, offset: offset, contentSize: 4)))
    #expect(parts[6] == .end(chunks: 1))

    let tables = try seekTables(Self.golden + second)
    #expect(tables.map(\.streamOffset) == [0, Self.golden.count])
    #expect(tables.map(\.headerSize) == [19, 20])
    #expect(tables[0].chunks.map(\.offset) == [19, 36])
    #expect(tables[1].chunks == [SeekTable.Chunk(offset: offset, size: 17, contentSize: 4)])
  }

  @Test(
    "frames of every header form are found: tiny, of several blocks, of repeated bytes, larger than a window")
  func frameForms() throws {
    var generator = SeededGenerator(seed: 2)
    let contents: [[UInt8]] = [
      [], [1], [UInt8](repeating: 7, count: 300), [UInt8](repeating: 9, count: 1 << 21),
      (0..<70_000).map { _ in UInt8.random(in: 0...255, using: &generator) },
      (0..<600_000).map { _ in UInt8.random(in: 0...15, using: &generator) },
    ]
    let frames = contents.map { ZstdFrame.compress($0, level: 1, checksum: true) }
    let (parts, error) = readParts(try write([], frames))
    #expect(error == nil)
    let chunks = parts.compactMap { if case .chunk(let chunk) = $0 { chunk } else { nil } }
    #expect(chunks.map(\.frame) == frames)
    #expect(chunks.map(\.contentSize) == contents.map(\.count))
  }

  @Test("to zstd it is a stream of the chunks' contents")
  func zstdAccepts() throws {
    let source = try ZstdSource(MemorySource(Self.golden + Self.golden))
    let content: [UInt8] = [0x10, 0x06, 0x41, 0x20]
    #expect(try source.read(upTo: 1000) == content + content + content + content)
  }

  @Test("a stream cut anywhere gives back the chunks before the cut, and an error that says so")
  func cuts() throws {
    let whole = readParts(Self.golden).parts
    for count in Self.golden.indices {
      let (parts, error) = readParts(Array(Self.golden.prefix(count)))
      let complete = count < 19 ? 0 : count < 36 ? 1 : count < 53 ? 2 : 3
      #expect(parts == Array(whole.prefix(complete)))
      let chunks = max(0, complete - 1)
      switch count {
      case 0: #expect(error == .notAVaecFile(.empty))
      case 19, 36, 53: #expect(error == .missingSeekTable(afterChunks: chunks))
      default: #expect(error == .truncated(afterChunks: chunks))
      }
      #expect(throws: StreamError.self) { try seekTables(Array(Self.golden.prefix(count))) }
    }
  }

  @Test("any change of a byte is found out, by the stream or by the chunk")
  func damage() throws {
    let whole = readParts(Self.golden).parts
    let decoder = ChunkDecoder(
      RANSDecoder(TableSet([FrequencyTable(lowest: 5, weights: [1, 2], escape: 1, rawBits: 0)])))
    for position in Self.golden.indices {
      for bit in 0..<8 {
        var bytes = Self.golden
        bytes[position] ^= 1 << UInt8(bit)
        let (parts, error) = readParts(bytes)
        if error != nil {
          #expect(parts.count < whole.count)
          continue
        }
        // Only what the stream does not look into may differ.
        #expect(parts.count == whole.count)
        let bad = parts.contains { part in
          guard case .chunk(let chunk) = part else { return false }
          var symbols: [Int32] = [0, 0, 0, 0]
          let rows = try? decoder.decode(chunk.frame[...], maxRows: 4, into: &symbols, planeStride: 4)
          return rows == nil
        }
        #expect(bad, "byte \(position), bit \(bit)")
      }
    }
  }

  @Test("errors say what is wrong and where")
  func errors() {
    func error(_ change: (inout [UInt8]) -> Void) -> StreamError? {
      var bytes = Self.golden
      change(&bytes)
      return readParts(bytes).error
    }
    #expect(error { $0[8] = 0x20 } == .notAVaecFile(.zstd))
    #expect(error { $0[12] = 1 } == .unsupportedVersion(1))
    #expect(error { $0[12] = 0x42 } == .unsupportedFlags(4))
    #expect(error { $0[13] = 0 } == .damagedHeader)
    #expect(error { $0[19] = 0 } == .damagedChunk(index: 0))
    #expect(error { $0[36] = 0 } == .damagedChunk(index: 1))
    // A dictionary, no checksum, a block of the reserved type, one of too many bytes.
    #expect(error { $0[23] |= 1 } == .damagedChunk(index: 0))
    #expect(error { $0[23] &= ~4 } == .damagedChunk(index: 0))
    #expect(error { $0[25] |= 6 } == .damagedChunk(index: 0))
    #expect(error { $0[27] = 0xFF } == .damagedChunk(index: 0))
    #expect(error { $0[61] ^= 1 } == .damagedSeekTable)
    #expect(error { $0.removeSubrange(19..<36) } == .damagedSeekTable)
    #expect(error { $0.append(0) } == .trailingBytes(offset: Self.golden.count))
    #expect(error { $0 += Self.chunk } == .trailingBytes(offset: Self.golden.count))
    #expect(error { $0.replaceSubrange(53..., with: Self.golden) } == .missingSeekTable(afterChunks: 2))
  }

  @Test(
    "other formats are recognized",
    arguments: [
      ([0x28, 0xB5, 0x2F, 0xFD, 0, 0, 0, 0, 0], StreamError.Likeness.zstd),
      ([0x50, 0x2A, 0x4D, 0x18, 0, 0, 0, 0, 0], .zstd),
      ([0x1F, 0x8B, 8, 0], .gzip),
      ([0x93] + Array("NUMPY".utf8) + [1, 0, 9], .npy),
      (Array("1,2,3\n4,5,6\n".utf8), .other(Array("1,2,3\n4,".utf8))),
      ([0], .other([0])),
    ] as [([UInt8], StreamError.Likeness)])
  func foreign(bytes: [UInt8], likeness: StreamError.Likeness) {
    #expect(readParts(bytes).error == .notAVaecFile(likeness))
  }

  @Test("hostile sizes are refused before anything is read for them")
  func hostile() throws {
    var header = Array(Self.golden[..<19])
    header.replaceSubrange(4..<8, with: [0xFF, 0xFF, 0xFF, 0xFF])
    #expect(
      readParts(header).error == .oversize(bytes: Int(UInt32.max) - 9, limit: StreamHeader.largestContent))
    header.replaceSubrange(4..<8, with: [0, 0, 0, 4])
    #expect(readParts(header).error == .truncated(afterChunks: 0))

    // A frame that says it holds 2^62 bytes, and one of a byte above the limit.
    let frame: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0xE4, 0, 0, 0, 0, 0, 0, 0, 0x40, 1, 0, 0, 0, 0, 0, 0]
    #expect(readParts(Self.golden[..<19] + frame).error == .oversize(bytes: 1 << 62, limit: 1 << 31))
    #expect(readParts(Self.golden, memory: 3).error == .bytes(.memory(needs: 4, limit: 3)))
    #expect(readParts(Self.golden, memory: 4).error == nil)

    // Empty blocks without end.
    let endless = Self.golden[..<19] + Self.chunk[..<6] + [UInt8](repeating: 0, count: 1 << 16)
    #expect(readParts(Array(endless)).error == .damagedChunk(index: 0))

    // A seek table that says it has 2^27 entries, or 2^32 - 1.
    for count: [UInt8] in [[0, 0, 0, 8], [0xFF, 0xFF, 0xFF, 0xFF]] {
      let tail = Self.golden[..<(Self.golden.count - 9)] + count + [0, 0xB1, 0xEA, 0x92, 0x8F]
      #expect(throws: StreamError.damagedSeekTable) { try seekTables(Array(tail)) }
    }
  }

  @Test("seek tables that do not fit their file are refused")
  func seekTableDamage() throws {
    #expect(try seekTables(Self.golden)[0].chunks.map(\.offset) == [19, 36])
    let table = Self.golden.count - 41..<Self.golden.count
    for position in table {
      var bytes = Self.golden
      bytes[position] ^= 0x80
      // The sizes of contents are for a reader of the chunks to check.
      let entry = position - table.lowerBound - 8
      if (12..<24).contains(entry), entry % 8 >= 4 { continue }
      #expect(throws: StreamError.self) { try seekTables(bytes) }
    }
  }
}

/// Gives its bytes in pieces of changing size, as a pipe does.
final class TricklingSource: ByteSource {
  private var rest: ArraySlice<UInt8>
  private var step = 1

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    step = step % 7 + 1
    let some = rest.prefix(min(buffer.count, rest.count > 4096 ? 4099 : step))
    buffer.copyBytes(from: some)
    rest = rest.dropFirst(some.count)
    return some.count
  }
}
