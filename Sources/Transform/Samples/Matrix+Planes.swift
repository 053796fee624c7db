import Tensor

// Transposition between planes of symbols, one per latent or coefficient, and matrices with a row per sample.

/// The number of rows transposed at once; their data fit the cache.
private let turnedRows = 16

extension Matrix {
  /// Writes the columns of the first `rows` rows as planes, `planeStride` symbols apart.
  func writePlanes(_ rows: Int, to symbols: UnsafeMutablePointer<Int32>, planeStride: Int) {
    let (start, stride) = (row(0), self.stride)
    for first in Swift.stride(from: 0, to: rows, by: turnedRows) {
      let last = min(first + turnedRows, rows)
      for c in 0..<columns {
        let target = symbols + c * planeStride
        for r in first..<last { target[r] = Int32(start[r &* stride &+ c]) }
      }
    }
  }

  /// Reads the columns of the first `rows` rows from planes.
  func readPlanes(_ rows: Int, from symbols: UnsafePointer<Int32>, planeStride: Int) {
    let (start, stride) = (row(0), self.stride)
    for first in Swift.stride(from: 0, to: rows, by: turnedRows) {
      let last = min(first + turnedRows, rows)
      for c in 0..<columns {
        let source = symbols + c * planeStride
        for r in first..<last { start[r &* stride &+ c] = Float(source[r]) }
      }
    }
  }
}
