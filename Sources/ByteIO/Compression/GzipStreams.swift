import CZlib

/// Decompresses gzip (RFC 1952) from another source: one member, or several in a row.
package final class GzipSource: ByteSource {
  private let source: any ByteSource
  private let stream: UnsafeMutablePointer<z_stream>
  private let input: UnsafeMutableRawBufferPointer
  private var sourceEnded = false
  /// Whether a member has started and not ended.
  private var inMember = true

  /// Decompresses the bytes of `source`.
  package init(_ source: any ByteSource) throws(ByteIOError) {
    self.source = source
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    input = .allocate(byteCount: 1 << 17, alignment: 64)
    // 16 selects the gzip header, 15 the largest window.
    let result = inflateInit2_(stream, 16 + 15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard result == Z_OK else { throw .corrupt(format: "gzip", reason: zlibReason(result, stream)) }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    input.deallocate()
  }

  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(ByteIOError) -> Int {
    guard !buffer.isEmpty else { return 0 }
    let room = UInt32(clamping: buffer.count)
    stream.pointee.next_out = buffer.bindMemory(to: UInt8.self).baseAddress
    stream.pointee.avail_out = room
    while stream.pointee.avail_out == room {
      if stream.pointee.avail_in == 0, !sourceEnded { try refill() }
      if !inMember {
        if stream.pointee.avail_in == 0 { return 0 }
        try beginMember()
        continue
      }
      let result = inflate(stream, Z_NO_FLUSH)
      switch result {
      case Z_OK: break
      case Z_STREAM_END: inMember = false
      case Z_BUF_ERROR where sourceEnded && stream.pointee.avail_in == 0: throw .truncated(format: "gzip")
      case Z_BUF_ERROR: break
      default: throw .corrupt(format: "gzip", reason: zlibReason(result, stream))
      }
    }
    return Int(room - stream.pointee.avail_out)
  }

  private func refill() throws(ByteIOError) {
    let got = try source.read(into: input)
    sourceEnded = got == 0
    stream.pointee.next_in = input.bindMemory(to: UInt8.self).baseAddress
    stream.pointee.avail_in = UInt32(got)
  }

  /// Starts the next member. Zero bytes between members and after the last one are padding, as on tapes.
  private func beginMember() throws(ByteIOError) {
    if stream.pointee.next_in.pointee == 0 {
      stream.pointee.next_in += 1
      stream.pointee.avail_in -= 1
      return
    }
    let result = inflateReset(stream)
    guard result == Z_OK else { throw .corrupt(format: "gzip", reason: zlibReason(result, stream)) }
    inMember = true
  }
}

/// Compresses to gzip (RFC 1952) into another sink.
package final class GzipSink: ByteSink {
  private let sink: any ByteSink
  private let stream: UnsafeMutablePointer<z_stream>
  private let output: UnsafeMutableRawBufferPointer

  /// Compresses into `sink`. Levels are 1 (fast) to 9 (small).
  package init(_ sink: any ByteSink, level: Int = 6) throws(ByteIOError) {
    self.sink = sink
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    output = .allocate(byteCount: 1 << 17, alignment: 64)
    let result = deflateInit2_(
      stream, Int32(min(9, max(1, level))), Z_DEFLATED, 16 + 15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    guard result == Z_OK else { throw .corrupt(format: "gzip", reason: zlibReason(result, stream)) }
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
    output.deallocate()
  }

  package func write(_ bytes: UnsafeRawBufferPointer) throws(ByteIOError) {
    var rest = bytes
    while !rest.isEmpty {
      let count = min(rest.count, 1 << 30)
      // zlib reads through this pointer and never writes.
      stream.pointee.next_in = UnsafeMutablePointer(
        mutating: rest.bindMemory(to: UInt8.self).baseAddress)
      stream.pointee.avail_in = UInt32(count)
      while stream.pointee.avail_in > 0 { _ = try compress(Z_NO_FLUSH) }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }

  package func finish() throws(ByteIOError) {
    stream.pointee.avail_in = 0
    while try compress(Z_FINISH) != Z_STREAM_END {}
    try sink.finish()
  }

  private func compress(_ flush: Int32) throws(ByteIOError) -> Int32 {
    stream.pointee.next_out = output.bindMemory(to: UInt8.self).baseAddress
    stream.pointee.avail_out = UInt32(output.count)
    let result = deflate(stream, flush)
    guard result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR else {
      throw .corrupt(format: "gzip", reason: zlibReason(result, stream))
    }
    let count = output.count - Int(stream.pointee.avail_out)
    if count > 0 { try sink.write(UnsafeRawBufferPointer(rebasing: output[..<count])) }
    return result
  }
}

/// zlib's message for an error.
func zlibReason(_ code: Int32, _ stream: UnsafeMutablePointer<z_stream>) -> String {
  if let message = stream.pointee.msg { return String(cString: message) }
  if let message = zError(code) { return String(cString: message) }
  return "error \(code)"
}
