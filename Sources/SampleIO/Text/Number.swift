// Numbers in text: plain decimals are read by hand; what cannot be read exactly that way goes to the standard
// library.

/// The number that `text` is; nil when it is none. An empty text and "nan" are NaN, "inf" is infinity.
func number(in text: UnsafeRawBufferPointer) -> Double? {
  if text.isEmpty { return .nan }
  if let (value, end) = scanNumber(text, from: 0) { return end == text.count ? value : nil }
  switch String(decoding: text, as: UTF8.self).lowercased() {
  case "nan", "+nan", "-nan": return .nan
  case "inf", "+inf", "infinity", "+infinity": return .infinity
  case "-inf", "-infinity": return -.infinity
  default: return nil
  }
}

/// Reads a decimal number at `begin`; nil when there is none. `end` is the position after it.
///
/// At most 2^53 as digits and a power of ten up to 22 are both exact in binary64, so that one multiplication
/// or division rounds once: the result is the nearest number. (Clinger, How to read floating point numbers
/// accurately, PLDI 1990.)
@inline(__always)
func scanNumber(_ text: UnsafeRawBufferPointer, from begin: Int) -> (value: Double, end: Int)? {
  var position = begin
  let count = text.count
  var isNegative = false
  if position < count, text[position] == UInt8(ascii: "-") || text[position] == UInt8(ascii: "+") {
    isNegative = text[position] == UInt8(ascii: "-")
    position += 1
  }
  var digits: UInt64 = 0
  var exponent = 0
  let digitsBegin = position
  while position < count, case let digit = text[position] &- 0x30, digit < 10 {
    digits = digits &* 10 &+ UInt64(digit)
    position += 1
  }
  var digitCount = position - digitsBegin
  if position < count, text[position] == UInt8(ascii: ".") {
    position += 1
    let fractionBegin = position
    while position < count, case let digit = text[position] &- 0x30, digit < 10 {
      digits = digits &* 10 &+ UInt64(digit)
      position += 1
    }
    exponent = fractionBegin - position
    digitCount -= exponent
  }
  guard digitCount > 0 else { return nil }
  if position < count, text[position] | 0x20 == UInt8(ascii: "e") {
    guard let (power, end) = scanExponent(text, from: position + 1) else { return nil }
    exponent += power
    position = end
  }
  guard digitCount <= 19, digits <= 1 << 53, exponent.magnitude <= 22 else {
    let slow = Double(String(decoding: text[begin..<position], as: UTF8.self))
    return slow.map { ($0, position) }
  }
  let power = powersOfTen[Int(exponent.magnitude)]
  let value = exponent < 0 ? Double(digits) / power : Double(digits) * power
  return (isNegative ? -value : value, position)
}

private func scanExponent(_ text: UnsafeRawBufferPointer, from begin: Int) -> (power: Int, end: Int)? {
  var position = begin
  var isNegative = false
  if position < text.count, text[position] == UInt8(ascii: "-") || text[position] == UInt8(ascii: "+") {
    isNegative = text[position] == UInt8(ascii: "-")
    position += 1
  }
  let digitsBegin = position
  var power = 0
  while position < text.count, case let digit = text[position] &- 0x30, digit < 10 {
    // Beyond this everything is 0 or infinity, which the standard library decides.
    if power < 100_000 { power = power * 10 + Int(digit) }
    position += 1
  }
  guard position > digitsBegin else { return nil }
  return (isNegative ? -power : power, position)
}

/// The powers of ten that binary64 holds exactly.
let powersOfTen: [Double] = [
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
]

/// Digits after the decimal point of a number in text; nil for more than 9 and for numbers with an exponent.
func decimals(of text: UnsafeRawBufferPointer) -> Int? {
  guard let point = text.firstIndex(of: UInt8(ascii: ".")) else {
    return text.contains { $0 | 0x20 == UInt8(ascii: "e") } ? nil : 0
  }
  let digits = text[(point + 1)...].prefix { (0x30...0x39).contains($0) }.count
  return digits == text.count - point - 1 && digits <= 9 ? digits : nil
}

extension [UInt8] {
  /// Appends an integer in decimal.
  mutating func appendDecimal(_ value: UInt64) {
    var count = 1
    var bound: UInt64 = 10
    while value >= bound, count < 20 {
      count += 1
      // 10^20 does not fit; the count ends the loop there.
      bound = bound &* 10
    }
    appendDigits(value, count: count)
  }

  /// Appends an integer in decimal.
  mutating func appendDecimal(_ value: Int64) {
    if value < 0 { append(UInt8(ascii: "-")) }
    appendDecimal(value.magnitude)
  }

  /// Appends the last `count` decimal digits of `value`.
  private mutating func appendDigits(_ value: UInt64, count: Int) {
    let begin = self.count
    append(contentsOf: repeatElement(0x30, count: count))
    withUnsafeMutableBufferPointer { bytes in
      var rest = value
      for position in stride(from: begin + count - 1, through: begin, by: -1) {
        let quotient = rest / 10
        bytes[position] = 0x30 &+ UInt8(truncatingIfNeeded: rest &- quotient &* 10)
        rest = quotient
      }
    }
  }

  /// Appends `value` with `decimals` (0 to 9) digits after the point, or as many as it takes when it is too
  /// large for that.
  mutating func appendFixed(_ value: Double, decimals: Int) {
    let scaled = value.magnitude * powersOfTen[decimals]
    // Below 2^51 the product is less than half a unit off: a number that had these decimals gets them back.
    guard scaled < 2_251_799_813_685_248 else { return appendShortest(value) }
    // Adding 2^52 leaves no bits for a fraction: the addition rounds to even.
    let digits = UInt64((scaled + 4_503_599_627_370_496) - 4_503_599_627_370_496)
    // What is rounded to zero loses its sign; a zero keeps it.
    if value.sign == .minus, digits > 0 || value == 0 { append(UInt8(ascii: "-")) }
    guard decimals > 0 else { return appendDecimal(digits) }
    let (whole, fraction) = digits.quotientAndRemainder(dividingBy: UInt64(powersOfTen[decimals]))
    appendDecimal(whole)
    append(UInt8(ascii: "."))
    appendDigits(fraction, count: decimals)
  }

  /// Appends the shortest decimal number that gives `value` back.
  mutating func appendShortest<T: BinaryFloatingPoint & CustomStringConvertible>(_ value: T) {
    append(contentsOf: value.isNaN ? "nan".utf8 : value.description.utf8)
  }
}
