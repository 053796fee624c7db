/// Searches for the smallest step of a ladder, from 0 on, at which a predicate holds. Steps are qualities from the
/// bottom for a PSNR, and from the top for a rate.
///
/// The predicate holds from some step on, except for irregularities near it: a quality may take a byte less than the
/// one below.
enum QualitySearch {
  /// The default highest step.
  static let top = 100
  /// The number of steps examined beyond one at which the predicate fails.
  private static let reach = 3
  /// The search bisects after this many guesses.
  private static let maximumGuesses = 4

  /// The smallest step, by bisection and a look at the steps below it; nil if the predicate fails at all steps near the
  /// top.
  ///
  /// - Parameter holds: the predicate; it is evaluated more than once per step.
  static func least(
    top: Int = top, _ holds: (Int) throws(CodecError) -> Bool
  ) throws(CodecError) -> Int? {
    var good = top
    while try !holds(good) {
      good -= 1
      if good < top - reach { return nil }
    }
    var bad = -1
    while good - bad > 1 {
      let middle = (good + bad) / 2
      if try holds(middle) { good = middle } else { bad = middle }
    }
    var step = good - 1
    while step >= max(0, good - 1 - reach) {
      if try holds(step) { good = step }
      step -= 1
    }
    return good
  }

  /// The smallest step for an expensive predicate: `holds` is true there and false at the step below. It is evaluated
  /// at few steps, once each.
  ///
  /// - Parameters:
  ///   - first: the first guess.
  ///   - guess: returns a better guess after `holds` was evaluated at a step.
  /// - Returns: nil if the predicate fails at the highest step.
  static func least(
    top: Int = top, first: Int, guess: (Int) throws(CodecError) -> Int,
    holds: (Int) throws(CodecError) -> Bool
  ) throws(CodecError) -> Int? {
    var (good, bad, step) = (top + 1, -1, min(max(first, 0), top))
    var asked = 0
    while true {
      if try holds(step) { good = step } else { bad = step }
      guard good - bad > 1 else { break }
      asked += 1
      step = asked <= maximumGuesses ? try guess(step) : (good + bad) / 2
      step = min(max(step, bad + 1), good - 1)
    }
    return good > top ? nil : good
  }
}
