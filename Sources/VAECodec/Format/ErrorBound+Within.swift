extension ErrorBound {
  /// Whether |a - b| <= bound, exactly.
  static func isWithin(_ bound: Double, _ a: Double, _ b: Double) -> Bool {
    isWithin(bound, rest: 0, a, b)
  }

  /// Whether |a - b| <= bound + rest, exactly, where the rest is what `bound` lost when it was rounded.
  fileprivate static func isWithin(_ bound: Double, rest more: Double, _ a: Double, _ b: Double) -> Bool {
    let difference = a - b
    // The rounding error of the difference (two-sum: Knuth, The Art of Computer Programming, volume 2, section 4.2.2).
    let part = difference - a
    let rest = (a - (difference - part)) - (b + part)
    let size = difference.magnitude
    return size < bound || (size == bound && (difference < 0 ? -rest : rest) <= more)
  }
}

extension ValueBound {
  /// The smallest magnitude of values with relative errors: the share of a smaller one may not be exact.
  static let leastMagnitude = 0x1p-900

  /// Whether b keeps the bound of a, exactly; equal bits always do.
  @inline(__always)
  func isWithin(_ a: Double, _ b: Double) -> Bool {
    guard isRelative else { return ErrorBound.isWithin(size, a, b) }
    let magnitude = a.magnitude
    guard magnitude >= Self.leastMagnitude, b.isFinite else { return a.bitPattern == b.bitPattern }
    let share = size * magnitude
    return ErrorBound.isWithin(share, rest: (-share).addingProduct(size, magnitude), a, b)
  }
}
