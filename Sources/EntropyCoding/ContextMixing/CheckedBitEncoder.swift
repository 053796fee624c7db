/// An encoder that is followed by a decoder, which has to find the same bits at the same probabilities.
///
/// That proves the bytes at a fraction of the time that it takes to predict the bits again: what is predicted from is what was
/// coded. Memory is bounded by ``room``.
package struct CheckedBitEncoder: BitCoding {
  @usableFromInline var encoder = BitEncoder()
  /// What the decoder has not found yet: probabilities, with the bit below.
  @usableFromInline var coded: [UInt32] = []
  private var decoder = BitDecoder([])
  private var (hasStarted, isRight) = (false, true)

  /// The number of bits after which the decoder follows.
  @usableFromInline static let room = 1 << 16
  /// Bytes that coding of one bit may read.
  private static let ahead = 8

  /// Starts with the whole interval and no bytes.
  package init() { coded.reserveCapacity(Self.room) }

  @inlinable @inline(__always)
  package mutating func code(_ bit: UInt32, _ p: UInt32) -> UInt32 {
    coded.append(p << 1 | bit)
    let bit = encoder.code(bit, p)
    if coded.count == Self.room { follow(isEnd: false) }
    return bit
  }

  /// Decodes the bits so far, but for the last, whose bytes are not known yet.
  @usableFromInline
  mutating func follow(isEnd: Bool) {
    let bytes = encoder.bytes
    if !hasStarted, isEnd || bytes.count >= Self.ahead {
      (decoder, hasStarted) = (BitDecoder(bytes[...]), true)
    }
    decoder.bytes = bytes[...]
    var found = 0
    if hasStarted {
      while found < coded.count, isEnd || bytes.count - decoder.next >= Self.ahead {
        let own = coded[found]
        if decoder.code(0, own >> 1) != own & 1 { isRight = false }
        found += 1
      }
    }
    coded.removeFirst(found)
    // The bytes are shared no longer, so that the encoder can go on in place.
    decoder.bytes = []
  }

  /// Returns all bytes; nil if they do not decode to the bits.
  package consuming func finish() -> [UInt8]? {
    let bytes = encoder.finish()
    encoder = BitEncoder()
    encoder.bytes = bytes
    follow(isEnd: true)
    decoder.bytes = bytes[...]
    return isRight && decoder.isAtEnd ? bytes : nil
  }
}
