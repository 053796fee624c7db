/// Builds a byte string field by field: the counterpart of ``ByteReader``.
package struct ByteWriter {
  /// The bytes written so far.
  package private(set) var bytes: [UInt8] = []

  /// Starts empty.
  package init() {}

  /// Appends `bytes` unchanged.
  package mutating func append(_ bytes: some Sequence<UInt8>) { self.bytes.append(contentsOf: bytes) }

  /// Appends a fixed-width integer, little-endian.
  package mutating func append<T: FixedWidthInteger>(_ value: T) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// Appends an IEEE-754 binary32 number.
  package mutating func append(_ value: Float) { append(value.bitPattern) }

  /// Appends an IEEE-754 binary64 number.
  package mutating func append(_ value: Double) { append(value.bitPattern) }

  /// Appends a bit for each, eight to a byte from the lowest on.
  package mutating func append(bits: [Bool]) {
    for first in stride(from: 0, to: bits.count, by: 8) {
      let own = bits[first..<min(first + 8, bits.count)]
      append(own.enumerated().reduce(UInt8(0)) { $1.element ? $0 | 1 << UInt8($1.offset) : $0 })
    }
  }

  /// Appends a LEB128 number: seven bits per byte, lowest first. `count` must not be negative.
  package mutating func append(count: Int) {
    precondition(count >= 0)
    var rest = UInt(count)
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
