/// A text that is not a table of numbers, by its first bytes: its kind in words.
public enum ForeignText: String, Sendable {
  case utf16 = "is UTF-16 text"
  case json = "is JSON"
  case matrixMarket = "is a Matrix Market file"
  /// A line for Excel that names the separator.
  case separatorLine = "line 1 names the separator for Excel"

  init?(_ prefix: ArraySlice<UInt8>) {
    let marks: [[UInt8]] = [[0xFF, 0xFE], [0xFE, 0xFF]]
    let text = prefix.drop { [0x20, 0x09, 0x0D, 0x0A].contains($0) }
    if marks.contains(where: prefix.starts(with:)) || Self.alternatesWithZeros(prefix) {
      self = .utf16
    } else if text.starts(with: "%%MatrixMarket".utf8) {
      self = .matrixMarket
    } else if text.starts(with: "{".utf8) || text.starts(with: "[[".utf8) || text.starts(with: "[{".utf8) {
      self = .json
    } else if text.starts(with: "sep=".utf8) {
      self = .separatorLine
    } else {
      return nil
    }
  }

  /// Whether zero and non-zero bytes alternate, as in Latin letters in UTF-16.
  private static func alternatesWithZeros(_ prefix: ArraySlice<UInt8>) -> Bool {
    let bytes = Array(prefix.prefix(64))
    guard bytes.count >= 8 else { return false }
    return (0...1).contains { zero in
      bytes.indices.allSatisfy { (bytes[$0] == 0) == ($0 % 2 == zero) }
    }
  }
}
