/// A number with a decimal comma: "1,5".
struct CommaNumber {
  /// Whether it may be an integer with groups of three digits instead: "1,500".
  let maybeGroups: Bool

  /// Nil unless the text has exactly one comma, and is a number with a point in its place.
  init?(_ text: UnsafeRawBufferPointer) {
    let comma = UInt8(ascii: ",")
    guard let place = text.firstIndex(of: comma), !text[(place + 1)...].contains(comma), text.count <= 48,
      !text.contains(UInt8(ascii: "."))
    else { return nil }
    var number = Array(text)
    number[place] = UInt8(ascii: ".")
    guard number.withUnsafeBytes({ FieldValue($0) != nil }) else { return nil }
    let whole = text[..<place].drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
    let rest = text[(place + 1)...]
    maybeGroups =
      (1...3).contains(whole.count) && whole.first != UInt8(ascii: "0") && rest.count == 3
      && rest.allSatisfy { (0x30...0x39).contains($0) }
  }
}

/// Exchanges points and commas in a line, so that numbers with decimal commas can be read as others are.
func exchangingCommas(_ line: UnsafeRawBufferPointer, into buffer: inout [UInt8]) {
  buffer.removeAll(keepingCapacity: true)
  for byte in line {
    switch byte {
    case UInt8(ascii: ","): buffer.append(UInt8(ascii: "."))
    case UInt8(ascii: "."): buffer.append(UInt8(ascii: ","))
    default: buffer.append(byte)
    }
  }
}
