/// The compact skeleton of a chunk's rows: rows that consist of numbers only are counted, and the text of the others is
/// kept.
package struct RowSkeleton: Equatable, Sendable {
  /// The number of regular rows, then of other rows, then of regular rows again, until all rows are counted.
  package var runs: [Int]
  /// The skeletons of the other rows.
  package var text: [UInt8]

  /// - Parameters:
  ///   - runs: each at least 0.
  ///   - text: that of the rows that are not regular.
  package init(runs: [Int], text: [UInt8]) { (self.runs, self.text) = (runs, text) }

  /// The number of rows; nil if it exceeds `limit`, or a run is negative.
  package func rows(limit: Int) -> Int? {
    var sum = 0
    for run in runs {
      guard run >= 0, run <= limit - sum else { return nil }
      sum += run
    }
    return sum
  }
}

extension KeptText {
  /// Removes the numbers from rows.
  ///
  /// - Returns: the skeleton, and the numbers: NaN where there is none, or zeros if all stay in the text.
  package func split(_ text: RowText) -> (skeleton: RowSkeleton, numbers: [Double]) {
    let split = split(text, takenOut)
    let zeros = isWhole || split.numbers.isEmpty
    return (
      shortened(split.skeleton),
      zeros ? [Double](repeating: 0, count: split.rows * valuesPerSample) : split.numbers
    )
  }

  /// The numbers in rows with complete text, as a reader of the file finds them.
  package func numbers(in text: RowText) -> [Double] {
    let split = split(text, spellings)
    return split.numbers.isEmpty ? [Double](repeating: 0, count: split.rows) : split.numbers
  }

  private func split(_ text: RowText, _ spellings: [ColumnSpelling?]) -> SplitRows {
    text.bytes.withUnsafeBytes {
      TableTextSplitter(layout, spellings: spellings, missing: missing)
        .split($0, maxRows: max(1, text.ends.count), isEnd: true).rows
    }
  }

  private func shortened(_ skeleton: [UInt8]) -> RowSkeleton {
    let ends = rowEnds(in: skeleton)
    guard let regular = regularRow else { return RowSkeleton(runs: [0, ends.count], text: skeleton) }
    var (runs, text): ([Int], [UInt8]) = ([0], [])
    var begin = 0
    for end in ends {
      let row = skeleton[begin..<end]
      let isRegular = row.count == regular.count && row.elementsEqual(regular)
      // Runs of both kinds alternate, starting with regular rows.
      if isRegular != (runs.count % 2 == 1) { runs.append(0) }
      runs[runs.count - 1] += 1
      if !isRegular { text += row }
      begin = end
    }
    return RowSkeleton(runs: runs, text: text)
  }

  /// Puts the numbers back into the text.
  ///
  /// - Parameters:
  ///   - numbers: rows x ``valuesPerSample``; ignored if none were taken out.
  ///   - rows: nil for those of the numbers.
  ///   - isPrecise: whether numbers that their spelling would round are written in full.
  /// - Returns: nil if the skeleton has another number of rows.
  package func join(
    _ skeleton: RowSkeleton, numbers: [Double], rows: Int? = nil, isPrecise: Bool
  ) -> RowText? {
    let rows = rows ?? numbers.count / valuesPerSample
    guard let all = lengthened(skeleton, rows: rows) else { return nil }
    let joiner = TableTextJoiner(layout, spellings: takenOut, isPrecise: isPrecise)
    let own = joiner.numbersPerRow > 0 ? numbers : []
    var text: [UInt8] = []
    let joined: Void? = all.withUnsafeBytes { all in
      own.withUnsafeBufferPointer { own in try? joiner.join(all, numbers: own, rows: rows, into: &text) }
    }
    guard joined != nil else { return nil }
    let ends = rowEnds(in: text)
    guard ends.count == rows, ends.last ?? 0 == text.count else { return nil }
    return RowText(bytes: text, ends: ends)
  }

  /// The complete skeleton of `rows` rows; nil if it does not have that many.
  private func lengthened(_ skeleton: RowSkeleton, rows: Int) -> [UInt8]? {
    let ends = rowEnds(in: skeleton.text)
    let others = stride(from: 1, to: skeleton.runs.count, by: 2).reduce(0) { $0 + skeleton.runs[$1] }
    guard ends.count == others, ends.last ?? 0 == skeleton.text.count else { return nil }
    var all: [UInt8] = []
    var row = 0
    for (place, run) in skeleton.runs.enumerated() {
      if place % 2 == 1 {
        all += skeleton.text[(row > 0 ? ends[row - 1] : 0)..<(row + run > 0 ? ends[row + run - 1] : 0)]
        row += run
      } else if run > 0 {
        guard let regular = regularRow else { return nil }
        all.reserveCapacity(all.count + run * regular.count)
        for _ in 0..<run { all += regular }
      }
    }
    return all
  }

  /// Rows with these numbers whose text is lost: cells of text columns and of missing numbers are empty.
  func rows(_ numbers: [Double]) -> [UInt8] {
    var text: [UInt8] = []
    for row in stride(from: 0, to: numbers.count, by: valuesPerSample) {
      var place = row
      for (column, spelling) in spellings.enumerated() {
        if column > 0 { text.append(layout.separator.byte) }
        guard let spelling else { continue }
        if numbers[place].isFinite {
          spelling.append(numbers[place], to: &text, layout, isPrecise: true)
        }
        place += 1
      }
      text += rowEnd.isEmpty ? [layout.lineEnd] : rowEnd
    }
    return text
  }

  /// The end of each row in a text or skeleton: after its line. The last row includes everything that follows it.
  package func rowEnds(in text: [UInt8]) -> [Int] {
    text.withUnsafeBytes { text in
      var ends: [Int] = []
      var position = 0
      while position < text.count {
        let line = layout.line(in: text, from: position)
        if layout.isRow(UnsafeRawBufferPointer(rebasing: text[position..<line.end])) {
          ends.append(line.next)
        }
        position = line.next
      }
      if !ends.isEmpty { ends[ends.count - 1] = text.count }
      return ends
    }
  }
}
