import ByteIO

/// Unpacks the chunks of a ``ChunkEncoder``, which documents them.
///
/// Used by one task at a time; several decoders can share one `RANSDecoder`.
public final class ChunkDecoder {
  private let rans: RANSDecoder
  private let zstd = ZstdDecompressor()

  /// A decoder with the tables that `rans` was prepared for.
  public init(_ rans: RANSDecoder) { self.rans = rans }

  /// Unpacks a frame of symbols.
  ///
  /// - Parameters:
  ///   - frame: one whole frame.
  ///   - maxRows: more rows are an error; at most `planeStride`.
  ///   - symbols: plane-major: the value of plane p and row r goes to symbols[p * planeStride + r].
  ///   - planeStride: values from one plane to the next.
  /// - Returns: how many rows the chunk holds, 1 to `maxRows`.
  /// - Throws: see ``ChunkError``. What `symbols` holds then is of no use.
  public func decode(
    _ frame: ArraySlice<UInt8>, maxRows: Int, into symbols: inout [Int32], planeStride: Int
  ) throws(ChunkError) -> Int {
    // Every value an escape with all its bits, or four plain bytes and a width.
    let (values, overflow) = maxRows.multipliedReportingOverflow(by: rans.planes)
    precondition(!overflow && values <= Int.max / 32, "symbols of this many rows exist")
    let limit = 64 + rans.planes + values * 2 * RANS.mostWordsPerValue
    let content = try unframe(frame, limit: limit)
    return try decode(content: content[...], maxRows: maxRows, into: &symbols, planeStride: planeStride)
  }

  /// Unpacks the content of a frame of symbols: all of `content`.
  public func decode(
    content: ArraySlice<UInt8>, maxRows: Int, into symbols: inout [Int32], planeStride: Int
  ) throws(ChunkError) -> Int {
    precondition(maxRows <= planeStride)
    precondition(rans.planes == 0 || symbols.count >= (rans.planes - 1) * planeStride + maxRows)
    var reader = ByteReader(content)
    do {
      let first: UInt8 = try reader.integer()
      guard let kind = ContentKind(rawValue: first) else { throw ChunkError.unknownKind(first) }
      let rows = try reader.count()
      guard rows >= 1, rows <= maxRows else { throw ChunkError.rows(rows, limit: maxRows) }
      switch kind {
      case .rans:
        let payload = try reader.take(reader.remaining)
        try rans.decode(payload, rows: rows, into: &symbols, planeStride: planeStride)
      case .planes:
        try PlainSymbols.readPlanes(
          &reader, planes: rans.planes, rows: rows, into: &symbols, planeStride: planeStride)
      case .rows:
        try PlainSymbols.readRows(
          &reader, planes: rans.planes, rows: rows, into: &symbols, planeStride: planeStride)
      }
      guard reader.remaining == 0 else { throw ChunkError.corrupt }
      return rows
    } catch let error as ChunkError {
      throw error
    } catch {
      // The reader's: the content ends too early.
      throw .corrupt
    }
  }

  /// The content of a frame, whatever its kind: the counterpart of ``ChunkEncoder/frame(_:level:)``.
  ///
  /// - Parameter limit: a frame that announces more bytes is an error, before any memory is taken for it.
  public func unframe(_ frame: ArraySlice<UInt8>, limit: Int) throws(ChunkError) -> [UInt8] {
    do {
      return try zstd.decompress(frame, limit: limit)
    } catch {
      throw .frame(error)
    }
  }
}
