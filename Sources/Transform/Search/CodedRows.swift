/// A coded block of rows after its latents: the symbols of all layers with their levels, and the costs of the rows.
///
/// Rows are independent, so rows of two trials can be combined.
final class CodedRows {
  /// The maximum number of rows, which is the distance from one plane to the next.
  let stride: Int
  private let values: Int
  /// Coefficients, then values if there is a value layer: planes x stride.
  package var symbols: [Int32]
  var levels: [UInt8]
  /// rows x values: the decoded rows before a value layer.
  var base: [Float]
  /// The cost of each row: its bits, and its error in bits.
  var costs: [Float]

  /// - Parameter planes: the number of planes of coefficients and values together.
  init(rows: Int, planes: Int, values: Int) {
    stride = rows
    self.values = values
    symbols = [Int32](repeating: 0, count: planes * rows)
    levels = [UInt8](repeating: 0, count: planes * rows)
    base = [Float](repeating: 0, count: rows * values)
    costs = [Float](repeating: 0, count: rows)
  }

  /// Copies some rows from another trial.
  func take(_ rows: [Int], from other: CodedRows) {
    base.withUnsafeMutableBufferPointer { base in
      other.base.withUnsafeBufferPointer { other in
        guard let base = base.baseAddress, let other = other.baseAddress else { return }
        for r in rows { (base + r * values).update(from: other + r * values, count: values) }
      }
    }
    for r in rows { costs[r] = other.costs[r] }
    Self.take(rows, &symbols, from: other.symbols, stride)
    Self.take(rows, &levels, from: other.levels, stride)
  }

  private static func take<Element>(
    _ rows: [Int], _ planes: inout [Element], from other: [Element], _ stride: Int
  ) {
    planes.withUnsafeMutableBufferPointer { planes in
      other.withUnsafeBufferPointer { other in
        for first in Swift.stride(from: 0, to: planes.count, by: stride) {
          for r in rows { planes[first + r] = other[first + r] }
        }
      }
    }
  }

  /// Calls `body` with a plane's symbols and levels, to write them.
  func withPlane(
    _ plane: Int,
    _ body: (_ symbols: UnsafeMutableBufferPointer<Int32>, _ levels: UnsafeMutableBufferPointer<UInt8>) ->
      Void
  ) {
    let range = plane * stride..<(plane + 1) * stride
    symbols.withUnsafeMutableBufferPointer { symbols in
      levels.withUnsafeMutableBufferPointer { levels in
        body(
          UnsafeMutableBufferPointer(rebasing: symbols[range]),
          UnsafeMutableBufferPointer(rebasing: levels[range]))
      }
    }
  }

  /// Copies some of the planes.
  ///
  /// - Parameters:
  ///   - rows: the number of rows, from the first on.
  ///   - planeStride: the distance from one plane to the next in both targets.
  package func copy(
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
