import Records

/// The least and the greatest finite value of samples.
struct ValueRange {
  /// Values of greater magnitude are of no account.
  private let reach: Double
  /// What values are counted from.
  private var origins: Origins?
  private var lowest = Double.infinity
  private var highest = -Double.infinity

  init(reach: Double = .infinity) { self.reach = reach }

  mutating func add(_ batch: SampleBatch) {
    let origins = self.origins ?? Origins(batch, byPlace: false)
    self.origins = origins
    for value in batch.doubles(from: origins) where value.isFinite && value.magnitude <= reach {
      lowest = min(lowest, value)
      highest = max(highest, value)
    }
  }

  /// Greatest minus least; 0 without finite values. It may be infinite.
  var width: Double { lowest <= highest ? highest - lowest : 0 }
}
