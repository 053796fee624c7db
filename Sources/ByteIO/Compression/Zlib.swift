import CZlib

/// Bytes in the format of zlib (RFC 1950), as PNG holds them.
package enum Zlib {
  /// Compresses `bytes`, all at once. Levels go from 1 (fast) to 9 (small).
  package static func compress(_ bytes: [UInt8], level: Int = 9) -> [UInt8] {
    var size = compressBound(UInt(bytes.count))
    return [UInt8](unsafeUninitializedCapacity: Int(size)) { output, count in
      let result = compress2(
        output.baseAddress, &size, bytes, UInt(bytes.count), Int32(min(9, max(1, level))))
      // There is room for the worst case, and without memory no array could be made either.
      precondition(result == Z_OK, "zlib has room and memory")
      count = Int(size)
    }
  }
}
