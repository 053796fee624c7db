// Numbers in text. Plain decimals are parsed here; the standard library parses those that cannot be read exactly that
// way.

/// The value of a text field, if it is a number or a mark of a missing one.
struct FieldValue {
  var value: Double
  /// The number of digits after the point; `fullPrecision` if no fixed number of digits reproduces the value.
  var decimals: UInt8 = 0
  /// Whether the field marks a missing value: it is empty, or a word such as NA.
  var isMark = false

  /// The value where it is an integer, spelled as one.
  var integer: Int64? { decimals == 0 && !isMark ? Int64(exactly: value) : nil }

  /// Stands for as many digits as give a value back: for exponents, and more than nine decimals.
  static let fullPrecision: UInt8 = 255

  /// Longer words are not numbers.
  private static let longestWord = 48

  /// Parses a number in any spelling; nil for anything else.
  ///
  /// In addition to decimal numbers: nan and inf as printed by C, Python and Visual C++, the marks of missing values of
  /// pandas, and Fortran's exponents, 1.5D+03 and 1.5-103.
  init?(_ text: UnsafeRawBufferPointer) {
    if text.isEmpty {
      self.init(value: .nan, isMark: true)
      return
    }
    if let number = scanNumber(text, from: 0) {
      if number.end == text.count {
        self.init(value: number.value, decimals: number.decimals)
        return
      }
    }
    guard text.count <= Self.longestWord, Self.mayStartWord(text[0]) else { return nil }
    let word = String(decoding: text, as: UTF8.self).lowercased()
    switch word {
    case "nan", "+nan", "-nan", "nan(ind)", "-nan(ind)", "1.#ind", "-1.#ind", "1.#qnan", "-1.#qnan":
      self.init(value: .nan)
    case "inf", "+inf", "infinity", "+infinity", "1.#inf": self.init(value: .infinity)
    case "-inf", "-infinity", "-1.#inf": self.init(value: -.infinity)
    case "na", "n/a", "#n/a", "#na", "<na>", "null", "none": self.init(value: .nan, isMark: true)
    default:
      guard let value = Self.fortran(Array(word.utf8)) else { return nil }
      self.init(value: value, decimals: Self.fullPrecision)
    }
  }

  /// Whether a number or a mark that is not plain may start with a byte.
  private static func mayStartWord(_ byte: UInt8) -> Bool {
    byte &- 0x30 < 10 || "nNiI+-.#<".utf8.contains(byte)
  }

  private init(value: Double, decimals: UInt8 = 0, isMark: Bool = false) {
    self.value = value
    self.decimals = decimals
    self.isMark = isMark
  }

  /// Parses a number printed by Fortran: with D or Q for E, or without a letter before a three-digit exponent. It has a
  /// point.
  private static func fortran(_ word: [UInt8]) -> Double? {
    var word = word
    guard let point = word.firstIndex(of: UInt8(ascii: ".")) else { return nil }
    if let letter = word.lastIndex(where: { $0 == UInt8(ascii: "d") || $0 == UInt8(ascii: "q") }) {
      guard letter > point else { return nil }
      word[letter] = UInt8(ascii: "e")
    } else if let sign = word.lastIndex(where: { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }) {
      guard sign > point, word.count - sign == 4 else { return nil }
      word.insert(UInt8(ascii: "e"), at: sign)
    } else {
      return nil
    }
    return word.withUnsafeBytes { bytes in
      scanNumber(bytes, from: 0).flatMap { $0.end == bytes.count ? $0.value : nil }
    }
  }
}

/// A decimal number in a text.
struct ScannedNumber {
  var value: Double
  /// The position after it.
  var end: Int
  /// As in ``FieldValue``.
  var decimals: UInt8
}

