/// The frequency tables of a chunk's planes, plain and context-coded.
///
/// A plain plane has one table; planes may share it. In a context-coded plane, each value has a level, which the caller
/// derives from data decoded earlier, and which selects one of ``levels``. All context-coded planes share these; their
/// number is a property of the chunk, see ``ChunkSymbols``.
package struct TableSet: Sendable {
  /// The maximum number of levels: one fits a byte.
  package static let maximumLevels = 256

  /// The tables of the plain planes.
  package let tables: [FrequencyTable]
  /// For each plain plane, the position of its table in ``tables``.
  package let index: [Int]
  /// The table of each level.
  package let levels: [FrequencyTable]

  /// The number of plain planes; it may be 0.
  package var planes: Int { index.count }

  /// - Parameters:
  ///   - tables: the tables of the plain planes.
  ///   - index: one per plain plane, each within `tables`.
  ///   - levels: one per level, at most ``maximumLevels``; none if no plane is context-coded.
  package init(tables: [FrequencyTable], index: [Int], levels: [FrequencyTable] = []) {
    precondition(index.allSatisfy(tables.indices.contains), "every plane has a table")
    precondition(levels.count <= Self.maximumLevels, "a level fits a byte")
    self.tables = tables
    self.index = index
    self.levels = levels
  }

  /// Creates a set with one table per plain plane.
  package init(_ tables: [FrequencyTable], levels: [FrequencyTable] = []) {
    self.init(tables: tables, index: Array(tables.indices), levels: levels)
  }

  /// The table of a plain plane.
  package subscript(plane: Int) -> FrequencyTable { tables[index[plane]] }

  /// The cost of coding a chunk of plain planes in bits, without overhead per chunk: the sum of
  /// ``FrequencyTable/bits(of:)``.
  ///
  /// - Parameters:
  ///   - symbols: plane-major: the value of plane p and row r is symbols[p * planeStride + r].
  ///   - planeStride: the number of values from one plane to the next, at least `rows`.
  ///   - rows: the number of rows in the chunk.
  package func bits(of symbols: [Int32], planeStride: Int, rows: Int) -> Double {
    precondition(rows >= 0 && rows <= planeStride)
    precondition(planes == 0 || symbols.count >= (planes - 1) * planeStride + rows)
    var sum = 0.0
    for plane in 0..<planes {
      let table = self[plane]
      for value in symbols[plane * planeStride..<plane * planeStride + rows] {
        sum += Double(table.bits(of: value))
      }
    }
    return sum
  }

  /// The cost of coding a chunk in bits, without overhead per chunk.
  package func bits(of chunk: ChunkSymbols) -> Double {
    precondition(chunk.planes == planes, "the chunk has the tables' planes")
    var sum = bits(of: chunk.symbols, planeStride: chunk.planeStride, rows: chunk.rows)
    for plane in 0..<chunk.contextCodedPlanes {
      let first = (planes + plane) * chunk.planeStride
      for row in 0..<chunk.rows {
        let level = Int(chunk.levels[plane * chunk.planeStride + row])
        sum += Double(levels[level].bits(of: chunk.symbols[first + row]))
      }
    }
    return sum
  }

  /// The cost of coding each row of a chunk in bits; the sum is ``bits(of:)``.
  package func rowBits(of chunk: ChunkSymbols) -> [Double] {
    chunk.check()
    precondition(chunk.planes == planes, "the chunk has the tables' planes")
    var sums = [Double](repeating: 0, count: chunk.rows)
    for plane in 0..<planes {
      let (table, first) = (self[plane], plane * chunk.planeStride)
      for row in sums.indices { sums[row] += Double(table.bits(of: chunk.symbols[first + row])) }
    }
    for plane in 0..<chunk.contextCodedPlanes {
      let first = (planes + plane) * chunk.planeStride
      for row in sums.indices {
        let level = Int(chunk.levels[plane * chunk.planeStride + row])
        sums[row] += Double(levels[level].bits(of: chunk.symbols[first + row]))
      }
    }
    return sums
  }
}
