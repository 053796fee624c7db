import ByteIO

// The bounds of a table's columns in a stream header; man/vaec.5 specifies them byte by byte.

extension ColumnBounds {
  /// Appends the number of columns; then for each a byte, 1 if it has a bound and 0 if it is exact, and its bound.
  func write(to w: inout ByteWriter) {
    w.append(count: bounds.count)
    for bound in bounds {
      w.append(bound > 0 ? UInt8(1) : 0)
      if bound > 0 { w.append(bound) }
    }
  }

  /// Nil if the bytes are not what ``write(to:)`` writes.
  init?(from r: inout ByteReader) throws {
    let count = try r.count()
    // Each column takes at least a byte.
    guard count > 1, count <= r.remaining else { return nil }
    var bounds: [Double] = []
    for _ in 0..<count {
      let hasBound: UInt8 = try r.integer()
      guard hasBound <= 1 else { return nil }
      let bound = hasBound == 1 ? try r.double() : 0
      guard ErrorBound.range.contains(bound), bound > 0 || hasBound == 0 else { return nil }
      bounds.append(bound)
    }
    self.init(bounds: bounds)
  }
}
