/// A mean that forgets: a sum and the number of its terms, both halved where these are many.
struct FadingMean: BitwiseCopyable {
  var sum: Double
  var count: Double

  private static let most = 400.0

  var value: Double { sum / count }

  @inline(__always)
  mutating func add(_ number: Double) {
    sum += number
    count += 1
    if count > Self.most { (sum, count) = (sum * 0.5, count * 0.5) }
  }
}
