import ByteIO
import EntropyCoding

/// Writes the content of a model file: the codes of all matrices, and all else.
struct ModelWriter {
  var bytes = ByteWriter()
  private var weights = WeightCoding()
  private var coder = BitEncoder()

  /// Appends a matrix: whether there is one step per row, and the steps in 16 bits; its codes go to those of all.
  mutating func append(_ matrix: StoredMatrix) {
    bytes.append(UInt8(matrix.steps.count == 1 ? 0 : 1))
    for step in matrix.steps { bytes.append(stored: step) }
    var codes = matrix.codes
    _ = weights.code(&codes, columns: matrix.columns, steps: matrix.steps, &coder)
  }

  /// The content: the number of bytes of codes, these, and the other bytes.
  consuming func finish() -> [UInt8] {
    let codes = coder.finish()
    var content = ByteWriter()
    content.append(count: codes.count)
    content.append(codes)
    content.append(bytes.bytes)
    return content.bytes
  }
}
