import Tensor
import Transform
import VAEModel

/// The rate and distortion of a VAE in training on held-out rows, with rounded latents.
struct ValidationLoss {
  private let held: Matrix
  private let pass: NetworkActivations
  private let gradients: Gradients
  private let qualities: LambdaRange
  private let workers: Workers
  /// The number of values in a sample: greater than the number of columns if those are components.
  private let values: Int
  static let grid: [Float] = [0, 0.25, 0.5, 0.75, 1]
  /// The maximum number of rows; the maximum number of values; and the number of rows taken regardless of that.
  private static let (maximumRows, maximumValues, enoughRows) = (1024, 1 << 18, 512)

  init(
    _ held: Matrix, _ parameters: Parameters, inverseDeviation: [Float],
    bounds: (low: FloatBuffer, high: FloatBuffer)?, qualities: LambdaRange, values: Int? = nil,
    kernels: Kernels,
    workers: Workers
  ) {
    self.held = held.spread(
      rows: min(Self.maximumRows, max(Self.enoughRows, Self.maximumValues / held.columns)))
    self.qualities = qualities
    self.workers = workers
    self.values = values ?? held.columns
    pass = NetworkActivations(
      rows: self.held.rows, parameters, inverseDeviation: inverseDeviation, kernels: kernels)
    gradients = Gradients(pass, bounds: bounds)
    pass.input.buffer.copy(from: self.held.buffer)
  }

  /// - Parameter grid: VAE qualities, including 0.5.
  /// - Returns: the mean over `grid` of log(bits + lambda * error); and bits and PSNR (of standardized values, for a
  ///   peak of 1) at 0.5.
  func measure(at grid: [Float] = grid) -> (loss: Double, bits: Double, psnr: Double) {
    var loss = 0.0
    var middle = (bits: 0.0, psnr: 0.0)
    for u in grid {
      let (bits, error) = rateAndError(u)
      loss += logarithm(bits + Double(qualities.lambda(u)) * error + 1e-9)
      if u == 0.5 {
        middle = (bits, -decibels(max(1e-12, error / Double(values))))
      }
    }
    return (loss / Double(grid.count), middle.bits, middle.psnr)
  }

  /// The mean square of each input of hidden and last weights, by the offset of their entry, over ``grid``.
  func inputPowers() -> [Int: [Double]] {
    let a = pass.architecture
    var inputs: [(offset: Int, input: Matrix)] = []
    for (path, first, after) in [
      (a.encoder, pass.input, pass.encoderAfter), (a.decoder, pass.normalized, pass.decoderAfter),
    ] {
      inputs += zip(path.hidden.map(\.weight.offset) + [path.last.offset], [first] + after).map { ($0, $1) }
    }
    var powers: [Int: [Double]] = [:]
    for u in Self.grid {
      _ = rateAndError(u)
      for (offset, input) in inputs {
        var sums = powers[offset] ?? [Double](repeating: 0, count: input.columns)
        for r in 0..<input.rows {
          let row = input.row(r)
          for i in sums.indices { sums[i] += Double(row[i]) * Double(row[i]) }
        }
        powers[offset] = sums
      }
    }
    let rows = Double(max(1, held.rows * Self.grid.count))
    let shared = Dictionary(
      uniqueKeysWithValues: a.entries.compactMap { entry in entry.sharing.map { (entry.offset, $0) } })
    return Dictionary(
      uniqueKeysWithValues: powers.map { offset, sums in
        let means = sums.map { $0 / rows }
        return (offset, shared[offset]?.means(of: means) ?? means)
      })
  }

  /// The bits per sample, and the squared error per sample.
  func rateAndError(_ u: Float) -> (bits: Double, error: Double) {
    let step = qualities.step(u)
    for r in 0..<held.rows { pass.condition(row: r, u: u, step: step) }
    let (pass, gradients) = (self.pass, self.gradients)
    let latents = pass.architecture.latents
    let sums = FloatBuffer(count: 2 * held.rows)
    workers.forEachRange(of: held.rows) { rows in
      let table = pass.kernels.table.pointee
      pass.forwardScales(rows)
      pass.forwardEncoder(rows)
      for r in rows { table.round(pass.latents.row(r), pass.symbols.row(r), pass.symbols.stride) }
      gradients.rate(rows)
      pass.forwardDecoder(rows, within: (gradients.low, gradients.high))
      for r in rows {
        sums.pointer[2 * r] = table.sum(gradients.bits.row(r), latents)
        sums.pointer[2 * r + 1] = table.squared_error(
          pass.output.row(r), pass.input.row(r), pass.output.columns)
      }
    }
    var (bits, error) = (0.0, 0.0)
    for r in 0..<held.rows {
      bits += Double(sums.pointer[2 * r])
      error += Double(sums.pointer[2 * r + 1])
    }
    return (bits / Double(held.rows), error / Double(held.rows))
  }
}
