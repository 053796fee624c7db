import Tensor
import Transform
import VAEModel

extension ModelFit {
  /// The data of a fit before training: the rows, their standardization, and their principal components.
  struct PreparedData {
    let statistics: ValueStatistics
    /// The lengths of a sample's axes, as the network sees it; empty if values have no order.
    let shape: [Int]
    /// Means, scale, input projection and output rule; no network and no layers.
    let model: Model
    /// The training and held-out rows: standardized, in the space of the network.
    let fit: Matrix
    let held: Matrix
    /// The same rows in the data's units.
    let fitSamples: Matrix
    let heldSamples: Matrix
    /// The held-out rows including missing values: distortion is that of existing values.
    let heldOriginals: Matrix
    /// The weights of squared errors of ``held``, 0 for missing values; nil if all weigh the same, or the network works
    /// on components.
    let heldKnown: Matrix?
    /// 1 for known values of ``fit``, 0 for missing ones; nil if none is missing, or the network works on components.
    let known: Matrix?
    let components: PrincipalComponents
    let spectrum: Spectrum

    /// The peak of the data; see ``ModelFit/Result/peak``.
    var peak: Double { model.scales.isByColumn ? 1 : statistics.peak }

    /// The peak of the data relative to the standardizing scale, in dB.
    var peakDecibels: Double {
      2 * decibels(max(peak, Double(ValueStatistics.leastScale)) / Double(statistics.scale))
    }

    init(
      _ samples: Matrix, shape: [Int] = [], isInteger: Bool, elementRange: ClosedRange<Float>?,
      _ scales: ValueScales,
      _ owner: ModelFit, _ random: inout RandomSource
    ) {
      let (kernels, workers) = (owner.kernels, owner.workers)
      statistics = ValueStatistics(samples)
      let hasOrder = !scales.isByColumn && samples.columns <= ModelFit.widestInput
      self.shape = hasOrder ? shape : []
      let hasMissing = statistics.missing > 0
      let (fitRows, heldRows) = Self.split(samples.rows, holdout: owner.options.holdout, &random)
      fitSamples = samples.copy(rows: fitRows)
      heldSamples = samples.copy(rows: heldRows)
      known = hasMissing && samples.columns <= ModelFit.widestInput ? fitSamples.known() : nil
      heldOriginals = hasMissing ? heldSamples.copy(rows: 0..<heldSamples.rows) : heldSamples
      heldKnown = samples.columns <= ModelFit.widestInput ? heldOriginals.weights(by: scales) : nil
      if hasMissing {
        for part in [fitSamples, heldSamples] {
          part.replaceMissing(by: statistics.means, beyond: Matrix.greatestKnown)
        }
      }
      var model = Model(
        means: statistics.means, scale: statistics.scale, inputProjection: nil, network: nil, layers: [],
        baseline: nil,
        valueLayer: nil,
        output: scales.isIdentity
          ? statistics.outputRule(isInteger: isInteger, elementRange: elementRange) : OutputRule(),
        qualities: [], notes: [])
      model.scales = scales
      var fit = fitSamples.copy(rows: 0..<fitSamples.rows)
      model.standardize(fit, kernels)
      var held = heldSamples.copy(rows: 0..<heldSamples.rows)
      model.standardize(held, kernels)
      if samples.columns > ModelFit.widestInput {
        let leading = PrincipalComponents(
          of: fit, components: ModelFit.maximumFrontComponents, kernels: kernels, workers: workers)
        let exact = Weights(leading.basis)
        // Nothing after the basis corrects its errors.
        let step = 0.002 / Float(samples.columns).squareRoot()
        let inputProjection = Model.InputProjection(
          StoredMatrix(exact.buffer.pointer, exact.shape, steps: [step]), kernels: kernels)
        model.inputProjection = inputProjection
        fit = fit.times(inputProjection.analysis, kernels, workers)
        held = held.times(inputProjection.analysis, kernels, workers)
      }
      components = PrincipalComponents(of: fit, components: fit.columns, kernels: kernels, workers: workers)
      spectrum = Spectrum(variances: components.variances, total: components.variances.reduce(0, +))
      (self.model, self.fit, self.held) = (model, fit, held)
    }

    /// Splits rows into training and held-out rows, at least 4 of each, in ascending order.
    private static func split(
      _ rows: Int, holdout: Double, _ random: inout RandomSource
    ) -> (fit: [Int], held: [Int]) {
      var order = Array(0..<rows)
      random.shuffle(&order)
      let held = max(4, min(rows / 2, Int(Double(rows) * holdout)))
      return (order[held...].sorted(), order[..<held].sorted())
    }
  }
}
