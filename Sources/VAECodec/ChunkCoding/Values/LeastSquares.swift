import CKernels
import EntropyCoding

/// Predicts a number as a weighted sum of others, and adapts the weights by recursive least squares (Haykin, Adaptive Filter
/// Theory).
///
/// All arithmetic is IEEE-754 binary64 in a fixed order, so that a decoder adapts identically.
struct LeastSquares {
  private let kernels: UnsafePointer<vaec_kernels>
  private let state: UnsafeMutablePointer<vaec_least_squares>

  /// The most inputs.
  static let maximumInputs = Int(VAEC_MOST_INPUTS)
  /// The first diagonal of the matrix, and that after a reset.
  private static let (firstSpread, laterSpread) = (30.0, 1.0)

  /// The number of inputs up to a multiple of 4.
  private static func padded(_ inputs: Int) -> Int { (inputs + 3) & ~3 }

  /// The numbers that `inputs` inputs take.
  static func numbers(_ inputs: Int) -> Int { padded(inputs) * (inputs + 1) }

  /// - Parameters:
  ///   - inputs: at most ``maximumInputs``.
  ///   - first: the input that the first prediction is equal to.
  ///   - storage: zeros, as many as ``numbers(_:)``, aligned to 32 bytes.
  ///   - state: room for the state.
  init(
    inputs: Int, first: Int, memory: Double, storage: UnsafeMutablePointer<Double>,
    state: UnsafeMutablePointer<vaec_least_squares>, kernels: UnsafePointer<vaec_kernels>
  ) {
    (self.kernels, self.state) = (kernels, state)
    let padded = Self.padded(inputs)
    state.pointee = vaec_least_squares(
      inputs: inputs, vectors: padded / 4, memory: memory, weights: storage, spread: storage + padded)
    storage[first] = 1
    reset(Self.firstSpread)
  }

  private func reset(_ diagonal: Double) {
    let (inputs, padded, spread) = (state.pointee.inputs, 4 * state.pointee.vectors, state.pointee.spread)
    guard let spread else { return }
    spread.update(repeating: 0, count: inputs * padded)
    for i in 0..<inputs { spread[i * padded + i] = diagonal }
  }

  /// The prediction from `x`, which is padded with zeros to a multiple of 4 and aligned to 32 bytes.
  @inline(__always)
  func predict(_ x: UnsafePointer<Double>) -> Double { kernels.pointee.least_squares_predict(state, x) }

  /// Adapts to the error of the prediction.
  @inline(__always)
  func learn(_ x: UnsafePointer<Double>, error: Double) {
    if !kernels.pointee.least_squares_learn(state, x, error) { reset(Self.laterSpread) }
  }
}
