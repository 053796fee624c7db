import Records

/// The values that a decoder may return for those of a table's column, and the integers that name them.
///
/// - `grid`: nearly all values of the column are k / 10^d. The integer k is coded in steps of 2 floor(E 10^d) + 1.
///   Integers have d = 0.
/// - `free`: p + q s, where p is the prediction and s = 2 E.
/// - `exact`: lossless floating point, by its bits; see ``OrderedBits``.
///
/// A value that has no name within the bound is coded as an escape. If a column has a type of its own and is stored in
/// binary64 beside columns of other types, all its values are rounded to that type.
struct ColumnQuantizer {
  enum Kind {
    case grid
    case free
    case exact
  }

  let kind: Kind
  private let elementType: ElementType
  /// The type of the column's values, if they are stored as another.
  private let ownType: ElementType?
  private let bound: Double
  /// 10^d of a grid; otherwise 1.
  private let power: Double
  /// In units of the grid, if there is one.
  private let step: Double
  /// The range of an integer type.
  private let range: ClosedRange<Double>?

  /// A grid is used if its step is at least this share of the step without a grid.
  private static let leastStep = 0.75

  /// - Parameters:
  ///   - own: the type of the column's values, if they are stored as another.
  ///   - bound: finite and at least 0.
  ///   - decimals: those of the grid that nearly all values lie on; nil if there is none.
  init(_ type: ValueType, own: ElementType? = nil, bound: Double, decimals: Int?) {
    elementType = type.elementType
    ownType = own
    self.bound = bound
    range = own.map(\.range) ?? type.range
    let isInteger = (own ?? elementType).isInteger
    let decimals = isInteger ? 0 : decimals
    let power = (0..<(decimals ?? 0)).reduce(1.0) { power, _ in power * 10 }
    let step = BoundedQuantizer.wholeStep(within: bound * power)
    if decimals != nil, isInteger || step >= Self.leastStep * 2 * bound * power {
      (kind, self.power, self.step) = (.grid, power, step)
    } else {
      (kind, self.power, self.step) = (bound > 0 ? .free : .exact, 1, 2 * bound)
    }
  }

  /// The origin of the steps for a prediction, in units of the grid.
  @inline(__always)
  func anchor(_ prediction: Double) -> Double {
    guard kind == .grid else { return prediction }
    let number = max(-BoundedQuantizer.largest, min(BoundedQuantizer.largest, prediction * power)).rounded(
      .toNearestOrEven)
    return range.map { max($0.lowerBound, min($0.upperBound, number)) } ?? number
  }

  /// The offset of a prediction from its anchor, in units of the grid: usually -1/2 to 1/2.
  @inline(__always)
  func distance(_ prediction: Double, anchor: Double) -> Double { prediction * power - anchor }

  /// The bits of the value with the name q.
  @inline(__always)
  func bits(anchor: Double, _ difference: Int64) -> UInt64 {
    let number = anchor + Double(difference) * step
    let value = kind == .grid ? number / power : number
    return elementType.bits(nearest: ownType?.rounded(value) ?? value)
  }

  /// The name q of a value; nil if none is within the bound, or the column is lossless and no name gives its bits.
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
  /// The minimum and maximum number of rows examined, and the share of values that must lie on a grid.
  private static let (minimumGridRows, maximumGridRows, gridShare) = (8, 2048, 0.98)

  /// For each column, the smallest number of decimals d such that nearly all of some values are k / 10^d, rounded to
  /// the type. Nil if there is none.
  ///
  /// - Parameter types: those of the columns, if they differ from that of the batch.
  func columnDecimals(_ types: [ElementType]? = nil) -> [Int?] {
    guard rows >= Self.minimumGridRows, let some = spread(rows: Self.maximumGridRows) else {
      return [Int?](repeating: nil, count: valuesPerSample)
    }
    let values = some.doubles()
    return (0..<valuesPerSample).map { column in
      let elementType = types?[column] ?? elementType
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
