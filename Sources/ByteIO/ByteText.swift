/// A one-to-one mapping between bytes and text.
///
/// File names, and column names in a table, are bytes that are usually UTF-8, but need not be. A byte that is not part
/// of valid UTF-8 becomes the private-use scalar U+10FF00 + byte. So does each byte of such a scalar that the name
/// itself contains.
package enum ByteText {
  /// The scalars that stand for bytes 0x80 to 0xFF. Bytes below 0x80 are always valid UTF-8.
  private static let scalars: ClosedRange<UInt32> = 0x10FF80...0x10FFFF

  /// The text that stands for `name`.
  package static func text(of name: some Sequence<UInt8>) -> String {
    let bytes = Array(name)
    if let text = String(validating: bytes, as: UTF8.self), !text.unicodeScalars.contains(where: isByte) {
      return text
    }
    var text = String.UnicodeScalarView()
    var parser = Unicode.UTF8.ForwardParser()
    var source = bytes.makeIterator()
    var position = 0
    while true {
      switch parser.parseScalar(from: &source) {
      case .valid(let encoded):
        let scalar = Unicode.UTF8.decode(encoded)
        let count = encoded.count
        if isByte(scalar) {
          append(bytes[position..<position + count], to: &text)
        } else {
          text.append(scalar)
        }
        position += count
      case .error(let count):
        append(bytes[position..<position + count], to: &text)
        position += count
      case .emptyInput: return String(text)
      }
    }
  }

  /// The name that `text` stands for: the inverse of ``text(of:)``.
  package static func bytes(of text: some StringProtocol) -> [UInt8] {
    guard text.unicodeScalars.contains(where: isByte) else { return Array(text.utf8) }
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      if isByte(scalar) {
        bytes.append(UInt8(truncatingIfNeeded: scalar.value))
      } else {
        bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      }
    }
    return bytes
  }

  /// The text in printable form: control characters and bytes that are not UTF-8 become `\xNN`.
  ///
  /// - Parameter keepsLines: whether line feeds stay.
  package static func shown(_ text: String, keepsLines: Bool = false) -> String {
    func isHidden(_ scalar: Unicode.Scalar) -> Bool {
      isByte(scalar) || scalar.value < 0x20 && !(keepsLines && scalar == "\n")
        || (0x7F...0x9F).contains(scalar.value)
    }
    guard text.unicodeScalars.contains(where: isHidden) else { return text }
    var shown = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if isHidden(scalar) {
        let digits = String(scalar.value & 0xFF, radix: 16, uppercase: true)
        shown.append(contentsOf: (digits.count < 2 ? "\\x0" : "\\x").unicodeScalars)
        shown.append(contentsOf: digits.unicodeScalars)
      } else {
        shown.append(scalar)
      }
    }
    return String(shown)
  }

  /// The text with bytes that are not UTF-8 as `\xNN`, and everything else unchanged.
  package static func withoutBytes(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isByte) else { return text }
    return text.unicodeScalars.reduce(into: "") { $0 += isByte($1) ? shown(String($1)) : String($1) }
  }

  private static func isByte(_ scalar: Unicode.Scalar) -> Bool { scalars.contains(scalar.value) }

  private static func append(_ bytes: ArraySlice<UInt8>, to text: inout String.UnicodeScalarView) {
    // Bytes below 0x80 are always valid UTF-8, so every byte here is at least 0x80.
    for byte in bytes {
      if let scalar = Unicode.Scalar(scalars.lowerBound - 0x80 + UInt32(byte)) { text.append(scalar) }
    }
  }
}
