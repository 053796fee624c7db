import ByteIO
import Testing

@testable import Container
@testable import EntropyCoding

@Suite("Compact streams")
struct CompactStreamTests {
  /// The stream of the chunk of ``ContainerTests``, with "hi" for its writer's bytes.
  static let golden: [UInt8] = [
    0x28, 0xB5, 0x2F, 0xFD, 0x24, 11, 0x59, 0, 0,  // frame and block
    0x56, 0x41, 0x45, 0x43, 2, 0x68, 0x69,  // "VAEC", 2, "hi"
    0x10, 0x06, 0x41, 0x20, 0x2B, 0x5E, 0x8F, 0xCE,
  ]

  /// Rows that repeat, which zstd packs, mark and all.
  private static let repeated: [UInt8] = {
    let tables = TableSet([FrequencyTable(lowest: 5, weights: [1, 2], escape: 1, rawBits: 0)])
    let four: [Int32] = [5, 6, 5, 9]
    let values = (0..<400).map { four[$0 % 4] }
    return ChunkEncoder(RANSEncoder(tables)).encode(
      ChunkSymbols(symbols: values, planes: 1, planeStride: 400, rows: 400),
      after: CompactStream.prefix([7, 8, 9]))
  }()

  private static func content(_ frame: [UInt8]) throws -> [UInt8] {
    try ZstdFrame.decompress(frame[...], limit: 1 << 20)
  }

  /// A stream whose frame is a good one, whatever its content.
  private static func frame(_ content: [UInt8]) -> [UInt8] {
    ZstdFrame.compress(content, level: 1, checksum: true)
  }

  @Test("a stream has the documented bytes, and they are read again")
  func goldenBytes() throws {
    let tables = TableSet([FrequencyTable(lowest: 5, weights: [1, 2], escape: 1, rawBits: 0)])
    let chunk = ChunkSymbols(symbols: [6, 5, 6, 9], planes: 1, planeStride: 4, rows: 4)
    let prefix = CompactStream.prefix(Array("hi".utf8))
    #expect(ChunkEncoder(RANSEncoder(tables)).encode(chunk, after: prefix) == Self.golden)
    let (parts, error) = readParts(Self.golden)
    #expect(error == nil)
    guard case .compact(let stream) = parts.first, parts.count == 1 else {
      Issue.record("\(parts)")
      return
    }
    #expect(stream.version == 2)
    #expect(stream.size == Self.golden.count)
    #expect(Array(stream.content) == Array("hi".utf8) + [0x10, 0x06, 0x41, 0x20])
  }

  @Test("zstd packs all of the content where rows repeat")
  func compressed() throws {
    let block = try #require(BlockHeader(Self.repeated[7..<10]))
    #expect(block.kind == .compressed)
    #expect(Self.repeated.count < 60)
    guard case .compact(let stream) = readParts(Self.repeated).parts.first else {
      Issue.record("no compact stream")
      return
    }
    #expect(stream.content.prefix(3) == [7, 8, 9])
    #expect(Array(stream.content) == Array(try Self.content(Self.repeated).dropFirst(5)))
  }

  @Test("a stream that is cut anywhere says so", arguments: [golden, repeated])
  func cuts(bytes: [UInt8]) {
    for count in bytes.indices {
      let (parts, error) = readParts(Array(bytes.prefix(count)))
      #expect(parts.isEmpty)
      #expect(error == (count == 0 ? .notAVaecFile(.empty) : .truncated(afterChunks: 0)))
      // After another stream, too.
      let second = readParts(ContainerTests.golden + bytes.prefix(count))
      #expect(second.parts.count == 4)
      #expect(second.error == (count == 0 ? nil : .truncated(afterChunks: 0)))
    }
  }

