import EntropyCoding
import Records

/// What a decoder has to know of a chunk's values before the first: how each column is named, and where its numbers lie.
struct ValuePlan: Equatable, Sendable {
  /// A column; or all of them, where they have no names of their own.
  struct Column: Equatable, Sendable {
    var names: Names
    /// Names are coded from the leading bit of their distance to this one on, with so many bits; 0 bits to code them by their
    /// distance from the prediction.
    var tree: (bits: Int, least: Int64) = (0, 0)
    var unit = ValueUnit()

    static func == (a: Self, b: Self) -> Bool { a.names == b.names && a.tree == b.tree && a.unit == b.unit }
  }

  /// How numbers are named.
  enum Names: Equatable, Sendable {
    case grid(ValueGrid)
    /// By steps from the prediction: twice the error bound, less a share of 2^-margin for rounding to the type.
    case free(margin: Int)
    /// By steps of so many numbers of a grid, from the number that is nearest to the prediction.
    case anchored(ValueGrid, stride: Int64)
    /// By steps of the same size from 0.
    case lattice(margin: Int)

    /// Whether they count from a number of a grid.
    var areAnchored: Bool { if case .anchored = self { true } else { false } }
  }

  var columns: [Column]
  /// How values with relative bounds are found; for each column.
  var scales: [RelativeScale.Kind] = []
  /// Whether some values are coded by their bits alone.
  var hasExceptions = false
  /// Whether the two bytes of a value are exchanged.
  var swapsBytes = false
  /// Whether contexts tell columns apart.
  var hasColumnContexts = false
  /// Whether what the model expects is used.
  var usesBase = false

  static let treeBits = 0...16
  static let margins = 2...50
  static let largestStride: Int64 = 1 << 50

  /// The bits of an integer of 16 bits with its bytes exchanged.
  @inline(__always)
  static func swapped(_ bits: UInt64) -> UInt64 { UInt64(UInt16(truncatingIfNeeded: bits).byteSwapped) }

  /// Steps from a prediction, for an error bound.
  static func step(bound: Double, margin: Int) -> Double {
    2 * (bound - bound * Double(sign: .plus, exponent: -margin, significand: 1))
  }
}

/// Codes plans, in either direction.
struct ValuePlanCoding {
  private var integers = SmallIntegerCoding()
  private let types: [ElementType]
  private let values: Int
  private let units: [ValueUnit?]?

  /// - Parameters:
  ///   - types: those of the columns.
  ///   - values: the number of values in the chunk: no dictionary has more than a column.
  ///   - units: those of plans that use what the model expects, where that tells them; nil without a model.
  init(_ types: [ElementType], values: Int, units: [ValueUnit?]? = nil) {
    (self.types, self.values, self.units) = (types, values, units)
  }

  private static let (affine, digits, ordered, free, lattice, anchored):
    (
      UInt64, UInt64, UInt64, UInt64, UInt64, UInt64
    ) = (0, 1, 2, 3, 4, 5)

  /// Codes a plan.
  ///
  /// - Parameter plan: nil for a decoder.
  /// - Returns: the plan; nil if the bits are those of none.
  mutating func code<Coder: BitCoding>(_ plan: ValuePlan?, _ coder: inout Coder) -> ValuePlan? {
    let flags: UInt64? = plan.map {
      ($0.hasExceptions ? 1 : 0) | ($0.swapsBytes ? 2 : 0) | ($0.hasColumnContexts ? 4 : 0)
        | ($0.usesBase ? 8 : 0)
    }
    let found = integers.code(flags ?? 0, &coder)
    guard found < 16 else { return nil }
    var result = ValuePlan(columns: [])
    result.hasExceptions = found & 1 != 0
    result.swapsBytes = found & 2 != 0
    result.hasColumnContexts = found & 4 != 0
    result.usesBase = found & 8 != 0
    guard !result.usesBase || units?.count == types.count else { return nil }
    guard !result.swapsBytes || types.allSatisfy({ $0.size == 2 && $0.isInteger }) else { return nil }
    for (place, type) in types.enumerated() {
      let last = place > 0 && types[place - 1] == type ? result.columns.last : nil
      let known = result.usesBase ? units?[place] ?? nil : nil
      guard let column = code(plan?.columns[place], type, after: last, known, &coder) else { return nil }
      result.columns.append(column)
    }
    return result
  }

