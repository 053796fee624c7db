import Records

/// Samples compared with their decoded versions: the original values and the sizes of the errors.
struct Comparison {
  /// The originals in binary64; for 64-bit integers, relative to an origin.
  let values: [Double]
  /// The absolute errors. Those of 64-bit integers are exact up to their rounding to binary64. An error is infinite
  /// where a finite number came back as a non-finite one, or a non-finite value did not come back as itself.
  let errors: [Double]

  /// - Parameters:
  ///   - values: the originals.
  ///   - decoded: the decoded values, equally many.
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
  ///   - decoded: the decoded samples, equally many.
  ///   - description: the file that the decoded samples are written to: text may have a fixed number of decimals per
  ///     column.
  ///   - origins: what to subtract from 64-bit originals.
  init(
    _ batch: SampleBatch, _ decoded: SampleBatch, as description: SampleDescription, from origins: Origins
  ) {
    let type = batch.elementType
    guard type.isWide, description.missing.isEmpty else {
      let missing = description.missing
      self.init(
        batch.without(missing).doubles(), description.printed(decoded.without(missing).doubles()))
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
