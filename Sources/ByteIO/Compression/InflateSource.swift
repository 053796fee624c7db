import CZlib

/// Decompresses deflate (RFC 1951), without a header, from bytes in memory.
package final class InflateSource: ByteSource {
  private let bytes: ArraySlice<UInt8>
  private let stream: UnsafeMutablePointer<z_stream>
  private var position: Int
  private var hasEnded = false

  /// Bytes that are given to zlib at once.
  private static let pieceBytes = 1 << 20

  /// Decompresses `bytes`.
  package init(_ bytes: ArraySlice<UInt8>) throws(ByteIOError) {
    self.bytes = bytes
    position = bytes.startIndex
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // A negative size of the window says that there is no header.
    let result = inflateInit2_(stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard result == Z_OK else { throw .corrupt(format: "deflate", reason: zlibReason(result, stream)) }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(ByteIOError) -> Int {
    guard !buffer.isEmpty, !hasEnded else { return 0 }
    let room = UInt32(clamping: buffer.count)
    stream.pointee.next_out = buffer.bindMemory(to: UInt8.self).baseAddress
    stream.pointee.avail_out = room
    while stream.pointee.avail_out == room, !hasEnded {
      let piece = bytes[position...].prefix(Self.pieceBytes)
      let (result, left) = piece.withUnsafeBufferPointer { input -> (Int32, UInt32) in
        // zlib reads through this pointer and never writes.
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.pointee.avail_in = UInt32(input.count)
        let result = inflate(stream, Z_NO_FLUSH)
        return (result, stream.pointee.avail_in)
      }
      position += piece.count - Int(left)
      switch result {
      case Z_OK: break
      case Z_STREAM_END: hasEnded = true
      case Z_BUF_ERROR where position == bytes.endIndex: throw .truncated(format: "deflate")
      case Z_BUF_ERROR: break
      default: throw .corrupt(format: "deflate", reason: zlibReason(result, stream))
      }
    }
    return Int(room - stream.pointee.avail_out)
  }
}