  private mutating func code<Coder: BitCoding>(
    _ column: ValuePlan.Column?, _ type: ElementType, after last: ValuePlan.Column?, _ unit: ValueUnit?,
    _ coder: inout Coder
  ) -> ValuePlan.Column? {
    // Whether names are those of the column before.
    let isSame = integers.code(column.map { $0.names == last?.names ? 1 : 0 } ?? 0, &coder)
    guard isSame < 2, let names = isSame == 1 ? last?.names : code(column?.names, type, &coder) else {
      return nil
    }
    var result = ValuePlan.Column(names: names)
    let bits = integers.code(UInt64(column?.tree.bits ?? 0), &coder)
    guard bits <= UInt64(ValuePlan.treeBits.upperBound) else { return nil }
    if bits > 0 {
      switch names {
      case .free, .anchored: return nil
      case .grid, .lattice: break
      }
      result.tree = (Int(bits), integers.code(signed: column?.tree.least ?? 0, &coder))
    }
    if let unit {
      result.unit = unit
      return result
    }
    let exponent = integers.code(signed: Int64(column?.unit.exponent ?? 0), &coder)
    let center = integers.code(signed: column?.unit.center ?? 0, &coder)
    guard let found = ValueUnit(exponent: exponent, center: center) else { return nil }
    result.unit = found
    return result
  }

  private mutating func code<Coder: BitCoding>(
    _ names: ValuePlan.Names?, _ elementType: ElementType, _ coder: inout Coder
  ) -> ValuePlan.Names? {
    var grid: ValueGrid?
    var (margin, stride): (Int, Int64) = (0, 0)
    switch names {
    case .grid(let known)?: grid = known
    case .anchored(let known, let count)?: (grid, stride) = (known, count)
    case .free(let known)?, .lattice(let known)?: margin = known
    case nil: break
    }
    let kind: UInt64 =
      switch (names, grid?.kind) {
      case (.free, _): Self.free
      case (.lattice, _): Self.lattice
      case (.anchored, _): Self.anchored
      case (_, .digits): Self.digits
      case (_, .ordered): Self.ordered
      default: Self.affine
      }
    let found: ValueGrid.Kind
    let coded = integers.code(kind, &coder)
    switch coded {
    case Self.affine, Self.anchored:
      var own = (offset: 0.0, step: 1.0, decimals: 0)
      if case .affine(let offset, let step, let decimals)? = grid?.kind { own = (offset, step, decimals) }
      let decimals = integers.code(UInt64(own.decimals), &coder)
      let step = integers.code(UInt64(own.step), &coder)
      let offset = integers.code(signed: Int64(own.offset), &coder)
      guard decimals <= UInt64(ValueGrid.maximumDecimals), step > 0 else { return nil }
      found = .affine(offset: Double(offset), step: Double(step), decimals: Int(decimals))
      if coded == Self.anchored {
        let count = integers.code(UInt64(stride), &coder)
        guard count > 0, count <= UInt64(ValuePlan.largestStride) else { return nil }
        return .anchored(ValueGrid(found, elementType), stride: Int64(count))
      }
    case Self.digits:
      var own = 0
      if case .digits(let digits)? = grid?.kind { own = digits }
      let digits = integers.code(UInt64(own), &coder)
      guard digits <= UInt64(ValueGrid.digits.upperBound), ValueGrid.digits.contains(Int(digits)) else {
        return nil
      }
      found = .digits(Int(digits))
    case Self.ordered:
      var own: ElementType?
      if case .ordered(let type)? = grid?.kind { own = type }
      // 1 for binary32 in binary64.
      let isNarrow = integers.code(own.map { $0 != elementType ? 1 : 0 } ?? 0, &coder)
      guard isNarrow < 2, isNarrow == 0 || elementType == .f8 else { return nil }
      found = .ordered(isNarrow == 1 ? .f4 : elementType)
    case Self.free, Self.lattice:
      let share = integers.code(UInt64(margin), &coder)
      guard share <= UInt64(ValuePlan.margins.upperBound), ValuePlan.margins.contains(Int(share)) else {
        return nil
      }
      return coded == Self.free ? .free(margin: Int(share)) : .lattice(margin: Int(share))
    default: return nil
    }
    let count = integers.code(UInt64(grid?.dictionary.count ?? 0), &coder)
    guard count <= UInt64(values / types.count) else { return nil }
    var dictionary: [Int64] = []
    for place in 0..<Int(count) {
      if place == 0 {
        dictionary.append(integers.code(signed: grid?.dictionary[0] ?? 0, &coder))
      } else {
        let distance = grid.map { UInt64(bitPattern: $0.dictionary[place] &- $0.dictionary[place - 1]) &- 1 }
        let found = integers.code(distance ?? 0, &coder)
        let next = dictionary[place - 1].addingReportingOverflow(Int64(clamping: found))
        guard !next.overflow, next.partialValue < .max else { return nil }
        dictionary.append(next.partialValue + 1)
      }
    }
    return .grid(ValueGrid(found, elementType, dictionary: dictionary))
  }
}
