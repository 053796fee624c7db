import CKernels
import Tensor
import VAEModel

/// The cost of coded rows in bits and error, by the tables and the decoded values.
final class RowCost {
  private let model: Model
  private let point: OperatingPoint
  private let latents: RDOQuantizer
  private let levels: RDOQuantizer
  private let coefficientPlanes: Int
  private let firstValueLevel: Int
  private let values: ValueCoder?
  /// The bits that a squared error of 1, in the data's units, is worth.
  private let bitsPerError: Float
  private let kernels: Kernels
  private var decoded: [Float]

  /// - Parameters:
  ///   - latents: with a table for each latent.
  ///   - effort: the effort that values are chosen with.
  ///   - rows: the maximum number of rows at once.
  init(
    _ model: Model, at point: OperatingPoint, _ latents: RDOQuantizer, effort: Effort, rows: Int,
    kernels: Kernels
  ) {
    self.model = model
    self.point = point
    self.kernels = kernels
    self.latents = latents
    levels = RDOQuantizer(model.levelWeights(at: point, kernels: kernels))
    coefficientPlanes = model.planes(at: point) - model.latentPlanes(at: point)
    firstValueLevel = model.firstValueLevel(at: point)
    values = point.valueStep > 0 ? ValueCoder(model, rows: rows, effort: effort, kernels: kernels) : nil
    bitsPerError = model.bitsPerError(at: point) / (model.scale * model.scale)
    decoded = [Float](repeating: 0, count: rows * model.values)
  }

  /// Creates room for trials of `rows` rows.
  func makeRows(_ rows: Int) -> CodedRows {
    CodedRows(
      rows: rows, planes: coefficientPlanes + (values == nil ? 0 : model.values), values: model.values)
  }

  /// Adds the symbols of the value layer, if there is one, to rows whose other layers are done, and computes the costs
  /// of the rows.
  ///
  /// - Parameters:
  ///   - samples: rows x values.
  ///   - symbols: those of the latents, for at least `rows` rows.
  func finish(_ coded: CodedRows, _ samples: UnsafeBufferPointer<Float>, latents symbols: Matrix?, rows: Int)
  {
    for r in 0..<rows {
      var sum: Float = 0
      if let symbols {
        let row = symbols.row(r)
        latents.withTables { for k in 0..<symbols.columns { sum += $0.bits(Int32(row[k]), k) } }
      }
      coded.costs[r] = sum
    }
    addBits(of: 0..<coefficientPlanes, coded, rows)
    let count = rows * model.values
    guard let values else {
      var rule = model.output.kernelRule
      coded.base.withUnsafeBufferPointer { base in
        decoded.withUnsafeMutableBufferPointer { decoded in
          guard let base = base.baseAddress, let decoded = decoded.baseAddress else { return }
          kernels.table.pointee.apply_rule(base, &rule, decoded, count)
        }
      }
      return addErrors(samples, of: decoded, to: coded, rows)
    }
    coded.base.withUnsafeBufferPointer { base in
      values.encode(
        samples, base: UnsafeBufferPointer(rebasing: base[..<count]), rows: rows, step: point.valueStep
      ) { value, symbols, found in
        let firstLevel = UInt8(firstValueLevel)
        coded.withPlane(coefficientPlanes + value) { planeSymbols, planeLevels in
          symbols.withUnsafeBufferPointer { symbols in
            for r in 0..<rows { planeSymbols[r] = symbols[r] }
          }
          found.withUnsafeBufferPointer { found in
            for r in 0..<rows { planeLevels[r] = found[r] &+ firstLevel }
          }
        }
      }
    }
    addBits(of: coefficientPlanes..<coefficientPlanes + model.values, coded, rows)
    decoded.withUnsafeMutableBufferPointer {
      values.copyDecoded(rows, into: UnsafeMutableBufferPointer(rebasing: $0[..<count]))
    }
    addErrors(samples, of: decoded, to: coded, rows)
  }

  private func addBits(of planes: Range<Int>, _ coded: CodedRows, _ rows: Int) {
    let (symbols, found) = (coded.symbols, coded.levels)
    levels.withTables { tables in
      coded.costs.withUnsafeMutableBufferPointer { costs in
        symbols.withUnsafeBufferPointer { symbols in
          found.withUnsafeBufferPointer { found in
            let stride = coded.stride
            for plane in planes {
              let first = plane * stride
              for r in 0..<rows { costs[r] += tables.bits(symbols[first + r], Int(found[first + r])) }
            }
          }
        }
      }
    }
  }

  private func addErrors(
    _ samples: UnsafeBufferPointer<Float>, of decoded: [Float], to coded: CodedRows, _ rows: Int
  ) {
    let width = model.values
    decoded.withUnsafeBufferPointer { decoded in
      guard let x = samples.baseAddress, let y = decoded.baseAddress else { return }
      for r in 0..<rows {
        coded.costs[r] +=
          bitsPerError * kernels.table.pointee.squared_error(x + r * width, y + r * width, width)
      }
    }
  }
}
