import CKernels

/// Numbers a panel of columns holds; rows are padded to whole panels.
package let panelWidth = VAEC_PANEL

/// `count` rounded up to whole panels.
package func paddedToPanels(_ count: Int) -> Int { (count + panelWidth - 1) / panelWidth * panelWidth }

/// A matrix of activations or samples: row major, rows padded to whole panels, the padding zero.
///
/// It refers to its numbers: copies show the same ones.
package struct Matrix: Sendable {
  /// The number of rows.
  package let rows: Int
  /// The number of columns that hold data.
  package let columns: Int
  /// Numbers from one row to the next: `columns` rounded up to whole panels.
  package let stride: Int
  package let buffer: FloatBuffer

  /// `rows` x `columns` zeros.
  package init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    stride = max(panelWidth, paddedToPanels(columns))
    buffer = FloatBuffer(count: rows * stride)
  }

  /// The rows given, each with `columns` numbers, one after another.
  package init(rows: Int, columns: Int, _ values: [Float]) {
    precondition(values.count == rows * columns)
    self.init(rows: rows, columns: columns)
    values.withUnsafeBufferPointer { source in
      guard let base = source.baseAddress else { return }
      for r in 0..<rows { row(r).update(from: base + r * columns, count: columns) }
    }
  }

  /// The first number of a row.
  @inlinable
  package func row(_ r: Int) -> UnsafeMutablePointer<Float> { buffer.pointer + r * stride }

  /// One number.
  package subscript(r: Int, c: Int) -> Float {
    get {
      precondition(r >= 0 && r < rows && c >= 0 && c < columns)
      return row(r)[c]
    }
    nonmutating set {
      precondition(r >= 0 && r < rows && c >= 0 && c < columns)
      row(r)[c] = newValue
    }
  }

  /// A row's data.
  package func values(ofRow r: Int) -> [Float] {
    precondition(r >= 0 && r < rows)
    return Array(UnsafeBufferPointer(start: row(r), count: columns))
  }

  /// Calls `body` with a row's data, which it may change.
  package func withRow<R>(_ r: Int, _ body: (UnsafeMutableBufferPointer<Float>) -> R) -> R {
    precondition(r >= 0 && r < rows)
    return body(UnsafeMutableBufferPointer(start: row(r), count: columns))
  }

  /// The rows `range` in a matrix of their own.
  package func copy(rows range: Range<Int>) -> Matrix {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows)
    let part = Matrix(rows: range.count, columns: columns)
    part.buffer.pointer.update(from: row(range.lowerBound), count: range.count * stride)
    return part
  }

  /// The rows `indices`, in that order, in a matrix of their own.
  package func copy(rows indices: [Int]) -> Matrix {
    let part = Matrix(rows: indices.count, columns: columns)
    for (to, from) in indices.enumerated() {
      precondition(from >= 0 && from < rows)
      part.row(to).update(from: row(from), count: stride)
    }
    return part
  }

  /// `most` of its rows, evenly spread, in a new matrix; all of them if they are fewer.
  package func spread(rows most: Int) -> Matrix {
    let count = min(rows, most)
    return copy(rows: (0..<count).map { $0 * rows / count })
  }

  /// Numbers of a greater magnitude are missing to every model, as those that are not finite are: sums, differences and
  /// reconstructions of all others stay finite in binary32, with room for a model's errors.
  package static let greatestKnown: Float = 0x1p120

  /// Whether some numbers are missing to a fit: see ``greatestKnown``.
  package var hasMissing: Bool {
    (0..<rows).contains { r in (0..<columns).contains { !(row(r)[$0].magnitude <= Self.greatestKnown) } }
  }

  /// 1 if numbers are known to a fit, 0 if they are missing: see ``greatestKnown``.
  package func known() -> Matrix {
    let result = Matrix(rows: rows, columns: columns)
    for r in 0..<rows {
      for c in 0..<columns where row(r)[c].magnitude <= Self.greatestKnown {
        result.row(r)[c] = 1
      }
    }
    return result
  }

  /// Puts a column's value in place of each number that is not finite, or of a magnitude beyond `reach`.
  package func replaceMissing(by values: [Float], beyond reach: Float) {
    for r in 0..<rows {
      for c in 0..<columns where !(row(r)[c].magnitude <= reach) { row(r)[c] = values[c] }
    }
  }
}

extension Matrix {
  /// Brings rows within bounds, one of each column; nil for none.
  package func clip(_ rows: Range<Int>, to bounds: (low: FloatBuffer, high: FloatBuffer)?, _ kernels: Kernels)
  {
    guard let bounds else { return }
    for r in rows {
      kernels.table.pointee.clip(row(r), bounds.low.pointer, bounds.high.pointer, row(r), columns)
    }
  }

  /// The first `count` rows without padding.
  package func rowMajor(_ count: Int) -> [Float] {
    var result: [Float] = []
    result.reserveCapacity(count * columns)
    for r in 0..<count { result.append(contentsOf: UnsafeBufferPointer(start: row(r), count: columns)) }
    return result
  }

  /// Mean squared length of a row.
  package var power: Double {
    var sum = 0.0
    for r in 0..<rows {
      let row = row(r)
      for c in 0..<columns { sum += Double(row[c]) * Double(row[c]) }
    }
    return sum / Double(max(1, rows))
  }
}
