import ByteIO

// The bounds of a table's columns in a stream header; man/vaec.5 specifies them byte by byte.

extension ColumnBounds {
  /// The different relative bounds that columns may have.
  private static let maximumRelative = 1024

  /// Appends the number of columns; then for each a byte, 0 if it is exact, 1 if it has a bound and 2 if that is relative,
  /// and its bound.
  func write(to w: inout ByteWriter) {
    w.append(count: bounds.count)
    for bound in bounds {
      w.append(bound.isExact ? UInt8(0) : bound.isRelative ? 2 : 1)
      if !bound.isExact { w.append(bound.size) }
    }
  }

  /// Nil if the bytes are not what ``write(to:)`` writes.
  init?(from r: inout ByteReader) throws {
    let count = try r.count()
    // Each column takes at least a byte.
    guard count > 0, count <= r.remaining else { return nil }
    var bounds: [ValueBound] = []
    for _ in 0..<count {
      let kind: UInt8 = try r.integer()
      guard kind <= 2 else { return nil }
      let size = kind > 0 ? try r.double() : 0
      guard ErrorBound.range.contains(size), size > 0 || kind == 0, size < 1 || kind != 2 else { return nil }
      bounds.append(ValueBound(size, isRelative: kind == 2))
    }
    // One absolute bound for all values has a form of its own; and relative ones may take 20 KB each.
    guard count > 1 || bounds[0].isRelative,
      Set(bounds.filter(\.isRelative).map(\.size)).count <= Self.maximumRelative
    else { return nil }
    self.init(bounds: bounds)
  }
}
