import Records

/// Makes plans for the values of a chunk.
struct ValuePlanChoice {
  /// A way to make a plan.
  struct Trial: Equatable {
    /// Whether names are steps from the prediction, where values within a bound lie on no grid.
    var isFree = false
    /// Whether they are where values lie on a grid.
    var isAnchored = false
    /// Whether values with relative bounds are exact.
    var isExact = false
    /// What share of the bits that a dictionary seems to save has to pay for it; 0 for no dictionary.
    var dictionaryShare = 0.35
    /// Columns of up to 2^bits names are coded by trees.
    var treeBits = 12
  }

  private let types: [ElementType]
  private let shape: ValueShape
  private let bounds: [ValueBound]
  private let swapsBytes: Bool
  /// The finite numbers of each column, the grids that they lie on, and where they lie.
  private let columns: [Numbers]
  /// The same by positions, where values have relative bounds, and the scale that these are on.
  private let positions: [(numbers: Numbers, scale: RelativeScale)?]

  private typealias Numbers = (numbers: [Double], exact: ExactGrid, unit: ValueUnit)

  /// - Parameter values: all of the chunk, before any exchange of bytes.
  init(_ coder: GridCoder, _ values: [Double]) {
    (types, shape, bounds) = (coder.types, coder.shape, coder.bounds)
    swapsBytes = coder.isLossless && Self.areSwapped(values, coder.elementType, width: coder.shape.width)
    let type = coder.elementType
    let own = swapsBytes ? values.map { type.value(bits: ValuePlan.swapped(type.bits(nearest: $0))) } : values
    let (count, marks) = (coder.columns, coder.known.missing)
    let columns: [Numbers] = (0..<count).map { place in
      let numbers = (count == 1 ? own : stride(from: place, to: own.count, by: count).map { own[$0] }).filter
      {
        $0.isFinite && (marks.isEmpty || !marks.contains($0))
      }
      return (numbers, ExactGrid(numbers, coder.types[place]), ValueUnit(of: numbers))
    }
    positions = columns.enumerated().map { place, own in
      guard
        let scale = RelativeScale(fitting: own.numbers, own.exact, coder.bound(place), coder.types[place])
      else { return nil }
      let positions = own.numbers.map(scale.position)
      let names = ExactGrid(names: positions)
      return ((positions, names, ValueUnit(of: positions)), scale)
    }
    self.columns = columns
  }

  /// The ways that may pay.
  ///
  /// - Parameters:
  ///   - isRelative: whether some bounds are relative.
  ///   - hasBase: whether a model expects values: then steps from the prediction come first.
  static func trials(_ elementType: ElementType, isLossless: Bool, isRelative: Bool, hasBase: Bool) -> [Trial]
  {
    let dictionaries = [Trial(), Trial(treeBits: 0), Trial(dictionaryShare: 0)]
    if isLossless {
      return elementType.size == 1 ? [Trial(dictionaryShare: 0)] : dictionaries + [Trial(treeBits: 16)]
    }
    let grids = dictionaries + [Trial(dictionaryShare: 0, treeBits: 0)]
    let free = [
      Trial(isFree: true, isAnchored: true, dictionaryShare: 0, treeBits: 0),
      Trial(isFree: true, isAnchored: true),
    ]
    let exact = isRelative ? [Trial(isExact: true)] : []
    return (hasBase && elementType.size > 1 ? free + grids : grids + free) + exact
  }

  /// The plan of a trial; whether there are exceptions is not known yet.
  func plan(_ trial: Trial) -> ValuePlan {
    var plan = ValuePlan(columns: columns.indices.map { column($0, trial) })
    plan.scales = positions.map { trial.isExact ? .exact : $0?.scale.kind ?? .exact }
    plan.swapsBytes = swapsBytes
    plan.hasColumnContexts = shape.isNarrow
    setTrees(&plan, trial)
    return plan
  }

  /// The same plan without what the model expects.
  func withoutBase(_ plan: ValuePlan) -> ValuePlan {
    var plan = plan
    plan.usesBase = false
    for place in plan.columns.indices {
      plan.columns[place].unit = numbers(place, isExact: plan.scales[place] == .exact).unit
    }
    return plan
  }

