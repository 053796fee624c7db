/// The frequency tables of all planes. Planes may share a table.
public struct TableSet: Sendable {
  /// The tables.
  public let tables: [FrequencyTable]
  /// For each plane, which of ``tables`` it is coded with.
  public let index: [Int]

  /// How many planes there are; none is allowed.
  public var planes: Int { index.count }

  /// - Parameters:
  ///   - tables: the tables.
  ///   - index: one a plane, each within `tables`.
  public init(tables: [FrequencyTable], index: [Int]) {
    precondition(index.allSatisfy(tables.indices.contains), "every plane has a table")
    self.tables = tables
    self.index = index
  }

  /// One table a plane.
  public init(_ tables: [FrequencyTable]) {
    self.init(tables: tables, index: Array(tables.indices))
  }

  /// The table of a plane.
  public subscript(plane: Int) -> FrequencyTable { tables[index[plane]] }

  /// What coding a chunk takes, in bits, before any of a chunk's own overhead: the sum of
  /// ``FrequencyTable/bits(of:)``.
  ///
  /// - Parameters:
  ///   - symbols: plane-major: the value of plane p and row r is symbols[p * planeStride + r].
  ///   - planeStride: values from one plane to the next, at least `rows`.
  ///   - rows: rows of the chunk.
  public func bits(of symbols: [Int32], planeStride: Int, rows: Int) -> Double {
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
}
