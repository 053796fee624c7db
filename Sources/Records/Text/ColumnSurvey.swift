import ByteIO

/// Determines from the first rows which columns of a text table hold numbers, and how its text is kept.
struct ColumnSurvey {
  /// How the text is kept.
  let kept: KeptText
  /// Whether all cells of the examined rows are numbers, or missing.
  let isAllNumbers: Bool
  /// The approximate number of bytes in a row.
  let bytesPerRow: Int

  /// - Parameters:
  ///   - prefix: the start of the text.
  ///   - isEnd: whether that is the whole text.
  ///   - encoding: the encoding of the file.
  ///   - roles: what the columns are to be.
  ///   - name: the text in messages.
  /// - Returns: nil if the text is not a table that can be kept.
  /// - Throws: what ``ColumnRoles`` says of columns that there are not.
  init?(
    _ prefix: ArraySlice<UInt8>, isEnd: Bool, _ guess: StyleGuess, encoding: TextEncoding,
    _ roles: ColumnRoles = ColumnRoles(), name: String = ""
  ) throws(SampleIOError) {
    let layout = guess.layout
    guard guess.columns > 0, guess.columns <= KeptText.maximumColumns else { return nil }
    let parser = RowParser(
      separator: guess.style.separator, trailingSeparators: guess.style.trailingSeparators)
    var survey = TableTextSurvey(layout, maximumColumns: guess.columns)
    var cells = [(all: Int, numbers: Int)](repeating: (0, 0), count: guess.columns)
    var counting = [CountingColumn](repeating: CountingColumn(), count: guess.columns)
    let missing = Set(roles.missing.spellings.map { Array($0.utf8) })
    var (isAllNumbers, rowEnd, rows): (Bool, [UInt8], Int) = (!guess.hasRowNames, [], 0)
    let preface = guess.preface.bytes
    guard preface <= min(prefix.count, KeptText.maximumPreface) else { return nil }
    prefix.withUnsafeBytes { bytes in
      let text = UnsafeRawBufferPointer(rebasing: bytes[preface...])
      _ = survey.add(text, isEnd: isEnd)
      var position = 0
      while position < text.count {
        let line = layout.line(in: text, from: position)
        guard line.isWhole || isEnd else { break }
        let content = UnsafeRawBufferPointer(rebasing: text[position..<line.end])
        if layout.isRow(content) {
          rows += 1
          for (column, field) in parser.fields(of: content).prefix(guess.columns).enumerated() {
            let cell = parser.unquoted(field)
            // A mark of a missing number says nothing about its column.
            let value = FieldValue(cell)
            if roles.keepsCounters { counting[column].add(value?.integer) }
            if cell.isEmpty || value?.isMark == true { continue }
            if !missing.isEmpty {
              if let number = value?.value, roles.missing.numbers.contains(number) { continue }
              if missing.contains(Array(cell)) { continue }
            }
            cells[column].all += 1
            if guess.isNumber(field, parser) {
              cells[column].numbers += 1
            } else {
              isAllNumbers = false
            }
          }
          if rowEnd.isEmpty, line.isWhole {
            let separators = [UInt8](repeating: layout.separator.byte, count: guess.style.trailingSeparators)
            rowEnd = separators + Array(text[line.end..<line.next])
          }
        }
        position = line.next
      }
    }
    guard rowEnd.count <= KeptText.maximumRowEnd else { return nil }
    let columns = survey.columns
    // A column without any cell holds missing numbers. Names of rows may be numbers.
    let isNumeric = cells.enumerated().map { column, count in
      (column > 0 || !guess.hasRowNames) && (count.numbers * 2 > count.all || count.all == 0)
    }
    let isValue = try roles.values(
      isNumeric: isNumeric, counts: counting.map(\.counts), names: guess.style.header, name: name)
    let spellings = isValue.enumerated().map { column, isValue -> ColumnSpelling? in
      guard isValue else { return nil }
      let found = column < columns.count ? columns[column].spelling : nil
      return found ?? ColumnSpelling(.shortest(hasPointZero: false))
    }
    self.isAllNumbers =
      isAllNumbers && layout.groups == nil && roles.missing.isEmpty && isValue.allSatisfy { $0 }
    bytesPerRow = (prefix.count - preface) / max(1, rows)
    var kept = KeptText(
      layout: layout, spellings: spellings, preface: Array(prefix.prefix(preface)), rowEnd: rowEnd,
      encoding: encoding)
    kept.missing = roles.missing.numbers
    self.kept = kept
  }
}