  private func bound(_ place: Int) -> ValueBound { bounds.bound(ofColumn: place) }

  /// What is named in a column: numbers or positions.
  private func numbers(_ place: Int, isExact: Bool) -> Numbers {
    isExact ? columns[place] : positions[place]?.numbers ?? columns[place]
  }

  private func column(_ place: Int, _ trial: Trial) -> ValuePlan.Column {
    let (numbers, exact, unit) = numbers(place, isExact: trial.isExact)
    let isRelative = bound(place).isRelative
    let hasScale = isRelative && !trial.isExact && positions[place] != nil
    if hasScale, trial.isFree, !types[place].isInteger, positions[place]?.scale.kind.isLogarithmic == true {
      return ValuePlan.Column(names: .free(margin: ValuePlan.margins.upperBound), unit: unit)
    }
    let size = hasScale ? 0.5 : isRelative ? 0 : bound(place).size
    var column = ValuePlan.Column(names: names(numbers, exact, types[place], bound: size, trial))
    column.unit = unit
    return column
  }

  /// How the numbers of a column are named.
  private func names(
    _ numbers: [Double], _ exact: ExactGrid, _ elementType: ElementType, bound: Double, _ trial: Trial
  ) -> ValuePlan.Names {
    guard bound > 0 else {
      guard trial.dictionaryShare > 0 else { return .grid(exact.grid) }
      let names = exact.distinct.filter { exact.grid.holds($0) }.map { exact.grid.name(near: $0) }
      return .grid(dictionary(names, of: exact.grid, range: nil, numbers.count, trial) ?? exact.grid)
    }
    guard let first = exact.distinct.first, let last = exact.distinct.last else { return .grid(exact.grid) }
    var step = 2 * bound
    if case .affine(let offset, let own, let decimals) = exact.grid.kind {
      let spacing = own / powersOfTen[decimals]
      let count = 2 * (bound / spacing * (1 + 1e-12)).rounded(.down) + 1
      if (elementType.isInteger || count * spacing >= 0.75 * step) && count * own < 0x1p50 {
        let coarse = ValueGrid(.affine(offset: offset, step: own * count, decimals: decimals), elementType)
        step = count * spacing
        if trial.isAnchored, count > 1 { return .anchored(exact.grid, stride: Int64(count)) }
        return .grid(covering(exact, bound, (last - first) / step, numbers.count, trial) ?? coarse)
      }
    }
    let precision =
      switch elementType {
      case .f2: 0x1p-11
      case .f4: 0x1p-24
      default: 0x1p-53
      }
    let share = max(first.magnitude, last.magnitude) * precision / bound
    // The share of the bound that rounding to the type takes at most.
    guard share < 0.25 else { return names(numbers, exact, elementType, bound: 0, trial) }
    let margin = max(
      ValuePlan.margins.lowerBound,
      min(ValuePlan.margins.upperBound, share > 0 ? -Int(share.exponent) - 1 : 50))
    if trial.isFree { return .free(margin: margin) }
    return covering(exact, bound, (last - first) / step, numbers.count, trial).map { .grid($0) }
      ?? .lattice(margin: margin)
  }

  /// A dictionary of numbers such that one is within the bound of each; nil if it does not pay.
  ///
  /// - Parameter steps: the range of the numbers in steps of twice the bound.
  private func covering(
    _ exact: ExactGrid, _ bound: Double, _ steps: Double, _ count: Int, _ trial: Trial
  ) -> ValueGrid? {
    guard trial.dictionaryShare > 0 else { return nil }
    let distinct = exact.distinct
    var names: [Int64] = []
    var begin = 0
    while begin < distinct.count {
      // As many numbers as lie within twice the bound have one near their middle, if the bound allows.
      var center = begin
      while center + 1 < distinct.count, distinct[center + 1] - distinct[begin] <= bound { center += 1 }
      var end = center + 1
      while end < distinct.count, distinct[end] - distinct[center] <= bound { end += 1 }
      let name = exact.grid.name(near: distinct[center])
      if names.last.map({ $0 < name }) ?? true { names.append(name) }
      begin = end
    }
    return dictionary(names, of: exact.grid, range: steps, count, trial)
  }

