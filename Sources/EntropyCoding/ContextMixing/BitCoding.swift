/// One direction of binary arithmetic coding, so that the code for a bit is written once for encoder and decoder.
package protocol BitCoding {
  /// Codes a bit that is 1 with probability `p` / 65536, p from 1 to 65535.
  ///
  /// - Parameter bit: 0 or 1 for an encoder; a decoder ignores it.
  /// - Returns: the bit.
  mutating func code(_ bit: UInt32, _ p: UInt32) -> UInt32
}

/// The upper end, inclusive, of the part of the interval `low` ... `high` that belongs to a 1.
@inlinable @inline(__always)
func split(_ low: UInt32, _ high: UInt32, _ p: UInt32) -> UInt32 {
  let width = high &- low
  return low &+ (width >> 16) &* p &+ (((width & 0xFFFF) &* p) >> 16)
}

/// A carryless binary arithmetic encoder, as in Mahoney's lpaq. It narrows an interval of 32-bit numbers bit by bit,
/// and writes the bytes that all numbers in it share.
package struct BitEncoder: BitCoding {
  @usableFromInline var low: UInt32 = 0
  @usableFromInline var high: UInt32 = .max
  @usableFromInline var bytes: [UInt8] = []

  /// Starts with the whole interval and no bytes.
  package init() {}

  @inlinable @inline(__always)
  package mutating func code(_ bit: UInt32, _ p: UInt32) -> UInt32 {
    let middle = split(low, high, p)
    if bit == 1 { high = middle } else { low = middle &+ 1 }
    while (low ^ high) & 0xFF00_0000 == 0 {
      bytes.append(UInt8(high >> 24))
      low <<= 8
      high = high << 8 | 0xFF
    }
    return bit
  }

  /// Returns all bytes. A decoder reads zeros after the last, so the shortest bytes within the interval suffice.
  package consuming func finish() -> [UInt8] {
    let number = shortest(low, high)
    for shift: UInt32 in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
    while bytes.last == 0 { bytes.removeLast() }
    return bytes
  }
}

/// The smallest number from `low` to `high` among those that end in the most zero bytes.
private func shortest(_ low: UInt32, _ high: UInt32) -> UInt32 {
  for zeros: UInt32 in [0xFFFF_FFFF, 0xFF_FFFF, 0xFFFF, 0xFF] {
    let (up, overflow) = low.addingReportingOverflow(zeros)
    let number = up & ~zeros
    if low & zeros == 0 || !overflow, number >= low, number <= high { return number }
  }
  return low
}

/// Decodes the bits that a ``BitEncoder`` wrote.
package struct BitDecoder: BitCoding {
  @usableFromInline var low: UInt32 = 0
  @usableFromInline var high: UInt32 = .max
  @usableFromInline var window: UInt32 = 0
  @usableFromInline var next: Int
  @usableFromInline var bytes: ArraySlice<UInt8>

  /// Starts at the first of `bytes`.
  package init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    next = bytes.startIndex
    fillWindow()
  }

  /// Goes on in the same interval with the byte at `place` of other bytes.
  mutating func resume(_ bytes: ArraySlice<UInt8>, at place: Int) {
    self.bytes = bytes
    next = min(place, bytes.endIndex)
    fillWindow()
  }

  private mutating func fillWindow() {
    for _ in 0..<4 { window = window << 8 | take() }
  }

  /// Whether the bytes are exactly those that an encoder writes for the bits so far.
  package var isAtEnd: Bool { next == bytes.endIndex && bytes.last != 0 && window == shortest(low, high) }

  @inlinable @inline(__always)
  mutating func take() -> UInt32 {
    guard next < bytes.endIndex else { return 0 }
    defer { next += 1 }
    return UInt32(bytes[next])
  }

  @inlinable @inline(__always)
  package mutating func code(_ bit: UInt32, _ p: UInt32) -> UInt32 {
    let middle = split(low, high, p)
    let bit: UInt32 = window <= middle ? 1 : 0
    if bit == 1 { high = middle } else { low = middle &+ 1 }
    while (low ^ high) & 0xFF00_0000 == 0 {
      low <<= 8
      high = high << 8 | 0xFF
      window = window << 8 | take()
    }
    return bit
  }
}
