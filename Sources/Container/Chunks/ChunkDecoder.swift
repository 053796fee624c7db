import ByteIO
import EntropyCoding

/// Decodes the chunks that a ``ChunkEncoder`` writes; the format is documented there.
///
/// Only one task may use it at a time; several decoders can share one `RANSDecoder`.
package final class ChunkDecoder {
  private let rans: RANSDecoder
  private let zstd = ZstdDecompressor()

  /// Creates a decoder with the tables of `rans`.
  package init(_ rans: RANSDecoder) { self.rans = rans }

  /// Decodes a frame of symbols without context-coded planes.
  ///
  /// - Parameters:
  ///   - frame: one whole frame.
  ///   - maxRows: the maximum number of rows, at most `planeStride`; more are an error.
  ///   - symbols: plane-major: the value of plane p and row r goes to symbols[p * planeStride + r].
  ///   - planeStride: the number of values from one plane to the next.
  /// - Returns: the number of rows in the chunk, 1 to `maxRows`.
  /// - Throws: ``ChunkError``. The content of `symbols` is then undefined.
  package func decode(
    _ frame: ArraySlice<UInt8>, maxRows: Int, into symbols: inout [Int32], planeStride: Int
  ) throws(ChunkError) -> Int {
    try read(open(frame: frame, maxRows: maxRows, contextCodedPlanes: 0), &symbols, planeStride)
  }

  /// Decodes the content of a frame of symbols: all of `content`.
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

  /// Opens a frame of symbols, to decode them plane by plane.
  ///
  /// - Parameters:
  ///   - frame: one whole frame.
  ///   - maxRows: the maximum number of rows; more are an error.
  ///   - contextCodedPlanes: the number of context-coded planes in the chunk; the plain ones are those of the tables.
  /// - Throws: ``ChunkError``.
  package func open(
    frame: ArraySlice<UInt8>, maxRows: Int, contextCodedPlanes: Int
  ) throws(ChunkError) -> ChunkSymbolReader {
    let content = try content(
      of: frame, maxRows: maxRows, contextCodedPlanes: contextCodedPlanes, sampleBytes: 0)
    return try open(content: content[...], maxRows: maxRows, contextCodedPlanes: contextCodedPlanes)
  }

  /// The content of a chunk's frame, of any kind.
  ///
  /// - Parameters:
  ///   - frame: one whole frame.
  ///   - maxRows: the maximum number of rows in a chunk.
  ///   - contextCodedPlanes: the number of context-coded planes in the chunk; the plain ones are those of the tables.
  ///   - sampleBytes: the size of a sample in bytes, which limits corrected or stored samples.
  ///   - memory: the limit for the content.
  /// - Throws: `frame`, before memory is allocated for more than such a chunk can hold.
  package func content(
    of frame: ArraySlice<UInt8>, maxRows: Int, contextCodedPlanes: Int, sampleBytes: Int,
    memory: MemoryLimit = .standard
  ) throws(ChunkError) -> [UInt8] {
    // Each value takes at most an escape with all its bits, or four plain bytes and a width.
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
      // An error of the reader: the content ends too early.
      throw .corrupt
    }
  }

  /// The number of rows that the content of a frame of symbols announces, regardless of its tables.
  ///
  /// - Parameter limit: the maximum number of rows; more are an error.
  package static func rows(ofContent content: ArraySlice<UInt8>, limit: Int) throws(ChunkError) -> Int {
    var reader = ByteReader(content)
    return try ContentHead.read(from: &reader, limit: limit).rows
  }

  /// The content of a frame, of any kind.
  ///
  /// - Parameters:
  ///   - limit: the maximum size in bytes. A frame that announces more is an error, before memory is allocated.
  ///   - memory: the limit for the content.
  package func unframe(
    _ frame: ArraySlice<UInt8>, limit: Int, memory: MemoryLimit = .standard
  ) throws(ChunkError) -> [UInt8] {
    do {
      // A frame that does not announce its size is checked against the limit as it is decompressed.
      let size = ZstdFrame.contentSize(of: frame)
      if let size, size <= limit { try memory.admit(size) }
      return try zstd.decompress(frame, limit: size == nil ? min(limit, memory.bytes) : limit)
    } catch {
      throw .frame(error)
    }
  }
}
