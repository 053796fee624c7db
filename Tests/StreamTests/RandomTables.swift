@testable import EntropyCoding

/// Texts as tables have them.
enum RandomTables {
  /// A layout and a text that follows it more or less: cells of numbers, labels, quotes, bytes of any kind and marks for numbers
  /// that are elsewhere, in rows of about the same length.
  static func any(_ generator: inout SeededGenerator) -> (TextLayout, [UInt8]) {
    let separators: [UInt8?] =
      [",", ";", "\t", "|", "\0"].map { (character: Unicode.Scalar) in UInt8(ascii: character) } + [nil]
    let layout = TextLayout(
      separator: separators.randomElement(using: &generator) ?? nil,
      quote: [nil, UInt8(ascii: "\""), UInt8(ascii: "'")].randomElement(using: &generator) ?? nil,
      rowEnd: [UInt8(ascii: "\n"), UInt8(ascii: "\r")].randomElement(using: &generator) ?? 0)
    let columns = Int.random(in: 1...9, using: &generator)
    let kinds = (0..<columns).map { _ in Int.random(in: 0..<7, using: &generator) }
    var text: [UInt8] = []
    for row in 0..<Int.random(in: 0...300, using: &generator) {
      for column in 0..<columns {
        if column > 0 { text.append(layout.separator ?? UInt8(ascii: " ")) }
        switch kinds[column] {
        case 0: text += Array("\(row * 7)".utf8)
        case 1: text += Array("\(Double(Int.random(in: -9999...9999, using: &generator)) / 100)".utf8)
        case 2: text += Array(["north", "south", "NA", ""].randomElement(using: &generator)?.utf8 ?? "".utf8)
        case 3: text += Array("\"a,\(row % 5)\"\"\n\"".utf8)
        case 4: text.append(0)
        case 5: text.append(UInt8.random(in: 0...255, using: &generator))
        default: if Bool.random(using: &generator) { text.append(0x20) }
        }
      }
      if Int.random(in: 0..<40, using: &generator) == 0 { text.append(layout.separator ?? 0x09) }
      text.append(layout.rowEnd)
    }
    return (layout, text)
  }

  /// Rows of text, which LF ends.
  static func rows(_ count: Int, _ row: (Int) -> String) -> [UInt8] {
    Array((0..<count).map { row($0) + "\n" }.joined().utf8)
  }

  /// An hour in the form 2021-03-28 02:00:00, by how many hours it is after the start of 2021.
  static func hour(_ hours: Int) -> String {
    let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    var (day, month) = (hours / 24 % 365, 0)
    while day >= lengths[month] {
      day -= lengths[month]
      month += 1
    }
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(2021 + hours / 8760)-\(two(month + 1))-\(two(day + 1)) \(two(hours % 24)):00:00"
  }
}
