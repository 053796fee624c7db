/// A bounds-checked reader over untrusted bytes.
///
/// Every format parser reads through it. A count is checked against what remains before anything is allocated; reading
/// past the end throws and never traps. Numbers are little-endian unless stated otherwise.
package struct ByteReader {
  /// The bytes end too early, or hold an impossible number.
  package enum Failure: Error, Equatable {
    /// `needed` bytes were requested; only `remaining` are left.
    case truncated(needed: Int, remaining: Int)
    /// A LEB128 number does not end, exceeds 63 bits, or is not in its shortest form.
    case badNumber
  }

  private let bytes: ArraySlice<UInt8>
  private var position: Int

  /// Starts at the first byte of `bytes`.
  package init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  /// Starts at the first byte of `bytes`.
  package init(_ bytes: [UInt8]) { self.init(bytes[...]) }

  /// The number of unread bytes.
  package var remaining: Int { bytes.endIndex - position }

  /// The next `count` bytes. Throws `truncated` when fewer remain or `count` is negative.
  package mutating func take(_ count: Int) throws(Failure) -> ArraySlice<UInt8> {
    guard count >= 0, count <= remaining else {
      throw .truncated(needed: count, remaining: remaining)
    }
    defer { position += count }
    return bytes[position..<position + count]
  }

  /// The next fixed-width integer, little-endian.
  package mutating func integer<T: FixedWidthInteger>(_ type: T.Type = T.self) throws(Failure) -> T {
    var value: T = 0
    for (shift, byte) in try take(MemoryLayout<T>.size).enumerated() {
      value |= T(truncatingIfNeeded: byte) << T(truncatingIfNeeded: 8 * shift)
    }
    return value
  }

  /// The next fixed-width integer, big-endian.
  package mutating func bigEndian<T: FixedWidthInteger>(_ type: T.Type = T.self) throws(Failure) -> T {
    try integer(T.self).byteSwapped
  }

  /// The next IEEE-754 binary32 number.
  package mutating func float() throws(Failure) -> Float { Float(bitPattern: try integer()) }

  /// The next IEEE-754 binary64 number.
  package mutating func double() throws(Failure) -> Double { Double(bitPattern: try integer()) }

  /// The next `count` bits, eight to a byte from the lowest on. Those left of the last byte do not count.
  package mutating func bits(_ count: Int) throws(Failure) -> [Bool] {
    guard count >= 0 else { throw .truncated(needed: count, remaining: remaining) }
    let bytes = try take(count / 8 + (count % 8 == 0 ? 0 : 1))
    return (0..<count).map { bytes[bytes.startIndex + $0 / 8] >> UInt8($0 % 8) & 1 == 1 }
  }

  /// The next LEB128 number: seven bits per byte, lowest first, at most 63 bits, so that it fits an `Int`. Throws
  /// `badNumber` unless it is in its shortest form, whose last byte is not 0.
  package mutating func count() throws(Failure) -> Int {
    var value = 0
    for shift in stride(from: 0, to: 63, by: 7) {
      let byte = try integer(UInt8.self)
      value |= Int(byte & 0x7F) << shift
      if byte < 0x80 {
        guard byte != 0 || shift == 0 else { throw .badNumber }
        return value
      }
    }
    throw .badNumber
  }
}