  @Test("any change of a bit is found out, or changes nothing", arguments: [golden, repeated])
  func damage(bytes: [UInt8]) throws {
    let content = try Self.content(bytes)
    var found = 0
    for position in bytes.indices {
      for bit in 0..<8 {
        var damaged = bytes
        damaged[position] ^= 1 << UInt8(bit)
        let (parts, error) = readParts(damaged)
        found += error == nil ? 0 : 1
        if error == nil {
          guard case .compact(let stream) = parts.first, parts.count == 1 else {
            Issue.record("byte \(position), bit \(bit)")
            continue
          }
          #expect(Array(stream.content) == Array(content.dropFirst(5)), "byte \(position), bit \(bit)")
        }
        // What is damaged within the chunk's content and after it is told as a damaged chunk.
        if bytes == Self.golden, position >= 16 { #expect(error == .damagedChunk(index: 0)) }
      }
    }
    #expect(found >= 8 * bytes.count - 8)
  }

  @Test("streams of both forms are read one after the other")
  func mixed() {
    let chunked = ContainerTests.golden
    for order in [[true, false, true], [false, true, false], [true, true], [false, false, true]] {
      let (parts, error) = readParts(order.flatMap { $0 ? Self.golden : chunked })
      #expect(error == nil)
      let forms = parts.compactMap { part -> Bool? in
        switch part {
        case .compact: true
        case .header: false
        case .chunk, .end, .model: nil
        }
      }
      #expect(forms == order)
      #expect(parts.count == order.map { $0 ? 1 : 4 }.reduce(0, +))
    }
  }

  @Test("other zstd files are told apart, by themselves and after a stream")
  func foreign() throws {
    var generator = SeededGenerator(seed: 1)
    let noise = (0..<300_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
    let contents: [[UInt8]] = [
      [], [1], Array("VAE".utf8), Array("VAEM is a model".utf8), noise,
      [UInt8](repeating: 86, count: 1 << 20), (0..<400_000).map { UInt8($0 % 251) },
    ]
    for content in contents {
      let sink = MemorySink()
      let stream = try ZstdSink(sink)
      try stream.write(content)
      try stream.finish()
      // As zstd makes it of a file, with the size in the header, and of a pipe, without.
      for file in [Self.frame(content), sink.bytes] {
        #expect(readParts(file).error == .notAVaecFile(.zstd))
        #expect(!StreamReader.isRecognized(in: file.prefix(CompactStream.prefixSize)))
        for first in [Self.golden, ContainerTests.golden] {
          #expect(readParts(first + file).error == .trailingBytes(offset: first.count))
        }
      }
    }
    let wide = Self.frame(CompactStream.prefix([]) + noise)
    for stream in [Self.golden, Self.repeated, ContainerTests.golden, wide] {
      #expect(StreamReader.isRecognized(in: stream.prefix(CompactStream.prefixSize)))
    }
    #expect(!StreamReader.isRecognized(in: []))
    #expect(!StreamReader.isRecognized(in: ContainerTests.golden[8...]))
  }

  @Test("versions and flags that are not known are refused")
  func versions() {
    func error(_ byte: UInt8) -> StreamError? {
      readParts(Self.frame(Array("VAEC".utf8) + [byte, 1, 2])).error
    }
    #expect(error(2) == nil)
    #expect(readParts(Self.frame(Array("VAEC".utf8))).error == .damagedChunk(index: 0))
    #expect(error(1) == .unsupportedVersion(1))
    #expect(error(0) == .unsupportedVersion(0))
    #expect(error(0x12) == .unsupportedFlags(1))
    #expect(error(0x82) == .unsupportedFlags(8))
    #expect(error(0xFF) == .unsupportedVersion(15))
  }

  @Test("hostile sizes are refused before memory is taken for them")
  func hostile() {
    #expect(readParts(Self.golden, memory: 10).error == .bytes(.memory(needs: 11, limit: 10)))
    #expect(readParts(Self.golden, memory: 11).error == nil)
    // A gibibyte and more that one block of a byte, repeated, begins: nobody's.
    let size: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0x40]
    let begin: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0xE4]
    let zeros: [UInt8] = [2, 0, 0x10, 0]
    #expect(readParts(begin + size + zeros + zeros).error == .notAVaecFile(.zstd))
    // The same with a mark: more than the limit. With a size below it, one that the blocks cannot have.
    let mark = [40, 0, 0] + CompactStream.prefix([])
    #expect(readParts(begin + size + mark + zeros).error == .oversize(bytes: 1 << 62, limit: 1 << 31))
    let large: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0xA4, 0, 0, 0, 0x3F]
    #expect(readParts(large + mark + [3, 0, 0x10, 0, 0, 0, 0, 0]).error == .damagedChunk(index: 0))
    // Empty blocks without end.
    let endless = large + mark + [UInt8](repeating: 0, count: 1 << 16)
    #expect(readParts(endless).error == .truncated(afterChunks: 0))
    let small = Self.golden[..<6] + mark + [UInt8](repeating: 0, count: 1 << 16)
    #expect(readParts(Array(small)).error == .damagedChunk(index: 0))
    // A first block that does not decompress.
    var bad = Self.repeated
    bad.replaceSubrange(10..<20, with: [UInt8](repeating: 0xFF, count: 10))
    #expect(readParts(bad).error == .damagedChunk(index: 0))
    #expect(!StreamReader.isRecognized(in: bad[...]))
  }
}
