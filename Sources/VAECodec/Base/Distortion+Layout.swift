import Records

extension Distortion {
  /// Adds a batch and its decoded version. Of samples that are cut from an array, only places inside it count.
  ///
  /// - Parameter first: the number of the first sample.
  mutating func add(
    _ batch: SampleBatch, _ decoded: SampleBatch, as description: SampleDescription, from first: Int
  ) {
    guard let layout = description.array?.layout else { return add(batch, decoded, as: description) }
    add(batch, decoded, as: description, layout, from: first)
  }

  /// The same for samples whose description does not have their layout.
  mutating func add(
    _ batch: SampleBatch, _ decoded: SampleBatch, as description: SampleDescription, _ layout: ArrayLayout,
    from first: Int
  ) {
    guard columns.isEmpty else { return add(batch, decoded, as: description) }
    var begin = 0
    for row in 0..<batch.rows where layout.isPadded(sample: first + row) {
      if begin < row { add(batch.rows(begin..<row), decoded.rows(begin..<row), as: description) }
      add(
        batch.rows(row..<row + 1).inside(layout, sample: first + row),
        decoded.rows(row..<row + 1).inside(layout, sample: first + row), as: description)
      begin = row + 1
    }
    if begin < batch.rows {
      add(batch.rows(begin..<batch.rows), decoded.rows(begin..<batch.rows), as: description)
    }
  }
}

extension SampleBatch {
  /// The values of a single sample that lie inside its array, as samples of one value.
  func inside(_ layout: ArrayLayout, sample: Int) -> SampleBatch {
    let size = elementType.size
    var inside: [UInt8] = []
    let (band, place) = sample.quotientAndRemainder(dividingBy: layout.samplesPerBand)
    layout.forEachRun(ofSample: place, band: band, in: layout.shape.map { 0..<$0 }) { from, _, count in
      inside += bytes[from * size..<(from + count) * size]
    }
    return SampleBatch(elementType: elementType, valuesPerSample: 1, bytes: inside)
  }
}
