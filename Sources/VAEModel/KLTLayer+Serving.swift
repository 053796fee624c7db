import Tensor

// The part of a linear layer that a file embeds for its rows, in as few bits as they justify.
//
// A number of the model serves all rows of the file, and its error affects each of them. If the codes of n values take
// b bits per row at an error d, with db/dd = -n / (2 ln 2 d), the total is minimal for numbers in steps of s /
// (deviation sqrt(rows)): the precision to which that many rows determine them (Rissanen, "Modeling by shortest data
// description", 1978).

extension KLTLayer {
  /// A component whose mean magnitude is below this share of the step is hardly ever coded: with a Laplace density, 1
  /// in 150 values exceeds half a step.
  private static let codedSize: Float = 0.1
  /// Steps of a basis are coarsened if that saves this number of bits; one step per component takes 16 bits each.
  private static let bitsOfStep = 24.0

  /// The layer for `rows` rows coded at `step`; see ``Model/serving(_:rows:kernels:)``.
  package func serving(step: Float, rows: Int?, kernels: Kernels) -> KLTLayer {
    let count = componentsServed(step: step, rows: rows)
    var kept = count == components ? self : keeping(first: count, kernels: kernels)
    if rows != nil { kept.densities = kept.servedDensities(step: step) }
    guard let rows, let steps = kept.coarserSteps(step: step, rows: rows) else { return kept }
    let coarse = StoredMatrix(kept.synthesis.buffer.pointer, kept.stored.shape, steps: steps)
    return KLTLayer(
      coarse, magnitudes: kept.magnitudes, densities: kept.densities, shapes: kept.shapes,
      variances: kept.variances, kernels: kernels)
  }

  /// The number of leading components that a file coded at `step` embeds: at least 1.
  ///
  /// - Parameter rows: the rows of the file; nil if there are many, or their number is unknown.
  package func componentsServed(step: Float, rows: Int?) -> Int {
    let size = step * Self.codedSize
    let last = magnitudes.lastIndex { $0 >= size } ?? 0
    guard let rows else { return last + 1 }
    return (variances[...last].indices.last { gain($0, step: step, rows: rows) > 0 } ?? 0) + 1
  }

  /// The bits that a component saves for `rows` rows at this step, less its own.
  private func gain(_ component: Int, step: Float, rows: Int) -> Double {
    // The variance, in units of the error of a uniform quantizer.
    let x = 12 * Double(variances[component]) / (Double(step) * Double(step))
    // The saving of coding the component over leaving its error; with a heavy tail it is coded occasionally.
    let saved = 0.72 * max(0.05 * x, x > 1 ? x - 1 - 0.69 * octaves(x) : 0)
    // For a normal density of the basis' numbers, in units of their step.
    let ratio = x / 12 * Double(rows) / Double(values)
    return saved * Double(rows) - 0.5 * octaves(1 + 17 * ratio) * Double(values)
  }

  /// Steps of the basis, one per component, as coarse as `rows` rows allow; nil if the existing steps are about as
  /// good.
  private func coarserSteps(step: Float, rows: Int) -> [Float]? {
    let own = (0..<components).map { stored.step(ofRow: $0) }
    let coarse = (0..<components).map { max(own[$0], servedStep(ofComponent: $0, step: step, rows: rows)) }
    let saved = zip(own, coarse).reduce(0) {
      $0 + Double(values) * octaves(Double($1.1) / Double($1.0))
    }
    return saved > Self.bitsOfStep * Double(components) ? coarse : nil
  }

  /// The step of a component's direction for `rows` rows. It is limited to the size of its numbers, so that the
  /// direction about keeps its length.
  private func servedStep(ofComponent component: Int, step: Float, rows: Int) -> Float {
    let deviation = max(variances[component], 1e-30).squareRoot()
    return min(step / (deviation * Float(rows).squareRoot()), 1 / Float(values).squareRoot())
  }

  /// The number of levels below and above those of the components' own magnitudes that unusual rows may use.
  private static let (levelsBelow, levelsAbove) = (4, 8)

  /// The densities, with those of levels that rows hardly ever use replaced by the nearest used one.
  private func servedDensities(step: Float) -> [LogisticMixture] {
    let levels = magnitudes.map { Int(ScaleLevel.of($0 / step)) }
    guard let least = levels.min(), let most = levels.max() else { return densities }
    // The first component of a row has the level of its magnitude; the following ones adapt to the row.
    let lowest = least - min(Self.levelsBelow, components - 1)
    let highest = most + min(Self.levelsAbove, 2 * (components - 1))
    return densities.indices.map { densities[max(lowest, min($0, highest, densities.count - 1), 0)] }
  }

  /// An upper bound of the squared error per sample due to a basis as coarse as in ``serving(step:rows:kernels:)``.
  package func roundingError(step: Float, rows: Int) -> Double {
    let count = componentsServed(step: step, rows: rows)
    return (0..<count).reduce(0) { sum, component in
      let (own, coarse) = (
        stored.step(ofRow: component), servedStep(ofComponent: component, step: step, rows: rows)
      )
      guard coarse > own else { return sum }
      return sum + Double(variances[component]) * Double(values) * Double(coarse * coarse - own * own) / 12
    }
  }
}

/// log2 of a positive number, to 0.09, by linear interpolation between powers of two.
private func octaves(_ x: Double) -> Double { Double(x.exponent) + x.significand - 1 }
