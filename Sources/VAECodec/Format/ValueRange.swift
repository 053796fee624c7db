import Records

/// The smallest and the largest finite value of samples.
struct ValueRange {
  /// Larger magnitudes are ignored.
  private let reach: Double
  /// The origins subtracted from values.
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

  /// The largest less the smallest value; 0 without finite values. It may be infinite.
  var width: Double { lowest <= highest ? highest - lowest : 0 }
}
