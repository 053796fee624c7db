import CZstd

/// Compresses blocks of bytes into single zstd frames (RFC 8878). Its tables are reused from frame to frame.
package final class ZstdCompressor {
  private let context: OpaquePointer

  /// Levels are 1 (fast) to 22 (small). `checksum` adds four bytes to each frame.
  package init(level: Int, checksum: Bool) {
    guard let context = ZSTD_createCCtx() else { preconditionFailure("no memory for a zstd context") }
    self.context = context
    setParameters(of: context, level: level, checksum: checksum)
  }

  deinit { ZSTD_freeCCtx(context) }

  /// One frame that holds `bytes` and records their number in its header.
  package func compress(_ bytes: [UInt8]) -> [UInt8] {
    let bound = ZSTD_compressBound(bytes.count)
    return [UInt8](unsafeUninitializedCapacity: bound) { output, count in
      let result = bytes.withUnsafeBytes {
        ZSTD_compress2(context, output.baseAddress, output.count, $0.baseAddress, $0.count)
      }
      // The output has room for the bound, so the only cause left is lack of memory.
      precondition(ZSTD_isError(result) == 0, "no memory for compression")
      count = result
    }
  }
}

/// Decompresses single zstd frames (RFC 8878). Its tables are reused from frame to frame.
package final class ZstdDecompressor {
  private let context: OpaquePointer

  /// A decompressor.
  package init() {
    guard let context = ZSTD_createDCtx() else { preconditionFailure("no memory for a zstd context") }
    self.context = context
  }

  deinit { ZSTD_freeDCtx(context) }

  /// The content of `frame`, which must be exactly one frame and not a skippable one.
  ///
  /// If the frame announces its content size, throws `tooLarge` before allocating more than `limit` bytes; otherwise
  /// throws it once the output exceeds `limit`.
  package func decompress(_ frame: ArraySlice<UInt8>, limit: Int) throws(ByteIOError) -> [UInt8] {
    let size = try ZstdFrame.compressedSize(of: frame)
    guard size == frame.count else {
      throw .corrupt(format: "zstd", reason: "bytes after the end of the frame")
    }
    // A skippable frame has no content.
    guard frame.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) else {
      throw .corrupt(format: "zstd", reason: "not a frame with data")
    }
    let announced = frame.withUnsafeBytes { ZSTD_getFrameContentSize($0.baseAddress, $0.count) }
    // The library's special values, macros that Swift does not import: -1 is unknown, -2 an error.
    if announced == UInt64.max { return try decompressUnknown(frame, limit: limit) }
    guard announced != UInt64.max - 1 else {
      throw .corrupt(format: "zstd", reason: "an unreadable header")
    }
    guard announced <= UInt64(max(0, limit)) else { throw .tooLarge(limit: limit) }
    // A block holds at most 128 KiB and takes at least 4 bytes (RFC 8878, section 3.1.1.2), so a frame cannot hold more
    // than this.
    guard announced / (1 << 17) <= UInt64(size) / 4 else {
      throw .corrupt(format: "zstd", reason: "an impossible content size")
    }
    var failure: ByteIOError?
    let bytes = [UInt8](unsafeUninitializedCapacity: Int(announced)) { output, count in
      let result = frame.withUnsafeBytes {
        ZSTD_decompressDCtx(context, output.baseAddress, output.count, $0.baseAddress, $0.count)
      }
      if ZSTD_isError(result) != 0 {
        failure = zstdError(result)
      } else {
        count = result
      }
    }
    if let failure { throw failure }
    guard bytes.count == Int(announced) else {
      throw .corrupt(format: "zstd", reason: "a wrong content size")
    }
    return bytes
  }

  private func decompressUnknown(
    _ frame: ArraySlice<UInt8>, limit: Int
  ) throws(ByteIOError) -> [UInt8] {
    let source = try ZstdSource(MemorySource(frame))
    let bytes = try source.read(upTo: max(0, limit))
    var extra: UInt8 = 0
    let more = try withUnsafeMutableBytes(of: &extra) { (buffer) throws(ByteIOError) in
      try source.read(into: buffer)
    }
    guard more == 0 else { throw .tooLarge(limit: limit) }
    return bytes
  }
}

/// Single zstd frames, where there are too few to keep a compressor for.
package enum ZstdFrame {
  /// One frame that holds `bytes`; see ``ZstdCompressor``.
  package static func compress(_ bytes: [UInt8], level: Int, checksum: Bool) -> [UInt8] {
    ZstdCompressor(level: level, checksum: checksum).compress(bytes)
  }

  /// The content of one frame; see ``ZstdDecompressor/decompress(_:limit:)``.
  package static func decompress(
    _ frame: ArraySlice<UInt8>, limit: Int
  ) throws(ByteIOError) -> [UInt8] {
    try ZstdDecompressor().decompress(frame, limit: limit)
  }

  /// The content size in bytes that a frame announces; nil if it announces none.
  package static func contentSize(of frame: ArraySlice<UInt8>) -> Int? {
    // The library's two special values are the largest, and do not fit an `Int`.
    Int(exactly: frame.withUnsafeBytes { ZSTD_getFrameContentSize($0.baseAddress, $0.count) })
  }

  /// The size in bytes of the first frame of `prefix`, skippable or not.
  ///
  /// Throws `truncated` if the frame extends beyond `prefix`, and `corrupt` if there is no valid frame.
  package static func compressedSize(of prefix: ArraySlice<UInt8>) throws(ByteIOError) -> Int {
    let result = prefix.withUnsafeBytes { ZSTD_findFrameCompressedSize($0.baseAddress, $0.count) }
    guard ZSTD_isError(result) == 0 else { throw zstdError(result) }
    return result
  }
}
