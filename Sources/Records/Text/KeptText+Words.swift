import ByteIO

// The words in the text columns of a table.

extension KeptText {
  /// How rows of new numbers and words are written: commas between cells, and column names if there are any.
  ///
  /// - Parameters:
  ///   - names: those of all columns; nil if they have none.
  ///   - columns: for each column the digits after the point of its numbers, nil for as many as they take; or that it has words.
  package init(names: [String]?, columns: [NewColumn]) {
    layout = TableText()
    spellings = columns.map { column in
      switch column {
      case .words: nil
      case .numbers(let decimals?): ColumnSpelling(.fixed(decimals: decimals))
      case .numbers(nil): ColumnSpelling(.shortest(hasPointZero: false))
      }
    }
    rowEnd = [layout.lineEnd]
    preface = []
    for (place, name) in (names ?? []).enumerated() {
      if place > 0 { preface.append(layout.separator.byte) }
      preface.append(cell: ByteText.bytes(of: name), separator: layout.separator.byte)
    }
    if names != nil { preface.append(layout.lineEnd) }
  }

  /// A column of new rows.
  package enum NewColumn: Equatable, Sendable {
    case numbers(decimals: Int?)
    case words
  }

  /// The columns, from 0, that have words in place of numbers.
  package var wordColumns: [Int] { spellings.indices.filter { spellings[$0] == nil } }

  /// The words of a row, as ``ByteText``, one for each of ``wordColumns``; nil if the text has no row with all columns.
  package func words(of row: RowText) -> [String]? {
    let parser = RowParser(separator: layout.separator, trailingSeparators: 0)
    return row.bytes.withUnsafeBytes { bytes in
      var position = 0
      while position < bytes.count {
        let line = layout.line(in: bytes, from: position)
        let content = UnsafeRawBufferPointer(rebasing: bytes[position..<line.end])
        if layout.isRow(content) {
          let fields = parser.fields(of: content)
          return fields.count < spellings.count ? nil : wordColumns.map { parser.columnName(fields[$0]) }
        }
        position = line.next
      }
      return nil
    }
  }

  /// The text of new rows.
  ///
  /// - Parameters:
  ///   - numbers: rows x ``valuesPerSample``.
  ///   - words: for each row, those of its ``wordColumns``.
  package func text(of numbers: [Double], words: [[String]]) -> RowText? {
    var skeleton: [UInt8] = []
    for words in words {
      var place = 0
      for (column, spelling) in spellings.enumerated() {
        if column > 0 { skeleton.append(layout.separator.byte) }
        if spelling != nil {
          skeleton.append(0)
        } else {
          skeleton.append(cell: ByteText.bytes(of: words[place]), separator: layout.separator.byte)
          place += 1
        }
      }
      skeleton += rowEnd
    }
    return join(RowSkeleton(runs: [0, words.count], text: skeleton), numbers: numbers, isPrecise: false)
  }
}

extension [UInt8] {
  /// Appends the cell of a table, in quotes where it needs them.
  mutating func append(cell: [UInt8], separator: UInt8) {
    let quote = UInt8(ascii: "\"")
    let special: [UInt8] = [separator, quote, 0x0A, 0x0D, 0x09]
    let isPlain =
      !cell.contains { special.contains($0) } && cell.first != 0x20 && cell.last != 0x20
      && cell.first != UInt8(ascii: "#") && cell.first != UInt8(ascii: "%")
    if isPlain { append(contentsOf: cell) } else { append(quoting: cell) }
  }

  /// Appends the cell of a table in quotes, with those in it doubled.
  mutating func append(quoting cell: [UInt8]) {
    let quote = UInt8(ascii: "\"")
    append(quote)
    for byte in cell {
      if byte == quote { append(byte) }
      append(byte)
    }
    append(quote)
  }
}
