import ByteIO

/// The lines before the data of a Weka file (ARFF): `@relation`, an `@attribute` for each column, and `@data`.
struct ARFFHeader {
  /// The names of the columns, as ``ByteText``.
  private(set) var names: [String] = []
  /// Where the data begin.
  private(set) var end = 0
  /// How many lines are before them.
  private(set) var lines = 0

  /// The header that begins at `begin`; nil where there is none, or not all of it.
  init?(_ text: UnsafeRawBufferPointer, from begin: Int, lineEnd: UInt8) {
    let layout = TableText(lineEnd: lineEnd, quotesSpanLines: false)
    var position = begin
    while position < text.count {
      let line = layout.line(in: text, from: position)
      lines += 1
      let content = UnsafeRawBufferPointer(rebasing: text[position..<line.end])
      position = line.next
      guard layout.isRow(content) else { continue }
      var rest = content.drop { $0 == 0x20 || $0 == 0x09 }
      let word = Self.word(&rest)
      switch String(decoding: word, as: UTF8.self).lowercased() {
      case "@relation": continue
      case "@attribute": names.append(ByteText.text(of: Self.word(&rest)))
      case "@data":
        end = position
        return
      default: return nil
      }
    }
    return nil
  }

  /// Takes a word off, and the blanks behind it. A word may be in quotes of either kind.
  private static func word(_ rest: inout Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
    let word: Slice<UnsafeRawBufferPointer>
    if let quote = rest.first, [UInt8(ascii: "'"), UInt8(ascii: "\"")].contains(quote),
      let close = rest.dropFirst().firstIndex(of: quote)
    {
      word = rest[(rest.startIndex + 1)..<close]
      rest = rest[(close + 1)...]
    } else {
      word = rest.prefix { $0 != 0x20 && $0 != 0x09 }
      rest = rest.dropFirst(word.count)
    }
    rest = rest.drop { $0 == 0x20 || $0 == 0x09 }
    return word
  }
}
