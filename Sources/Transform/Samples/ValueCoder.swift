import CKernels
import Tensor
import VAEModel

/// Runs a ``ValueLayer`` over a chunk of rows: value by value, for all rows at once.
///
/// Data are value-major: value i of row r is at [i * stride + r].
package final class ValueCoder {
  private let layer: ValueLayer
  private let rule: vaec_output_rule
  private let kernels: Kernels
  /// The maximum number of rows in a chunk.
  package let rows: Int
  private let stride: Int
  /// The base, the decoded values less the base, and the decoded values: values x stride.
  private let base: FloatBuffer
  private let error: FloatBuffer
  private let decoded: FloatBuffer
  private let prediction: FloatBuffer
  private let deviation: FloatBuffer
  /// For encoding: the samples, values x stride.
  private lazy var original = FloatBuffer(count: base.count)
  /// Whether the encoder chooses symbols by rate and distortion; otherwise it takes the nearest.
  private let chooses: Bool
  /// For encoding; created on first use.
  private lazy var choice = RDOQuantizer(layer.symbolWeights(kernels))
  private var levels: [UInt8]
  private var symbols: [Int32]

  /// Prepares for chunks of at most `rows` rows. The model must have a value layer.
  package convenience init(_ model: Model, rows: Int, effort: Effort = .standard, kernels: Kernels) {
    guard let layer = model.valueLayer else { preconditionFailure("the model has no value layer") }
    self.init(
      layer, values: model.values, rule: model.output, rows: rows, chooses: effort.chooses, kernels: kernels)
  }

  package init(
    _ layer: ValueLayer, values: Int, rule: OutputRule, rows: Int, chooses: Bool = false,
    kernels: Kernels
  ) {
    precondition(layer.predictors.count == values)
    self.layer = layer
    self.kernels = kernels
    self.rows = rows
    self.rule = rule.kernelRule
    self.chooses = chooses
    stride = max(16, (rows + 15) / 16 * 16)
    base = FloatBuffer(count: values * stride)
    error = FloatBuffer(count: values * stride)
    decoded = FloatBuffer(count: values * stride)
    prediction = FloatBuffer(count: stride)
    deviation = FloatBuffer(count: stride)
    levels = [UInt8](repeating: 0, count: stride)
    symbols = [Int32](repeating: 0, count: stride)
  }

  /// Encodes a chunk.
  ///
  /// - Parameters:
  ///   - samples: rows x values, in the data's units.
  ///   - base: rows x values: the reconstruction by the other layers.
  ///   - step: the quantization step in the data's units, positive.
  ///   - emit: called for each value in turn with the symbols of all rows and the levels that select their tables.
  package func encode(
    _ samples: UnsafeBufferPointer<Float>, base: UnsafeBufferPointer<Float>, rows: Int, step: Float,
    emit: (_ value: Int, _ symbols: [Int32], _ levels: [UInt8]) -> Void
  ) {
    turn(base, rows, of: rows, into: self.base)
    turn(samples, rows, of: rows, into: original)
    let table = kernels.table.pointee
    var rule = self.rule
    for i in layer.predictors.indices {
      predict(i, step)
      symbols.withUnsafeMutableBufferPointer { symbols in
        guard let symbols = symbols.baseAddress else { return }
        table.quantize(original.pointer + i * stride, prediction.pointer, step, &rule, symbols, stride)
        // Integers at a step of 1 are lossless, and must stay so.
        guard chooses, !(rule.is_integer && step <= 1) else { return }
        let (x, predicted) = (original.pointer + i * stride, prediction.pointer)
        table.apply_rule(predicted, &rule, predicted, stride)
        choice.withTables { tables in
          levels.withUnsafeBufferPointer { levels in
            for r in 0..<rows {
              let number = (x[r] - predicted[r]) / step
              symbols[r] = Int32(tables.symbol(max(-0x1p30, min(0x1p30, number)), Int(levels[r])))
            }
          }
        }
      }
      settle(i, step)
      emit(i, symbols, levels)
    }
  }

  /// Decodes a chunk whose base was loaded by ``load(_:at:of:)``. ``copyDecoded(_:into:)`` returns the result.
  ///
  /// - Parameter take: called for each value in turn with the levels of all rows; writes their symbols.
  package func decode<Failure: Error>(
    step: Float,
    take: (_ levels: UnsafeBufferPointer<UInt8>, _ symbols: UnsafeMutableBufferPointer<Int32>)
      throws(Failure) -> Void
  ) throws(Failure) {
    for i in layer.predictors.indices {
      predict(i, step)
      try levels.withUnsafeBufferPointer { levels throws(Failure) in
        try symbols.withUnsafeMutableBufferPointer { symbols throws(Failure) in try take(levels, symbols) }
      }
      settle(i, step)
    }
  }

  /// Copies the decoded values of the last encoded or decoded chunk, rows x values.
  package func copyDecoded(_ rows: Int, into samples: UnsafeMutableBufferPointer<Float>) {
    copyDecoded(0..<rows, into: samples)
  }

  /// Copies the decoded values of some rows.
  package func copyDecoded(_ rows: Range<Int>, into samples: UnsafeMutableBufferPointer<Float>) {
    let values = layer.predictors.count
    precondition(samples.count == rows.count * values && rows.upperBound <= self.rows)
    guard let samples = samples.baseAddress else { return }
    for first in Swift.stride(from: 0, to: rows.count, by: Self.turnedRows) {
      let last = min(first + Self.turnedRows, rows.count)
      for i in 0..<values {
        let column = decoded.pointer + i * stride + rows.lowerBound
        for r in first..<last { samples[r * values + i] = column[r] }
      }
    }
  }

  /// The number of rows transposed at once; their data fit the cache.
  private static let turnedRows = 32

  /// Loads some rows of the base of a chunk to be decoded.
  ///
  /// - Parameters:
  ///   - base: rows x values.
  ///   - first: the first row.
  ///   - all: the number of rows in the chunk. Load them in order.
  package func load(_ base: UnsafeBufferPointer<Float>, at first: Int, of all: Int) {
    precondition(all <= rows)
    turn(base, base.count / layer.predictors.count, at: first, of: all, into: self.base)
  }

  /// Transposes from row-major to value-major, from row `first` on. The last of `all` rows is repeated to fill the
  /// stride, so that padding costs nothing.
  private func turn(
    _ x: UnsafeBufferPointer<Float>, _ rows: Int, at first: Int = 0, of all: Int, into target: FloatBuffer
  ) {
    let values = layer.predictors.count
    precondition(x.count == rows * values && rows > 0 && first >= 0 && first + rows <= self.rows)
    guard let x = x.baseAddress else { return }
    for block in Swift.stride(from: 0, to: rows, by: Self.turnedRows) {
      let last = min(block + Self.turnedRows, rows)
      for i in 0..<values {
        let column = target.pointer + i * stride + first
        for r in block..<last { column[r] = x[r * values + i] }
      }
    }
    guard first + rows == all else { return }
    for i in 0..<values {
      let column = target.pointer + i * stride
      let value = column[all - 1]
      for r in all..<stride { column[r] = value }
    }
  }

  /// Predicts value `i` and its level from the preceding values.
  private func predict(_ i: Int, _ step: Float) {
    let table = kernels.table.pointee
    let p = layer.predictors[i]
    let own = base.pointer + i * stride
    prediction.pointer.update(from: own, count: stride)
    for term in p.prediction {
      table.add_scaled(
        prediction.pointer, term.factor, error.pointer + term.value * stride, prediction.pointer, stride)
    }
    deviation.pointer.update(repeating: p.deviation, count: stride)
    for term in p.errors {
      table.add_scaled_magnitude(
        deviation.pointer, term.factor, error.pointer + term.value * stride, deviation.pointer, stride)
    }
    for term in p.contrasts {
      table.add_scaled_distance(
        deviation.pointer, term.factor, own, base.pointer + term.value * stride, deviation.pointer, stride)
    }
    if p.aboveLowest != 0 {
      let (deviation, lowest) = (deviation.pointer, rule.lowest)
      for r in 0..<stride { deviation[r] += p.aboveLowest * (own[r] - lowest) }
    }
    if p.belowHighest != 0 {
      let (deviation, highest) = (deviation.pointer, rule.highest)
      for r in 0..<stride { deviation[r] += p.belowHighest * (highest - own[r]) }
    }
    levels.withUnsafeMutableBufferPointer { levels in
      guard let levels = levels.baseAddress else { return }
      table.scale_levels(deviation.pointer, 1 / step, levels, stride)
    }
  }

  /// Records the decoded value `i`.
  private func settle(_ i: Int, _ step: Float) {
    let table = kernels.table.pointee
    var rule = self.rule
    let column = decoded.pointer + i * stride
    symbols.withUnsafeBufferPointer { symbols in
      guard let symbols = symbols.baseAddress else { return }
      table.dequantize(prediction.pointer, symbols, step, &rule, column, stride)
    }
    table.add_scaled(column, -1, base.pointer + i * stride, error.pointer + i * stride, stride)
  }
}
