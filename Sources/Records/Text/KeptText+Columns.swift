extension KeptText {
  /// The names of all columns of the file; nil if there are none.
  ///
  /// - Parameter values: the names of columns of numbers, which tell the line of names from others before the rows; nil where
  ///   there are none.
  package func columnNames(values: [String]?) -> [String]? {
    guard values != nil || numberColumns.isEmpty else { return nil }
    return prefaceLines.lazy.map { self.names(in: $0) }.first { names in
      names.count == spellings.count && (values == nil || numberColumns.map { names[$0] } == values)
    }
  }

  /// The whole lines before the rows.
  private var prefaceLines: [Range<Int>] {
    var (lines, begin): ([Range<Int>], Int) = ([], 0)
    while let end = preface[begin...].firstIndex(of: layout.lineEnd) {
      lines.append(begin..<end + 1)
      begin = end + 1
    }
    return lines
  }

  private func names(in line: Range<Int>) -> [String] {
    let separators = layout.separator == .blanks ? 0 : rowEnd.prefix { $0 == layout.separator.byte }.count
    let parser = RowParser(separator: layout.separator, trailingSeparators: separators)
    return preface[line].withUnsafeBytes { bytes in
      let mark = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
      let end = layout.line(in: bytes, from: 0).end
      guard mark < end else { return [] }
      return parser.fields(of: UnsafeRawBufferPointer(rebasing: bytes[mark..<end])).map(parser.columnName)
    }
  }

  /// The text of the chosen columns alone.
  package func selecting(_ isChosen: [Bool]) -> KeptText {
    var kept = self
    kept.spellings = spellings.indices.filter { isChosen[$0] }.map { spellings[$0] }
    kept.preface = []
    for line in prefaceLines {
      guard names(in: line).count == spellings.count else {
        kept.preface += preface[line]
        continue
      }
      preface[line].withUnsafeBytes { bytes in
        let begin = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        let end = layout.line(in: bytes, from: 0).end
        kept.preface += bytes[..<begin]
        append(isChosen, of: bytes, begin, end, to: &kept.preface)
        kept.preface += bytes[end...]
      }
    }
    kept.preface += preface[(prefaceLines.last?.upperBound ?? 0)...]
    return kept
  }

  /// The chosen columns of rows; lines without a row as they are.
  package func selecting(_ isChosen: [Bool], in text: RowText) -> RowText {
    var (bytes, ends): ([UInt8], [Int]) = ([], [])
    text.bytes.withUnsafeBytes { text in
      var position = 0
      while position < text.count {
        let line = layout.line(in: text, from: position)
        if layout.isRow(UnsafeRawBufferPointer(rebasing: text[position..<line.end])) {
          append(isChosen, of: text, position, line.end, to: &bytes)
          bytes += text[line.end..<line.next]
          ends.append(bytes.count)
        } else {
          bytes += text[position..<line.next]
        }
        position = line.next
      }
    }
    if !ends.isEmpty { ends[ends.count - 1] = bytes.count }
    return RowText(bytes: bytes, ends: ends)
  }

  /// Appends the chosen cells of a line, and what follows the last column.
  private func append(
    _ isChosen: [Bool], of text: UnsafeRawBufferPointer, _ begin: Int, _ end: Int, to bytes: inout [UInt8]
  ) {
    var (position, rest, isFirst) = (begin, end, true)
    for chosen in isChosen where position <= end {
      let field = position
      while position < end, layout.isBlank(text[position]) { position += 1 }
      let cell = layout.cell(in: text, from: position, to: end)
      if chosen {
        if !isFirst, layout.separator != .blanks { bytes.append(layout.separator.byte) }
        bytes += text[(layout.separator == .blanks && isFirst ? position : field)..<cell.next]
        isFirst = false
      }
      rest = cell.next
      position = layout.separator == .blanks ? cell.next : cell.next + 1
    }
    bytes += text[rest..<end]
  }
}
