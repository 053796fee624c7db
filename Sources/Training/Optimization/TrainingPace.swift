/// How far a training has come, by its steps or by the clock, and when it is time to look at it and to tell of it.
struct TrainingPace {
  private let limit: Double?
  private let stepsInEpoch: Int
  /// Steps of the whole; where the clock ends it, as many as are usual, or as there have been.
  private var steps: Int
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private let secondsBefore: Double
  private var lastTold = -1.0
  /// Parts of the time after which it has been measured.
  private var measured: Int
  /// After a stop is asked for, the rest of the schedule runs off within an epoch.
  private var ending: (from: Double, step: Int)?
  /// Seconds of training before the step that was asked for last.
  private(set) var seconds: Double

  /// - Parameters:
  ///   - steps: of the whole training, where the clock does not end it.
  ///   - state: where the training begins.
  init(_ options: FitOptions, steps: Int, stepsInEpoch: Int, _ state: TrainingState) {
    limit = options.seconds
    self.steps = steps
    self.stepsInEpoch = stepsInEpoch
    start = clock.now
    secondsBefore = state.seconds
    seconds = state.seconds
    measured = limit.map { Self.parts(state.seconds / $0) } ?? 0
  }

  /// Seconds of training so far.
  var secondsNow: Double { secondsBefore + (clock.now - start) / .seconds(1) }

  /// How much of the training is behind before the next step, in 0 ... 1.
  mutating func fraction(_ done: Int) -> Double {
    seconds = secondsNow
    if let ending {
      return ending.from + (1 - ending.from) * Double(done - ending.step) / Double(stepsInEpoch)
    }
    guard let limit else { return Double(done) / Double(steps) }
    steps = max(steps, done + 1)
    return min(1, seconds / limit)
  }

  /// Whether an end was asked for.
  var isEnding: Bool { ending != nil }

  /// Ends the training within an epoch.
  mutating func end(at fraction: Double, _ done: Int) {
    if ending == nil { ending = (fraction, done) }
  }

  /// Whether what comes after the training proper has had its share of the time.
  var isOver: Bool { limit.map { secondsNow > $0 * 13 / 12 } ?? false }

  /// Whether it is time to tell of a step.
  mutating func isToTell(_ done: Int) -> Bool {
    let often = max(1, min(stepsInEpoch, steps / ModelFit.measurements / 2))
    guard done % often == 0 || seconds > lastTold + Self.patience else { return false }
    lastTold = seconds
    return true
  }

  /// Whether it is time to tell, whatever the step.
  mutating func isToTell() -> Bool {
    let now = secondsNow
    guard now > lastTold + Self.patience else { return false }
    lastTold = now
    return true
  }

  /// Seconds without a word at most.
  private static let patience = 0.5

  /// Whether it is time to measure held-out rows.
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

  /// What there is to tell.
  func progress(_ fraction: Double, _ state: TrainingState) -> FitProgress {
    FitProgress(
      fraction: fraction, epoch: state.done / stepsInEpoch, epochs: max(1, steps / stepsInEpoch),
      heldOut: state.heldOut, seconds: state.seconds)
  }
}