  /// The grid with a dictionary of names; nil if it does not pay.
  private func dictionary(
    _ names: [Int64], of grid: ValueGrid, range: Double?, _ count: Int, _ trial: Trial
  ) -> ValueGrid? {
    guard trial.dictionaryShare > 0, names.count > 1, let first = names.first, let last = names.last,
      !(grid.elementType.size == 1 && shape.isNarrow)
    else { return nil }
    let all = binaryLogarithm((range ?? Double(last) - Double(first)) + 1)
    let saved = all - binaryLogarithm(Double(names.count))
    var cost = 0.0
    for (a, b) in zip(names, names.dropFirst()) { cost += binaryLogarithm(Double(b) - Double(a)) + 2 }
    guard saved > 0.15, Double(count) * saved * trial.dictionaryShare > cost else { return nil }
    return ValueGrid(grid.kind, grid.elementType, dictionary: names)
  }

  /// An approximation; only encoders use it.
  private func binaryLogarithm(_ number: Double) -> Double {
    number > 0 ? Double(number.exponent) + (number.significand - 1) : 0
  }

  /// Sets the trees of columns with few names.
  private func setTrees(_ plan: inout ValuePlan, _ trial: Trial) {
    guard trial.treeBits > 0 else { return }
    var ranges = plan.columns.indices.map { place in
      names(of: place, plan.columns[place], plan.scales[place]).map { ($0.lowerBound, $0.upperBound) }
    }
    // Columns of the same few names have one tree.
    let known = ranges.compactMap { $0 }
    if shape.isNarrow, known.count == ranges.count,
      plan.columns.allSatisfy({ $0.names == plan.columns[0].names }),
      case .grid(let grid) = plan.columns[0].names, grid.dictionary.isEmpty,
      let least = known.map(\.0).min(), let most = known.map(\.1).max(), most - least < 256
    {
      ranges = ranges.map { _ in (least, most) }
    }
    for (place, range) in ranges.enumerated() {
      guard let (least, most) = range, case let width = most &- least, width >= 0,
        width < 1 << Int64(trial.treeBits)
      else { continue }
      plan.columns[place].tree = (max(1, 64 - width.leadingZeroBitCount), least)
    }
  }

  /// The names of a column's numbers, where these are few enough to be coded by a tree.
  private func names(of place: Int, _ column: ValuePlan.Column, _ kind: RelativeScale.Kind) -> ClosedRange<
    Int64
  >? {
    let coding = ColumnCoding(
      column, bound: bound(place), scale: kind == .exact ? nil : positions[place]?.scale, types[place])
    let distinct = numbers(place, isExact: kind == .exact).exact.distinct
    guard coding.freeStep == nil, coding.grid.isDense, let first = distinct.first, let last = distinct.last
    else { return nil }
    let (least, most) = (coding.grid.name(near: first), coding.grid.name(near: last))
    return least <= most ? least...most : nil
  }

  /// Whether integers of 16 bits are nearer to those above them with their bytes exchanged.
  private static func areSwapped(_ values: [Double], _ elementType: ElementType, width: Int) -> Bool {
    guard elementType.size == 2, elementType.isInteger, values.count > 2 * width else { return false }
    var (plain, swapped) = (0, 0)
    func level(_ a: Double, _ b: Double) -> Int { ValuePrediction.level(1 + (a - b).magnitude) }
    func other(_ value: Double) -> Double {
      elementType.value(bits: ValuePlan.swapped(elementType.bits(nearest: value)))
    }
    for i in width..<values.count {
      plain += level(values[i], values[i - width]) - ValuePrediction.level(1)
      swapped += level(other(values[i]), other(values[i - width])) - ValuePrediction.level(1)
    }
    return 5 * swapped < 4 * plain
  }
}
