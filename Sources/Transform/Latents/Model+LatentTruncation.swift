import CKernels
import Tensor
import VAEModel

// The error of describing samples by the leading latents alone, without quantization.

/// The errors with few latents, compared with equally many principal components.
package struct LatentTruncation: Sendable {
  /// The errors for one number of latents.
  package struct Point: Equatable, Sendable {
    /// The number of leading latents, or components.
    package var count: Int
    /// The mean squared error, in squared units of the data.
    package var error: Double
    /// The mean squared error of principal component analysis.
    package var linearError: Double
  }

  package var points: [Point]
  /// Whether the components are those of the training rows; otherwise they are those of the samples themselves, which
  /// favours them.
  package var componentsAreFitted: Bool
}

extension Model {
  /// The errors of some samples with the leading latents, and with equally many principal components. Nil without a
  /// network.
  ///
  /// - Parameters:
  ///   - counts: numbers of latents, in ascending order.
  ///   - samples: rows x values, in the data's units. Missing values are replaced by the mean, and have no error. The
  ///     result is nil if an input projection mixes them with other values.
  package func latentTruncation(
    _ counts: [Int], of samples: Matrix, kernels: Kernels, workers: Workers
  ) -> LatentTruncation? {
    guard samples.rows > 0, samples.columns == values else { return nil }
    let known = samples.hasMissing ? samples.known() : nil
    guard known == nil || inputProjection == nil else { return nil }
    let count = known?.power ?? Double(values)
    guard count > 0 else { return nil }
    let complete = standardized(samples, kernels: kernels)
    let x = inNetworkSpace(complete, kernels, workers)
    guard let learned = truncationErrors(counts, x, known: known, kernels, workers) else { return nil }
    // The part outside the input projection is lost to both.
    let outside = inputProjection == nil ? 0 : max(0, complete.power - x.power)
    var linear = baseline.map { componentErrors(counts, x, known, $0, kernels, workers) }
    // The basis is stored in few bits. If that dominates its errors, they are not those of PCA.
    let isFitted = linear?.allSatisfy { $0 > Self.roundingOfBasis * x.power } ?? false
    if !isFitted { linear = ownComponentErrors(counts, x, known, kernels, workers) }
    let unit = Double(scale) * scales.errorUnit
    let square = unit * unit / count
    return LatentTruncation(
      points: counts.indices.map { i in
        LatentTruncation.Point(
          count: counts[i], error: (learned[i] + outside) * square,
          linearError: ((linear?[i] ?? 0) + outside) * square)
      }, componentsAreFitted: isFitted)
  }

  /// Ten times the share of the samples' power that rounding a stored basis may cost.
  private static let roundingOfBasis = 1.5e-3

  /// Standardized samples as the network takes them.
  func inNetworkSpace(_ x: Matrix, _ kernels: Kernels, _ workers: Workers) -> Matrix {
    inputProjection.map { x.times($0.analysis, kernels, workers) } ?? x
  }

  /// The squared error per row with the leading latents; the others are set to the mean of their prior. Nil without a
  /// network.
  ///
  /// - Parameters:
  ///   - x: rows as the network takes them.
  ///   - known: 1 for values whose errors count, 0 for others; nil if all count.
  package func truncationErrors(
    _ counts: [Int], _ x: Matrix, known: Matrix? = nil, _ kernels: Kernels, _ workers: Workers
  ) -> [Double]? {
    guard let network, x.rows > 0 else { return nil }
    let bounds = standardizedBounds()
    let rest = network.parameters.priors(quality: 1, kernels: kernels).map {
      network.elbo == nil ? $0.mean : 0
    }
    let errors = FloatBuffer(count: counts.count * x.rows)
    inBlocks(of: x, network, kernels, workers) { pass, range in
      let all = 0..<range.count
      let table = kernels.table.pointee
      for (i, count) in counts.enumerated() {
        for r in all {
          let (latents, symbols) = (pass.latents.row(r), pass.symbols.row(r))
          for k in 0..<network.latents { symbols[k] = k < count ? latents[k] : rest[k] }
        }
        pass.forwardDecoder(all, within: bounds)
        for r in all {
          let output = pass.output.row(r)
          known?.equate(output, pass.input.row(r), ofRow: range.lowerBound + r)
          errors.pointer[i * x.rows + range.lowerBound + r] = table.squared_error(
            output, pass.input.row(r), x.columns)
        }
      }
    }
    return counts.indices.map { i in
      (0..<x.rows).reduce(0) { $0 + Double(errors.pointer[i * x.rows + $1]) } / Double(x.rows)
    }
  }

