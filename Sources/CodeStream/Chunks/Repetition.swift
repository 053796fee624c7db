import ByteIO

/// Whether zstd may pack a large chunk into less than rANS does: a guess that costs little beside rANS itself.
///
/// Two samples are packed both ways, some whole rows and some whole planes. They show what repeats within a short
/// distance. Rows that come again at any distance show as equal hashes. Only the same symbols count, so that
/// encoders on all machines guess alike.
enum Repetition {
  /// Symbols that each sample has.
  private static let sampleSymbols = 1 << 15
  /// How much more than rANS zstd may take for a sample, at its fastest, to be promising: hard work on all of the
  /// chunk gains about as much.
  private static let margin = 1.25

  /// Whether zstd is worth trying.
  ///
  /// - Parameter zstd: fast, with a checksum or without.
  static func isLikely(in chunk: ChunkSymbols, _ rans: RANSEncoder, _ zstd: ZstdCompressor) -> Bool {
    let newRows = Double(distinctRows(chunk)) / Double(chunk.rows)

    var head = chunk
    head.rows = min(chunk.rows, max(1, sampleSymbols / chunk.allPlanes))
    var rows: [UInt8] = []
    PlainSymbols.appendRows(head, to: &rows)
    if Double(zstd.compress(rows).count) * newRows < margin * Double(rans.encode(head).count) { return true }

    // From the middle: the first planes of a picture, say, are often empty.
    let count = min(chunk.allPlanes, max(1, sampleSymbols / chunk.rows))
    let first = (chunk.allPlanes - count) / 2
    var planes: [UInt8] = []
    PlainSymbols.appendPlanes(chunk, planes: first..<first + count, to: &planes)
    let packed = rans.encode(chunk, planes: first..<first + count)
    return Double(zstd.compress(planes).count) < margin * Double(packed.count)
  }

  /// How many different rows there are, or rather different hashes.
  private static func distinctRows(_ chunk: ChunkSymbols) -> Int {
    var hashes = [UInt64](repeating: 0, count: chunk.rows)
    chunk.symbols.withUnsafeBufferPointer { symbols in
      hashes.withUnsafeMutableBufferPointer { hashes in
        for plane in 0..<chunk.allPlanes {
          for row in hashes.indices {
            let symbol = UInt64(UInt32(bitPattern: symbols[plane * chunk.planeStride + row]))
            // A polynomial in an odd number (of the golden ratio), one symbol a step.
            hashes[row] = hashes[row] &* 0x9E37_79B9_7F4A_7C15 &+ symbol
          }
        }
      }
    }
    return Set(hashes).count
  }
}
