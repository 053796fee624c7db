extension ErrorBound {
  /// Whether |a - b| <= bound, exactly.
  static func isWithin(_ bound: Double, _ a: Double, _ b: Double) -> Bool {
    let difference = a - b
    // The rounding error of the difference (two-sum: Knuth, The Art of Computer Programming, volume 2, section 4.2.2).
    let part = difference - a
    let rest = (a - (difference - part)) - (b + part)
    let size = difference.magnitude
    return size < bound || (size == bound && (difference < 0 ? -rest : rest) <= 0)
  }
}
