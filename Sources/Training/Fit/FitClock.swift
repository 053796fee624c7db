/// The time of a fit: what is left, and which share of the whole each stage takes.
package struct FitClock: Sendable {
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  /// The seconds of the whole fit; nil for no limit.
  let limit: Double?

  /// Where the stages after training begin, as shares of what follows training.
  private static let (samplerStart, qualitiesStart) = (0.5, 0.75)
  /// The share of training in a fit without a limit: as measured, between 0.4 and 0.9.
  private static let usualTraining = 0.75
  /// The seconds that the stages after training take, and those for each number of the training rows; and the greatest share
  /// of a limit that is kept for them.
  private static let (base, perNumber, mostAfter) = (1.5, 4.5e-6, 0.5)
  /// Fine-tuning takes a twelfth of the time of the main steps.
  private static let main = 12.0 / 13

  /// Starts now.
  package init(seconds limit: Double?) {
    start = clock.now
    self.limit = limit
  }

  /// The seconds so far.
  package var seconds: Double { (clock.now - start) / .seconds(1) }

  /// The seconds left; nil without a limit.
  package var left: Double? { limit.map { max(0, $0 - seconds) } }

  /// Whether there is no time left, if there is a limit.
  package var isOver: Bool { left == 0 }

  /// The seconds of the main steps of training on so many numbers; nil without a limit. The same for each run, so that a
  /// checkpoint can be resumed.
  func trainingLimit(numbers: Int) -> Double? {
    limit.map { ($0 - Self.after($0, numbers: numbers)) * Self.main }
  }

  private static func after(_ limit: Double, numbers: Int) -> Double {
    min(mostAfter * limit, base + perNumber * Double(numbers))
  }

  /// The share of training in the whole fit.
  func trainingShare(numbers: Int) -> Double {
    guard let limit else { return Self.usualTraining }
    return limit > 0 ? 1 - Self.after(limit, numbers: numbers) / limit : 1 - Self.mostAfter
  }

  /// The progress at the start of a stage after training, or at a share of it.
  package func progress(_ stage: FitProgress.Stage, share: Double = 0, numbers: Int) -> FitProgress {
    let (from, to) =
      switch stage {
      case .training: (0.0, 0.0)
      case .layers: (0, Self.samplerStart)
      case .sampler: (Self.samplerStart, Self.qualitiesStart)
      case .qualities: (Self.qualitiesStart, 1.0)
      }
    let training = trainingShare(numbers: numbers)
    return FitProgress(
      stage: stage, fraction: training + (1 - training) * (from + (to - from) * share), seconds: seconds)
  }
}
