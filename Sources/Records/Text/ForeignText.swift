/// A text that is no table of numbers, by its first bytes: what it is, and how it becomes one.
public enum ForeignText: Equatable, Sendable {
  case utf16
  case json
  case matrixMarket
  /// A line of Excel that names the separator.
  case separatorLine

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

  /// Whether every second byte is zero and the others are not, as those of Latin letters in UTF-16 are.
  private static func alternatesWithZeros(_ prefix: ArraySlice<UInt8>) -> Bool {
    let bytes = Array(prefix.prefix(64))
    guard bytes.count >= 8 else { return false }
    return (0...1).contains { zero in
      bytes.indices.allSatisfy { (bytes[$0] == 0) == ($0 % 2 == zero) }
    }
  }

  /// What it is and what to do, for the file called `name`.
  func text(_ name: String) -> String {
    let file = name == "-" || name == "standard input" ? "FILE" : name
    return switch self {
    case .utf16: "is text in UTF-16; convert it: iconv -f UTF-16 -t UTF-8 \(file) > NEW.csv"
    case .json:
      "is JSON; make a table of it: jq -r '.[] | @csv' \(file) > NEW.csv (jq -r 'map(.) | @csv' for lines of objects)"
    case .matrixMarket:
      "is a Matrix Market file; read it with scipy.io.mmread, and save the array with numpy.save"
    case .separatorLine: "line 1 names the separator, for Excel; remove it: sed 1d \(file) > NEW.csv"
    }
  }
}
