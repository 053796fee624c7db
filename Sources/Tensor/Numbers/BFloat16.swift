extension Float {
  /// The nearest number of bfloat16's precision, 8 bits of significand; ties go to the even one. Model files keep such numbers.
  package var roundedToBFloat16: Float {
    Float(bitPattern: (bitPattern &+ 0x7FFF &+ (bitPattern >> 16 & 1)) & 0xFFFF_0000)
  }
}
