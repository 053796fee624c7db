import Records

/// The values that a decoder may give back for those of a table's column, and the integers that name them.
///
/// - `grid`: the column's values are k / 10^d, nearly all of them. The integer k is coded, in steps of 2 floor(E 10^d) + 1.
///   Integers have d = 0.
/// - `free`: p + q s, where p is predicted, and s = 2 E.
/// - `exact`: floating point without error, by its bits: see ``OrderedBits``.
///
/// What none of them gives within the bound is coded by itself.
struct ColumnQuantizer {
  enum Kind {
    case grid
    case free
    case exact
  }

  let kind: Kind
  private let elementType: ElementType
  private let bound: Double
  /// 10^d of a grid; else 1.
  private let power: Double
  /// In units of the grid, where there is one.
  private let step: Double
  /// Of an integer type.
  private let range: ClosedRange<Double>?

  /// A step of a grid is taken where it is not much shorter than one that knows of none.
  private static let leastStep = 0.75

  /// - Parameters:
  ///   - bound: finite and at least 0.
  ///   - decimals: of the grid that nearly all values are on; nil where there is none.
  init(_ type: ValueType, bound: Double, decimals: Int?) {
    elementType = type.elementType
    self.bound = bound
    range = type.range
    let decimals = elementType.isInteger ? 0 : decimals
    let power = (0..<(decimals ?? 0)).reduce(1.0) { power, _ in power * 10 }
    let step = BoundedQuantizer.wholeStep(within: bound * power)
    if decimals != nil, elementType.isInteger || step >= Self.leastStep * 2 * bound * power {
      (kind, self.power, self.step) = (.grid, power, step)
    } else {
      (kind, self.power, self.step) = (bound > 0 ? .free : .exact, 1, 2 * bound)
    }
  }

  /// Where the steps are laid for a prediction, in units of the grid.
  @inline(__always)
  func anchor(_ prediction: Double) -> Double {
    guard kind == .grid else { return prediction }
    let number = max(-BoundedQuantizer.largest, min(BoundedQuantizer.largest, prediction * power)).rounded(
      .toNearestOrEven)
    return range.map { max($0.lowerBound, min($0.upperBound, number)) } ?? number
  }

  /// Where a prediction is beside its anchor, in units of the grid: -1/2 to 1/2, as far as they go.
  @inline(__always)
  func distance(_ prediction: Double, anchor: Double) -> Double { prediction * power - anchor }

  /// The bits of the value that q names.
  @inline(__always)
  func bits(anchor: Double, _ difference: Int64) -> UInt64 {
    let number = anchor + Double(difference) * step
    return elementType.bits(nearest: kind == .grid ? number / power : number)
  }

  /// The q that names a value; nil where none is within the bound, or every bit is to come back and none gives them.
  @inline(__always)
  func difference(_ bits: UInt64, anchor: Double) -> Int64? {
    let value = elementType.value(bits: bits)
    return BoundedQuantizer.nearest((value * power - anchor) / step) { isGood($0, bits, value, anchor) }
  }

  @inline(__always)
  private func isGood(_ difference: Int64, _ bits: UInt64, _ value: Double, _ anchor: Double) -> Bool {
    let found = self.bits(anchor: anchor, difference)
    if found == bits { return true }
    return bound > 0 && BoundedQuantizer.isWithin(bound, value, elementType.value(bits: found))
  }
}

extension SampleBatch {
  /// Rows that are looked at, at least and at most, and the share of values that have to lie on a grid.
  private static let (minimumGridRows, maximumGridRows, gridShare) = (8, 2048, 0.98)

  /// For each column, the fewest decimals of a grid that nearly all of some of the values lie on: k / 10^d, rounded to the
  /// type. Nil where there is none.
  func columnDecimals() -> [Int?] {
    guard rows >= Self.minimumGridRows, let some = spread(rows: Self.maximumGridRows) else {
      return [Int?](repeating: nil, count: valuesPerSample)
    }
    let values = some.doubles()
    return (0..<valuesPerSample).map { column in
      let known = stride(from: column, to: values.count, by: valuesPerSample).map { values[$0] }
        .filter(\.isFinite)
      guard known.count >= Self.minimumGridRows else { return nil }
      var power = 1.0
      for decimals in 0...ColumnBounds.maximumDecimals {
        let onGrid = known.count { value in
          let number = (value * power).rounded(.toNearestOrEven)
          return number.magnitude <= 0x1p50
            && elementType.value(bits: elementType.bits(nearest: number / power)) == value
        }
        if Double(onGrid) >= Self.gridShare * Double(known.count) { return decimals }
        power *= 10
      }
      return nil
    }
  }
}