  /// The latents of rows, as the network takes them, at the finest VAE quality, in units of the step.
  package func latentsInSteps(
    of x: Matrix, _ network: Network, _ kernels: Kernels, _ workers: Workers
  ) -> Matrix {
    let result = Matrix(rows: x.rows, columns: network.latents)
    inBlocks(of: x, network, kernels, workers) { pass, range in
      for (from, to) in range.enumerated() {
        result.row(to).update(from: pass.latents.row(from), count: network.latents)
      }
    }
    return result
  }

  /// Encodes blocks of rows at the finest VAE quality, and calls `body` with each.
  private func inBlocks(
    of x: Matrix, _ network: Network, _ kernels: Kernels, _ workers: Workers,
    _ body: @Sendable (_ pass: NetworkActivations, _ rows: Range<Int>) -> Void
  ) {
    workers.forEachBlock(of: x.rows) { _, range in
      let pass = NetworkActivations(rows: range.count, network, at: network.point(1), kernels: kernels)
      pass.input.row(0).update(from: x.row(range.lowerBound), count: range.count * x.stride)
      pass.forwardEncoder(0..<range.count)
      body(pass, range)
    }
  }

  /// The squared error per row with the leading components of a layer, within the model's bounds.
  private func componentErrors(
    _ counts: [Int], _ x: Matrix, _ known: Matrix?, _ layer: KLTLayer, _ kernels: Kernels,
    _ workers: Workers
  ) -> [Double] {
    counts.map { count in
      let left = x.copy(rows: 0..<x.rows)
      let first = layer.keeping(first: min(count, layer.components), kernels: kernels)
      _ = first.coefficients(of: left, kernels: kernels, workers: workers)
      return errorWithinBounds(x.less(left, kernels), x, known, kernels)
    }
  }

  /// The squared error per row with the leading principal components of the rows themselves, about their own mean.
  private func ownComponentErrors(
    _ counts: [Int], _ x: Matrix, _ known: Matrix?, _ kernels: Kernels, _ workers: Workers
  ) -> [Double] {
    let centred = x.centred
    let mean = x.less(centred, kernels)
    let components = PrincipalComponents(
      of: centred, components: counts.last ?? 0, kernels: kernels, workers: workers)
    let coefficients = centred.times(transposeOf: components.basis, kernels, workers)
    return counts.map { count in
      let kept = min(count, components.basis.rows)
      let first = Matrix(rows: x.rows, columns: kept)
      for r in 0..<x.rows { first.row(r).update(from: coefficients.row(r), count: kept) }
      let reached = first.times(Weights(components.basis.copy(rows: 0..<kept)), kernels, workers)
      for r in 0..<x.rows {
        kernels.table.pointee.add_scaled(reached.row(r), 1, mean.row(r), reached.row(r), x.columns)
      }
      return errorWithinBounds(reached, x, known, kernels)
    }
  }

  /// The squared error per row of reconstructions, clamped to the model's bounds.
  private func errorWithinBounds(
    _ reached: Matrix, _ x: Matrix, _ known: Matrix?, _ kernels: Kernels
  ) -> Double {
    reached.clip(0..<x.rows, to: standardizedBounds(), kernels)
    if let known { for r in 0..<x.rows { known.equate(reached.row(r), x.row(r), ofRow: r) } }
    return reached.less(x, kernels).power
  }
}

extension Matrix {
  /// For a matrix of ones and zeros: replaces a row's values that do not count by the original ones.
  fileprivate func equate(
    _ reached: UnsafeMutablePointer<Float>, _ original: UnsafeMutablePointer<Float>, ofRow r: Int
  ) {
    let mask = row(r)
    for c in 0..<columns where mask[c] == 0 { reached[c] = original[c] }
  }

  /// The difference of two matrices.
  fileprivate func less(_ other: Matrix, _ kernels: Kernels) -> Matrix {
    let result = Matrix(rows: rows, columns: columns)
    for r in 0..<rows {
      kernels.table.pointee.add_scaled(row(r), -1, other.row(r), result.row(r), columns)
    }
    return result
  }

  /// The rows minus their mean.
  fileprivate var centred: Matrix {
    var mean = [Double](repeating: 0, count: columns)
    for r in 0..<rows { for c in 0..<columns { mean[c] += Double(row(r)[c]) / Double(rows) } }
    let result = Matrix(rows: rows, columns: columns)
    for r in 0..<rows { for c in 0..<columns { result.row(r)[c] = Float(Double(row(r)[c]) - mean[c]) } }
    return result
  }
}
