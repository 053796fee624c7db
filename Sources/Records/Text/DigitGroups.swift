/// What stands between groups of three digits before the decimal point: 1,234,567.5.
public enum DigitGroups: UInt8, CaseIterable, Sendable {
  case comma = 1
  case point = 2
  case apostrophe = 3
  case blank = 4
  case underscore = 5

  /// The byte between two groups.
  package var byte: UInt8 {
    switch self {
    case .comma: UInt8(ascii: ",")
    case .point: UInt8(ascii: ".")
    case .apostrophe: UInt8(ascii: "'")
    case .blank: UInt8(ascii: " ")
    case .underscore: UInt8(ascii: "_")
    }
  }

  /// The number of digits in a group; the first may have fewer.
  private static let size = 3
  /// Longer cells are not numbers.
  private static let longest = 48

  /// The text without what stands between groups; nil if it has no groups, or if one has another number of digits.
  func removed(from text: UnsafeRawBufferPointer) -> [UInt8]? {
    guard text.count <= Self.longest, text.contains(byte) else { return nil }
    let begin = text.first == UInt8(ascii: "-") || text.first == UInt8(ascii: "+") ? 1 : 0
    let end = text[begin...].firstIndex { $0 != byte && $0 &- 0x30 > 9 } ?? text.count
    let groups = text[begin..<end].split(separator: byte, omittingEmptySubsequences: false)
    guard let first = groups.first, (1...Self.size).contains(first.count),
      groups.dropFirst().allSatisfy({ $0.count == Self.size }), !text[end...].contains(byte)
    else { return nil }
    return Array(text[..<begin]) + Array(groups.joined()) + Array(text[end...])
  }

  /// Inserts the byte between groups of the number that starts at `begin` and ends the text.
  func insert(into text: inout [UInt8], from begin: Int) {
    let first = begin < text.count && text[begin] == UInt8(ascii: "-") ? begin + 1 : begin
    var place = (text[first...].firstIndex { $0 &- 0x30 > 9 } ?? text.count) - Self.size
    while place > first {
      text.insert(byte, at: place)
      place -= Self.size
    }
  }
}
