import ByteIO
import EntropyCoding

/// Symbols as bytes in which zstd can find repetitions. Context-coded planes are stored as plain ones are.
///
/// A value v is stored as the unsigned number 2v, or -2v - 1 if it is negative, little-endian, in the number of bytes
/// that the largest value of its plane needs: 0 (all are 0), 1, 2 or 4.
///
/// An instance holds the positions of all values in a content whose size has been checked.
struct PlainSymbols: Sendable {
  /// The position of a plane's values: from `first` on, `width` bytes each.
  private struct Plane {
    var first: Int
    var width: Int
  }

  private let rows: Int
  private var bytes: ArraySlice<UInt8> = []
  private var planes: [Plane] = []
  /// The number of bytes from one row to the next; nil if the values of a plane are contiguous.
  private var rowBytes: Int?

  /// Locates the planes that ``appendPlanes(_:to:)`` wrote.
  static func planes(
    _ reader: inout ByteReader, planes: Int, rows: Int
  ) throws(ByteReader.Failure) -> PlainSymbols {
    var whole = reader
    var found = PlainSymbols(rows: rows)
    found.bytes = try whole.take(whole.remaining)
    for _ in 0..<planes {
      let width = try width(&reader)
      let values = try reader.take(width * rows)
      found.planes.append(Plane(first: values.startIndex, width: width))
    }
    return found
  }

  /// Locates the planes that ``appendRows(_:to:)`` wrote.
  static func rows(
    _ reader: inout ByteReader, planes: Int, rows: Int
  ) throws(ByteReader.Failure) -> PlainSymbols {
    var found = PlainSymbols(rows: rows)
    var rowBytes = 0
    for _ in 0..<planes {
      let width = try width(&reader)
      found.planes.append(Plane(first: rowBytes, width: width))
      rowBytes += width
    }
    found.bytes = try reader.take(rowBytes * rows)
    for plane in found.planes.indices { found.planes[plane].first += found.bytes.startIndex }
    found.rowBytes = rowBytes
    return found
  }

  private init(rows: Int) { self.rows = rows }

  /// Reads the values of a plane into the first elements of `values`.
  func read(_ plane: Int, into values: UnsafeMutableBufferPointer<Int32>) {
    let (first, width) = (planes[plane].first, planes[plane].width)
    let step = rowBytes ?? width
    for row in 0..<rows {
      var bits: UInt32 = 0
      for i in 0..<width { bits |= UInt32(bytes[first + row * step + i]) << UInt32(8 * i) }
      values[row] = Int32(bitPattern: bits >> 1 ^ (0 &- (bits & 1)))
    }
  }

  private static func width(_ reader: inout ByteReader) throws(ByteReader.Failure) -> Int {
    let width = Int(try reader.integer(UInt8.self))
    guard [0, 1, 2, 4].contains(width) else { throw .badNumber }
    return width
  }
}

extension PlainSymbols {
  /// Appends some of a chunk's planes, each preceded by its width.
  static func appendPlanes(_ chunk: ChunkSymbols, planes: Range<Int>? = nil, to bytes: inout [UInt8]) {
    let planes = planes ?? 0..<chunk.allPlanes
    // Most planes take one byte per value.
    bytes.reserveCapacity(bytes.count + planes.count * (1 + chunk.rows))
    for plane in planes {
      let values = chunk.values(plane)
      let width = width(values)
      bytes.append(UInt8(width))
      for value in values { append(value, width, to: &bytes) }
    }
  }

  /// Appends the widths of all planes, then the rows.
  static func appendRows(_ chunk: ChunkSymbols, to bytes: inout [UInt8]) {
    let widths = (0..<chunk.allPlanes).map { width(chunk.values($0)) }
    for width in widths { bytes.append(UInt8(width)) }
    bytes.reserveCapacity(bytes.count + widths.reduce(0, +) * chunk.rows)
    chunk.symbols.withUnsafeBufferPointer { symbols in
      for row in 0..<chunk.rows {
        for plane in widths.indices {
          append(symbols[plane * chunk.planeStride + row], widths[plane], to: &bytes)
        }
      }
    }
  }

  /// The number of bytes per value of a plane.
  private static func width(_ values: ArraySlice<Int32>) -> Int {
    var bits: UInt32 = 0
    for value in values { bits |= zigzag(value) }
    return bits == 0 ? 0 : bits < 1 << 8 ? 1 : bits < 1 << 16 ? 2 : 4
  }

  @inline(__always)
  private static func append(_ value: Int32, _ width: Int, to bytes: inout [UInt8]) {
    var rest = zigzag(value)
    for _ in 0..<width {
      bytes.append(UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    }
  }

  @inline(__always)
  private static func zigzag(_ value: Int32) -> UInt32 {
    UInt32(bitPattern: value << 1 ^ value >> 31)
  }
}

extension ChunkSymbols {
  /// The values of a plane of either kind.
  fileprivate func values(_ plane: Int) -> ArraySlice<Int32> {
    symbols[plane * planeStride..<plane * planeStride + rows]
  }
}
