import CKernels

/// The way of samples into latents and back, without rounding: a VAE as a map to few dimensions.
///
/// Latents are those of the finest VAE quality, in units of standardized samples, ordered by variance on the rows that
/// were fitted. A row's latents do not depend on the rows beside it. It owns the activations of one block of rows.
public final class LatentMap {
  /// Latents of a sample.
  public let count: Int
  /// Rows it works on at once.
  public let blockRows: Int
  private let model: Model
  private let kernels: Kernels
  private let pass: Pass
  private let wide: Matrix

  /// Nil where the model has no network.
  public init?(_ model: Model, blockRows: Int = 128, kernels: Kernels) {
    guard let network = model.network else { return nil }
    precondition(blockRows > 0)
    self.model = model
    self.kernels = kernels
    self.blockRows = blockRows
    count = network.latents
    pass = Pass(rows: blockRows, network, at: network.point(1), kernels: kernels)
    wide = Matrix(rows: blockRows, columns: model.values)
  }

  /// The latents of some samples, rows x ``count``.
  ///
  /// - Parameters:
  ///   - samples: rows x values in the data's units, finite; at most ``blockRows`` rows.
  ///   - latents: overwritten.
  public func latents(
    of samples: UnsafeBufferPointer<Float>, rows: Int, into latents: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(rows > 0 && rows <= blockRows && samples.count == rows * model.values)
    precondition(latents.count == rows * count)
    guard let base = samples.baseAddress else { return }
    if let front = model.front {
      model.standardize(base, stride: model.values, rows: rows, into: wide, kernels)
      kernels.product(0..<rows, wide, front.analysis.buffer.pointer, front.analysis.shape, into: pass.input)
    } else {
      model.standardize(base, stride: model.values, rows: rows, into: pass.input, kernels)
    }
    pass.forwardEncoder(0..<rows)
    for r in 0..<rows {
      for k in 0..<count { latents[r * count + k] = pass.latents.row(r)[k] * pass.decoderScale.row(r)[k] }
    }
  }

  /// The samples that some latents stand for, in the data's units, within the model's bounds, and whole where it knows
  /// integers.
  ///
  /// - Parameters:
  ///   - latents: rows x ``count``, finite; at most ``blockRows`` rows.
  ///   - samples: rows x values; overwritten.
  public func samples(
    of latents: UnsafeBufferPointer<Float>, rows: Int, into samples: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(rows > 0 && rows <= blockRows && latents.count == rows * count)
    precondition(samples.count == rows * model.values)
    for r in 0..<rows {
      for k in 0..<count { pass.symbols.row(r)[k] = latents[r * count + k] / pass.decoderScale.row(r)[k] }
    }
    pass.forwardDecoder(0..<rows)
    var final = pass.output
    if let front = model.front {
      kernels.product(
        0..<rows, pass.output, front.synthesis.buffer.pointer, front.synthesis.shape, into: wide)
      final = wide
    }
    guard let base = samples.baseAddress else { return }
    var rule = model.output.kernelRule
    model.means.withUnsafeBufferPointer { means in
      guard let means = means.baseAddress else { return }
      for r in 0..<rows {
        let row = base + r * model.values
        kernels.table.pointee.add_scaled(means, model.scale, final.row(r), row, model.values)
        kernels.table.pointee.apply_rule(row, &rule, row, model.values)
      }
    }
  }
}
