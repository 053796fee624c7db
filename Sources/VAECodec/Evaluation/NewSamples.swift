import Tensor

extension EvaluationReport {
  /// How new samples compare with real ones that the model has not seen; beside it, how one half of the real ones
  /// compares with the other, which is as good as it gets.
  ///
  /// Real samples are split at random into two halves; new ones, as many as a half, are compared with one of them, and the
  /// other half is, too. See `TwoSampleTest`.
  public struct NewSamples: Sendable {
    /// How they were drawn.
    public var sampler: Sampler
    /// How many, and how many real ones in a half.
    public var samples: Int
    /// Of the Gaussian kernel: the median of the distances between real samples, in the data's units.
    public var bandwidth: Double
    /// Squared maximum mean discrepancy, without bias: about 0 for samples of one distribution.
    public var discrepancy: Double
    public var realDiscrepancy: Double
    /// How often a sample's nearest neighbour is of its own set: about 0.5 for samples of one distribution.
    public var neighbourAccuracy: Double
    public var realNeighbourAccuracy: Double
  }
}

extension Codec {
  /// The maximum number of samples compared, in each set.
  public static let maximumComparedSamples = 2000

  /// Where random numbers of a comparison start.
  private static let comparisonSeed: UInt64 = 1

  /// Compares new samples of each sampler that the model has with `samples`, the best first.
  func compare(
    _ count: Int, with samples: InMemorySamples, name: String, model: FittedModel
  ) throws(CodecError) -> [EvaluationReport.NewSamples] {
    let half = min(count, Self.maximumComparedSamples, samples.rows / 2)
    guard half >= 2 else { throw .tooFewToCompare(name: name, rows: samples.rows) }
    var order = Array(0..<samples.rows)
    var random = RandomSource(seed: Self.comparisonSeed)
    order.shuffle(using: &random)
    let all = model.model.standardized(
      samples.matrix(in: model.model.scales, rows: samples.rows), kernels: kernels)
    let (real, other) = (all.copy(rows: Array(order[..<half])), all.copy(rows: Array(order[half..<2 * half])))
    let bandwidth = TwoSampleTest.medianDistance(
      of: all.copy(rows: Array(order[..<(2 * half)])), kernels: kernels)
    let ideal = TwoSampleTest(other, real, bandwidth: bandwidth, kernels: kernels, workers: workers)
    var results: [EvaluationReport.NewSamples] = []
    for sampler: Sampler in model.mixture == nil ? [.prior] : [.mixture, .prior] {
      let new = model.model.standardized(
        try drawn(half, from: model, name: name, sampler: sampler, seed: Self.comparisonSeed),
        kernels: kernels)
      let test = TwoSampleTest(new, real, bandwidth: bandwidth, kernels: kernels, workers: workers)
      results.append(
        EvaluationReport.NewSamples(
          sampler: sampler, samples: half,
          bandwidth: bandwidth * Double(model.model.scale) * model.model.scales.errorUnit,
          discrepancy: test.discrepancy, realDiscrepancy: ideal.discrepancy,
          neighbourAccuracy: test.neighbourAccuracy, realNeighbourAccuracy: ideal.neighbourAccuracy))
    }
    return results
  }
}
