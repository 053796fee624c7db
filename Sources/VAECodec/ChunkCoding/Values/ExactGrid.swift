import Records

/// The finest grid that nearly all numbers of a column lie on exactly.
struct ExactGrid {
  let grid: ValueGrid
  /// The different numbers, ascending.
  let distinct: [Double]

  /// One number in so many may lie elsewhere.
  private static let exceptions = 1000
  /// The most decimals of floating-point numbers.
  private static let decimals = 9

  /// - Parameter all: finite numbers.
  init(_ all: [Double], _ elementType: ElementType) {
    // As an exception, -0 repeats the one before, which takes next to nothing; few grids have it.
    let numbers = all.filter { $0.bitPattern != (-0.0).bitPattern }
    var distinct: [Double] = []
    for number in numbers.sorted() where distinct.last?.bitPattern != number.bitPattern {
      distinct.append(number)
    }
    self.distinct = distinct
    grid =
      Self.affine(numbers, distinct, elementType) ?? Self.digits(numbers, elementType)
      ?? Self.ordered(numbers, elementType)
  }

  /// The integers nearest to positions on a scale.
  init(names positions: [Double]) {
    grid = ValueGrid(.affine(offset: 0, step: 1, decimals: 0), .f8)
    distinct = Set(positions.map { Double(ValueGrid.whole($0)) }).sorted()
  }

  /// Whether nearly all numbers are on a grid.
  private static func fits(_ grid: ValueGrid, _ numbers: [Double]) -> Bool {
    var left = numbers.count / exceptions
    for number in numbers where !grid.holds(number) {
      left -= 1
      if left < 0 { return false }
    }
    return true
  }

  /// The largest multiple that a type tells from its neighbours.
  private static func limit(_ elementType: ElementType) -> Double {
    switch elementType {
    case .f2: 0x1p9
    case .f4: 0x1p22
    case .f8: 0x1p50
    default: 1e15
    }
  }

  private static func affine(_ numbers: [Double], _ distinct: [Double], _ elementType: ElementType)
    -> ValueGrid?
  {
    guard let first = distinct.first, let last = distinct.last else { return nil }
    let greatest = max(first.magnitude, last.magnitude)
    for decimals in 0...(elementType.isInteger ? 0 : Self.decimals) {
      let power = powersOfTen[decimals]
      guard greatest * power <= limit(elementType) else { return nil }
      let fine = ValueGrid(.affine(offset: 0, step: 1, decimals: decimals), elementType)
      guard fits(fine, numbers) else { continue }
      // A common divisor of the distances.
      let origin = fine.name(near: first)
      var divisor: Int64 = 0
      for number in distinct where divisor != 1 && fine.holds(number) {
        divisor = greatestCommonDivisor(divisor, fine.name(near: number) - origin)
      }
      guard divisor > 1 else { return fine }
      let coarse = ValueGrid(
        .affine(offset: Double(origin), step: Double(divisor), decimals: decimals), elementType)
      return fits(coarse, numbers) ? coarse : fine
    }
    return nil
  }

  private static func greatestCommonDivisor(_ a: Int64, _ b: Int64) -> Int64 {
    var (a, b) = (a.magnitude, b.magnitude)
    while b > 0 { (a, b) = (b, a % b) }
    return Int64(clamping: a)
  }

  private static func digits(_ numbers: [Double], _ elementType: ElementType) -> ValueGrid? {
    let most = elementType == .f8 ? 14 : elementType == .f4 ? 6 : 2
    guard !elementType.isInteger, most >= 3 else { return nil }
    for digits in 3...most {
      let grid = ValueGrid(.digits(digits), elementType)
      if fits(grid, numbers) { return grid }
    }
    return nil
  }

  private static func ordered(_ numbers: [Double], _ elementType: ElementType) -> ValueGrid {
    let isNarrow = elementType == .f8 && numbers.allSatisfy { Double(Float($0)).bitPattern == $0.bitPattern }
    return ValueGrid(.ordered(isNarrow ? .f4 : elementType), elementType)
  }
}

extension ValueGrid {
  /// Whether a number is on the grid, to the last bit.
  func holds(_ number: Double) -> Bool {
    elementType.rounded(value(name(near: number))).bitPattern == number.bitPattern
  }
}
