// IEEE-754 binary16 without Float16: Swift lacks that type on Intel Macs, and elsewhere calls a function per number.

extension Float {
  /// The number whose binary16 bits are `bits`; exact.
  @inline(__always)
  init(half bits: UInt16) {
    let wide = UInt32(bits)
    let sign = (wide & 0x8000) << 16
    let magnitude = (wide & 0x7FFF) << 13
    if magnitude >= 0x0F80_0000 {
      // Infinity and NaN; the payload is preserved.
      self.init(bitPattern: sign | 0x7F80_0000 | (magnitude & 0x007F_FFFF))
    } else {
      // The exponent is 112 too small. The product is correct for subnormal numbers too.
      let scaled = Float(bitPattern: magnitude) * Float(bitPattern: (127 + 112) << 23)
      self.init(bitPattern: sign | scaled.bitPattern)
    }
  }

  /// The bits of the nearest finite binary16 number, if the number itself is finite.
  @inline(__always)
  var finiteHalf: UInt16 {
    let most: Float = 65_504
    return (magnitude > most && magnitude < .infinity ? (self < 0 ? -most : most) : self).half
  }

  /// The bits of the nearest binary16 number, ties to even; infinity from 65520 on.
  @inline(__always)
  var half: UInt16 {
    let sign = (bitPattern >> 16) & 0x8000
    let magnitude = bitPattern & 0x7FFF_FFFF
    let result: UInt32
    if magnitude > 0x7F80_0000 {
      result = 0x7E00 | ((magnitude >> 13) & 0x03FF)
    } else if magnitude >= 0x4780_0000 {
      result = 0x7C00
    } else if magnitude < 0x3880_0000 {
      // Below 2^-14, adding 0.5 rounds, and shifts the bits to their place in a subnormal number.
      result = (Float(bitPattern: magnitude) + 0.5).bitPattern &- (0.5 as Float).bitPattern
    } else {
      // The exponent decreases by 112. Adding just under half of the last place, plus its lowest bit, rounds to even.
      let odd = (magnitude >> 13) & 1
      result = (magnitude &- (112 << 23) &+ 0x0FFF &+ odd) >> 13
    }
    return UInt16(truncatingIfNeeded: sign | result)
  }
}
