import EntropyCoding
import Records

/// Predicts a position from its neighbours by a weighted sum in integers:
///
///     16 a + (c (center - a) + sum w (neighbour - a)) / 256
///
/// in sixteenths, where a is the neighbour before. Arithmetic wraps, so that it is defined for any numbers.
struct QuickPredictor: Equatable {
  /// Whether a is the neighbour above, not that to the left; that above where columns have numbers of their own.
  var isAnchoredAbove = false
  var center: Int64 = 0
  var centerWeight: Int64 = 0
  /// The weights of ``QuickLayout/neighbours(column:)`` and of ``QuickLayout/baseNeighbours(column:)``, in 4096ths.
  var weights: [Int64] = []
  var baseWeights: [Int64] = []

  static let maximumNeighbours = 20
  /// The bits of a weight's fraction, and the largest weight.
  static let weightBits: Int64 = 12
  static let largestWeight = 32767.0
}

/// What the numbers of a column are to the coder.
struct QuickColumn: BitwiseCopyable {
  enum Kind: UInt8, BitwiseCopyable {
    /// Positions are names.
    case names
    /// Positions are multiples of a small part of the step; errors are whole steps.
    case free
    /// Positions are numbers in a unit of 2^-exponent; names are those of bits.
    case scaled
  }

  struct Tap: BitwiseCopyable {
    let offset: Int
    let weight: Int64
  }

  let kind: Kind
  let scale: QuickScale
  let taps: UnsafePointer<Tap>
  let count: Int
  let baseTaps: UnsafePointer<Tap>
  let baseCount: Int
  let anchor: Int
  let center: Int64
  let centerWeight: Int64

  /// The prediction in sixteenths.
  @inline(__always)
  func predict(_ positions: UnsafePointer<Int64>, _ base: UnsafePointer<Int64>) -> Int64 {
    let a = positions[anchor]
    var sum = centerWeight &* (center &- a)
    for k in 0..<baseCount { sum = sum &+ baseTaps[k].weight &* (base[baseTaps[k].offset] &- a) }
    for k in 0..<count { sum = sum &+ taps[k].weight &* (positions[taps[k].offset] &- a) }
    return (a &<< 4) &+ (sum &>> (QuickPredictor.weightBits - 4))
  }
}

/// Turns the names of numbers, which are their bits, into positions of a fixed unit, and predictions into names.
struct QuickScale: BitwiseCopyable {
  /// Whether names are the bits of binary32, or of binary16; else of binary64.
  private let isSingle: Bool
  private let isHalf: Bool
  /// The positions of 1, and the number of a sixteenth of a position.
  let scale: Double
  private let sixteenth: Double

  /// - Parameters:
  ///   - type: floating point.
  ///   - exponent: that of the number of positions of 1.
  init(_ type: ElementType, exponent: Int) {
    (isSingle, isHalf) = (type == .f4, type == .f2)
    scale = Double(sign: .plus, exponent: exponent, significand: 1)
    sixteenth = Double(sign: .plus, exponent: -exponent - 4, significand: 1)
  }

  /// The name of a prediction, of scaled positions.
  @inline(__always)
  func name(of sixteenths: Int64) -> Int64 {
    let number = Double(sixteenths) * sixteenth
    if isSingle {
      let bits = Int32(bitPattern: Float(number).bitPattern)
      return Int64(bits >= 0 ? bits : bits ^ .max)
    }
    if isHalf { return OrderedBits(.f2).number(ElementType.f2.bits(nearest: number)) }
    let bits = Int64(bitPattern: number.bitPattern)
    return bits >= 0 ? bits : bits ^ .max
  }

  /// The scaled position of a name.
  @inline(__always)
  func position(of name: Int64) -> Int64 {
    let number: Double
    if isSingle {
      let bits = Int32(truncatingIfNeeded: name)
      number = Double(Float(bitPattern: UInt32(bitPattern: bits >= 0 ? bits : bits ^ .max)))
    } else if isHalf {
      number = ElementType.f2.value(bits: OrderedBits(.f2).bits(name))
    } else {
      number = Double(bitPattern: UInt64(bitPattern: name >= 0 ? name : name ^ .max))
    }
    return Self.whole(number * scale)
  }

  /// The nearest integer within ``ValueGrid/largestName``, as ``ValueGrid/whole(_:)`` finds it.
  @inline(__always)
  static func whole(_ number: Double) -> Int64 {
    guard number > -ValueGrid.largestName else { return Int64(-ValueGrid.largestName) }
    guard number < ValueGrid.largestName else { return Int64(ValueGrid.largestName) }
    let shifted = number + 0.5
    let near = Int64(shifted)
    return Double(near) > shifted ? near &- 1 : near
  }
}

/// The columns of a chunk, and the taps that they point to.
struct QuickColumns {
  let columns: UnsafePointer<QuickColumn>
  private let owners: [AnyObject]

  /// - Parameters:
  ///   - namings: of each column.
  ///   - predictors: of each column; weights of 0 take no time.
  init(_ layout: QuickLayout, _ namings: [QuickNaming], _ predictors: [QuickPredictor]) {
    self.init(
      layout, zip(namings, predictors).enumerated().map { ($0, $1.0.kind, $1.0.scale, $1.1) })
  }

  /// One column alone, as if it were the first, whose positions are predicted.
  init(_ layout: QuickLayout, column: Int, _ predictor: QuickPredictor) {
    self.init(layout, [(column, .names, QuickScale(.f8, exponent: 0), predictor)])
  }

  private init(
    _ layout: QuickLayout,
    _ all: [(place: Int, kind: QuickColumn.Kind, scale: QuickScale, predictor: QuickPredictor)]
  ) {
    let (most, count) = (QuickPredictor.maximumNeighbours + 3, all.count)
    let taps = ZeroedMemory<QuickColumn.Tap>(count: count * most)
    let columns = ZeroedMemory<QuickColumn>(count: count)
    for (number, (j, kind, scale, predictor)) in all.enumerated() {
      let first = taps.pointer + number * most
      var next = first
      func add(_ offsets: [Int], _ weights: [Int64]) -> Int {
        var added = 0
        for (offset, weight) in zip(offsets, weights) where weight != 0 {
          next.initialize(to: QuickColumn.Tap(offset: offset, weight: weight))
          next += 1
          added += 1
        }
        return added
      }
      // The nearest come last: they are known last.
      let own = add(layout.neighbours(column: j).reversed(), predictor.weights.reversed())
      let base = add(layout.baseNeighbours(column: j), predictor.baseWeights)
      (columns.pointer + number).initialize(
        to: QuickColumn(
          kind: kind, scale: scale, taps: first, count: own, baseTaps: first + own, baseCount: base,
          anchor: layout.shape.isNarrow || predictor.isAnchoredAbove ? -layout.stride : -1,
          center: predictor.center, centerWeight: predictor.centerWeight))
    }
    self.columns = UnsafePointer(columns.pointer)
    owners = [taps, columns]
  }
}
