import Records

/// The least and the greatest finite value of samples.
struct ValueRange {
  /// Values of greater magnitude are of no account.
  private let reach: Double
  private var lowest = Double.infinity
  private var highest = -Double.infinity

  init(reach: Double = .infinity) { self.reach = reach }

  mutating func add(_ batch: SampleBatch) {
    for value in batch.doubles() where value.isFinite && value.magnitude <= reach {
      lowest = min(lowest, value)
      highest = max(highest, value)
    }
  }

  /// Greatest minus least; 0 without finite values. It may be infinite.
  var width: Double { lowest <= highest ? highest - lowest : 0 }
}

extension ErrorBoundRequest {
  /// What is to be guaranteed of samples.
  ///
  /// - Parameters:
  ///   - first: the first chunk.
  ///   - isAll: whether that is all.
  ///   - reopen: gives all of them once more.
  /// - Returns: the guarantee, and whether a reader that `reopen` gave was used, so that those before are of no use.
  /// - Throws: ``CodecError/rangeNeedsFile(name:)`` where a range is asked of what can be read only once.
  func resolved(
    first: SampleBatch?, isAll: Bool, name: String, reopen: (() throws(CodecError) -> any SampleReader)?
  ) throws(CodecError) -> (errorBound: ErrorBound, wasRead: Bool) {
    switch self {
    case .lossless: return (.lossless, false)
    case .maxError(let bound):
      return (.maxError(max(0, min(ErrorBound.bounds.upperBound, bound))), false)
    case .maxErrorOfRange(let share):
      var range = ValueRange()
      if isAll {
        if let first { range.add(first) }
      } else {
        guard let reopen else { throw .rangeNeedsFile(name: name) }
        let reader = try reopen()
        let rows = max(1, (1 << 16) / max(1, reader.description.valuesPerSample))
        while let batch = try reading(reader, rows) { range.add(batch) }
      }
      return (.maxError(max(0, min(ErrorBound.bounds.upperBound, share * range.width))), !isAll)
    }
  }
}
