import Tensor

/// The last layer: codes each value of a sample given the base and the preceding values, one after another.
///
/// The VAE and the linear layers give a base b. Value i is predicted from the base and from the decoded preceding
/// values (closed loop, so that errors do not accumulate); the scale of its error is predicted from the magnitudes of
/// their errors and from the surrounding base:
///
///     prediction_i = b_i + sum_j a_ij e_j        e_j = decoded value j - b_j, for neighbours j < i
///     deviation_i  = w_i + sum_j v_ij |e_j| + sum_m d_im |b_i - b_m| + (terms for the distance from the bounds)
///
/// The quotient of deviation and step, in levels of two per octave, selects the frequency table. The neighbours are
/// those that contribute most, determined when the model is fitted, whatever the shape of samples. The idea is that of
/// context-based lossless image coders (Wu and Memon, CALIC, IEEE Trans. Communications 45, 1997; Meyer and Tischer,
/// GLICBAWLS, 2001), with the VAE as the first predictor.
package struct ValueLayer: Sendable {
  /// A factor times another value of the sample.
  package struct Term: Equatable, Sendable {
    /// The position of the other value within the sample.
    package var value: Int
    package var factor: Float

    package init(value: Int, factor: Float) {
      self.value = value
      self.factor = factor
    }
  }

  /// The predictor of one value.
  package struct Predictor: Equatable, Sendable {
    /// a: terms of preceding values.
    package var prediction: [Term] = []
    /// w: in the data's units, positive.
    package var deviation: Float = 0
    /// v: terms of preceding values.
    package var errors: [Term] = []
    /// d: terms of any values.
    package var contrasts: [Term] = []
    /// The factors of b - lowest and of highest - b.
    package var aboveLowest: Float = 0
    package var belowHighest: Float = 0

    package init(
      prediction: [Term] = [], deviation: Float = 0, errors: [Term] = [], contrasts: [Term] = [],
      aboveLowest: Float = 0, belowHighest: Float = 0
    ) {
      self.prediction = prediction
      self.deviation = deviation
      self.errors = errors
      self.contrasts = contrasts
      self.aboveLowest = aboveLowest
      self.belowHighest = belowHighest
    }
  }

  /// One predictor per value.
  package let predictors: [Predictor]
  /// One density per level, in units of the step.
  package let densities: [LogisticMixture]

  /// The number of levels of scale.
  package static let levels = ScaleLevel.count

  package init(predictors: [Predictor], densities: [LogisticMixture]) {
    precondition(densities.count == Self.levels)
    for (i, predictor) in predictors.enumerated() {
      precondition((predictor.prediction + predictor.errors).allSatisfy { $0.value >= 0 && $0.value < i })
      precondition(predictor.contrasts.allSatisfy { predictors.indices.contains($0.value) })
    }
    self.predictors = predictors
    self.densities = densities
  }

  /// The weights of the levels' frequency tables; the same for every step.
  package func symbolWeights(_ kernels: Kernels) -> [LogisticMixture.SymbolWeights] {
    densities.map { $0.symbolWeights(step: 1, kernels: kernels) }
  }
}
