import EntropyCoding

/// Where the numbers of a chunk lie in the buffers of the quick coder.
///
/// Rows of wide samples have a border on both sides, so that neighbours need no test of the place; in front lie as many zeros as
/// any neighbour is away.
struct QuickLayout {
  let shape: ValueShape
  let rows: Int
  /// The border on each side of a row.
  let border: Int
  /// From a row to the next, and from a plane to the next; 0 if there are none.
  let stride: Int
  let planeStride: Int
  /// The place of the first value.
  let first: Int
  /// The places of the buffers.
  let count: Int

  private static let (wideBorder, slack, narrowRows) = (4, 16, 20)
  /// The values of a window, if neighbours are near.
  private static let windowValues = 1 << 14

  init(_ shape: ValueShape, rows: Int) {
    (self.shape, self.rows) = (shape, rows)
    border = shape.isNarrow ? 0 : min(Self.wideBorder, shape.width / 4)
    stride = shape.width + 2 * border
    let planeRows = shape.plane / max(1, shape.width)
    planeStride = planeRows * stride
    let before = shape.isNarrow ? Self.narrowRows : planeRows + 5
    first = before * stride + border + Self.slack
    count = first + (rows + 1) * stride + Self.slack
  }

  /// A layout of some rows at a time, with which a decoder's buffers stay in the caches.
  func window() -> QuickLayout {
    QuickLayout(shape, rows: min(rows, max(first / stride + 1, Self.windowValues / stride)))
  }

  /// The place of the first value of a row.
  @inline(__always)
  func start(_ row: Int) -> Int { first &+ row &* stride }

  /// The places of a value's neighbours relative to it, the most useful first: those whose numbers predict it.
  ///
  /// - Parameter j: the column.
  func neighbours(column j: Int) -> [Int] {
    var found: [Int] = []
    func add(_ row: Int, _ place: Int, plane: Int = 0) {
      let offset = row * stride + place - plane
      guard found.count < QuickPredictor.maximumNeighbours, offset < 0, !found.contains(offset) else {
        return
      }
      found.append(offset)
    }
    if shape.isNarrow {
      let width = shape.width
      func beside(_ row: Int, _ place: Int) { if j + place >= 0, j + place < width { add(row, place) } }
      add(-1, 0)
      for place in 1...3 { beside(0, -place) }
      add(-2, 0)
      beside(-1, -1)
      beside(-1, 1)
      add(-3, 0)
      for place in 4...6 { beside(0, -place) }
      beside(-1, -2)
      beside(-1, 2)
      add(-4, 0)
      beside(-2, -1)
      beside(-2, 1)
      for row in 5...19 { add(-row, 0) }
      return found
    }
    for (row, place) in [(0, -1), (-1, 0), (-1, -1), (-1, 1), (0, -2), (-2, 0), (0, -3), (0, -4)] {
      add(row, place)
    }
    if planeStride > 0 {
      for (row, place) in [(0, 0), (0, -1), (0, 1), (-1, 0), (1, 0)] { add(row, place, plane: planeStride) }
    }
    for (row, place) in [
      (-1, -2), (-1, 2), (-2, -1), (-2, 1), (0, -5), (0, -6), (0, -7), (0, -8), (-3, 0), (-1, -3), (-1, 3),
    ] { add(row, place) }
    return found
  }

  /// The places of what the model's reconstruction says: of the value, and of those beside it.
  func baseNeighbours(column j: Int) -> [Int] {
    [0, -stride] + (shape.isNarrow && j == 0 ? [] : [-1])
  }
}

/// The numbers of a chunk, by their places in a ``QuickLayout``.
struct QuickField {
  let layout: QuickLayout
  /// What is predicted: names, or numbers in small units.
  let positions: UnsafeMutablePointer<Int64>
  /// The names of values whose numbers are predicted in small units.
  let names: UnsafeMutablePointer<Int64>
  /// The magnitudes of the errors of predictions.
  let errors: UnsafeMutablePointer<UInt32>
  /// The positions of the model's reconstruction; nil without a model.
  let base: UnsafeMutablePointer<Int64>?
  /// The usual magnitude of a column's errors, eightfold.
  let usual: UnsafeMutablePointer<UInt32>
  private let owners: [AnyObject]

  /// - Parameter other: a field whose base counts, if there is one.
  init(_ layout: QuickLayout, hasBase: Bool = false, sharing other: QuickField? = nil) {
    self.layout = layout
    let (positions, names) = (
      ZeroedMemory<Int64>(count: layout.count), ZeroedMemory<Int64>(count: layout.count)
    )
    let (errors, usual) = (
      ZeroedMemory<UInt32>(count: layout.count), ZeroedMemory<UInt32>(count: layout.shape.columns)
    )
    let base = hasBase ? ZeroedMemory<Int64>(count: layout.count) : nil
    owners = [positions, names, errors, usual] + (base.map { [$0] } ?? []) + (other?.owners ?? [])
    (self.positions, self.names, self.errors, self.usual) = (
      positions.pointer, names.pointer, errors.pointer, usual.pointer
    )
    self.base = base?.pointer ?? other?.base
  }

  /// Moves on by some rows: the last of them precede the first row then.
  func advance(_ rows: Int) {
    let (count, distance) = (layout.first, rows * layout.stride)
    positions.update(from: positions + distance, count: count)
    names.update(from: names + distance, count: count)
    errors.update(from: errors + distance, count: count)
    base.map { $0.update(from: $0 + distance, count: count) }
  }

  /// Sets positions and names to those of another field, and usual errors to none.
  func reset(to other: QuickField) {
    positions.update(from: other.positions, count: layout.count)
    names.update(from: other.names, count: layout.count)
    usual.update(repeating: 0, count: layout.shape.columns)
  }

  /// The bytes that a value takes.
  static let bytesPerValue = 28
}
