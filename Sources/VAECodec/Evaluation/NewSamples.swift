import Tensor

extension EvaluationReport {
  /// The comparison of new samples with real ones that the model has not seen. For reference, one half of the real
  /// samples is compared with the other, which is the best possible result.
  ///
  /// Real samples are split at random into two halves. The new samples, as many as in a half, and the second half are
  /// each compared with the first half. See `TwoSampleTest`.
  public struct NewSamples: Sendable {
    /// The distribution the new samples were drawn from.
    public var sampler: Sampler
    /// The number of new samples, and of real ones in a half.
    public var samples: Int
    /// The bandwidth of the Gaussian kernel: the median distance between real samples, in the data's units.
    public var bandwidth: Double
    /// The unbiased squared maximum mean discrepancy: about 0 for samples of one distribution.
    public var discrepancy: Double
    /// The same between the two halves of the real samples.
    public var realDiscrepancy: Double
    /// How often a sample's nearest neighbour belongs to its own set: about 0.5 for samples of one distribution.
    public var neighbourAccuracy: Double
    /// The same between the two halves of the real samples.
    public var realNeighbourAccuracy: Double
  }
}

extension Codec {
  /// The maximum number of samples compared, in each set.
  public static let maximumComparedSamples = 2000

  /// The random seed of a comparison.
  private static let comparisonSeed: UInt64 = 1

  /// Compares new samples of each of the model's samplers with `samples`: those of the mixture first, if it has one.
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
