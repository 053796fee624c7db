import CZlib

/// The zlib format (RFC 1950), which PNG uses.
package enum Zlib {
  /// Compresses `bytes` in one call. Levels are 1 (fast) to 9 (small).
  package static func compress(_ bytes: [UInt8], level: Int = 9) -> [UInt8] {
    var size = compressBound(UInt(bytes.count))
    return [UInt8](unsafeUninitializedCapacity: Int(size)) { output, count in
      let result = compress2(
        output.baseAddress, &size, bytes, UInt(bytes.count), Int32(min(9, max(1, level))))
      // The output has room for the worst case. Without memory the array could not have been made either.
      precondition(result == Z_OK, "zlib has room and memory")
      count = Int(size)
    }
  }
}
