/// A colour of a picture.
struct Colour: Equatable {
  var red: UInt8
  var green: UInt8
  var blue: UInt8
}

/// How numbers become colours: 255 of them from low to high, and one, transparent, for what is no number.
enum Palette {
  /// From black to white, as images of counts of light are.
  case grey
  /// From dark blue to yellow, lighter all the way, so that it can be read without seeing colours: viridis (van der Walt
  /// and Smith, 2015), between nine of its points.
  case viridis

  private static let points: [(Double, Double, Double)] = [
    (68, 1, 84), (71, 44, 122), (59, 81, 139), (44, 113, 142), (33, 144, 141), (39, 173, 129),
    (92, 200, 99), (170, 220, 50), (253, 231, 37),
  ]

  /// Places for numbers; the next is that for what is none.
  static let levels = 255

  var colours: [Colour] {
    let last = Self.levels - 1
    let listed = (0...last).map { i -> Colour in
      switch self {
      case .grey:
        let value = UInt8(i * 255 / last)
        return Colour(red: value, green: value, blue: value)
      case .viridis:
        let at = Double(i) / Double(last) * Double(Self.points.count - 1)
        let lower = min(Int(at), Self.points.count - 2)
        let part = at - Double(lower)
        let (a, b) = (Self.points[lower], Self.points[lower + 1])
        func mix(_ a: Double, _ b: Double) -> UInt8 { UInt8((a + part * (b - a)).rounded()) }
        return Colour(red: mix(a.0, b.0), green: mix(a.1, b.1), blue: mix(a.2, b.2))
      }
    }
    return listed + [Colour(red: 0, green: 0, blue: 0)]
  }

  /// The place of a number between `low` and `high`; numbers beyond are as the end.
  static func place(_ value: Double, low: Double, high: Double) -> UInt8 {
    guard !value.isNaN else { return UInt8(levels) }
    guard high > low else { return UInt8(levels / 2) }
    let share = min(1, max(0, (value - low) / (high - low)))
    return UInt8((share * Double(levels - 1)).rounded())
  }
}
