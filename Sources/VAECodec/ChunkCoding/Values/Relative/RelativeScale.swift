import Records

/// The scale on which the values of a column have a relative bound: positions, of which all within half of a position are within the
/// bound of the value there.
///
/// 0 is at 0, and positions have the sign of their values.
struct RelativeScale: Sendable {
  /// How magnitudes are found at positions.
  enum Kind: Equatable, Sendable {
    /// Values are exact, and have no positions.
    case exact
    /// By their logarithm: that of 1 is at position -`least`.
    case logarithmic(least: Int64)
    /// As integers of 10^-decimals: see ``RelativeIntegers``.
    case whole(decimals: Int)

    var isLogarithmic: Bool { if case .logarithmic = self { true } else { false } }
    var isWhole: Bool { if case .whole = self { true } else { false } }
  }

  let kind: Kind
  private let type: ElementType
  private let integers: RelativeIntegers?
  private let power: Double
  /// The distance of positions as a logarithm, and the value at a position relative to the middle of the values there.
  private let (width, middle): (Double, Double)
  private let least: Double
  /// The magnitude at position 1; smaller ones lie evenly below.
  private let first: Double

  static let largestLeast: Int64 = 1 << 46
  static let maximumDecimals = 9

  /// Whether a bound is worth more than that all values are exact.
  static func isUseful(_ bound: ValueBound, _ type: ElementType) -> Bool {
    bound.isRelative && bound.size >= max(RelativeIntegers.leastBound, 4 * precision(type))
  }

  /// What rounding to a type takes of a bound: relative to the value, and that of positions.
  private static func precision(_ type: ElementType) -> Double {
    switch type {
    case .f2: 0x1p-11
    case .f4: 0x1p-24
    default: 0x1p-39
    }
  }

  /// The scale of a column; nil for exact values.
  ///
  /// - Parameter integers: those of the bound, where they are known.
  init?(_ kind: Kind, _ bound: ValueBound, _ type: ElementType, integers known: RelativeIntegers? = nil) {
    (self.kind, self.type) = (kind, type)
    let own = bound.size - Self.precision(type) * (1 + bound.size)
    width = Logarithm.log((1 + own) / (1 - own))
    middle = ((1 - own) * (1 + own)).squareRoot()
    switch kind {
    case .exact: return nil
    case .logarithmic(let least):
      (integers, power, self.least) = (nil, 1, Double(least))
    case .whole(let decimals):
      (integers, power, least) = (known ?? RelativeIntegers(bound: bound.size), powersOfTen[decimals], 0)
    }
    first = Logarithm.exp((1 + least) * width)
  }

  /// The position of a number; any number is defined.
  @inline(__always)
  func position(of number: Double) -> Double {
    let size = number.magnitude
    guard size > 0 else { return 0 }
    guard size <= .greatestFiniteMagnitude else { return number < 0 ? -1e300 : 1e300 }
    let position: Double
    if let integers {
      position = integers.position(of: size * power)
    } else {
      position = size > first ? Logarithm.log(size) / width - least : size / first
    }
    return number < 0 ? -position : position
  }

  /// The value at a position, before it is rounded to the type.
  @inline(__always)
  func value(at position: Double) -> Double {
    let size = position.magnitude
    guard size >= 0.5 else { return 0 }
    let value =
      if let integers { integers.magnitude(at: size) / power } else {
        Logarithm.exp((size + least) * width) * middle
      }
    return position < 0 ? -value : value
  }

  /// The scale for the values of a column.
  ///
  /// - Parameters:
  ///   - numbers: finite ones.
  ///   - exact: the grid that they lie on.
  init?(fitting numbers: [Double], _ exact: ExactGrid, _ bound: ValueBound, _ type: ElementType) {
    guard Self.isUseful(bound, type) else { return nil }
    let sizes = exact.distinct.lazy.map(\.magnitude).filter { $0 >= ValueBound.leastMagnitude }
    if case .affine(_, _, let decimals) = exact.grid.kind, decimals <= Self.maximumDecimals {
      // Where the bound is few steps of the grid.
      let sorted = numbers.map(\.magnitude).sorted()
      let usual = sorted.isEmpty ? 0 : sorted[sorted.count / 2]
      if type.isInteger || bound.size * usual * powersOfTen[decimals] < 8 {
        self.init(.whole(decimals: decimals), bound, type)
        return
      }
    }
    guard !type.isInteger else {
      self.init(.whole(decimals: 0), bound, type)
      return
    }
    guard let plain = RelativeScale(.logarithmic(least: 0), bound, type) else { return nil }
    let smallest = sizes.min() ?? 1
    self.init(
      .logarithmic(least: Int64((Logarithm.log(smallest) / plain.width).rounded(.down)) - 1), bound, type)
  }
}
