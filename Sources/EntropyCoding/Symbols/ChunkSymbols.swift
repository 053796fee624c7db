/// The symbols of a chunk as an encoder takes them: plain planes, then context-coded ones with a level for each value.
///
/// A buffer to use again for chunk after chunk: fill ``symbols`` and ``levels``, and set ``rows``.
package struct ChunkSymbols: Sendable {
  /// How many plain planes there are.
  package let planes: Int
  /// How many context-coded planes follow them.
  package let contextCodedPlanes: Int
  /// Values from one plane to the next: the most rows there can be.
  package let planeStride: Int
  /// How many rows count, 1 to ``planeStride``: at first, all.
  package var rows: Int
  /// The value of plane p and row r is symbols[p * planeStride + r]; context-coded planes come after the plain ones.
  package var symbols: [Int32]
  /// The level of context-coded plane p, counted from 0, and row r is levels[p * planeStride + r]: which of
  /// ``TableSet/levels`` the value is coded with.
  package var levels: [UInt8]

  /// Room for `rows` values of each plane, all 0, at level 0.
  package init(planes: Int, contextCodedPlanes: Int, rows: Int) {
    self.init(
      symbols: [Int32](repeating: 0, count: (planes + contextCodedPlanes) * rows), planes: planes,
      planeStride: rows,
      rows: rows, levels: [UInt8](repeating: 0, count: contextCodedPlanes * rows),
      contextCodedPlanes: contextCodedPlanes)
  }

  /// A chunk of what is at hand already.
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

  /// Planes of both kinds.
  package var allPlanes: Int { planes + contextCodedPlanes }

  /// Stops where what ``planeStride`` and ``rows`` promise is not there. The last plane may end with its rows.
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
