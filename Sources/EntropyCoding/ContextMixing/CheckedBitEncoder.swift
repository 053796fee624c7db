/// An encoder that is followed by a decoder, which has to find the same bits at the same probabilities.
///
/// That proves the bytes at a fraction of the time that it takes to predict the bits again: what is predicted from is what was
/// coded. Beside the bytes, memory is bounded by ``room``.
package struct CheckedBitEncoder: BitCoding {
  @usableFromInline var encoder = BitEncoder()
  /// What the decoder has not found yet: probabilities, with the bit below.
  @usableFromInline var coded: [UInt32] = []
  private var decoder = BitDecoder([])
  /// The number of bytes when the decoder followed last: as many have left its window.
  private var followed = 0
  private var isRight = true

  /// The number of bits after which the decoder follows.
  @usableFromInline static let room = 1 << 16

  /// Starts with the whole interval and no bytes.
  package init() { coded.reserveCapacity(Self.room) }

  @inlinable @inline(__always)
  package mutating func code(_ bit: UInt32, _ p: UInt32) -> UInt32 {
    coded.append(p << 1 | bit)
    let bit = encoder.code(bit, p)
    if coded.count == Self.room { follow() }
    return bit
  }

  /// Decodes the bits so far. Whatever bits follow, the bytes go on with a number of the interval, and any will do.
  @usableFromInline
  mutating func follow() {
    let (count, low) = (encoder.bytes.count, encoder.low)
    for shift: UInt32 in [24, 16, 8, 0] { encoder.bytes.append(UInt8(truncatingIfNeeded: low >> shift)) }
    decode(encoder.bytes[...])
    // The bytes are shared no longer, so that the encoder goes on in place.
    decoder.bytes = []
    encoder.bytes.removeLast(4)
    followed = count
  }

  private mutating func decode(_ bytes: ArraySlice<UInt8>) {
    decoder.resume(bytes, at: followed)
    for own in coded where decoder.code(0, own >> 1) != own & 1 { isRight = false }
    coded.removeAll(keepingCapacity: true)
  }

  /// Returns all bytes; nil if they do not decode to the bits.
  package consuming func finish() -> [UInt8]? {
    let bytes = encoder.finish()
    encoder = BitEncoder()
    decode(bytes[...])
    return isRight && decoder.isAtEnd ? bytes : nil
  }
}
