/// Adaptive probability maps, as in Mahoney's paq: corrects a probability by what followed similar predictions in the
/// same context, on a curve through 33 points.
struct Refinement: ~Copyable {
  private static let points = 33
  /// The logarithm of the number of bits that a point averages.
  private static let rate: Int32 = 6

  /// Probabilities in units of 1 / 65536.
  private let curves: FixedBuffer<UInt16>
  private var place = 0

  init(contexts: Int, _ curves: borrowing LogisticCurves) {
    self.curves = FixedBuffer(repeating: 0, count: contexts * Self.points)
    for point in 0..<Self.points {
      let p = UInt16(curves.squash(Int32(point - 16) * 128))
      for context in 0..<contexts { self.curves[context * Self.points + point] = p }
    }
  }

  /// The refined probability, in units of 1 / 65536, for a stretched one.
  @inline(__always)
  mutating func refine(_ stretched: Int32, context: Int) -> Int32 {
    let d = max(-LogisticCurves.bound, min(LogisticCurves.bound, stretched)) &+ LogisticCurves.bound &+ 1
    let (low, part) = (Int(d >> 7) &+ context &* Self.points, d & 127)
    // The nearer point adapts.
    place = low &+ Int(part >> 6)
    return (Int32(curves[low]) &* (128 &- part) &+ Int32(curves[low &+ 1]) &* part) >> 7
  }

  @inline(__always)
  func learn(_ bit: UInt32) {
    let p = Int32(curves[place])
    let target: Int32 = bit == 1 ? 65535 : 0
    curves[place] = UInt16(truncatingIfNeeded: p &+ (target &- p) >> Self.rate)
  }
}
