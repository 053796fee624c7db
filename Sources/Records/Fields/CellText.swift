/// A value of a record as the text of a cell, and back, bit for bit.
///
/// - Integers are decimal.
/// - Floating-point numbers have as few digits as give them back; NaN, and what digits would not give back, is "0x" and its bits.
/// - Text of bytes is itself, and that of characters UTF-8, without the zeros at its end. A control character, a backslash, and
///   a blank, `#` or `%` in front are `\x` and two digits, what is no character of Unicode `\u` and eight; no text at all is
///   `\e`. Digits are hexadecimal.
/// - Untyped bytes are two hexadecimal digits each.
///
/// So no cell holds a tab or the end of a line, and none is empty.
struct CellText {
  private let kind: RecordField.Kind
  private let bigEndian: Bool

  init(_ field: RecordField) { (kind, bigEndian) = (field.kind, field.bigEndian) }

  /// Appends the text of a value, from its bytes in the record.
  func append(_ value: UnsafeRawBufferPointer, to text: inout [UInt8]) {
    switch kind {
    case .number(let type): Self.append(Self.bits(value, bigEndian), type, to: &text)
    case .untyped: for byte in value { text.appendHex(byte) }
    case .bytes:
      let content = value.prefix((value.lastIndex { $0 != 0 } ?? -1) + 1)
      if content.isEmpty { text += Self.nothing }
      for (place, byte) in content.enumerated() {
        if Self.isPlain(UInt32(byte), isFirst: place == 0) {
          text.append(byte)
        } else {
          text.appendEscape("x", UInt64(byte), digits: 2)
        }
      }
    case .characters:
      let count = value.count / 4
      func character(_ place: Int) -> UInt32 {
        let character = value.loadUnaligned(fromByteOffset: 4 * place, as: UInt32.self)
        return bigEndian ? UInt32(bigEndian: character) : UInt32(littleEndian: character)
      }
      guard let last = (0..<count).last(where: { character($0) != 0 }) else {
        text += Self.nothing
        return
      }
      for place in 0...last {
        let character = character(place)
        if !Self.isPlain(character, isFirst: place == 0) {
          text.appendEscape("x", UInt64(character), digits: 2)
        } else if let scalar = Unicode.Scalar(character) {
          text += Unicode.UTF8.encode(scalar).map(Array.init) ?? []
        } else {
          text.appendEscape("u", UInt64(character), digits: 8)
        }
      }
    }
  }

  /// Writes the value of a text into its place in the record, which is filled with zeros.
  ///
  /// - Returns: whether the text is one of such a value.
  func read(_ text: UnsafeRawBufferPointer, into value: UnsafeMutableRawBufferPointer) -> Bool {
    switch kind {
    case .number(let type):
      guard let bits = Self.bits(of: text, type) else { return false }
      Self.store(bits, value, bigEndian)
      return true
    case .untyped:
      guard text.count == 2 * value.count else { return false }
      for place in 0..<value.count {
        guard let byte = Self.hex(text, at: 2 * place, digits: 2) else { return false }
        value[place] = UInt8(truncatingIfNeeded: byte)
      }
      return true
    case .bytes:
      var count = 0
      return Self.unescape(text, isUnicode: false) { character in
        guard count < value.count, character < 256 else { return false }
        value[count] = UInt8(truncatingIfNeeded: character)
        count += 1
        return true
      }
    case .characters:
      var count = 0
      return Self.unescape(text, isUnicode: true) { character in
        guard count < value.count / 4 else { return false }
        let stored = bigEndian ? character.bigEndian : character.littleEndian
        value.storeBytes(of: stored, toByteOffset: 4 * count, as: UInt32.self)
        count += 1
        return true
      }
    }
  }

  /// The text without escapes, for people: what is no character of Unicode is replaced.
  func shown(_ text: UnsafeRawBufferPointer) -> [UInt8] {
    switch kind {
    case .number, .untyped: return Array(text)
    case .bytes, .characters:
      var shown: [UInt8] = []
      let isUnicode = if case .characters = kind { true } else { false }
      _ = Self.unescape(text, isUnicode: isUnicode) { character in
        if isUnicode {
          shown += Unicode.UTF8.encode(Unicode.Scalar(character) ?? "\u{FFFD}").map(Array.init) ?? []
        } else {
          shown.append(UInt8(truncatingIfNeeded: character))
        }
        return true
      }
      return shown
    }
  }

  /// The text of no characters.
  private static let nothing = Array("\\e".utf8)

  private static func isPlain(_ character: UInt32, isFirst: Bool) -> Bool {
    if character < 0x20 || character == 0x7F || character == 0x5C { return false }
    return !(isFirst && [0x20, 0x23, 0x25].contains(character))
  }
}

// Numbers.
extension CellText {
  /// The bits of a number that lies somewhere in memory.
  @inline(__always)
  static func bits(_ value: UnsafeRawBufferPointer, _ bigEndian: Bool) -> UInt64 {
    var bits: UInt64 = 0
    for place in 0..<value.count {
      bits = bits << 8 | UInt64(value[bigEndian ? place : value.count &- 1 &- place])
    }
    return bits
  }

