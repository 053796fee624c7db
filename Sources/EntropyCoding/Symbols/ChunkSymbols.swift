/// The symbols of a chunk for an encoder: plain planes, then context-coded planes with a level for each value.
///
/// The buffer can be reused for chunk after chunk: fill ``symbols`` and ``levels``, and set ``rows``.
package struct ChunkSymbols: Sendable {
  /// The number of plain planes.
  package let planes: Int
  /// The number of context-coded planes, which follow the plain ones.
  package let contextCodedPlanes: Int
  /// The number of values from one plane to the next: the maximum number of rows.
  package let planeStride: Int
  /// The number of rows in use, 1 to ``planeStride``; initially all.
  package var rows: Int
  /// The value of plane p and row r is symbols[p * planeStride + r]; context-coded planes follow the plain ones.
  package var symbols: [Int32]
  /// The level of context-coded plane p, counted from 0, and row r is levels[p * planeStride + r]: the position in
  /// ``TableSet/levels`` of the value's table.
  package var levels: [UInt8]

  /// Creates room for `rows` values of each plane, all 0, at level 0.
  package init(planes: Int, contextCodedPlanes: Int, rows: Int) {
    self.init(
      symbols: [Int32](repeating: 0, count: (planes + contextCodedPlanes) * rows), planes: planes,
      planeStride: rows,
      rows: rows, levels: [UInt8](repeating: 0, count: contextCodedPlanes * rows),
      contextCodedPlanes: contextCodedPlanes)
  }

  /// Creates a chunk from existing symbols.
  package init(
    symbols: [Int32], planes: Int, planeStride: Int, rows: Int, levels: [UInt8] = [],
    contextCodedPlanes: Int = 0
  ) {
    self.planes = planes
    self.contextCodedPlanes = contextCodedPlanes
    self.planeStride = planeStride
    self.rows = rows
    self.symbols = symbols
    self.levels = levels
  }

  /// The number of planes of both kinds.
  package var allPlanes: Int { planes + contextCodedPlanes }

  /// Traps unless there are as many values as ``planeStride`` and ``rows`` imply. The last plane may end with its rows.
  func check() {
    precondition(rows >= 1 && rows <= planeStride, "a chunk has 1 to planeStride rows")
    precondition(
      allPlanes == 0 || symbols.count >= (allPlanes - 1) * planeStride + rows, "a chunk has all its symbols")
    precondition(
      contextCodedPlanes == 0 || levels.count >= (contextCodedPlanes - 1) * planeStride + rows,
      "a chunk has all its levels")
  }
}

/// The highest of `count` levels.
@inline(__always)
func highest(_ levels: UnsafePointer<UInt8>, _ count: Int) -> Int {
  var highest: UInt8 = 0
  for i in 0..<count { highest = max(highest, levels[i]) }
  return Int(highest)
}
