import VAECodec

/// An axis of a plot: which numbers it covers, where each of them is, and where its ticks are.
struct Axis {
  enum Scale: String {
    case linear
    case logarithmic
  }

  let scale: Scale
  let low: Double
  let high: Double
  let label: String

  /// Ticks at about such a number at most.
  private static let maximumTicks = 6

  /// An axis that covers `values`, those that are finite; on a logarithmic one, those above 0.
  ///
  /// - Parameters:
  ///   - fromZero: whether a linear axis begins at 0.
  ///   - isTight: whether it covers no more than that; else it ends at ticks.
  init(
    _ label: String, covering values: [Double], scale: Scale = .linear, fromZero: Bool = false,
    isTight: Bool = false
  ) {
    let usable = values.filter { $0.isFinite && (scale == .linear || ($0 > 1e-290 && $0 < 1e290)) }
    var (low, high) = (usable.min() ?? (scale == .linear ? 0 : 1), usable.max() ?? 1)
    switch scale {
    case .linear:
      if fromZero { (low, high) = (min(0, low), max(0, high)) }
      if !(high > low) {
        let room = max(low.magnitude * 0.1, 0.5)
        (low, high) = (fromZero && low == 0 ? 0 : low - room, high + room)
      }
      if !isTight {
        let step = Self.niceStep((high - low) / Double(Self.maximumTicks - 1))
        (low, high) = ((low / step).rounded(.down) * step, (high / step).rounded(.up) * step)
      }
    case .logarithmic:
      let room = powerOfTen(max(0.02, 0.03 * decimalLogarithm(high / low)))
      (low, high) = (low / room, high * room)
    }
    self.scale = scale
    self.low = low
    self.high = high
    self.label = label
  }

  /// A scale on which `values` can be told apart: logarithmic where all are above 0 and they differ by more than a factor of
  /// eight.
  static func scale(for values: [Double]) -> Scale {
    guard let low = values.min(), let high = values.max() else { return .linear }
    return low > 0 && high / low > 8 ? .logarithmic : .linear
  }

  /// Where `value` is: 0 at the low end, 1 at the high end.
  func position(_ value: Double) -> Double {
    switch scale {
    case .linear: (value - low) / (high - low)
    case .logarithmic: decimalLogarithm(value / low) / decimalLogarithm(high / low)
    }
  }

  /// The smallest of 1, 2, 5, 10 times a power of ten that is not below `least`.
  static func niceStep(_ least: Double) -> Double {
    guard least > 1e-290, least.isFinite else { return 1 }
    let exponent = decimalLogarithm(least).rounded(.down)
    let power = powerOfTen(exponent)
    for factor in [1.0, 2, 5, 10] where factor * power >= least * (1 - 1e-9) { return factor * power }
    return 10 * power
  }

  /// Round numbers within the axis.
  var ticks: [(value: Double, text: String)] {
    switch scale {
    case .linear:
      let step = Self.niceStep((high - low) / Double(Self.maximumTicks))
      let first = (low / step - 1e-6).rounded(.up)
      return (0...Self.maximumTicks).compactMap { i in
        let value = (first + Double(i)) * step
        guard value <= high + 1e-6 * step else { return nil }
        return (value, Self.text(value.magnitude < 1e-9 * step ? 0 : value, step: step))
      }
    case .logarithmic:
      let decades = decimalLogarithm(high / low)
      let factors: [Double] = decades > 3 ? [1] : decades > 1.5 ? [1, 3] : [1, 2, 5]
      // Of many decades, every second one, or fewer.
      let stride = max(1, Int((decades / Double(Self.maximumTicks)).rounded(.up)))
      let exponents = Int(decimalLogarithm(low).rounded(.down))...Int(decimalLogarithm(high).rounded(.up))
      return exponents.filter { $0 % stride == 0 }.flatMap { exponent in
        factors.compactMap { factor in
          let value = factor * powerOfTen(Double(exponent))
          guard value >= low, value <= high else { return nil }
          return (value, Self.text(value, step: value))
        }
      }
    }
  }

  /// `value` with as many decimals as `step` needs.
  static func text(_ value: Double, step: Double) -> String {
    let size = value.magnitude
    guard size > 0 else { return "0" }
    if size >= 1e6 || step < 1e-4 {
      let exponent = decimalLogarithm(size).rounded(.down)
      let mantissa = value / powerOfTen(exponent)
      let digits = max(0, Int((exponent - decimalLogarithm(step)).rounded(.up)))
      return "\(mantissa.fixed(min(3, digits)))e\(Int(exponent))"
    }
    if size >= 1e4, step >= 1 { return grouped(Int(value.rounded())) }
    return value.fixed(max(0, Int((-decimalLogarithm(step) - 1e-9).rounded(.up))))
  }
}
