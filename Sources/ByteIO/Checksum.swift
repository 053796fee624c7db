import CZlib

/// Checksums of bytes.
package enum Checksum {
  /// The CRC-32 of gzip and PNG (polynomial 0xEDB88320, reflected).
  ///
  /// - Parameter previous: the checksum of the preceding bytes, which this call continues.
  package static func crc32(_ bytes: UnsafeRawBufferPointer, continuing previous: UInt32 = 0) -> UInt32 {
    var value = UInt(previous)
    var rest = bytes
    // zlib counts bytes in 32 bits.
    while !rest.isEmpty {
      let count = min(rest.count, 1 << 30)
      value = CZlib.crc32(value, rest.bindMemory(to: UInt8.self).baseAddress, UInt32(count))
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
    return UInt32(truncatingIfNeeded: value)
  }

  /// The CRC-32 of some bytes and others behind them, from those of both.
  ///
  /// - Parameter count: of the bytes behind.
  package static func combined(_ first: UInt32, _ second: UInt32, count: Int) -> UInt32 {
    UInt32(truncatingIfNeeded: crc32_combine(UInt(first), UInt(second), count))
  }

  /// The CRC-32 of `bytes`; see ``crc32(_:continuing:)-(UnsafeRawBufferPointer,_)``.
  package static func crc32(_ bytes: [UInt8], continuing previous: UInt32 = 0) -> UInt32 {
    bytes.withUnsafeBytes { crc32($0, continuing: previous) }
  }

  /// The CRC-32 of `bytes`; see ``crc32(_:continuing:)-(UnsafeRawBufferPointer,_)``.
  package static func crc32(_ bytes: ArraySlice<UInt8>, continuing previous: UInt32 = 0) -> UInt32 {
    bytes.withUnsafeBytes { crc32($0, continuing: previous) }
  }
}
