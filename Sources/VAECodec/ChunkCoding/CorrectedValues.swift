import Records

/// The values of a chunk, which an encoder reads and a decoder writes.
protocol CorrectedValues {
  /// Whether values are known, as in an encoder.
  static var isKnown: Bool { get }
  /// Whether only the number of bytes matters.
  static var isTrial: Bool { get }
  /// The bits of a value; 0 if it is unknown.
  func bits(_ place: Int) -> UInt64
  mutating func set(_ place: Int, bits: UInt64)
}

/// The values of an encoder of which nobody decodes what it makes.
struct EncodedValues: CorrectedValues {
  static let (isKnown, isTrial) = (true, true)
  let elementType: ElementType
  let bytes: UnsafeRawBufferPointer

  @inline(__always)
  func bits(_ place: Int) -> UInt64 { elementType.bits(place, of: bytes) }

  func set(_ place: Int, bits: UInt64) {}
}

/// The values of an encoder, with those that a decoder will find.
struct CheckedValues: CorrectedValues {
  static let (isKnown, isTrial) = (true, false)
  let elementType: ElementType
  let bytes: UnsafeRawBufferPointer
  let decoded: UnsafeMutableRawBufferPointer

  @inline(__always)
  func bits(_ place: Int) -> UInt64 { elementType.bits(place, of: bytes) }

  @inline(__always)
  mutating func set(_ place: Int, bits: UInt64) { elementType.store(bits, place, of: decoded) }
}

/// The values of a decoder, which are unknown.
struct DecodedValues: CorrectedValues {
  static let (isKnown, isTrial) = (false, false)
  let elementType: ElementType
  let bytes: UnsafeMutableRawBufferPointer

  func bits(_ place: Int) -> UInt64 { 0 }

  @inline(__always)
  mutating func set(_ place: Int, bits: UInt64) { elementType.store(bits, place, of: bytes) }
}
