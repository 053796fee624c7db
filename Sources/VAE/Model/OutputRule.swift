/// How a reconstruction becomes values that the data can hold: clipped to bounds, and rounded where values are
/// integers. Exact operations only: a decoder computes it.
public struct OutputRule: Equatable, Sendable {
  /// The least value, in the data's units; -infinity where none is known.
  public var lowest: Float
  /// The greatest value; infinity where none is known.
  public var highest: Float
  /// Whether values are integers.
  public var isInteger: Bool

  /// A rule from its parts; `lowest` must not exceed `highest`.
  public init(lowest: Float = -.infinity, highest: Float = .infinity, isInteger: Bool = false) {
    precondition(lowest <= highest)
    self.lowest = lowest
    self.highest = highest
    self.isInteger = isInteger
  }

  /// Whether it changes nothing.
  var isIdentity: Bool { !isInteger && lowest == -.infinity && highest == .infinity }

  /// The value that `x` stands for.
  @inline(__always)
  func callAsFunction(_ x: Float) -> Float {
    let clipped = max(lowest, min(highest, x))
    return isInteger ? clipped.rounded(.toNearestOrEven) : clipped
  }
}
