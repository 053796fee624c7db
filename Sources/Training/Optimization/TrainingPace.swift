/// The progress of a training, by its steps or by the clock; and when to measure and to report.
struct TrainingPace {
  private let limit: Double?
  private let stepsInEpoch: Int
  /// The total number of steps; if the clock ends the training, the usual number, or the number so far.
  private var steps: Int
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private let secondsBefore: Double
  private var lastTold = -1.0
  /// The number of measurements due so far, if the clock ends the training.
  private var measured: Int
  /// After a requested stop, the rest of the schedule is completed within an epoch.
  private var ending: (from: Double, step: Int)?
  /// The seconds of training before the last requested step.
  private(set) var seconds: Double

  /// - Parameters:
  ///   - steps: those of the whole training, unless the clock ends it.
  ///   - state: the start of the training.
  ///   - limit: the seconds of the main steps; nil if their number ends the training.
  init(limit: Double?, steps: Int, stepsInEpoch: Int, _ state: TrainingState) {
    self.limit = limit
    self.steps = steps
    self.stepsInEpoch = stepsInEpoch
    start = clock.now
    secondsBefore = state.seconds
    seconds = state.seconds
    measured = limit.map { Self.parts(state.seconds / $0) } ?? 0
  }

  /// The seconds of training so far.
  var secondsNow: Double { secondsBefore + (clock.now - start) / .seconds(1) }

  /// The finished share of the training before the next step, in 0 ... 1.
  mutating func fraction(_ done: Int) -> Double {
    seconds = secondsNow
    if let ending {
      return ending.from + (1 - ending.from) * Double(done - ending.step) / Double(stepsInEpoch)
    }
    guard let limit else { return Double(done) / Double(steps) }
    steps = max(steps, done + 1)
    return min(1, seconds / limit)
  }

  /// Whether an end was requested.
  var isEnding: Bool { ending != nil }

  /// Ends the training within an epoch.
  mutating func end(at fraction: Double, _ done: Int) {
    if ending == nil { ending = (fraction, done) }
  }

  /// Whether fine-tuning has had its share of the time.
  var isOver: Bool { limit.map { secondsNow > $0 * 13 / 12 } ?? false }

  /// Whether to report progress after a step.
  mutating func isToTell(_ done: Int) -> Bool {
    let often = max(1, min(stepsInEpoch, steps / ModelFit.measurements / 2))
    guard done % often == 0 || seconds > lastTold + Self.patience else { return false }
    lastTold = seconds
    return true
  }

  /// Whether to report progress, regardless of the step.
  mutating func isToTell() -> Bool {
    let now = secondsNow
    guard now > lastTold + Self.patience else { return false }
    lastTold = now
    return true
  }

  /// The maximum number of seconds between reports.
  private static let patience = 0.5

  /// Whether to measure held-out rows.
  mutating func isToMeasure(_ done: Int, _ fraction: Double) -> Bool {
    guard limit != nil else { return done % max(1, steps / ModelFit.measurements) == 0 }
    let parts = Self.parts(fraction)
    guard parts > measured else { return false }
    measured = parts
    return true
  }

  private static func parts(_ fraction: Double) -> Int {
    Int(Double(ModelFit.measurements) * max(0, min(1, fraction)))
  }

  /// The progress of the training to report.
  func progress(_ fraction: Double, _ state: TrainingState) -> FitProgress {
    FitProgress(
      fraction: fraction, epoch: state.done / stepsInEpoch, epochs: max(1, steps / stepsInEpoch),
      heldOut: state.heldOut, seconds: state.seconds)
  }
}
