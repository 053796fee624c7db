import ByteIO

/// Packs the symbols of some rows into one checksummed zstd frame.
///
/// The content of the frame:
///
///     kind      u8       see `ContentKind`
///     rows      LEB128   at least 1
///     kind 0    what `RANSEncoder` writes, to the end
///     kind 1    for each plane: width u8, then rows values of that width
///     kind 2    for each plane: width u8; then for each row, a value of each plane
///
/// Widths are 0, 1, 2 or 4, and the values are as `PlainSymbols` says. rANS spends what the tables say, whatever the
/// order of the rows; zstd finds rows and sequences that repeat. Each chunk is packed by both, and the smaller
/// stays. To be fast, zstd works hard only where a quick try comes close to rANS.
///
/// Used by one task at a time; several encoders can share one `RANSEncoder`.
public final class ChunkEncoder {
  /// zstd's level for what it can hardly make smaller.
  private static let quickLevel = 1
  /// zstd's level to try plain symbols with.
  private static let trialLevel = 3
  /// zstd's level for plain symbols that come within `closeness` of rANS.
  private static let thoroughLevel = 19
  /// Working hard saves about a tenth, and a little more where rows repeat.
  private static let closeness = 1.25

  private let rans: RANSEncoder
  private let quick = ZstdCompressor(level: quickLevel, checksum: true)
  private let trial = ZstdCompressor(level: trialLevel, checksum: true)
  private lazy var thorough = ZstdCompressor(level: Self.thoroughLevel, checksum: true)

  /// An encoder with the tables that `rans` was prepared for.
  public init(_ rans: RANSEncoder) { self.rans = rans }

  /// Packs `rows` values of each plane into a frame.
  ///
  /// - Parameters:
  ///   - symbols: plane-major: the value of plane p and row r is symbols[p * planeStride + r].
  ///   - planeStride: values from one plane to the next, at least `rows`.
  ///   - rows: at least 1.
  public func encode(_ symbols: [Int32], planeStride: Int, rows: Int) -> [UInt8] {
    pack(symbols, planeStride: planeStride, rows: rows).frame
  }

  /// The content that ``encode(_:planeStride:rows:)`` would put into its frame, for a caller to compose with more.
  public func content(_ symbols: [Int32], planeStride: Int, rows: Int) -> [UInt8] {
    pack(symbols, planeStride: planeStride, rows: rows).content
  }

  /// A frame with any content, whose first byte tells a reader its kind.
  ///
  /// - Parameter level: zstd's, 1 (fast) to 19 (small).
  public func frame(_ content: [UInt8], level: Int) -> [UInt8] {
    ZstdFrame.compress(content, level: level, checksum: true)
  }

  private func pack(
    _ symbols: [Int32], planeStride: Int, rows: Int
  ) -> (content: [UInt8], frame: [UInt8]) {
    let packed =
      Self.head(.rans, rows) + rans.encode(symbols, planeStride: planeStride, rows: rows)
    let best = (content: packed, frame: quick.compress(packed))

    var byPlanes = Self.head(.planes, rows)
    PlainSymbols.appendPlanes(
      symbols, planes: rans.planes, planeStride: planeStride, rows: rows, to: &byPlanes)
    var byRows = Self.head(.rows, rows)
    PlainSymbols.appendRows(
      symbols, planes: rans.planes, planeStride: planeStride, rows: rows, to: &byRows)
    var plain = (content: byPlanes, frame: trial.compress(byPlanes))
    let other = trial.compress(byRows)
    if other.count < plain.frame.count { plain = (byRows, other) }
    guard Double(plain.frame.count) < Self.closeness * Double(best.frame.count) else { return best }

    let smaller = thorough.compress(plain.content)
    if smaller.count < plain.frame.count { plain.frame = smaller }
    return plain.frame.count < best.frame.count ? plain : best
  }

  private static func head(_ kind: ContentKind, _ rows: Int) -> [UInt8] {
    var writer = ByteWriter()
    writer.append(kind.rawValue)
    writer.append(count: rows)
    return writer.bytes
  }
}
