import ByteIO

/// How the values of a chunk lie in rows and planes: what stands beside each other.
///
/// - Narrow: a sample is a row of at most ``maximumColumns`` values, each of which is a column of its own.
/// - Wide: a row is the last axis of a sample, with the channels of a last axis of up to 4. Rows follow one another across
///   samples, and planes are the two last axes.
struct ValueShape: Equatable, Sendable {
  /// The number of values in a row.
  let width: Int
  /// The number of values in a plane; 0 if there are none.
  let plane: Int
  let isNarrow: Bool

  private static let maximumColumns = 40
  /// The same for a table.
  static let maximumTableColumns = 1024

  /// - Parameters:
  ///   - shape: that of a sample.
  ///   - isTable: whether samples are rows of a table.
  init(_ shape: [Int], isTable: Bool = false) {
    var axes = shape
    var channels = 1
    if axes.count > 1, let last = axes.last, last <= 4 {
      channels = last
      axes.removeLast()
    }
    width = (axes.last ?? 1) * channels
    isNarrow =
      axes.count <= 1 && channels == 1 && width <= (isTable ? Self.maximumTableColumns : Self.maximumColumns)
    plane = axes.count > 1 ? width * axes[axes.count - 2] : 0
  }

  /// The number of columns with names of their own.
  var columns: Int { isNarrow ? width : 1 }

  /// The places of the values before one: above it, to its left and twice so, above the left, and above to the right.
  typealias Neighbours = (above: Int, left: Int, left2: Int, corner: Int, other: Int)

  /// The neighbours of value `i`, at place `j` of its row. At the ends of a wide row, the value above stands for those beyond.
  @inline(__always)
  func neighbours(of i: Int, place j: Int) -> Neighbours {
    let above = i - width
    let left = !isNarrow && j == 0 ? above : i - 1
    return (above, left, j > 1 ? i - 2 : left, j > 0 ? above - 1 : above, j + 1 < width ? above + 1 : above)
  }

  /// How far the values before a chunk's first are looked at, which count as 0.
  var margin: Int { (isNarrow ? 20 * width : max(plane, 3 * width) + width) + 16 }

  /// The most that ``margin`` is for samples of so many values.
  static func margin(values: Int) -> Int { MemoryLimit.sum((values, 5), (20 * maximumTableColumns, 1)) }
}

/// An input of a predictor: a value before another, by rows and positions in a row, or by a plane and positions; or what the
/// model expects at such a place, which may also come after.
struct Tap: Equatable {
  var row: Int
  var place: Int
  var (isPlane, isBase) = (false, false)

  init(_ row: Int, _ place: Int) { (self.row, self.place) = (row, place) }
  init(plane place: Int) { (row, self.place, isPlane) = (0, place, true) }
  init(base row: Int, _ place: Int) { (self.row, self.place, isBase) = (row, place, true) }
}

extension ValueShape {
  /// The inputs of a predictor for a column, and its forgetting factor.
  struct Taps {
    var taps: [Tap]
    var memory: Double
  }

  /// The four predictors of a column: with many neighbours, with a long history, and two quick ones with few inputs.
  ///
  /// - Parameter hasBase: whether a model expects values, too.
  func predictors(column j: Int, hasBase: Bool) -> [Taps] {
    let plain = isNarrow ? narrow(j) : wide
    guard hasBase else { return plain }
    let base = isNarrow ? narrowBase(j) : wideBase
    return zip(plain, base).map { Taps(taps: $0.taps + $1, memory: $0.memory) }
  }

  private func narrowBase(_ j: Int) -> [[Tap]] {
    let left = (0..<min(j, 4)).map { Tap(base: 0, -1 - $0) }
    let right = j + 1 < width ? [Tap(base: 0, 1)] : []
    let (own, above) = (Tap(base: 0, 0), Tap(base: -1, 0))
    return [
      [own] + left + right + [above], [own, above] + left.prefix(2), [own] + left.prefix(2) + [above],
      [own] + left.prefix(3) + [above],
    ]
  }

  private var wideBase: [[Tap]] {
    let (own, left, right) = (Tap(base: 0, 0), Tap(base: 0, -1), Tap(base: 0, 1))
    let (above, below) = (Tap(base: -1, 0), Tap(base: 1, 0))
    return [
      [own, left, right, above, below], [own, left, right, above, below, Tap(base: 0, -2)], [own, left],
      [own, left, right, above],
    ]
  }

  private func narrow(_ j: Int) -> [Taps] {
    func left(_ most: Int, row: Int = 0) -> [Tap] { (0..<min(j, most)).map { Tap(row, -1 - $0) } }
    let isFew = width <= 4
    // In the row above, the nearest columns on both sides, by turns.
    var above: [Tap] = []
    for d in 1..<max(2, width) {
      if j + d < width { above.append(Tap(-1, d)) }
      if j >= d { above.append(Tap(-1, -d)) }
    }
    var many = left(12) + [Tap(-1, 0)] + above.prefix(isFew ? 3 : 8) + [Tap(-2, 0)]
    for d in 1...(isFew ? 3 : 1) {
      if j >= d { many.append(Tap(-2, -d)) }
      if j + d < width { many.append(Tap(-2, d)) }
    }
    many.append(Tap(-3, 0))
    if isFew { many.append(Tap(-4, 0)) }
    func own(_ rows: Int) -> [Tap] { (1...rows).map { Tap(-$0, 0) } }
    return [
      Taps(taps: many, memory: 0.996),
      Taps(taps: own(16) + left(4) + left(2, row: -1), memory: 0.9995),
      Taps(taps: own(3) + left(2) + left(2, row: -1), memory: 0.92),
      Taps(taps: own(8) + left(3) + left(2, row: -1) + (j + 1 < width ? [Tap(-1, 1)] : []), memory: 0.98),
    ]
  }

  private var wide: [Taps] {
    func row(_ row: Int, _ places: ClosedRange<Int>) -> [Tap] { places.map { Tap(row, $0) } }
    func left(_ most: Int) -> [Tap] { (1...most).map { Tap(0, -$0) } }
    func front(_ places: ClosedRange<Int>) -> [Tap] { plane > 0 ? places.map { Tap(plane: $0) } : [] }
    return [
      Taps(taps: left(6) + row(-1, -3...3) + row(-2, -1...1) + front(-2...1), memory: 0.999),
      Taps(taps: left(8) + row(-1, -4...4) + row(-2, -2...2) + [Tap(-3, 0)] + front(-2...2), memory: 0.9999),
      Taps(
        taps: left(2) + [Tap(-1, 0), Tap(-1, -1), Tap(-1, 1), Tap(-2, 0)] + front(-1...0).reversed(),
        memory: 0.95),
      Taps(
        taps: left(4) + [
          Tap(-1, 0), Tap(-1, -1), Tap(-1, -2), Tap(-1, 1), Tap(-1, 2), Tap(-2, 0), Tap(-2, 1),
        ]
          + (plane > 0 ? [Tap(plane: 0), Tap(plane: -1), Tap(plane: 1)] : []), memory: 0.99),
    ]
  }
}