  @inline(__always)
  static func store(_ bits: UInt64, _ value: UnsafeMutableRawBufferPointer, _ bigEndian: Bool) {
    var rest = bits
    for place in 0..<value.count {
      value[bigEndian ? value.count &- 1 &- place : place] = UInt8(truncatingIfNeeded: rest)
      rest >>= 8
    }
  }

  private static func append(_ bits: UInt64, _ type: ElementType, to text: inout [UInt8]) {
    switch type {
    case .u8: text.appendDecimal(bits)
    case .i8: text.appendDecimal(Int64(bitPattern: bits))
    case .f2, .f4, .f8:
      let begin = text.count
      let value = type.value(bits: bits)
      if value.isFinite {
        if type == .f8 { text.appendShortest(value) } else { text.appendShortest(Float(value)) }
        let back = text.withUnsafeBytes {
          Self.bits(of: UnsafeRawBufferPointer(rebasing: $0[begin...]), type)
        }
        if back == bits { return }
        text.removeSubrange(begin...)
      }
      text += "0x".utf8
      text.appendHexDigits(bits, digits: 2 * type.size)
    default: text.appendDecimal(Int64(type.value(bits: bits)))
    }
  }

  private static func bits(of text: UnsafeRawBufferPointer, _ type: ElementType) -> UInt64? {
    if type.isInteger { return integer(text, type) }
    if text.starts(with: "0x".utf8) {
      guard text.count == 2 + 2 * type.size else { return nil }
      return hex(text, at: 2, digits: 2 * type.size)
    }
    guard let number = scanNumber(text, from: 0), number.end == text.count else { return nil }
    return type.bits(nearest: number.value)
  }

  private static func integer(_ text: UnsafeRawBufferPointer, _ type: ElementType) -> UInt64? {
    let isNegative = text.first == UInt8(ascii: "-")
    let digits = text.dropFirst(isNegative ? 1 : 0)
    guard (1...20).contains(digits.count) else { return nil }
    var size: UInt64 = 0
    for digit in digits {
      let number = digit &- 0x30
      let (product, overflow) = size.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(UInt64(number))
      guard number < 10, !overflow, !carry else { return nil }
      size = sum
    }
    if type == .u8 { return isNegative ? nil : size }
    guard size <= (isNegative ? 1 << 63 : 1 << 63 - 1) else { return nil }
    let value = isNegative ? 0 &- Int64(bitPattern: size) : Int64(bitPattern: size)
    if type == .i8 { return UInt64(bitPattern: value) }
    let mask: UInt64 = 1 << UInt64(8 * type.size) - 1
    let bits = UInt64(bitPattern: value) & mask
    return type.value(bits: bits) == Double(value) && value.magnitude < 1 << 33 ? bits : nil
  }
}

// Escapes.
extension CellText {
  private static func hex(_ text: UnsafeRawBufferPointer, at begin: Int, digits: Int) -> UInt64? {
    guard begin + digits <= text.count else { return nil }
    var value: UInt64 = 0
    for byte in text[begin..<begin + digits] {
      let digit: UInt8
      switch byte {
      case 0x30...0x39: digit = byte &- 0x30
      case 0x61...0x66: digit = byte &- 0x57
      default: return nil
      }
      value = value << 4 | UInt64(digit)
    }
    return value
  }

  /// Gives the characters of a text, or its bytes; false where it is none, or `body` refuses one.
  private static func unescape(
    _ text: UnsafeRawBufferPointer, isUnicode: Bool, _ body: (UInt32) -> Bool
  ) -> Bool {
    if text.elementsEqual(nothing) { return true }
    var position = 0
    while position < text.count {
      let byte = text[position]
      if byte == UInt8(ascii: "\\") {
        guard position + 1 < text.count else { return false }
        let digits =
          switch text[position + 1] {
          case UInt8(ascii: "x"): 2
          case UInt8(ascii: "u") where isUnicode: 8
          default: 0
          }
        guard digits > 0, let value = hex(text, at: position + 2, digits: digits),
          body(UInt32(truncatingIfNeeded: value))
        else { return false }
        position += 2 + digits
      } else if !isUnicode || byte < 0x80 {
        guard body(UInt32(byte)) else { return false }
        position += 1
      } else {
        let rest = UnsafeRawBufferPointer(rebasing: text[position..<min(text.count, position + 4)])
        var iterator = rest.makeIterator()
        var decoder = Unicode.UTF8()
        guard case .scalarValue(let scalar) = decoder.decode(&iterator), body(scalar.value) else {
          return false
        }
        position += Unicode.UTF8.width(scalar)
      }
    }
    return true
  }
}

extension [UInt8] {
  fileprivate mutating func appendHexDigits(_ value: UInt64, digits: Int) {
    for place in stride(from: 4 * (digits - 1), through: 0, by: -4) {
      let digit = UInt8(truncatingIfNeeded: value >> UInt64(place) & 15)
      append(digit < 10 ? 0x30 + digit : 0x57 + digit)
    }
  }

  fileprivate mutating func appendHex(_ byte: UInt8) { appendHexDigits(UInt64(byte), digits: 2) }

  fileprivate mutating func appendEscape(_ letter: Unicode.Scalar, _ value: UInt64, digits: Int) {
    append(UInt8(ascii: "\\"))
    append(UInt8(ascii: letter))
    appendHexDigits(value, digits: digits)
  }
}
