/// What became of a block of rows after their latents: the symbols of all layers with their levels, and what the rows cost.
///
/// Rows do not depend on one another, so those of two trials can be mixed.
final class CodedRows {
  /// Rows there is room for, and so from one plane to the next.
  let stride: Int
  private let values: Int
  /// Coefficients, then values where there is a value layer: planes x stride.
  var symbols: [Int32]
  var levels: [UInt8]
  /// rows x values: what is decoded of them before a value layer.
  var base: [Float]
  /// Bits, and the error in bits.
  var costs: [Float]

  /// - Parameter planes: of coefficients and values together.
  init(rows: Int, planes: Int, values: Int) {
    stride = rows
    self.values = values
    symbols = [Int32](repeating: 0, count: planes * rows)
    levels = [UInt8](repeating: 0, count: planes * rows)
    base = [Float](repeating: 0, count: rows * values)
    costs = [Float](repeating: 0, count: rows)
  }

  /// Takes some rows as another trial has them.
  func take(_ rows: [Int], from other: CodedRows) {
    for r in rows {
      for i in r * values..<(r + 1) * values { base[i] = other.base[i] }
      costs[r] = other.costs[r]
    }
    for first in Swift.stride(from: 0, to: symbols.count, by: stride) {
      for r in rows {
        symbols[first + r] = other.symbols[first + r]
        levels[first + r] = other.levels[first + r]
      }
    }
  }

  /// Copies some of the planes.
  ///
  /// - Parameters:
  ///   - rows: how many rows, from the first on.
  ///   - planeStride: in both targets, from one plane to the next.
  func copy(
    planes: Range<Int>, rows: Int, to targetSymbols: UnsafeMutablePointer<Int32>,
    _ targetLevels: UnsafeMutablePointer<UInt8>, planeStride: Int
  ) {
    symbols.withUnsafeBufferPointer { symbols in
      levels.withUnsafeBufferPointer { levels in
        guard let symbols = symbols.baseAddress, let levels = levels.baseAddress else { return }
        for (i, plane) in planes.enumerated() {
          (targetSymbols + i * planeStride).update(from: symbols + plane * stride, count: rows)
          (targetLevels + i * planeStride).update(from: levels + plane * stride, count: rows)
        }
      }
    }
  }
}
