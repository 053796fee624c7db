import ByteIO
import EntropyCoding

/// Guesses whether zstd may encode a large chunk in fewer bytes than rANS, at little cost beside rANS itself.
///
/// Two samples are encoded both ways: some whole rows, and some whole planes. They reveal repetitions within a short
/// distance. Rows repeated at any distance have equal hashes. The guess depends on the symbols alone, so that encoders
/// on all machines agree.
enum Repetition {
  /// The number of symbols in each sample.
  private static let sampleSymbols = 1 << 15
  /// The size of a sample by zstd at its fastest level, relative to rANS, up to which zstd is promising: high levels
  /// gain about as much on the whole chunk.
  private static let margin = 1.25

  /// The size of a sample by zstd, relative to the entropy of its symbols, up to which zstd has found repetitions.
  /// Without any, high levels would find none either.
  private static let gain = 0.9

  /// Whether zstd is worth trying.
  ///
  /// - Parameter zstd: at a fast level, with or without a checksum.
  static func isLikely(in chunk: ChunkSymbols, _ rans: RANSEncoder, _ zstd: ZstdCompressor) -> Bool {
    var head = chunk
    head.rows = min(chunk.rows, max(1, sampleSymbols / chunk.allPlanes))
    var rows: [UInt8] = []
    PlainSymbols.appendRows(head, to: &rows)
    let newRows = Double(distinctRows(chunk)) / Double(chunk.rows)
    if isLikely(rows, Double(zstd.compress(rows).count) * newRows, rans.encode(head)) { return true }

    // From the middle, because the first planes of a picture, for example, are often empty.
    let count = min(chunk.allPlanes, max(1, sampleSymbols / chunk.rows))
    let first = (chunk.allPlanes - count) / 2
    var planes: [UInt8] = []
    PlainSymbols.appendPlanes(chunk, planes: first..<first + count, to: &planes)
    let packed = rans.encode(chunk, planes: first..<first + count)
    return isLikely(planes, Double(zstd.compress(planes).count), packed)
  }

  /// Whether zstd is worth trying, given its `size` for a sample and the output of rANS.
  private static func isLikely(_ sample: [UInt8], _ size: Double, _ packed: [UInt8]) -> Bool {
    size < margin * Double(packed.count) && size < gain * entropy(sample)
  }

  /// The zeroth-order entropy of the bytes, in bytes.
  private static func entropy(_ sample: [UInt8]) -> Double {
    var counts = [Float](repeating: 0, count: 256)
    for byte in sample { counts[Int(byte)] += 1 }
    let all = binaryLogarithm(Float(sample.count))
    let bits = counts.reduce(0.0) { $1 == 0 ? $0 : $0 + Double($1 * (all - binaryLogarithm($1))) }
    return bits / 8
  }

  /// The number of distinct rows, by their hashes.
  private static func distinctRows(_ chunk: ChunkSymbols) -> Int {
    var hashes = [UInt64](repeating: 0, count: chunk.rows)
    chunk.symbols.withUnsafeBufferPointer { symbols in
      hashes.withUnsafeMutableBufferPointer { hashes in
        for plane in 0..<chunk.allPlanes {
          for row in hashes.indices {
            let symbol = UInt64(UInt32(bitPattern: symbols[plane * chunk.planeStride + row]))
            // A polynomial in an odd number (from the golden ratio), one symbol per step.
            hashes[row] = hashes[row] &* 0x9E37_79B9_7F4A_7C15 &+ symbol
          }
        }
      }
    }
    return Set(hashes).count
  }
}
