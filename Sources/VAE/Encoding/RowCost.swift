import CKernels

/// What rows cost that have been coded, in bits and error: by the tables, and by what a decoder gives back.
final class RowCost {
  private let model: Model
  private let point: OperatingPoint
  private let latents: SymbolChoice
  private let levels: [SymbolCost]
  private let firstValueLevel: Int
  private let values: ValueCoder?
  /// Bits that a squared error of 1, in the data's units, is worth.
  private let bitsPerError: Float
  private let kernels: Kernels

  /// - Parameters:
  ///   - latents: with a table for each latent.
  ///   - rows: the most at once.
  init(_ model: Model, at point: OperatingPoint, _ latents: SymbolChoice, rows: Int, kernels: Kernels) {
    self.model = model
    self.point = point
    self.kernels = kernels
    self.latents = latents
    levels = model.levelWeights(at: point, kernels: kernels).map { SymbolCost($0) }
    firstValueLevel = model.firstValueLevel(at: point)
    values = point.valueStep > 0 ? ValueCoder(model, rows: rows, kernels: kernels) : nil
    bitsPerError = model.bitsPerError(at: point) / (model.scale * model.scale)
  }

  /// The cost of each row: bits, and the error in bits.
  ///
  /// - Parameters:
  ///   - samples: rows x values.
  ///   - base: rows x values: what the symbols stand for, before a value layer where there is one.
  ///   - symbols: planes x rows.
  ///   - levels: coefficients x rows: the levels of the planes after the latents'.
  func costs(
    _ samples: UnsafeBufferPointer<Float>, base: [Float], symbols: [Int32], levels found: [UInt8], rows: Int
  ) -> [Float] {
    var costs = [Float](repeating: 0, count: rows)
    let latentPlanes = model.latentPlanes(at: point)
    for plane in 0..<symbols.count / rows {
      let level = (plane - latentPlanes) * rows
      for r in 0..<rows {
        let symbol = symbols[plane * rows + r]
        costs[r] +=
          plane < latentPlanes
          ? latents.bits(symbol, table: plane) : levels[Int(found[level + r])](symbol)
      }
    }
    var decoded = base
    if let values {
      base.withUnsafeBufferPointer { base in
        values.encode(samples, base: base, rows: rows, step: point.valueStep) { _, symbols, found in
          for r in 0..<rows { costs[r] += levels[firstValueLevel + Int(found[r])](symbols[r]) }
        }
      }
      decoded.withUnsafeMutableBufferPointer { values.copyDecoded(rows, into: $0) }
    }
    decoded.withUnsafeBufferPointer { decoded in
      guard let x = samples.baseAddress, let y = decoded.baseAddress else { return }
      let width = model.values
      for r in 0..<rows {
        costs[r] += bitsPerError * kernels.table.pointee.squared_error(x + r * width, y + r * width, width)
      }
    }
    return costs
  }
}
