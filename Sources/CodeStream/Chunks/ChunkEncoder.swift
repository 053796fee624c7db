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
/// stays. To be fast, zstd works hard only where quick tries come close to rANS and show that work pays.
///
/// Used by one task at a time; several encoders can share one `RANSEncoder`.
public final class ChunkEncoder {
  /// zstd's levels for a first try, for a second, and for what is worth the time.
  private static let (quickLevel, secondLevel, thoroughLevel) = (1, 3, 19)
  /// How much more than rANS a first or second try may take to be followed up: so much can be gained where rows
  /// repeat.
  private static let (quickMargin, secondMargin) = (2.0, 1.5)

  private let rans: RANSEncoder
  private let quick = ZstdCompressor(level: quickLevel, checksum: true)
  private let second = ZstdCompressor(level: secondLevel, checksum: true)
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
    // zstd finds nothing in it, and stores it.
    let best = (content: packed, frame: quick.compress(packed))
    return packPlain(symbols, planeStride, rows, toBeat: best.frame.count) ?? best
  }

  /// Packs by zstd alone; nil where that does not take less than `size` bytes.
  private func packPlain(
    _ symbols: [Int32], _ planeStride: Int, _ rows: Int, toBeat size: Int
  ) -> (content: [UInt8], frame: [UInt8])? {
    var byPlanes = Self.head(.planes, rows)
    PlainSymbols.appendPlanes(
      symbols, planes: rans.planes, planeStride: planeStride, rows: rows, to: &byPlanes)
    var byRows = Self.head(.rows, rows)
    PlainSymbols.appendRows(
      symbols, planes: rans.planes, planeStride: planeStride, rows: rows, to: &byRows)
    let frames = (quick.compress(byPlanes), quick.compress(byRows))
    let content = frames.1.count < frames.0.count ? byRows : byPlanes
    var best = frames.1.count < frames.0.count ? frames.1 : frames.0
    guard Double(best.count) < Self.quickMargin * Double(size) else { return nil }

    // On symbols without repetitions, level 3 does worse than level 1, and level 19 never as well as rANS.
    let other = second.compress(content)
    if other.count <= best.count, Double(other.count) < Self.secondMargin * Double(size) {
      let smallest = thorough.compress(content)
      best = smallest.count < other.count ? smallest : other
    }
    return best.count < size ? (content, best) : nil
  }

  private static func head(_ kind: ContentKind, _ rows: Int) -> [UInt8] {
    var writer = ByteWriter()
    writer.append(kind.rawValue)
    writer.append(count: rows)
    return writer.bytes
  }
}
