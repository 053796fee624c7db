/// The logistic function and its inverse, in binary32, from tables that are computed with multiplications and divisions
/// only, so that they are the same on every machine.
package final class SmoothLogistic: Sendable {
  /// The domain of the logistic function is -12 ... 12, in steps of 1/256.
  @usableFromInline static let steps = 3072
  @usableFromInline static let limit: Float = 11.99
  /// Probabilities have 12 bits for ``stretch``.
  @usableFromInline static let probabilities = 4096

  /// 1 / (1 + e^-x) for x = (i - 3072) / 256.
  @usableFromInline let squashed: [Float]
  /// ln(p / (1 - p)) for p = (i + 1/2) / 4096.
  @usableFromInline let stretched: [Float]

  package init() {
    var squashed = [Float](repeating: 0, count: 2 * Self.steps + 1)
    // e^(-1/256).
    let ratio = 0.996_101_369_470_117_5
    var power = 1.0
    for d in 0...Self.steps {
      squashed[Self.steps + d] = Float(1 / (1 + power))
      squashed[Self.steps - d] = Float(power / (1 + power))
      power *= ratio
    }
    var stretched = [Float](repeating: 0, count: Self.probabilities)
    var d = 1 - Self.steps
    for p in 0..<Self.probabilities {
      let wanted = (Double(p) + 0.5) / Double(Self.probabilities)
      while d < Self.steps, Double(squashed[Self.steps + d]) < wanted { d += 1 }
      let (low, high) = (Double(squashed[Self.steps + d - 1]), Double(squashed[Self.steps + d]))
      stretched[p] = Float((Double(d - 1) + (wanted - low) / (high - low)) / 256)
    }
    (self.squashed, self.stretched) = (squashed, stretched)
  }

  /// The logistic function, interpolated. x is finite.
  @inlinable @inline(__always)
  static func squash(_ x: Float, _ table: UnsafePointer<Float>) -> Float {
    let place = (max(-limit, min(limit, x)) + 12) * 256
    let whole = Int(place)
    let rest = place - Float(whole)
    return table[whole] + (table[whole + 1] - table[whole]) * rest
  }
}
