import EntropyCoding

/// Predicts a number as a weighted sum of others, and adapts the weights by recursive least squares (Haykin, Adaptive Filter
/// Theory).
///
/// All arithmetic is IEEE-754 binary64 in a fixed order, so that a decoder adapts identically.
struct LeastSquares {
  /// The number of inputs, and the same up to a multiple of 4.
  let inputs: Int
  private let padded: Int
  /// The forgetting factor.
  private let memory: Double
  private let weights: UnsafeMutablePointer<SIMD4<Double>>
  /// The inverse correlation matrix.
  private let spread: UnsafeMutablePointer<SIMD4<Double>>

  /// The most inputs.
  static let maximumInputs = 48
  /// The first diagonal of the matrix, that after a reset, and the sum of the diagonal beyond which it is degenerate.
  private static let (firstSpread, laterSpread, largestSpread) = (30.0, 1.0, 1e8)

  /// The number of vectors of 4 numbers that `inputs` inputs take.
  static func vectors(_ inputs: Int) -> Int { (inputs + 3) / 4 + inputs * ((inputs + 3) / 4) }

  /// - Parameters:
  ///   - inputs: at most ``maximumInputs``.
  ///   - first: the input that the first prediction is equal to.
  ///   - storage: zeros, as many as ``vectors(_:)``.
  init(inputs: Int, first: Int, memory: Double, storage: UnsafeMutablePointer<SIMD4<Double>>) {
    self.inputs = inputs
    self.memory = memory
    padded = (inputs + 3) / 4
    weights = storage
    spread = storage + padded
    weights[first / 4][first % 4] = 1
    reset(Self.firstSpread)
  }

  private func reset(_ diagonal: Double) {
    for i in 0..<inputs * padded { spread[i] = SIMD4(repeating: 0) }
    for i in 0..<inputs { spread[i * padded + i / 4][i % 4] = diagonal }
  }

  /// The prediction from `x`, which is padded with zeros.
  @inline(__always)
  func predict(_ x: UnsafePointer<SIMD4<Double>>) -> Double {
    var sums = SIMD4<Double>(repeating: 0)
    for i in 0..<padded { sums += weights[i] * x[i] }
    let sum = (sums[0] + sums[1]) + (sums[2] + sums[3])
    return sum.magnitude < 1e300 ? sum : 0
  }

  /// Adapts to the error of the prediction.
  ///
  /// - Parameter gains: room for ``maximumInputs`` numbers.
  @inline(__always)
  func learn(_ x: UnsafePointer<SIMD4<Double>>, error: Double, gains: UnsafeMutablePointer<SIMD4<Double>>) {
    for b in 0..<padded { gains[b] = SIMD4(repeating: 0) }
    for a in 0..<inputs {
      let input = x[a / 4][a % 4]
      let row = spread + a * padded
      for b in 0..<padded { gains[b] += row[b] * input }
    }
    var powers = SIMD4<Double>(repeating: 0)
    for b in 0..<padded { powers += gains[b] * x[b] }
    let power = memory + ((powers[0] + powers[1]) + (powers[2] + powers[3]))
    guard power > 0, power <= 1e200, error.magnitude < 1e300 else { return reset(Self.laterSpread) }
    let (inverse, fading) = (1 / power, 1 / memory)
    let step = error * inverse
    for b in 0..<padded { weights[b] += gains[b] * step }
    var diagonal = 0.0
    for a in 0..<inputs {
      let gain = gains[a / 4][a % 4] * inverse
      let row = spread + a * padded
      for b in 0..<padded { row[b] = (row[b] - gains[b] * gain) * fading }
      diagonal += row[a / 4][a % 4]
    }
    if !(diagonal < Self.largestSpread && diagonal > 0) { reset(Self.laterSpread) }
  }
}
