/// A text that is not a table of numbers, by its first bytes: its kind in words.
public enum ForeignText: String, Sendable {
  case json = "is JSON"
  case matrixMarket = "is a Matrix Market file"

  init?(_ prefix: ArraySlice<UInt8>) {
    let text = prefix.drop { [0x20, 0x09, 0x0D, 0x0A].contains($0) }
    if text.starts(with: "%%MatrixMarket".utf8) {
      self = .matrixMarket
    } else if text.starts(with: "{".utf8) || text.starts(with: "[[".utf8) || text.starts(with: "[{".utf8) {
      self = .json
    } else {
      return nil
    }
  }
}
