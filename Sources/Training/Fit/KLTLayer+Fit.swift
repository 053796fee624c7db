import Tensor
import Transform
import VAEModel

extension KLTLayer {
  /// The maximum number of rows for fitting magnitudes and densities; more do not improve them.
  private static let densityRows = 4096
  /// The steps for fitting densities: the strongest component's magnitude times these powers of two.
  private static let densitySteps = [2.0, 1, 0, -1, -2, -3, -4, -5, -6, -8, -10, -12]
  /// The minimum magnitude of a component, relative to the strongest.
  private static let leastShare: Float = 1e-6

  /// Fits a layer to `residual` (rows x values): the leading `components` of its Karhunen-Loeve transform.
  static func fit(
    _ residual: Matrix, components: PrincipalComponents, kernels: Kernels, workers: Workers,
    random: inout RandomSource
  ) -> KLTLayer {
    // The error in the direction of a coefficient must be small compared to the step at which it starts to be coded.
    let step = 0.04 / Float(residual.columns).squareRoot()
    let exact = Weights(components.basis)
    let stored = StoredMatrix(
      exact.buffer.pointer, exact.shape, steps: steps(components.variances.prefix(exact.shape.inputs), step))
    return fit(residual, basis: stored, kernels: kernels, workers: workers, random: &random)
  }

  /// Fits the densities of a layer with a given basis to `residual` (rows x values).
  private static func fit(
    _ residual: Matrix, basis stored: StoredMatrix, kernels: Kernels, workers: Workers,
    random: inout RandomSource
  ) -> KLTLayer {
    let rows = residual.copy(rows: 0..<min(densityRows, residual.rows))
    let count = stored.rows
    var layer = KLTLayer(
      stored, magnitudes: [Float](repeating: 1, count: count),
      densities: [LogisticMixture](repeating: .narrow, count: ScaleLevel.count), kernels: kernels)
    let coefficients = layer.coefficients(of: rows, kernels: kernels, workers: workers)
    var sums = [Double](repeating: 0, count: count)
    var squares = sums
    for r in 0..<rows.rows {
      for c in 0..<count {
        let x = Double(coefficients.row(r)[c])
        sums[c] += x.magnitude
        squares[c] += x * x
      }
    }
    let sizes = sums.map { Float($0 / Double(rows.rows)) }
    layer.variances = squares.map { Float($0 / Double(rows.rows)) }
    let strongest = max(sizes.max() ?? 0, 1e-12)
    layer.magnitudes = sizes.map { max($0, strongest * leastShare).roundedToBFloat16 }
    var seen = LevelDensities()
    for exponent in densitySteps {
      let step = strongest * Float(power(2, exponent))
      let scale = layer.scale(step: step)
      for r in 0..<rows.rows {
        scale.forEach(first: count) { c, level in
          let symbol = nearestSymbol(coefficients.row(r)[c] / step)
          seen.add(symbol, level: level, &random)
          return symbol.magnitude
        }
      }
    }
    layer.densities = seen.fit(kernels: kernels, workers: workers, random: &random)
    layer.shapes = layer.shapes(coefficients, strongest, kernels, workers, &random)
    return layer
  }

  /// The distortion at which bases are compared, relative to the variance; and the share of the bits that a basis of its
  /// own must save there.
  private static let (comparedDistortion, leastShareSaved) = (0.1, 0.01)

  /// Fits a layer to `residual` with the basis of `other`, unless a basis of its own saves bits.
  static func fit(
    _ residual: Matrix, components: PrincipalComponents, sharing other: KLTLayer?, kernels: Kernels,
    workers: Workers, random: inout RandomSource
  ) -> KLTLayer {
    if let other, other.components == components.variances.count {
      let some = residual.copy(rows: 0..<min(densityRows, residual.rows))
      let coefficients = other.coefficients(of: some, kernels: kernels, workers: workers)
      let level = comparedDistortion * components.variances.reduce(0, +) / Double(components.variances.count)
      /// The bits of components with these variances, by reverse water-filling.
      func bits(_ variances: [Double]) -> Double {
        variances.reduce(0) { $0 + 0.5 * max(0, logarithm(max($1, level * 1e-9) / level)) / logarithm(2) }
      }
      let squares = (0..<other.components).map { c in
        (0..<coefficients.rows).reduce(0.0) {
          $0 + Double(coefficients.row($1)[c]) * Double(coefficients.row($1)[c])
        } / Double(max(1, coefficients.rows))
      }
      let (own, shared) = (bits(components.variances), bits(squares))
      if shared - own < leastShareSaved * own {
        return fit(residual, basis: other.stored, kernels: kernels, workers: workers, random: &random)
      }
    }
    return fit(residual, components: components, kernels: kernels, workers: workers, random: &random)
  }

