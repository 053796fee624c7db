import ByteIO
import Testing

@testable import Tensor
@testable import Training
@testable import Transform
@testable import VAEModel

@Suite("Stored matrices")
struct StoredMatrixTests {
  private func stored(_ rows: Int, _ columns: Int, _ steps: [Float], seed: UInt64 = 1, size: Float = 1) -> (
    exact: Matrix, stored: StoredMatrix
  ) {
    var random = RandomSource(seed: seed)
    let exact = Matrix(rows: rows, columns: columns, random.floats(rows * columns, -size...size))
    let weights = Weights(exact)
    return (exact, StoredMatrix(weights.buffer.pointer, weights.shape, steps: steps))
  }

  @Test("weights are kept to half a step", arguments: [(1, 1), (3, 40), (40, 3), (33, 64)])
  func bound(shape: (Int, Int)) {
    let perRow = (0..<shape.0).map { 0.001 * Float($0 + 1) }
    for steps in [[0.01], [0.000_1], perRow] {
      let (exact, stored) = stored(shape.0, shape.1, steps)
      let weights = stored.weights
      for i in 0..<shape.0 {
        // The step itself is kept in 8 significant bits.
        let step = stored.steps[steps.count == 1 ? 0 : i]
        #expect((step / steps[steps.count == 1 ? 0 : i] - 1).magnitude < 0x1p-8)
        for j in 0..<shape.1 {
          let kept = weights.buffer.pointer[weights.shape.index(i, j)]
          #expect((kept - exact[i, j]).magnitude <= 0.5001 * step)
        }
      }
    }
  }

  @Test("a matrix comes back from its bytes", arguments: [0.5, 0.01, 0.000_05] as [Float])
  func roundTrip(step: Float) throws {
    for steps in [[step], [Float](repeating: step, count: 5).enumerated().map { $1 * Float($0 + 1) }] {
      let matrix = stored(5, 37, steps).stored
      var writer = ModelWriter()
      writer.append(matrix)
      writer.bytes.append(UInt8(77))
      let content = writer.finish()
      var reader = try ModelReader(content, kernels: Kernels(), memory: .standard)
      #expect(try reader.matrix(matrix.shape) == matrix)
      #expect(try reader.byte() == 77)
      try reader.finish()
      for cut in 0..<content.count {
        #expect(throws: ModelFileError.self) {
          var short = try ModelReader(Array(content[..<cut]), kernels: Kernels(), memory: .standard)
          _ = try short.matrix(matrix.shape)
          _ = try short.byte()
          try short.finish()
        }
      }
    }
  }

  @Test("codes are of 16 bits")
  func size() throws {
    let weights = Weights(Matrix(rows: 1, columns: 6, [127, -127, 128, -128, 32767, 40000]))
    let matrix = StoredMatrix(weights.buffer.pointer, weights.shape, steps: [1])
    #expect(matrix.codes == [127, -127, 128, -128, 32767, 32767])
  }

  @Test("weights that are no numbers are kept as 0, and a step of 0 as the least")
  func impossible() {
    let weights = Weights(Matrix(rows: 1, columns: 3, [.nan, .infinity, 1]))
    let matrix = StoredMatrix(weights.buffer.pointer, weights.shape, steps: [0.5])
    #expect(matrix.codes == [0, 0, 2])
    #expect(StoredMatrix(weights.buffer.pointer, weights.shape, steps: [0]).steps[0] > 0)
  }

  @Test("a step that is no number, not positive, or makes infinite weights is refused")
  func impossibleSteps() throws {
    for step in [Float.nan, .infinity, 0, -1, 3e38, -.infinity] {
      var writer = ByteWriter()
      writer.append(count: 2)
      writer.append([2, 0x80] as [UInt8])
      writer.append(UInt8(0))
      writer.append(stored: step)
      var reader = try ModelReader(writer.bytes, kernels: Kernels(), memory: .standard)
      #expect(throws: ModelFileError.self, "\(step)") {
        try reader.matrix(WeightShape(inputs: 1, outputs: 2))
      }
    }
  }

  @Test("a matrix larger than its bytes is refused before it is made")
  func tooLarge() throws {
    for (rows, columns) in [(1 << 40, 1), (1, 1 << 40), (1 << 20, 1 << 20), (1 << 13, 4)] {
      var reader = try ModelReader([3, 1, 2, 3, 0, 0x80, 0x3F], kernels: Kernels(), memory: .standard)
      let shape = WeightShape(inputs: rows, outputs: columns)
      #expect(throws: ModelFileError.self) { try reader.matrix(shape) }
    }
    // Zeros take next to nothing, but memory.
    var reader = try ModelReader(
      [0x80, 8] + [UInt8](repeating: 0x55, count: 1 << 10) + [0, 0x80, 0x3F], kernels: Kernels(),
      memory: MemoryLimit(bytes: 1 << 20))
    #expect(throws: ModelFileError.self) { try reader.matrix(WeightShape(inputs: 1 << 10, outputs: 1 << 10)) }
  }

  @Test("rows and columns that are kept keep their weights")
  func keeping() {
    let matrix = stored(4, 5, [0.01, 0.02, 0.03, 0.04]).stored
    let part = matrix.keeping(rows: [3, 1], columns: [4, 0, 2])
    #expect(part.rows == 2 && part.columns == 3)
    let (whole, kept) = (matrix.weights, part.weights)
    for (i, row) in [3, 1].enumerated() {
      for (j, column) in [4, 0, 2].enumerated() {
        #expect(
          kept.buffer.pointer[kept.shape.index(i, j)] == whole.buffer.pointer[whole.shape.index(row, column)])
      }
    }
    #expect(matrix.keeping() == matrix)
  }

  @Test("a number in 16 bits is the nearest one of 8 significant bits")
  func storable16() {
    var random = RandomSource(seed: 5)
    for x in random.floats(200, -100...100) + [0, 1, -1, 1e-30, 1e30] {
      let kept = x.roundedToBFloat16
      #expect((kept - x).magnitude <= x.magnitude * 0x1p-8)
      #expect(kept.roundedToBFloat16 == kept)
      #expect(kept.bitPattern & 0xFFFF == 0)
    }
  }
}
