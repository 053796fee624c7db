import ByteIO
import EntropyCoding

/// Unpacks the chunks of a ``ChunkEncoder``, which documents them.
///
/// Used by one task at a time; several decoders can share one `RANSDecoder`.
package final class ChunkDecoder {
  private let rans: RANSDecoder
  private let zstd = ZstdDecompressor()

  /// A decoder with the tables that `rans` was prepared for.
  package init(_ rans: RANSDecoder) { self.rans = rans }

  /// Unpacks a frame of symbols, where no plane is context-coded.
  ///
  /// - Parameters:
  ///   - frame: one whole frame.
  ///   - maxRows: more rows are an error; at most `planeStride`.
  ///   - symbols: plane-major: the value of plane p and row r goes to symbols[p * planeStride + r].
  ///   - planeStride: values from one plane to the next.
  /// - Returns: how many rows the chunk holds, 1 to `maxRows`.
  /// - Throws: see ``ChunkError``. What `symbols` holds then is of no use.
  package func decode(
    _ frame: ArraySlice<UInt8>, maxRows: Int, into symbols: inout [Int32], planeStride: Int
  ) throws(ChunkError) -> Int {
    try read(open(frame: frame, maxRows: maxRows, contextCodedPlanes: 0), &symbols, planeStride)
  }

  /// Unpacks the content of a frame of symbols: all of `content`.
  package func decode(
    content: ArraySlice<UInt8>, maxRows: Int, into symbols: inout [Int32], planeStride: Int
  ) throws(ChunkError) -> Int {
    try read(open(content: content, maxRows: maxRows, contextCodedPlanes: 0), &symbols, planeStride)
  }

  private func read(
    _ opened: ChunkSymbolReader, _ symbols: inout [Int32], _ planeStride: Int
  ) throws(ChunkError) -> Int {
    var reader = opened
    try reader.planes(into: &symbols, planeStride: planeStride)
    try reader.finish()
    return reader.rows
  }

  /// Opens a frame of symbols, to unpack them plane by plane.
  ///
  /// - Parameters:
  ///   - frame: one whole frame.
  ///   - maxRows: more rows are an error.
  ///   - levelledPlanes: how many context-coded planes the chunk has; the plain ones are the tables'.
  /// - Throws: see ``ChunkError``.
  package func open(
    frame: ArraySlice<UInt8>, maxRows: Int, contextCodedPlanes: Int
  ) throws(ChunkError) -> ChunkSymbolReader {
    let content = try content(
      of: frame, maxRows: maxRows, contextCodedPlanes: contextCodedPlanes, sampleBytes: 0)
    return try open(content: content[...], maxRows: maxRows, contextCodedPlanes: contextCodedPlanes)
  }

  /// The content of a chunk's frame, of whatever kind.
  ///
  /// - Parameters:
  ///   - frame: one whole frame.
  ///   - maxRows: rows of a chunk at the most.
  ///   - levelledPlanes: how many context-coded planes the chunk has; the plain ones are the tables'.
  ///   - sampleBytes: bytes of a sample, where samples may be corrected or stored: those take no more.
  ///   - memory: how much the content may take.
  /// - Throws: `frame`, before memory is taken for more than such a chunk can hold.
  package func content(
    of frame: ArraySlice<UInt8>, maxRows: Int, contextCodedPlanes: Int, sampleBytes: Int,
    memory: MemoryLimit = .standard
  ) throws(ChunkError) -> [UInt8] {
    // Every value an escape with all its bits, or four plain bytes and a width.
    let planes = rans.planes + contextCodedPlanes
    let (values, overflow) = maxRows.multipliedReportingOverflow(by: planes)
    let (samples, isTooMuch) = maxRows.multipliedReportingOverflow(by: sampleBytes)
    precondition(!overflow && values <= Int.max / 64, "symbols of this many rows exist")
    precondition(!isTooMuch && samples <= Int.max / 4, "so many samples exist")
    return try unframe(
      frame, limit: 1024 + planes + values * 2 * RANS.maximumWordsPerValue + samples + samples / 64,
      memory: memory)
  }

  /// Opens the content of a frame of symbols: all of `content`.
  package func open(
    content: ArraySlice<UInt8>, maxRows: Int, contextCodedPlanes: Int
  ) throws(ChunkError) -> ChunkSymbolReader {
    precondition(contextCodedPlanes >= 0)
    let planes = rans.planes + contextCodedPlanes
    var reader = ByteReader(content)
    let head = try ContentHead.read(from: &reader, limit: maxRows)
    let rows = head.rows
    do {
      let source: ChunkSymbolReader.Source =
        switch head.kind {
        case .rans:
          .rans(
            try RANSReader(
              rans, try reader.take(reader.remaining), rows: rows, contextCodedPlanes: contextCodedPlanes))
        case .planes: .plain(try PlainSymbols.planes(&reader, planes: planes, rows: rows))
        case .rows: .plain(try PlainSymbols.rows(&reader, planes: planes, rows: rows))
        case .corrected: throw ChunkError.corrupt
        }
      guard reader.remaining == 0 else { throw ChunkError.corrupt }
      return ChunkSymbolReader(
        source, rows: rows, planes: rans.planes, contextCodedPlanes: contextCodedPlanes)
    } catch let error as ChunkError {
      throw error
    } catch {
      // The reader's: the content ends too early.
      throw .corrupt
    }
  }

  /// How many rows the content of a frame of symbols says that it holds, whatever tables it was made with.
  ///
  /// - Parameter limit: more rows are an error.
  package static func rows(ofContent content: ArraySlice<UInt8>, limit: Int) throws(ChunkError) -> Int {
    var reader = ByteReader(content)
    return try ContentHead.read(from: &reader, limit: limit).rows
  }

  /// The content of a frame, whatever its kind.
  ///
  /// - Parameters:
  ///   - limit: a frame that announces more bytes is an error, before any memory is taken for it.
  ///   - memory: how much the content may take.
  package func unframe(
    _ frame: ArraySlice<UInt8>, limit: Int, memory: MemoryLimit = .standard
  ) throws(ChunkError) -> [UInt8] {
    do {
      // A frame that does not say its size is held to the limit as its content comes.
      let size = ZstdFrame.contentSize(of: frame)
      if let size, size <= limit { try memory.admit(size) }
      return try zstd.decompress(frame, limit: size == nil ? min(limit, memory.bytes) : limit)
    } catch {
      throw .frame(error)
    }
  }
}
