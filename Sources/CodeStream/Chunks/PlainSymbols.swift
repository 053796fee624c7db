import ByteIO

/// Symbols as bytes that zstd can find repetitions in.
///
/// A value v is written as the unsigned number 2v, or -2v - 1 if it is negative, little-endian, in the bytes that the
/// largest of its plane needs: 0 (all are 0), 1, 2 or 4.
enum PlainSymbols {
  /// Bytes that each value of a plane takes.
  static func width(_ values: ArraySlice<Int32>) -> Int {
    var bits: UInt32 = 0
    for value in values { bits |= zigzag(value) }
    return bits == 0 ? 0 : bits < 1 << 8 ? 1 : bits < 1 << 16 ? 2 : 4
  }

  /// Appends the planes, each after its width.
  static func appendPlanes(
    _ symbols: [Int32], planes: Int, planeStride: Int, rows: Int, to bytes: inout [UInt8]
  ) {
    for plane in 0..<planes {
      let values = symbols[plane * planeStride..<plane * planeStride + rows]
      let width = width(values)
      bytes.append(UInt8(width))
      for value in values { append(value, width, to: &bytes) }
    }
  }

  /// Appends the widths of all planes, then the rows.
  static func appendRows(
    _ symbols: [Int32], planes: Int, planeStride: Int, rows: Int, to bytes: inout [UInt8]
  ) {
    let widths = (0..<planes).map { width(symbols[$0 * planeStride..<$0 * planeStride + rows]) }
    for width in widths { bytes.append(UInt8(width)) }
    for row in 0..<rows {
      for plane in 0..<planes { append(symbols[plane * planeStride + row], widths[plane], to: &bytes) }
    }
  }

  /// Reads what ``appendPlanes(_:planes:planeStride:rows:to:)`` wrote, to its end.
  static func readPlanes(
    _ reader: inout ByteReader, planes: Int, rows: Int, into symbols: inout [Int32], planeStride: Int
  ) throws(ByteReader.Failure) {
    for plane in 0..<planes {
      let width = try width(&reader)
      let bytes = try reader.take(width * rows)
      for row in 0..<rows {
        symbols[plane * planeStride + row] = value(bytes, at: bytes.startIndex + row * width, width)
      }
    }
  }

  /// Reads what ``appendRows(_:planes:planeStride:rows:to:)`` wrote, to its end.
  static func readRows(
    _ reader: inout ByteReader, planes: Int, rows: Int, into symbols: inout [Int32], planeStride: Int
  ) throws(ByteReader.Failure) {
    var widths: [Int] = []
    for _ in 0..<planes { widths.append(try width(&reader)) }
    let rowBytes = widths.reduce(0, +)
    let bytes = try reader.take(rowBytes * rows)
    var position = bytes.startIndex
    for row in 0..<rows {
      for plane in 0..<planes {
        symbols[plane * planeStride + row] = value(bytes, at: position, widths[plane])
        position += widths[plane]
      }
    }
  }

  private static func width(_ reader: inout ByteReader) throws(ByteReader.Failure) -> Int {
    let width = Int(try reader.integer(UInt8.self))
    guard [0, 1, 2, 4].contains(width) else { throw .badNumber }
    return width
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
  private static func value(_ bytes: ArraySlice<UInt8>, at position: Int, _ width: Int) -> Int32 {
    var bits: UInt32 = 0
    for i in 0..<width { bits |= UInt32(bytes[position + i]) << UInt32(8 * i) }
    return Int32(bitPattern: bits >> 1 ^ (0 &- (bits & 1)))
  }

  @inline(__always)
  private static func zigzag(_ value: Int32) -> UInt32 {
    UInt32(bitPattern: value << 1 ^ value >> 31)
  }
}
