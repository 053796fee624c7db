import Tensor
import Transform
import VAEModel

extension ModelFit {
  /// What a fit stands on before anything is trained: the rows, how they are standardized, and their principal
  /// components.
  struct PreparedData {
    let statistics: ValueStatistics
    /// Means, scale, input projection and rule; no network and no layers.
    let model: Model
    /// Rows that are fitted, and rows that judge: standardized, in the space of the network.
    let fit: Matrix
    let held: Matrix
    /// The same in the data's units.
    let fitSamples: Matrix
    let heldSamples: Matrix
    /// Rows that judge with what is missing in them: distortion is that of values that are there.
    let heldOriginals: Matrix
    /// What squared errors of values of ``held`` count, 0 for those that are missing; nil if all count the same, or where
    /// the network works on components.
    let heldKnown: Matrix?
    /// 1 for values of ``fit`` that are known, 0 for those that are missing; nil if none is, or where the network works on
    /// components.
    let known: Matrix?
    let components: PrincipalComponents
    let spectrum: Spectrum

    /// The data's peak: see ``ModelFit/Result/peak``.
    var peak: Double { model.scales.isByColumn ? 1 : statistics.peak }

    /// The data's peak over the scale that standardizes them, in dB.
    var peakDecibels: Double {
      2 * decibels(max(peak, Double(ValueStatistics.leastScale)) / Double(statistics.scale))
    }

    init(
      _ samples: Matrix, isInteger: Bool, elementRange: ClosedRange<Float>?, _ scales: ValueScales,
      _ owner: ModelFit, _ random: inout RandomSource
    ) {
      let (kernels, workers) = (owner.kernels, owner.workers)
      statistics = ValueStatistics(samples)
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
        // Nothing after the basis makes up for its errors.
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

    /// Rows to fit and rows to hold out, both of them at least 4, each in ascending order.
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
