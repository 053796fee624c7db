import ByteIO
import Testing

@Suite("gzip and zstd")
struct CompressionTests {
  /// "hello\n" by gzip 1.12 (`gzip -n`).
  static let helloGzip: [UInt8] = [
    0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0xE7, 0x02,
    0x00,
    0x20, 0x30, 0x3A, 0x36, 0x06, 0x00, 0x00, 0x00,
  ]
  /// "hello\n" as a zstd frame with one raw block, its size in the header, and no checksum.
  static let helloZstd: [UInt8] =
    [0x28, 0xB5, 0x2F, 0xFD, 0x20, 0x06, 0x31, 0x00, 0x00] + Array("hello\n".utf8)

  @Test("gzip and zstd made elsewhere are read")
  func foreign() throws {
    #expect(try drain(GzipSource(MemorySource(Self.helloGzip))) == Array("hello\n".utf8))
    #expect(try drain(ZstdSource(MemorySource(Self.helloZstd))) == Array("hello\n".utf8))
    #expect(try ZstdFrame.decompress(Self.helloZstd[...], limit: 6) == Array("hello\n".utf8))
  }

  @Test(
    "what is compressed comes back, whatever pieces the bytes arrive in", arguments: [0, 1, 1000, 300_000])
  func roundTrip(count: Int) throws {
    let bytes = someBytes(count)
    for piece in [1 << 20, 4093] {
      #expect(try drain(GzipSource(SlowSource(gzip(bytes), piece: piece))) == bytes)
      #expect(try drain(ZstdSource(SlowSource(zstd(bytes), piece: piece))) == bytes)
    }
    #expect(try drain(GzipSource(SlowSource(gzip(bytes.suffix(100)), piece: 1))) == bytes.suffix(100))
    #expect(try drain(ZstdSource(SlowSource(zstd(bytes.suffix(100)), piece: 1))) == bytes.suffix(100))
  }

  @Test("members and frames behind each other are one content")
  func concatenated() throws {
    let (a, b) = (someBytes(1000), someBytes(2000, seed: 2))
    #expect(try drain(GzipSource(SlowSource(gzip(a) + gzip([]) + gzip(b), piece: 7))) == a + b)
    let frames = try skippableFrame([1, 2, 3]) + zstd(a) + skippableFrame([]) + zstd(b) + skippableFrame([9])
    #expect(try drain(ZstdSource(SlowSource(frames, piece: 7))) == a + b)
  }

