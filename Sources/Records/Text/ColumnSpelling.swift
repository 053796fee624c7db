import ByteIO

/// The spelling of the numbers in a text column: numbers in this spelling are reproduced byte for byte.
package struct ColumnSpelling: Hashable, Sendable {
  /// The form of a number.
  package enum Form: Hashable, Sendable {
    /// A fixed number of digits after the point, 0 to ``maximumDecimals``.
    case fixed(decimals: Int)
    /// The shortest digits that identify the binary64 number, as in Python and JavaScript.
    ///
    /// - hasPointZero: whether integers end in ".0".
    case shortest(hasPointZero: Bool)
  }

  /// The maximum number of digits after the point of a fixed form.
  package static let maximumDecimals = 15
  /// Binary64 preserves any number of up to this many digits.
  fileprivate static let exactDigits = 15

  /// The form of the numbers.
  package var form: Form
  /// The width to which numbers are padded with leading blanks (0 to 255), as by printf; 0 for none.
  package var width: Int
  /// For the shortest form, the most digits after the point (0 to ``maximumDecimals``), to which other numbers than those of
  /// the text are rounded; nil for as many as a number takes.
  package var most: Int?
  /// Whether digits before the point are in groups, see ``TableText/groups``.
  package var hasGroups = false

  /// Creates a spelling; by default without padding, rounding or groups.
  package init(_ form: Form, width: Int = 0, most: Int? = nil, hasGroups: Bool = false) {
    self.form = form
    self.width = width
    self.hasGroups = hasGroups
    if case .shortest = form { self.most = most }
  }

  /// The digits after the point, if they are a fixed number of at most 9.
  var decimals: Int? { if case .fixed(let decimals) = form, decimals <= 9 { decimals } else { nil } }

  /// A number in a text, and its end.
  struct Found {
    var value: Double
    var end: Int
  }

  /// Parses the number at `begin` if it has this spelling: ``append(_:to:_:isPrecise:)`` then gives the same bytes.
  ///
  /// A negative zero is not accepted, because models do not preserve its sign.
  ///
  /// - Parameters:
  ///   - end: the end of the line; of the cell, if there are groups of digits.
  ///   - layout: the decimal point, and what stands between groups.
  @inline(__always)
  func find(in text: UnsafeRawBufferPointer, from begin: Int, to end: Int, _ layout: TableText) -> Found? {
    if hasGroups { return findGroups(in: text, from: begin, to: end, layout) }
    let point = layout.point
    let scan = PlainDecimal(text, from: begin, to: end, point: point)
    switch form {
    case .fixed(let decimals):
      guard scan.isCanonical, scan.decimals == decimals, scan.digits <= Self.exactDigits else { return nil }
      return Found(value: scan.value, end: scan.end)
    case .shortest(let hasPointZero):
      if scan.isOrdinary {
        return scan.isShortest(hasPointZero: hasPointZero) ? Found(value: scan.value, end: scan.end) : nil
      }
      return Self.slowShortest(in: text, from: begin, to: end, point: point, hasPointZero: hasPointZero)
    }
  }

  /// Parses a number, and verifies it by writing it again.
  @inline(never)
  private static func slowShortest(
    in text: UnsafeRawBufferPointer, from begin: Int, to end: Int, point: UInt8, hasPointZero: Bool
  ) -> Found? {
    var position = begin
    var word: [UInt8] = []
    while position < end, word.count <= 32, case let byte = text[position],
      byte &- 0x30 < 10 || byte == point || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
        || byte | 0x20 == UInt8(ascii: "e")
    {
      word.append(byte == point ? UInt8(ascii: ".") : byte)
      position += 1
    }
    guard let number = word.withUnsafeBytes({ scanNumber($0, from: 0) }), number.end == word.count,
      number.value != 0
    else { return nil }
    var again: [UInt8] = []
    ColumnSpelling(.shortest(hasPointZero: hasPointZero)).append(number.value, to: &again, TableText())
    return again == word ? Found(value: number.value, end: position) : nil
  }

  /// Parses a number whose cell ends at `end`, and verifies it by writing it again.
  @inline(never)
  private func findGroups(
    in text: UnsafeRawBufferPointer, from begin: Int, to end: Int, _ layout: TableText
  ) -> Found? {
    let word = UnsafeRawBufferPointer(rebasing: text[begin..<end])
    guard let value = layout.value(word)?.value, value.isFinite, value != 0 || value.sign == .plus else {
      return nil
    }
    var again: [UInt8] = []
    append(value, to: &again, layout, isPrecise: true)
    return again.elementsEqual(word) ? Found(value: value, end: end) : nil
  }

  /// Appends a number without padding.
  ///
  /// - Parameters:
  ///   - layout: the decimal point, and what stands between groups.
  ///   - isPrecise: whether a number that the decimals would round is written in full.
  func append(_ value: Double, to text: inout [UInt8], _ layout: TableText, isPrecise: Bool = false) {
    let begin = text.count
    switch form {
    case .fixed(let decimals):
      if !text.appendFixed(value, decimals: decimals), isPrecise {
        text.removeSubrange(begin...)
        text.appendShortest(value)
      }
    case .shortest(let hasPointZero):
      text.appendShortest(isPrecise ? value : rounded(value))
      if !hasPointZero, text.count - begin > 2, text.suffix(2).elementsEqual(".0".utf8) { text.removeLast(2) }
    }
    if layout.point != UInt8(ascii: ".") {
      for i in begin..<text.count where text[i] == UInt8(ascii: ".") { text[i] = layout.point }
    }
    if hasGroups { layout.groups?.insert(into: &text, from: begin) }
  }
}

