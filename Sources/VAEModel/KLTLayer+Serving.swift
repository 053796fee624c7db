import Tensor

// The part of a linear layer that a file carries for its rows, in as few bits as these deserve.
//
// A number of the model serves all rows of the file, and an error of it is one in each of them. Where codes take b bits a row
// for an error of d, so that a smaller error costs db/dd = -n / (2 ln 2 d), the sum of both is least with numbers in steps of
// s / (deviation sqrt(rows)): the precision to which so many rows would tell them (Rissanen, "Modeling by shortest data
// description", 1978).

extension KLTLayer {
  /// A component whose mean size is less than this part of the step is hardly ever coded: of a Laplace density, 1 in 150
  /// values is beyond half a step.
  private static let codedSize: Float = 0.1
  /// Steps of a basis are rounded up where that saves so many bits: a step of each component takes 16.
  private static let bitsOfStep = 24.0

  /// The layer for `rows` rows that are coded at `step`; see ``Model/serving(_:rows:kernels:)``.
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

  /// How many leading components a file carries that codes at `step`: at least 1.
  ///
  /// - Parameter rows: of the file; nil where they are many or not known.
  package func componentsServed(step: Float, rows: Int?) -> Int {
    let size = step * Self.codedSize
    let last = magnitudes.lastIndex { $0 >= size } ?? 0
    guard let rows else { return last + 1 }
    return (variances[...last].indices.last { gain($0, step: step, rows: rows) > 0 } ?? 0) + 1
  }

  /// The bits that a component saves `rows` rows at this step, without those that itself takes.
  private func gain(_ component: Int, step: Float, rows: Int) -> Double {
    // The variance, in units of the error that a uniform quantizer leaves.
    let x = 12 * Double(variances[component]) / (Double(step) * Double(step))
    // What an error costs against what coding the component does; a heavy tail is coded now and then.
    let saved = 0.72 * max(0.05 * x, x > 1 ? x - 1 - 0.69 * octaves(x) : 0)
    // Of a normal density of the basis' numbers, in its steps.
    let ratio = x / 12 * Double(rows) / Double(values)
    return saved * Double(rows) - 0.5 * octaves(1 + 17 * ratio) * Double(values)
  }

  /// Steps of the basis that are coarse enough for `rows` rows, one a component; nil where those that it has are about as good.
  private func coarserSteps(step: Float, rows: Int) -> [Float]? {
    let own = (0..<components).map { stored.step(ofRow: $0) }
    let coarse = (0..<components).map { max(own[$0], servedStep(ofComponent: $0, step: step, rows: rows)) }
    let saved = zip(own, coarse).reduce(0) {
      $0 + Double(values) * octaves(Double($1.1) / Double($1.0))
    }
    return saved > Self.bitsOfStep * Double(components) ? coarse : nil
  }

  /// The step of a component's direction for `rows` rows; at most a number of it, so that it stays about as long as it is.
  private func servedStep(ofComponent component: Int, step: Float, rows: Int) -> Float {
    let deviation = max(variances[component], 1e-30).squareRoot()
    return min(step / (deviation * Float(rows).squareRoot()), 1 / Float(values).squareRoot())
  }

  /// Levels beyond those of the components' own sizes that rows may ask for, which are smaller or larger than most.
  private static let (levelsBelow, levelsAbove) = (4, 8)

  /// The densities without those of levels that rows hardly ever ask for: in their place, the nearest is repeated.
  private func servedDensities(step: Float) -> [LogisticMixture] {
    let levels = magnitudes.map { Int(ScaleLevel.of($0 / step)) }
    guard let least = levels.min(), let most = levels.max() else { return densities }
    // A row's first component has the level of its size, and the following ones learn of the row.
    let lowest = least - min(Self.levelsBelow, components - 1)
    let highest = most + min(Self.levelsAbove, 2 * (components - 1))
    return densities.indices.map { densities[max(lowest, min($0, highest, densities.count - 1), 0)] }
  }

  /// The squared error of a sample that is due to a basis as coarse as ``serving(step:rows:kernels:)`` makes it, at the most.
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

/// The logarithm to base 2 of a positive number, to 0.09: a straight line between powers of two.
private func octaves(_ x: Double) -> Double { Double(x.exponent) + x.significand - 1 }
