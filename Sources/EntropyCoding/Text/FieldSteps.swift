/// Predicts a cell by continuing the numbers of the cell above: by their step from the row before, or by one.
///
/// A number is a run of digits. Dates, times and versions contain several, each with its own step.
struct FieldSteps: ~Copyable {
  /// The maximum number of bytes predicted per cell.
  private static let maximumLength = 40
  /// The maximum number of digits parsed as one number: its double is below 2^63.
  private static let maximumDigits = 17

  /// The cell above, plus its step from the cell above that.
  private(set) var stepped = Guess()
  /// The cell above, plus one.
  private(set) var increased = Guess()
  /// For each byte of the cell above, a hash of what follows its number.
  private let rests = FixedBuffer<UInt32>(repeating: 0, count: maximumLength)
  private var restCount = 0

  /// A predicted cell, and whether the current one has agreed with it so far.
  struct Guess: ~Copyable {
    private let bytes = FixedBuffer<UInt8>(repeating: 0, count: 2 * maximumLength)
    private var count = 0
    private(set) var holds = true

    /// The byte at an offset; 1 after the end, 0 once the prediction was wrong.
    @inline(__always)
    func byte(_ offset: Int) -> UInt32 { !holds ? 0 : offset < count ? UInt32(bytes[offset]) : 1 }

    @inline(__always)
    mutating func check(_ byte: UInt8, at offset: Int) {
      if holds { holds = offset < count && bytes[offset] == byte }
    }

    fileprivate mutating func reset() {
      count = 0
      holds = true
    }

    fileprivate mutating func append(_ byte: UInt8) {
      guard count < bytes.count else { return }
      bytes[count] = byte
      count &+= 1
    }

    /// Appends a number from 0 to 2^62, padded with zeros to a width.
    fileprivate mutating func append(_ number: Int, width: Int) {
      var digits = 1
      var bound = 10
      while number >= bound, digits < 18 {
        bound = bound &* 10
        digits &+= 1
      }
      digits = max(digits, width)
      guard count &+ digits <= bytes.count else { return }
      var rest = number
      for place in (count..<count &+ digits).reversed() {
        bytes[place] = 0x30 &+ UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
      }
      count &+= digits
    }
  }

  /// A hash of what follows the number at an offset in the cell above.
  @inline(__always)
  func rest(_ offset: Int) -> UInt32 { offset < restCount ? rests[offset] : 0 }

  /// Compares the byte at an offset of the current cell with the predictions.
  @inline(__always)
  mutating func check(_ byte: UInt8, at offset: Int) {
    stepped.check(byte, at: offset)
    increased.check(byte, at: offset)
  }

  /// Predicts the cell at a cursor.
  mutating func begin(_ cursor: borrowing TableCursor) {
    let text = cursor.text
    let (above, above2) = (cursor.above, cursor.above2)
    let end = above.begin &+ min(above.count, Self.maximumLength)
    let end2 = above2.begin &+ min(above2.count, Self.maximumLength)
    stepped.reset()
    increased.reset()
    restCount = end &- above.begin
    var (place, place2) = (above.begin, above2.begin)
    while place < end {
      let byte = text[place]
      guard Self.isDigit(byte) else {
        stepped.append(byte)
        increased.append(byte)
        place &+= 1
        continue
      }
      let begin = place
      let number = Self.number(text, &place, end)
      while place2 < end2, !Self.isDigit(text[place2]) { place2 &+= 1 }
      let begin2 = place2
      let number2 = Self.number(text, &place2, end2)
      let (digits, digits2) = (place &- begin, place2 &- begin2)
      let next = digits2 > 0 ? max(0, 2 &* number &- number2) : number
      stepped.append(next, width: byte == 0x30 || digits == digits2 ? digits : 1)
      increased.append(number &+ 1, width: digits)
    }
    var hash: UInt32 = 0
    var rest: UInt32 = 0
    while place > above.begin {
      place &-= 1
      if !Self.isDigit(text[place]) { rest = hash }
      hash = mixed(hash, UInt32(text[place]))
      rests[place &- above.begin] = rest
    }
  }

  @inline(__always)
  private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

  /// Parses digits from a position on.
  @inline(__always)
  private static func number(_ text: UnsafeMutablePointer<UInt8>, _ place: inout Int, _ end: Int) -> Int {
    var number = 0
    let last = min(end, place &+ maximumDigits)
    while place < last, isDigit(text[place]) {
      number = number &* 10 &+ Int(text[place] &- 0x30)
      place &+= 1
    }
    return number
  }
}
