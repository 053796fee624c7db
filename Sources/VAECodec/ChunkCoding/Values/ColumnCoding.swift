import Records

/// How the numbers of a column are named, from its plan.
struct ColumnCoding {
  let grid: ValueGrid
  /// The step of names that count from the prediction; nil for a grid.
  let freeStep: Double?
  /// The numbers of the grid in such a step; 0 if it is on no grid.
  private let stride: Int64
  let tree: (bits: Int, least: Int64)
  /// The type that values are rounded to.
  private let elementType: ElementType
  let (unit, inverseUnit, center): (Double, Double, Double)
  private let bound: ValueBound
  /// The scale on which names are found; nil for the numbers themselves.
  private let scale: RelativeScale?

  /// - Parameter scale: nil where values with a relative bound are exact.
  init(
    _ plan: ValuePlan.Column, bound own: ValueBound, scale: RelativeScale? = nil, _ elementType: ElementType
  ) {
    bound = own.isRelative && scale == nil ? .exact : own
    (self.scale, self.elementType) = (scale, elementType)
    let bound = scale == nil ? bound.size : 0.5
    tree = plan.tree
    unit = plan.unit.size
    inverseUnit = 1 / unit
    center = Double(plan.unit.center) * unit
    var stride: Int64 = 0
    switch plan.names {
    case .grid(let grid):
      self.grid = grid
      freeStep = nil
    case .anchored(let grid, let count):
      self.grid = grid
      stride = count
      freeStep = Double(count) * grid.spacing
    case .lattice(let margin):
      let step = max(ValuePlan.step(bound: bound, margin: margin), .leastNormalMagnitude)
      grid = ValueGrid(.affine(offset: 0, step: step, decimals: 0), elementType)
      freeStep = nil
    case .free(let margin):
      freeStep = max(ValuePlan.step(bound: bound, margin: margin), .leastNormalMagnitude)
      grid = ValueGrid(.ordered(elementType), elementType)
    }
    self.stride = stride
  }

  /// Where names count from, if they do: the prediction, or the nearest number of the grid and its name there.
  @inline(__always)
  func origin(of prediction: Double) -> (value: Double, name: Int64) {
    guard stride > 0 else { return (prediction, 0) }
    let name = grid.name(near: prediction)
    return (grid.value(name), name)
  }

  /// The expected name of a prediction, and a name for contexts.
  @inline(__always)
  func names(of prediction: Double) -> (name: Int64, plain: Int64) {
    if let freeStep { return (0, ValueGrid.whole(prediction / freeStep)) }
    let name = grid.name(near: prediction)
    return (name, grid.plain(name))
  }

  /// A name for contexts.
  @inline(__always)
  func plainName(_ name: Int64, _ value: Double) -> Int64 {
    if let freeStep { return ValueGrid.whole(value / freeStep) }
    return grid.plain(name)
  }

  /// Whether names are found on a scale of their own.
  var isRelative: Bool { scale != nil }

  /// The number with a name; its position, where names are found on a scale.
  @inline(__always)
  func position(of name: Int64, _ expected: Expectation) -> Double {
    if stride > 0 { return grid.value(expected.origin.name &+ name &* stride) }
    if let freeStep { return expected.origin.value + Double(name) * freeStep }
    return grid.value(name)
  }

  /// The bits of the value with a name.
  ///
  /// - Parameter storage: the type that values are stored in.
  @inline(__always)
  func bits(of name: Int64, _ expected: Expectation, _ storage: ElementType) -> UInt64 {
    let position = position(of: name, expected)
    let value = scale?.value(at: position) ?? position
    return storage.bits(nearest: storage == elementType ? value : elementType.rounded(value))
  }

  /// The name of a value; nil if none is within the bound, or gives its bits where there is none.
  @inline(__always)
  func name(of bits: UInt64, _ expected: Expectation, _ storage: ElementType) -> Int64? {
    let value = storage.value(bits: bits)
    guard value.isFinite else { return nil }
    func isGood(_ name: Int64) -> Bool {
      let found = self.bits(of: name, expected, storage)
      if found == bits { return true }
      return !bound.isExact && bound.isWithin(value, storage.value(bits: found))
    }
    let number = scale?.position(of: value) ?? value
    if let freeStep {
      let name = ValueGrid.whole((number - expected.origin.value) / freeStep)
      return isGood(name) ? name : isGood(name - 1) ? name - 1 : isGood(name + 1) ? name + 1 : nil
    }
    let name = grid.name(near: number)
    guard tree.bits == 0 || (name &- tree.least) >> Int64(tree.bits) == 0 else { return nil }
    return isGood(name) ? name : nil
  }

  /// The name that a match expects; nil if there is none.
  @inline(__always)
  func match(_ match: ValueMatches.Match, _ names: UnsafeMutablePointer<Int64>) -> Int64? {
    guard match.place >= 0, freeStep == nil else { return nil }
    return grid.name(plain: names[match.place])
  }
}
