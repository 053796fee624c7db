import ByteIO
import EntropyCoding

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

  /// How much less than its symbols' entropy zstd must take for a sample: else it has found no repetitions, and hard
  /// work would find none.
  private static let gain = 0.9

  /// Whether zstd is worth trying.
  ///
  /// - Parameter zstd: fast, with a checksum or without.
  static func isLikely(in chunk: ChunkSymbols, _ rans: RANSEncoder, _ zstd: ZstdCompressor) -> Bool {
    var head = chunk
    head.rows = min(chunk.rows, max(1, sampleSymbols / chunk.allPlanes))
    var rows: [UInt8] = []
    PlainSymbols.appendRows(head, to: &rows)
    let newRows = Double(distinctRows(chunk)) / Double(chunk.rows)
    if isLikely(rows, Double(zstd.compress(rows).count) * newRows, rans.encode(head)) { return true }

    // From the middle: the first planes of a picture, say, are often empty.
    let count = min(chunk.allPlanes, max(1, sampleSymbols / chunk.rows))
    let first = (chunk.allPlanes - count) / 2
    var planes: [UInt8] = []
    PlainSymbols.appendPlanes(chunk, planes: first..<first + count, to: &planes)
    let packed = rans.encode(chunk, planes: first..<first + count)
    return isLikely(planes, Double(zstd.compress(planes).count), packed)
  }

  /// Whether zstd, which takes `size` for a sample, is worth trying where rANS has made it `packed`.
  private static func isLikely(_ sample: [UInt8], _ size: Double, _ packed: [UInt8]) -> Bool {
    size < margin * Double(packed.count) && size < gain * entropy(sample)
  }

  /// What the bytes take, in bytes, if each is coded by how often it is there.
  private static func entropy(_ sample: [UInt8]) -> Double {
    var counts = [Float](repeating: 0, count: 256)
    for byte in sample { counts[Int(byte)] += 1 }
    let all = binaryLogarithm(Float(sample.count))
    let bits = counts.reduce(0.0) { $1 == 0 ? $0 : $0 + Double($1 * (all - binaryLogarithm($1))) }
    return bits / 8
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
