import Records

/// Samples beside what came back of them: the values, and how far they are off.
struct Comparison {
  /// The originals, in binary64; integers of 64 bits less an origin.
  let values: [Double]
  /// The size of each difference, 0 or more, exact for integers of 64 bits but for its rounding to binary64. Infinite where a number
  /// came back as none, or a value that is no finite number as another.
  let errors: [Double]

  /// - Parameters:
  ///   - values: the originals.
  ///   - decoded: what came back, as many.
  init(_ values: [Double], _ decoded: [Double]) {
    self.values = values
    errors = zip(values, decoded).map { a, b in
      guard a.isFinite else { return a == b || (a.isNaN && b.isNaN) ? 0 : .infinity }
      let difference = (a - b).magnitude
      return difference.isNaN ? .infinity : difference
    }
  }

  /// - Parameters:
  ///   - batch: the originals.
  ///   - decoded: what came back, as many rows.
  ///   - description: of a file that they are written to: text has a number of decimals for each column.
  ///   - origins: what originals are counted from.
  init(
    _ batch: SampleBatch, _ decoded: SampleBatch, as description: SampleDescription, from origins: Origins
  ) {
    let type = batch.elementType
    guard type.isWide else {
      self.init(batch.doubles(), description.printed(decoded.doubles()))
      return
    }
    let values = batch.doubles(from: origins)
    guard decoded.elementType == type else {
      let plain = Comparison(batch.doubles(), description.printed(decoded.doubles()))
      self.init(values: values, errors: plain.errors)
      return
    }
    self.init(
      values: values,
      errors: zip(batch.ordinals(), decoded.ordinals()).map { a, b in
        if a == b { return 0 }
        return min(a, b) < type.leastOrdinal ? .infinity : a.distance(from: b).magnitude
      })
  }

  private init(values: [Double], errors: [Double]) { (self.values, self.errors) = (values, errors) }
}
