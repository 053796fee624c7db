import EntropyCoding

/// Unpacks the symbols of one chunk plane by plane: the plain planes, then each context-coded one, then the end.
///
/// ``ChunkDecoder/open(frame:maxRows:contextCodedPlanes:)`` makes it. After an error, what it gives back is of no use.
package struct ChunkSymbolReader: Sendable {
  /// Where the symbols come from.
  enum Source: Sendable {
    /// One stream, which has to be taken in order.
    case rans(RANSReader)
    /// Bytes, whose number is known to be right.
    case plain(PlainSymbols)
  }

  /// How many rows the chunk holds, at least 1.
  package let rows: Int
  private let planes: Int
  private let allPlanes: Int
  private var source: Source
  /// The plane that comes next.
  private var next = 0

  init(_ source: Source, rows: Int, planes: Int, contextCodedPlanes: Int) {
    self.source = source
    self.rows = rows
    self.planes = planes
    allPlanes = planes + contextCodedPlanes
  }

  /// Unpacks all plain planes. Called once, before anything else.
  ///
  /// - Parameters:
  ///   - symbols: plane-major: the value of plane p and row r goes to symbols[p * planeStride + r]. What is after
  ///     the rows of a plane is left alone.
  ///   - planeStride: values from one plane to the next, at least ``rows``.
  /// - Throws: `corrupt` where the bytes are not an encoder's.
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

  /// Unpacks the next context-coded plane. Called once for each, after the plain planes.
  ///
  /// - Parameters:
  ///   - levels: of each row, within the tables' levels: what the encoder had.
  ///   - symbols: the values of the rows; as many as ``rows``, or more, which are left alone.
  /// - Throws: `corrupt` where the bytes are not an encoder's.
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

  /// Makes sure that nothing is left. Called once all planes are unpacked.
  ///
  /// - Throws: `corrupt` where the bytes were not an encoder's.
  package mutating func finish() throws(ChunkError) {
    precondition(next == allPlanes, "all planes are unpacked")
    if case .rans(var reader) = source { try reader.finish() }
  }
}
