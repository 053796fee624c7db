import ByteIO
import CKernels
import Tensor

/// A weight matrix in a model file: integers times a step. There is one step for all rows, or one per row.
///
/// With entropy coding, a single step for all weights whose inputs have the same scale is the cheapest way to a given
/// error of the outputs.
package struct StoredMatrix: Equatable, Sendable {
  /// The number of rows (inputs) and columns (outputs).
  package let rows: Int
  let columns: Int
  /// 1 or `rows` steps, in the precision of `roundedToBFloat16`.
  let steps: [Float]
  /// rows x columns, row-major.
  package let codes: [Int16]

  /// The maximum step: all resulting weights are finite.
  static let largestStep: Float = 0x1p112

  /// Quantizes the matrix `weights` of `shape`.
  ///
  /// - Parameter steps: 1 or `shape.inputs` steps, positive.
  package init(_ weights: UnsafePointer<Float>, _ shape: WeightShape, steps: [Float]) {
    precondition(steps.count == 1 || steps.count == shape.inputs)
    rows = shape.inputs
    columns = shape.outputs
    self.steps = steps.map { min(max($0.roundedToBFloat16, Float.leastNormalMagnitude), Self.largestStep) }
    var codes: [Int16] = []
    codes.reserveCapacity(rows * columns)
    for i in 0..<rows {
      let inverse = 1 / self.steps[steps.count == 1 ? 0 : i]
      for j in 0..<columns {
        let scaled = (weights[shape.index(i, j)] * inverse).rounded(.toNearestOrEven)
        codes.append(Int16(max(-32767, min(32767, scaled.isFinite ? scaled : 0))))
      }
    }
    self.codes = codes
  }

  /// The step of a row.
  func step(ofRow row: Int) -> Float { steps[steps.count == 1 ? 0 : row] }

  package var shape: WeightShape { WeightShape(inputs: rows, outputs: columns) }

  /// Writes the dequantized weights to `target`, in panels.
  func unpack(into target: UnsafeMutablePointer<Float>) {
    let shape = self.shape
    for i in 0..<rows {
      let step = steps[steps.count == 1 ? 0 : i]
      for j in 0..<columns { target[shape.index(i, j)] = Float(codes[i * columns + j]) * step }
    }
  }

  /// The dequantized weights.
  package var weights: Weights {
    let result = Weights(shape)
    unpack(into: result.buffer.pointer)
    return result
  }

  /// The matrix with only the given rows or columns, in the given order.
  package func keeping(rows keptRows: [Int]? = nil, columns keptColumns: [Int]? = nil) -> StoredMatrix {
    let r = keptRows ?? Array(0..<rows)
    let c = keptColumns ?? Array(0..<columns)
    return StoredMatrix(
      rows: r.count, columns: c.count, steps: steps.count == 1 ? steps : r.map { steps[$0] },
      codes: r.flatMap { i in c.map { codes[i * columns + $0] } })
  }

  init(rows: Int, columns: Int, steps: [Float], codes: [Int16]) {
    self.rows = rows
    self.columns = columns
    self.steps = steps
    self.codes = codes
  }
}

extension ByteReader {
  /// Parses a number of 16 bits: the upper half of a binary32 number.
  package mutating func stored() throws(Failure) -> Float {
    Float(bitPattern: UInt32(try integer(UInt16.self)) << 16)
  }
}

extension ByteWriter {
  /// Appends the upper half of a binary32 number whose lower half is 0.
  package mutating func append(stored value: Float) { append(UInt16(value.bitPattern >> 16)) }
}

/// The errors of a model file's content.
package enum ModelFileError: Error, Equatable {
  /// The content ends early, or holds what no encoder writes.
  case damaged(String)
  /// The model takes more memory than the limit: at least `needs` bytes.
  case memory(needs: Int)
}

/// Runs `body`, and turns its errors into damage of the file.
func reading<R>(_ body: () throws(ByteReader.Failure) -> R) throws(ModelFileError) -> R {
  do {
    return try body()
  } catch {
    throw .damaged("it ends early")
  }
}