/// Parses a decimal number at `begin`; nil if there is none, or binary64 does not represent it: an integer that would
/// be rounded, or a number that would be infinite.
///
/// Up to 2^53 as digits and a power of ten up to 22 are both exact in binary64, so one multiplication or division
/// rounds once, and the result is the nearest number (Clinger, How to read floating point numbers accurately, PLDI
/// 1990).
@inline(__always)
func scanNumber(_ text: UnsafeRawBufferPointer, from begin: Int) -> ScannedNumber? {
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
  scanDigits(text, from: &position, to: count, into: &digits)
  var digitCount = position - digitsBegin
  if position < count, text[position] == UInt8(ascii: ".") {
    position += 1
    let fractionBegin = position
    scanDigits(text, from: &position, to: count, into: &digits)
    exponent = fractionBegin - position
    digitCount -= exponent
  }
  guard digitCount > 0 else { return nil }
  var decimals = exponent >= -9 ? UInt8(truncatingIfNeeded: -exponent) : FieldValue.fullPrecision
  if position < count, text[position] | 0x20 == UInt8(ascii: "e") {
    guard let (power, end) = scanExponent(text, from: position + 1) else { return nil }
    exponent += power
    position = end
    decimals = FieldValue.fullPrecision
  }
  guard digitCount <= 19, digits <= 1 << 53, exponent.magnitude <= 22 else {
    guard let value = slowNumber(text, from: begin, to: position, digits: digits) else { return nil }
    return ScannedNumber(value: value, end: position, decimals: decimals)
  }
  let power = powersOfTen[Int(exponent.magnitude)]
  let value = exponent < 0 ? Double(digits) / power : Double(digits) * power
  return ScannedNumber(value: isNegative ? -value : value, end: position, decimals: decimals)
}

/// Parses the digits that start at `position`, eight at a time, and advances it past them.
///
/// - Parameters:
///   - limit: the end of the text, or the position of a byte that is not a digit.
///   - number: an integer modulo 2^64, to which the digits are appended.
@inline(__always)
func scanDigits(
  _ text: UnsafeRawBufferPointer, from position: inout Int, to limit: Int, into number: inout UInt64
) {
  while position &+ 8 <= text.count {
    let run = DigitRun(text, at: position)
    if run.count < 8 {
      guard run.count > 0 else { return }
      number = number &* wholePowersOfTen[run.count] &+ run.value
      position &+= run.count
      return
    }
    number = number &* 100_000_000 &+ run.value
    position &+= 8
  }
  while position < limit, case let digit = text[position] &- 0x30, digit < 10 {
    number = number &* 10 &+ UInt64(digit)
    position &+= 1
  }
}

/// Digits in a text, eight at most.
struct DigitRun {
  let count: Int
  private let digits: UInt64

  /// The digits that start at `position`; the text has eight bytes there.
  @inline(__always)
  init(_ text: UnsafeRawBufferPointer, at position: Int) {
    digits =
      UInt64(littleEndian: text.loadUnaligned(fromByteOffset: position, as: UInt64.self))
      ^ 0x3030_3030_3030_3030
    // The highest bit of each byte that is not a digit; exact up to the first of them.
    let others = (digits &+ 0x7676_7676_7676_7676 | digits) & 0x8080_8080_8080_8080
    count = others.trailingZeroBitCount >> 3
  }

  /// Their value; there is one at least.
  @inline(__always)
  var value: UInt64 { eightDigits(digits &<< UInt64(truncatingIfNeeded: 64 &- 8 &* count)) }
}

/// The value of eight digits, one per byte, the first in the lowest. (Lemire, Number parsing at a gigabyte per second, 2021.)
@inline(__always)
private func eightDigits(_ digits: UInt64) -> UInt64 {
  let mask: UInt64 = 0x0000_00FF_0000_00FF
  let pairs = digits &* 10 &+ digits >> 8
  let sum =
    (pairs & mask) &* (100 + 1_000_000 << 32) &+ (pairs >> 16 & mask) &* (1 + 10_000 << 32)
  return sum >> 32
}

let wholePowersOfTen: [UInt64] = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000]

/// The number nearest to a text of many digits; nil if binary64 does not represent it.
///
/// - Parameter digits: all digits as an integer, modulo 2^64.
@inline(never)
private func slowNumber(
  _ text: UnsafeRawBufferPointer, from begin: Int, to end: Int, digits: UInt64
) -> Double? {
  let text = UnsafeRawBufferPointer(rebasing: text[begin..<end])
  guard let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite else { return nil }
  let isInteger = !text.contains { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }
  guard isInteger, value.magnitude >= 0x1p53 else { return value }
  // The nearest number is less than 2^64 from the integer, so 64 bits show whether it is equal. Thus identifiers and
  // times that would be rounded are reported. Nobody writes identifiers of 2^117 or more.
  let significand = value.significandBitPattern | 1 << 52
  return significand << UInt64(value.exponent - 52) == digits ? value : nil
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
    // A greater exponent gives 0 or infinity, which the standard library decides.
    if power < 100_000 { power = power * 10 + Int(digit) }
    position += 1
  }
  guard position > digitsBegin else { return nil }
  return (isNegative ? -power : power, position)
}

/// The powers of ten that binary64 represents exactly.
package let powersOfTen: [Double] = [
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
]
