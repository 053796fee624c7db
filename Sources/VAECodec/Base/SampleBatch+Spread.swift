import Records

extension SampleBatch {
  /// At most `n` rows, evenly spread over all; nil if there are none.
  func spread(rows n: Int) -> SampleBatch? {
    let count = min(rows, n)
    return SampleBatch(
      joining: (0..<count).map { index in
        let row = index * rows / count
        return rows(row..<row + 1)
      })
  }
}
