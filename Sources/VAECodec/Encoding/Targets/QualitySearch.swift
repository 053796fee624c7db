/// Finds the least step of a ladder, from 0 on, on which something holds: a quality from the bottom for a PSNR, from
/// the top for a rate.
///
/// It holds on every step from some step on, but for wiggles near it: a quality may take a byte less than that below.
enum QualitySearch {
  /// The highest step where nobody says otherwise.
  static let top = 100
  /// Steps that are looked at beyond one on which it does not hold.
  private static let reach = 3
  /// After this many guesses, the rest is bisected.
  private static let maximumGuesses = 4

  /// The least step, by bisection and a look at the steps below; nil if it holds on none near the top.
  ///
  /// - Parameter holds: asked about a step more than once.
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

  /// The least step where asking is dear: on it `holds`, and not on that below. Few are asked about, each once.
  ///
  /// - Parameters:
  ///   - first: the first guess.
  ///   - guess: a better one, after `holds` has been asked about a step.
  /// - Returns: nil if it does not hold on the highest.
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
