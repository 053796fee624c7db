import CZstd

/// Decompresses zstd (RFC 8878) from another source: any number of frames. Skippable frames are skipped.
package final class ZstdSource: ByteSource {
  private let source: any ByteSource
  private let context: OpaquePointer
  private let storage: UnsafeMutableRawBufferPointer
  private var input = ZSTD_inBuffer()
  private var sourceEnded = false
  /// Whether a frame has started and not ended, or none has been seen yet.
  private var inFrame = true

  private let memory: MemoryLimit

  /// Decompresses the bytes of `source`.
  ///
  /// - Parameter memory: a frame whose window exceeds half of it is refused.
  package init(_ source: any ByteSource, memory: MemoryLimit = .standard) throws(ByteIOError) {
    guard let context = ZSTD_createDCtx() else { throw .corrupt(format: "zstd", reason: "no memory") }
    ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Int32(memory.zstdWindow))
    self.source = source
    self.memory = memory
    self.context = context
    storage = .allocate(byteCount: ZSTD_DStreamInSize(), alignment: 64)
    input.src = UnsafeRawPointer(storage.baseAddress)
  }

  deinit {
    ZSTD_freeDCtx(context)
    storage.deallocate()
  }

  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(ByteIOError) -> Int {
    guard !buffer.isEmpty else { return 0 }
    var output = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
    while output.pos == 0 {
      if input.pos == input.size, !sourceEnded {
        let got = try source.read(into: storage)
        sourceEnded = got == 0
        input.size = got
        input.pos = 0
      }
      if sourceEnded, !inFrame { return 0 }
      let before = input.pos
      let result = ZSTD_decompressStream(context, &output, &input)
      guard ZSTD_isError(result) == 0 else {
        guard ZSTD_getErrorCode(result) == ZSTD_error_frameParameter_windowTooLarge else {
          throw zstdError(result)
        }
        throw .memory(needs: nil, limit: memory.bytes)
      }
      inFrame = result != 0
      if sourceEnded, output.pos == 0, input.pos == before { throw .truncated(format: "zstd") }
    }
    return output.pos
  }
}

/// Compresses into one checksummed zstd frame (RFC 8878) in another sink.
package final class ZstdSink: ByteSink {
  private let sink: any ByteSink
  private let context: OpaquePointer
  private let storage: UnsafeMutableRawBufferPointer

  /// Compresses into `sink`. Levels are 1 (fast) to 19 (small); levels up to 22 need much memory.
  package init(_ sink: any ByteSink, level: Int = 3) throws(ByteIOError) {
    guard let context = ZSTD_createCCtx() else { throw .corrupt(format: "zstd", reason: "no memory") }
    setParameters(of: context, level: level, checksum: true)
    self.sink = sink
    self.context = context
    storage = .allocate(byteCount: ZSTD_CStreamOutSize(), alignment: 64)
  }

  deinit {
    ZSTD_freeCCtx(context)
    storage.deallocate()
  }

  package func write(_ bytes: UnsafeRawBufferPointer) throws(ByteIOError) {
    var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
    while input.pos < input.size { _ = try compress(&input, ZSTD_e_continue) }
  }

  package func finish() throws(ByteIOError) {
    var input = ZSTD_inBuffer()
    while try compress(&input, ZSTD_e_end) != 0 {}
    try sink.finish()
  }

  private func compress(
    _ input: inout ZSTD_inBuffer, _ directive: ZSTD_EndDirective
  ) throws(ByteIOError) -> Int {
    var output = ZSTD_outBuffer(dst: storage.baseAddress, size: storage.count, pos: 0)
    let result = ZSTD_compressStream2(context, &output, &input, directive)
    guard ZSTD_isError(result) == 0 else { throw zstdError(result) }
    if output.pos > 0 { try sink.write(UnsafeRawBufferPointer(rebasing: storage[..<output.pos])) }
    return result
  }
}

/// The ``ByteIOError`` for an error code of the library.
func zstdError(_ code: Int) -> ByteIOError {
  if ZSTD_getErrorCode(code) == ZSTD_error_srcSize_wrong { return .truncated(format: "zstd") }
  return .corrupt(format: "zstd", reason: String(cString: ZSTD_getErrorName(code)))
}

/// Sets the level, clamped to the library's range, and whether each frame ends in a checksum.
func setParameters(of context: OpaquePointer, level: Int, checksum: Bool) {
  let level = min(ZSTD_maxCLevel(), max(1, Int32(clamping: level)))
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, checksum ? 1 : 0)
}