extension ColumnSpelling {
  /// The digits after the point to which numbers are rounded; nil for as many as a number takes.
  package var roundedDecimals: Int? { if case .fixed(let decimals) = form { decimals } else { most } }

  /// A number rounded to the most digits after the point.
  private func rounded(_ value: Double) -> Double {
    guard let most, case let unit = powersOfTen[most], (value * unit).magnitude < 0x1p51 else { return value }
    let number = (value * unit).rounded(.toNearestOrEven)
    return number == 0 ? 0 : number / unit
  }

  private static let groupsFlag: UInt8 = 0x40

  /// Appends the spelling in two bytes.
  package func encode(into writer: inout ByteWriter) {
    let flags = hasGroups ? Self.groupsFlag : 0
    switch form {
    case .fixed(let decimals): writer.append(flags | UInt8(decimals))
    case .shortest(let hasPointZero):
      writer.append(flags | 0x80 | (hasPointZero ? 1 : 0) | (most.map { UInt8($0 + 1) << 1 } ?? 0))
    }
    writer.append(UInt8(width))
  }

  /// Parses what ``encode(into:)`` wrote; nil for anything else.
  package init?(_ form: UInt8, width: UInt8) {
    hasGroups = form & Self.groupsFlag != 0
    let form = form & ~Self.groupsFlag
    switch form {
    case 0...UInt8(Self.maximumDecimals): self.form = .fixed(decimals: Int(form))
    case 0x80...0x81 + 2 * UInt8(Self.maximumDecimals + 1):
      self.form = .shortest(hasPointZero: form & 1 == 1)
      let digits = form >> 1 & 0x1F
      most = digits == 0 ? nil : Int(digits) - 1
    default: return nil
    }
    self.width = Int(width)
  }
}

/// A number of plain digits, with or without sign and point, as scanned in a single pass.
struct PlainDecimal {
  private(set) var end: Int
  /// Whether there is a number of at most 18 digits, without superfluous leading zeros, and not a negative zero.
  private(set) var isCanonical = false
  /// The number of digits after the point, and of all digits.
  private(set) var decimals = 0
  private(set) var digits = 0
  /// Whether an exponent may follow.
  private(set) var hasExponent = false
  private var isNegative = false
  private var number: UInt64 = 0

  private static let maximumDigits = 18

  @inline(__always)
  init(_ text: UnsafeRawBufferPointer, from begin: Int, to limit: Int, point: UInt8) {
    var position = begin
    if position < limit, text[position] == UInt8(ascii: "-") {
      isNegative = true
      position &+= 1
    }
    let whole = position
    scanDigits(text, from: &position, to: limit, into: &number)
    digits = position &- whole
    let isPlain = digits == 1 || digits > 1 && text[whole] != 0x30
    if position < limit, text[position] == point {
      let fraction = position &+ 1
      position = fraction
      scanDigits(text, from: &position, to: limit, into: &number)
      decimals = position &- fraction
      digits &+= decimals
      isCanonical = isPlain && decimals > 0
    } else {
      isCanonical = isPlain
    }
    isCanonical = isCanonical && digits <= Self.maximumDigits && !(isNegative && number == 0)
    hasExponent = position < limit && text[position] | 0x20 == UInt8(ascii: "e")
    end = position
  }

  /// Whether binary64 gives all of its digits back, and the shortest form has no exponent.
  @inline(__always)
  var isOrdinary: Bool { isCanonical && digits <= ColumnSpelling.exactDigits && !hasExponent && !isTiny }

  /// The nearest number, for up to 15 digits.
  @inline(__always)
  var value: Double {
    let value = Double(number) / powersOfTen[decimals]
    return isNegative ? -value : value
  }

  /// Whether the shortest form may use an exponent.
  var isTiny: Bool { decimals > 4 && number < UInt64(powersOfTen[decimals &- 4]) }

  /// Whether no shorter text identifies the number; valid for up to 15 digits that are not tiny.
  @inline(__always)
  func isShortest(hasPointZero: Bool) -> Bool {
    if decimals == 0 { return !hasPointZero }
    return number % 10 != 0 || hasPointZero && decimals == 1
  }
}