  /// The steps of a basis' rows, with `step` as their mean. What an error in a direction adds to all coefficients grows
  /// with the variance along it, so that the fewest bits for all errors are taken if weak components have larger steps.
  private static func steps(_ variances: ArraySlice<Double>, _ step: Float) -> [Float] {
    let mean = variances.reduce(0, +) / Double(max(1, variances.count))
    guard mean > 0, variances.count > 1 else { return [step] }
    return variances.map { variance in
      let ratio = (mean / max(variance, mean * 1e-6)).squareRoot()
      return step * Float(min(max(ratio, leastStep), largestStep)).binade
    }
  }

  /// The smallest and the largest step of a row. Coefficients on a coarser basis would take more refinements.
  private static let (leastStep, largestStep) = (0.125, 4.0)

  private static func nearestSymbol(_ x: Float) -> Float {
    max(-0x1p30, min(0x1p30, x)).rounded(.toNearestOrEven)
  }

  /// The steps at which shapes are compared with levels, as in ``densitySteps``.
  private static let shapeSteps = [0.0, -2, -4, -6]
  /// A shape must save this many bits per row on average over those steps, and this share; and more if there are few
  /// rows.
  private static let leastGain = 0.02
  private static let leastShareOfGain = 0.03
  private static let bitsOfShape = 144.0

  /// The components that their own densities serve better than levels of scale.
  private func shapes(
    _ coefficients: Matrix, _ strongest: Float, _ kernels: Kernels, _ workers: Workers,
    _ random: inout RandomSource
  ) -> [Shape] {
    let count = min(Self.maximumShapes, components)
    let leading = Matrix(rows: coefficients.rows, columns: count)
    for r in 0..<leading.rows { leading.row(r).update(from: coefficients.row(r), count: count) }
    let mixtures = MixtureFit.fit(
      leading, deviations: variances[..<count].map { max($0.squareRoot(), strongest * Self.leastShare) },
      kernels: kernels, workers: workers, random: &random
    ).map(\.rounded)
    let byLevel = RDOQuantizer(levelWeights(kernels))
    let slots = Slots<[(levels: Double, shape: Double)]>(count: Self.shapeSteps.count)
    workers.forEach(Self.shapeSteps.count) { s in
      let step = strongest * Float(power(2, Self.shapeSteps[s]))
      let scale = self.scale(step: step)
      let own = RDOQuantizer(mixtures.map { $0.symbolWeights(step: step, kernels: kernels) })
      var bits = [(levels: Double, shape: Double)](repeating: (0, 0), count: count)
      for r in 0..<leading.rows {
        scale.forEach(first: count) { c, level in
          let symbol = Self.nearestSymbol(leading.row(r)[c] / step)
          bits[c].levels += Double(byLevel.bits(symbol, table: level))
          bits[c].shape += Double(own.bits(symbol, table: c))
          return symbol.magnitude
        }
      }
      slots[s] = bits
    }
    let all = slots.array
    let rows = Double(leading.rows)
    return (0..<count).compactMap { c in
      let byLevel = all.reduce(0) { $0 + $1[c].levels } / Double(all.count)
      let byShape = all.reduce(0) { $0 + $1[c].shape } / Double(all.count)
      let least = max(Self.leastGain * rows, Self.leastShareOfGain * byLevel, Self.bitsOfShape)
      return byLevel - byShape > least ? Shape(component: c, density: mixtures[c]) : nil
    }
  }
}
