import ByteIO

// The bounds of a table's columns in a stream header; man/vaec.5 specifies them byte by byte.

extension ColumnBounds {
  /// Of each column's first byte, this bit marks a bound; the lower bits hold the decimals plus one, or 0 for none.
  private static let hasBound: UInt8 = 0x80
  /// The bias of exponents.
  private static let bias = 1000

  /// Appends the number of columns; then for each column a byte with its decimals, the exponent of its unit, and its
  /// bound if that is not 0.
  func write(to w: inout ByteWriter) {
    w.append(count: columns.count)
    for column in columns {
      w.append(UInt8((column.decimals ?? -1) + 1) | (column.bound > 0 ? Self.hasBound : 0))
      w.append(count: column.exponent + Self.bias)
      if column.bound > 0 { w.append(column.bound) }
    }
  }

  /// Nil if the bytes are not what ``write(to:)`` writes.
  init?(from r: inout ByteReader) throws {
    let count = try r.count()
    // Each column takes at least two bytes.
    guard count > 1, count <= r.remaining / 2 else { return nil }
    var columns: [Column] = []
    for _ in 0..<count {
      let flags: UInt8 = try r.integer()
      let exponent = try r.count()
      let decimals = Int(flags & ~Self.hasBound) - 1
      guard decimals <= Self.maximumDecimals, exponent <= 2 * Self.bias else { return nil }
      let bound = flags & Self.hasBound != 0 ? try r.double() : 0
      guard ErrorBound.bounds.contains(bound), bound > 0 || flags & Self.hasBound == 0 else { return nil }
      columns.append(
        Column(bound: bound, exponent: exponent - Self.bias, decimals: decimals < 0 ? nil : decimals))
    }
    self.init(columns: columns)
  }
}
