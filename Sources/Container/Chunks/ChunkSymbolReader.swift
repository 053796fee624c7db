import EntropyCoding

/// Decodes the symbols of one chunk plane by plane: the plain planes, then each context-coded one, then the end.
///
/// ``ChunkDecoder/open(frame:maxRows:contextCodedPlanes:)`` creates it. After an error, its results are undefined.
package struct ChunkSymbolReader: Sendable {
  /// The source of the symbols.
  enum Source: Sendable {
    /// One stream, which must be decoded in order.
    case rans(RANSReader)
    /// Bytes, whose number has been checked.
    case plain(PlainSymbols)
  }

  /// The number of rows in the chunk, at least 1.
  package let rows: Int
  private let planes: Int
  private let allPlanes: Int
  private var source: Source
  /// The next plane.
  private var next = 0

  init(_ source: Source, rows: Int, planes: Int, contextCodedPlanes: Int) {
    self.source = source
    self.rows = rows
    self.planes = planes
    allPlanes = planes + contextCodedPlanes
  }

  /// Decodes all plain planes. Call it once, before anything else.
  ///
  /// - Parameters:
  ///   - symbols: plane-major: the value of plane p and row r goes to symbols[p * planeStride + r]. What follows the
  ///     rows of a plane is not changed.
  ///   - planeStride: the number of values from one plane to the next, at least ``rows``.
  /// - Throws: `corrupt` if no encoder writes such bytes.
  package mutating func planes(into symbols: inout [Int32], planeStride: Int) throws(ChunkError) {
    precondition(next == 0, "plain planes come first")
    precondition(rows <= planeStride)
    precondition(planes == 0 || symbols.count >= (planes - 1) * planeStride + rows)
    next = planes
    switch source {
    case .rans(var reader):
      try reader.planes(into: &symbols, planeStride: planeStride)
      source = .rans(reader)
    case .plain(let plain):
      symbols.withUnsafeMutableBufferPointer { symbols in
        for plane in 0..<planes {
          plain.read(plane, into: UnsafeMutableBufferPointer(rebasing: symbols[(plane * planeStride)...]))
        }
      }
    }
  }

  /// Decodes the next context-coded plane. Call it once for each, after the plain planes.
  ///
  /// - Parameters:
  ///   - levels: the level of each row, within the tables' levels and equal to the encoder's.
  ///   - symbols: the values of the rows; at least ``rows``. Further ones are not changed.
  /// - Throws: `corrupt` if no encoder writes such bytes.
  package mutating func contextCodedPlane(
    levels: UnsafeBufferPointer<UInt8>, into symbols: UnsafeMutableBufferPointer<Int32>
  ) throws(ChunkError) {
    precondition(next >= planes && next < allPlanes, "levelled planes come after the plain ones")
    precondition(levels.count >= rows && symbols.count >= rows, "every row has a level and a place")
    defer { next += 1 }
    switch source {
    case .rans(var reader):
      try reader.contextCodedPlane(levels: levels, into: symbols)
      source = .rans(reader)
    case .plain(let plain):
      plain.read(next, into: symbols)
    }
  }

  /// Checks that nothing is left. Call it after all planes are decoded.
  ///
  /// - Throws: `corrupt` if no encoder writes such bytes.
  package mutating func finish() throws(ChunkError) {
    precondition(next == allPlanes, "all planes are unpacked")
    if case .rans(var reader) = source { try reader.finish() }
  }
}
