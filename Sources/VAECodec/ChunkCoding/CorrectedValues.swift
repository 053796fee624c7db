import Records

/// The values of a chunk, which an encoder reads and a decoder writes.
protocol CorrectedValues {
  /// Whether values are known, as in an encoder.
  static var isKnown: Bool { get }
  /// The bits of a value; 0 if it is unknown.
  func bits(_ place: Int) -> UInt64
  mutating func set(_ place: Int, bits: UInt64)
}

/// The values of an encoder.
struct EncodedValues: CorrectedValues {
  static let isKnown = true
  let elementType: ElementType
  let bytes: UnsafeRawBufferPointer

  @inline(__always)
  func bits(_ place: Int) -> UInt64 { elementType.bits(place, of: bytes) }

  func set(_ place: Int, bits: UInt64) {}
}

/// The values of a decoder, which are unknown.
struct DecodedValues: CorrectedValues {
  static let isKnown = false
  let elementType: ElementType
  let bytes: UnsafeMutableRawBufferPointer

  func bits(_ place: Int) -> UInt64 { 0 }

  @inline(__always)
  mutating func set(_ place: Int, bits: UInt64) { elementType.store(bits, place, of: bytes) }
}
