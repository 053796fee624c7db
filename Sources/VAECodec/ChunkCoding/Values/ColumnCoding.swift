import EntropyCoding
import Records

/// How the numbers of a column are named, from its plan.
struct ColumnCoding {
  let grid: ValueGrid
  /// The step of names that count from the prediction; nil for a grid.
  let freeStep: Double?
  let tree: (bits: Int, least: Int64)
  /// The type that values are rounded to.
  private let elementType: ElementType
  let (unit, inverseUnit, center): (Double, Double, Double)
  private let bound: Double

  init(_ plan: ValuePlan.Column, bound: Double, _ elementType: ElementType) {
    (self.bound, self.elementType) = (bound, elementType)
    tree = plan.tree
    unit = Double(sign: .plus, exponent: plan.exponent, significand: 1)
    inverseUnit = 1 / unit
    center = Double(plan.center) * unit
    switch plan.names {
    case .grid(let grid):
      self.grid = grid
      freeStep = nil
    case .lattice(let margin):
      let step = max(ValuePlan.step(bound: bound, margin: margin), .leastNormalMagnitude)
      grid = ValueGrid(.affine(offset: 0, step: step, decimals: 0), elementType)
      freeStep = nil
    case .free(let margin):
      freeStep = max(ValuePlan.step(bound: bound, margin: margin), .leastNormalMagnitude)
      grid = ValueGrid(.ordered(elementType), elementType)
    }
  }

  /// The nearest integer to a number, of 51 bits at most.
  @inline(__always)
  private static func whole(_ number: Double) -> Int64 {
    guard number > -ValueGrid.largestName else { return Int64(-ValueGrid.largestName) }
    return number < ValueGrid.largestName
      ? Int64((number + 0.5).rounded(.down)) : Int64(ValueGrid.largestName)
  }

  /// The expected name of a prediction, and a name for contexts.
  @inline(__always)
  func names(of prediction: Double) -> (name: Int64, plain: Int64) {
    if let freeStep { return (0, Self.whole(prediction / freeStep)) }
    let name = grid.name(near: prediction)
    return (name, grid.plain(name))
  }

  /// A name for contexts.
  @inline(__always)
  func plainName(_ name: Int64, _ value: Double) -> Int64 {
    if let freeStep { return Self.whole(value / freeStep) }
    return grid.plain(name)
  }

  /// The bits of the value with a name.
  ///
  /// - Parameter storage: the type that values are stored in.
  @inline(__always)
  func bits(of name: Int64, _ expected: Expectation, _ storage: ElementType) -> UInt64 {
    let value = freeStep.map { expected.value + Double(name) * $0 } ?? grid.value(name)
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
      return bound > 0 && BoundedQuantizer.isWithin(bound, value, storage.value(bits: found))
    }
    if let freeStep {
      let name = Self.whole((value - expected.value) / freeStep)
      return isGood(name) ? name : isGood(name - 1) ? name - 1 : isGood(name + 1) ? name + 1 : nil
    }
    let name = grid.name(near: value)
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

/// What is expected of a value before it is coded.
struct Expectation {
  let value: Double
  let name: Int64
  let plainName: Int64
  /// The distance of two names there, and the position of the prediction between their boundaries in eighths.
  let step: Double
  let eighth: Int
  /// The expected error in steps: as a level, and in octaves above 4.
  let level: Int
  let octaves: Int
  let distributions: TailDistributions

  /// The narrowest scale of a distribution, in steps.
  private static let narrowest = 0.03
  private static let levels = 24

  init(_ column: ColumnCoding, _ prediction: ValuePrediction) {
    value = column.center + column.unit * prediction.blend
    (name, plainName) = column.names(of: value)
    if let freeStep = column.freeStep {
      (step, eighth) = (freeStep, 0)
    } else {
      let (low, high) = (column.grid.lower(name), column.grid.lower(name &+ 1))
      step = high > low ? min(high - low, .greatestFiniteMagnitude) : 1e-300
      let eighths = (value - low) / step * 8
      eighth = eighths > 0 ? (eighths < 8 ? Int(eighths) : 7) : 0
    }
    var size = prediction.blendScale * column.unit / step
    let levels = (ValuePrediction.level(size) - ValuePrediction.level(0.0625)) >> 1
    level = max(0, min(Self.levels - 1, levels))
    var octaves = 0
    if size >= 4 {
      while octaves < 60, size >= 2 {
        size *= 0.5
        octaves += 1
      }
    }
    self.octaves = octaves
    var own = TailDistributions()
    var scales = prediction.scales
    let p = prediction.predictions
    own.centers = SIMD8(value, value, 0, 0, 0, 0, 0, 0)
    scales = SIMD8(
      prediction.blendScale, prediction.usualError, scales[0], scales[1], scales[2], scales[3], scales[4],
      scales[5])
    let centers = SIMD8(0, 0, p[0], p[1], p[2], p[3], p[4], p[5]) * column.unit + column.center
    own.centers = centers
    own.centers[0] = value
    own.centers[1] = value
    scales *= column.unit
    let least = SIMD8(repeating: Self.narrowest * step)
    scales.replace(with: least, where: .!(scales .> least))
    own.inverseScales = 1 / scales
    distributions = own
  }
}

/// Codes which values are exceptions, and these by their bits.
struct ExceptionCoding {
  private let elementType: ElementType
  private let shape: ValueShape
  private var probabilities = [UInt16](repeating: 2000, count: 4 * 64)
  private var wasException: [Bool]
  private var last: UInt64 = 0
  /// The probability that an exception is that before it, of 2^16.
  private static let repeats: UInt32 = 60_000

  init(_ elementType: ElementType, _ shape: ValueShape) {
    (self.elementType, self.shape) = (elementType, shape)
    wasException = [Bool](repeating: false, count: shape.width)
  }

  /// Codes whether value `i`, at place `j` of its row, is an exception.
  ///
  /// - Returns: its bits; nil if it is none.
  mutating func code<Coder: BitCoding>(
    _ bits: UInt64, isException: Bool, _ i: Int, _ j: Int, _ coder: inout Coder
  ) -> UInt64? {
    // The same place of the row before, and the value before.
    let before = i > 0 && wasException[j > 0 ? j - 1 : shape.width - 1]
    let context = min(shape.column(of: j), 63) * 4 + (wasException[j] ? 2 : 0) + (before ? 1 : 0)
    let p = probabilities[context]
    let isOne = coder.code(isException ? 1 : 0, UInt32(max(8, min(65528, p)))) == 1
    probabilities[context] = isOne ? p + (.max - p) >> 5 : p - p >> 5
    wasException[j] = isOne
    guard isOne else { return nil }
    if coder.code(bits == last ? 1 : 0, Self.repeats) == 1 { return last }
    var found: UInt64 = 0
    for rest in (0..<UInt64(8 * elementType.size)).reversed() {
      found = found << 1 | UInt64(coder.code(UInt32(truncatingIfNeeded: bits >> rest) & 1, 1 << 15))
    }
    last = found
    return found
  }
}
