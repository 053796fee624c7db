/// The frequency tables of a chunk's planes, of both kinds.
///
/// A plain plane has one table; planes may share it. A context-coded plane has a table for each value: a level, which the
/// caller works out from what is decoded already, chooses it among ``levels``. All context-coded planes share those, and
/// how many such planes a chunk has is the chunk's affair: see ``ChunkSymbols``.
package struct TableSet: Sendable {
  /// There are at most this many levels: one fits a byte.
  package static let maximumLevels = 256

  /// The tables of the plain planes.
  package let tables: [FrequencyTable]
  /// For each plain plane, which of ``tables`` it is coded with.
  package let index: [Int]
  /// For each level, the table of the values at it.
  package let levels: [FrequencyTable]

  /// How many plain planes there are; none is allowed.
  package var planes: Int { index.count }

  /// - Parameters:
  ///   - tables: the tables of the plain planes.
  ///   - index: one a plain plane, each within `tables`.
  ///   - levels: one a level, at most ``mostLevels``; none if no plane is context-coded.
  package init(tables: [FrequencyTable], index: [Int], levels: [FrequencyTable] = []) {
    precondition(index.allSatisfy(tables.indices.contains), "every plane has a table")
    precondition(levels.count <= Self.maximumLevels, "a level fits a byte")
    self.tables = tables
    self.index = index
    self.levels = levels
  }

  /// One table a plain plane.
  package init(_ tables: [FrequencyTable], levels: [FrequencyTable] = []) {
    self.init(tables: tables, index: Array(tables.indices), levels: levels)
  }

  /// The table of a plain plane.
  package subscript(plane: Int) -> FrequencyTable { tables[index[plane]] }

  /// What coding a chunk of plain planes takes, in bits, before any of a chunk's own overhead: the sum of
  /// ``FrequencyTable/bits(of:)``.
  ///
  /// - Parameters:
  ///   - symbols: plane-major: the value of plane p and row r is symbols[p * planeStride + r].
  ///   - planeStride: values from one plane to the next, at least `rows`.
  ///   - rows: rows of the chunk.
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

  /// What coding a chunk takes, in bits, before any of a chunk's own overhead.
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

  /// What coding each row of a chunk takes, in bits: together, ``bits(of:)``.
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