  @Test("zeros after a gzip member are padding, anything else is damage")
  func padding() throws {
    #expect(try drain(GzipSource(MemorySource(Self.helloGzip + [0, 0, 0]))).count == 6)
    #expect(throws: ByteIOError.self) { try drain(GzipSource(MemorySource(Self.helloGzip + [0, 7]))) }
    #expect(throws: ByteIOError.self) {
      try drain(ZstdSource(MemorySource(Self.helloZstd + [0, 7, 8, 9, 1])))
    }
  }

  @Test("a cut at any place is found")
  func truncation() throws {
    let (gzipped, frame) = try (gzip(someBytes(50)), zstd(someBytes(50)))
    for length in 0..<gzipped.count {
      #expect(throws: ByteIOError.truncated(format: "gzip")) {
        try drain(GzipSource(MemorySource(gzipped[..<length])))
      }
    }
    for length in 0..<frame.count {
      #expect(throws: ByteIOError.truncated(format: "zstd")) {
        try drain(ZstdSource(MemorySource(frame[..<length])))
      }
    }
    let whole = ZstdFrame.compress(someBytes(50), level: 3, checksum: true)
    for length in 0..<whole.count {
      #expect(throws: ByteIOError.self) { try ZstdFrame.decompress(whole[..<length], limit: 100) }
      #expect(throws: ByteIOError.truncated(format: "zstd")) {
        try ZstdFrame.compressedSize(of: whole[..<length])
      }
    }
  }

  @Test("a flipped bit is found by the checksums")
  func damage() throws {
    let bytes = someBytes(500)
    let (gzipped, frame) = try (gzip(bytes), zstd(bytes))
    // The first ten bytes of gzip hold a time and a system, which may be anything.
    for position in stride(from: 10, to: gzipped.count, by: 3) {
      var damaged = gzipped
      damaged[position] ^= 0x10
      #expect(throws: ByteIOError.self) { try drain(GzipSource(MemorySource(damaged))) }
    }
    for position in stride(from: 6, to: frame.count, by: 3) {
      var damaged = frame
      damaged[position] ^= 0x10
      #expect(throws: ByteIOError.self) { try drain(ZstdSource(MemorySource(damaged))) }
    }
  }

  @Test("single frames come back, and contexts serve many of them")
  func frames() throws {
    let compressor = ZstdCompressor(level: 5, checksum: true)
    let decompressor = ZstdDecompressor()
    for count in [0, 1, 70, 200_000] {
      let bytes = someBytes(count, seed: UInt64(count))
      let frame = compressor.compress(bytes)
      #expect(try decompressor.decompress(frame[...], limit: count) == bytes)
      #expect(try ZstdFrame.compressedSize(of: (frame + [1, 2, 3])[...]) == frame.count)
      #expect(frame == ZstdFrame.compress(bytes, level: 5, checksum: true))
    }
    let bytes = someBytes(1000)
    let plain = ZstdFrame.compress(bytes, level: 5, checksum: false)
    #expect(plain.count + 4 == compressor.compress(bytes).count)
  }

  @Test("content above the limit is refused, whether it is announced or not")
  func limits() throws {
    let bytes = someBytes(1000)
    let frame = ZstdFrame.compress(bytes, level: 3, checksum: true)
    #expect(throws: ByteIOError.tooLarge(limit: 999)) { try ZstdFrame.decompress(frame[...], limit: 999) }
    let unknown = try zstd(bytes)
    #expect(try ZstdFrame.decompress(unknown[...], limit: 1000) == bytes)
    #expect(throws: ByteIOError.tooLarge(limit: 999)) { try ZstdFrame.decompress(unknown[...], limit: 999) }
  }

  @Test("an announced size that the frame cannot hold allocates nothing")
  func impossibleSize() {
    // A single-segment frame that announces 2^40 bytes, with one raw block of one byte.
    let frame: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0xE0, 0, 0, 0, 0, 0, 1, 0, 0, 0x09, 0x00, 0x00, 0x41]
    #expect(throws: ByteIOError.self) { try ZstdFrame.decompress(frame[...], limit: Int.max) }
  }

  @Test("one frame means one frame")
  func notOneFrame() throws {
    let frame = ZstdFrame.compress([1, 2, 3], level: 3, checksum: false)
    #expect(throws: ByteIOError.self) { try ZstdFrame.decompress((frame + frame)[...], limit: 100) }
    #expect(throws: ByteIOError.self) { try ZstdFrame.decompress(skippableFrame([1, 2])[...], limit: 100) }
    #expect(try ZstdFrame.compressedSize(of: (skippableFrame([1, 2]) + frame)[...]) == 10)
    #expect(throws: ByteIOError.self) { try ZstdFrame.compressedSize(of: [1, 2, 3, 4, 5, 6, 7, 8]) }
  }

  @Test("compression is recognized by content, and a stream that begins with a skippable frame is left alone")
  func recognition() throws {
    let bytes = someBytes(300)
    #expect(try drain(decompressing(MemorySource(gzip(bytes)))) == bytes)
    #expect(try drain(decompressing(SlowSource(zstd(bytes), piece: 1))) == bytes)
    #expect(try drain(decompressing(MemorySource(bytes))) == bytes)
    #expect(try drain(decompressing(MemorySource([]))) == [])
    let stream = try skippableFrame([1]) + zstd(bytes)
    #expect(try drain(decompressing(MemorySource(stream))) == stream)
  }

  @Test("the checksum is that of gzip, and can be continued")
  func checksum() {
    let digits = Array("123456789".utf8)
    #expect(Checksum.crc32(digits) == 0xCBF4_3926)
    #expect(Checksum.crc32(digits[4...], continuing: Checksum.crc32(digits[..<4])) == 0xCBF4_3926)
    #expect(Checksum.crc32([]) == 0)
  }

  @Test("a window that takes more than half of the memory is refused", arguments: [10, 20, 27, 29, 30, 31])
  func window(logarithm: Int) throws {
    // No size of content, a window of 2^logarithm bytes, and a last block of three plain bytes.
    let frame: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0, UInt8((logarithm - 10) << 3), 3 << 3 | 1, 0, 0, 7, 8, 9]
    for bytes in [1 << 11, 1 << 21, 1 << 28, 1 << 30, 1 << 32] {
      let source = try ZstdSource(MemorySource(frame), memory: MemoryLimit(bytes: bytes))
      if 1 << logarithm <= bytes / 2 {
        #expect(try source.read(upTo: 10) == [7, 8, 9])
      } else {
        #expect(throws: ByteIOError.memory(needs: nil, limit: bytes)) { try source.read(upTo: 10) }
      }
    }
  }

  @Test("sums of memory do not run over")
  func sums() {
    #expect(MemoryLimit.sum() == 0)
    #expect(MemoryLimit.sum((3, 4), (5, 1)) == 17)
    #expect(MemoryLimit.sum((1 << 40, 1 << 40)) == .max)
    #expect(MemoryLimit.sum((.max, 1), (1, 1)) == .max)
    #expect(throws: ByteIOError.memory(needs: 11, limit: 10)) { try MemoryLimit(bytes: 10).admit(11) }
    #expect(throws: Never.self) { try MemoryLimit(bytes: 10).admit(10) }
    #expect(MemoryLimit(bytes: 10).times(3, most: 8) == 3)
    #expect(MemoryLimit(bytes: 10).times(30, most: 8) == 1)
    #expect(MemoryLimit(bytes: 10).times(0, most: 8) == 8)
  }
}
