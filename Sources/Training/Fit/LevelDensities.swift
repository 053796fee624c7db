import CKernels
import Tensor
import VAEModel

/// Fits the density of symbols at each level of scale to observed symbols.
struct LevelDensities {
  /// The maximum number of symbols kept per level, and the minimum for fitting a density.
  private static let most = 8192
  private static let fewest = 200

  private var seen = [[Float]](repeating: [], count: ScaleLevel.count)
  private var counts = [Int](repeating: 0, count: ScaleLevel.count)

  /// Adds a symbol. If a level has many, each is equally likely to be kept (reservoir sampling: Vitter 1985).
  mutating func add(_ symbol: Float, level: Int, _ random: inout RandomSource) {
    counts[level] += 1
    if seen[level].count < Self.most {
      seen[level].append(symbol)
    } else {
      let place = random.index(below: counts[level])
      if place < Self.most { seen[level][place] = symbol }
    }
  }

  /// One density per level, in units of the step. A rarely observed level gets the density of the nearest observed one,
  /// scaled by the factor between them.
  func fit(kernels: Kernels, workers: Workers, random: inout RandomSource) -> [LogisticMixture] {
    let known = seen.indices.filter { seen[$0].count >= Self.fewest }
    guard !known.isEmpty else { return seen.indices.map(Self.usual) }
    let rows = known.map { seen[$0].count }.max() ?? 1
    let columns = Matrix(rows: rows, columns: known.count)
    var deviations: [Float] = []
    for (c, level) in known.enumerated() {
      var square: Float = 0
      let all = seen[level]
      for r in 0..<rows {
        let symbol = all[all.count == rows ? r : random.index(below: all.count)]
        columns[r, c] = symbol
        square += min(symbol * symbol, 1e12) / Float(rows)
      }
      deviations.append(max(0.1, square.squareRoot()))
    }
    let fitted = MixtureFit.fit(
      columns, deviations: deviations, integers: true, kernels: kernels, workers: workers, random: &random)
    return seen.indices.map { level in
      let nearest = known.indices.min { (known[$0] - level).magnitude < (known[$1] - level).magnitude } ?? 0
      let factor = Float(power(2, Double(level - known[nearest]) / 2))
      return fitted[nearest].scaled(by: factor).coarse
    }
  }

  /// A default density of the level's scale, if nothing was observed.
  private static func usual(_ level: Int) -> LogisticMixture {
    let scale = Float(power(2, Double(level) / 2)) * Float(VAEC_LEAST_SCALE)
    return LogisticMixture(means: [0, 0, 0], logScales: [-0.5, 0, 0.5], logits: [0, 0, 0]).scaled(by: scale)
      .coarse
  }
}

extension LogisticMixture {
  /// All mass near zero.
  static let narrow = LogisticMixture(means: [0, 0, 0], logScales: [-3, -3, -3], logits: [0, 0, 0])

  /// The density of x * factor.
  func scaled(by factor: Float) -> LogisticMixture {
    let shift = Float(logarithm(Double(factor)))
    return LogisticMixture(
      means: means.map { $0 * factor }, logScales: logScales.map { $0 + shift }, logits: logits)
  }

  /// The density in few bits: its quantiles are off by a few hundredths of its scale, and its masses by a few percent,
  /// which costs less than a thousandth of a bit per symbol.
  var coarse: LogisticMixture {
    func nearest(_ x: Float, _ unit: Float) -> Float { (x / unit).rounded() * unit }
    let scales = logScales.map { nearest($0, 1 / 16) }
    return LogisticMixture(
      means: zip(means, scales).map { mean, scale in
        nearest(mean, Float(exponential(Double(max(-60, min(60, scale))))).binade / 8)
      }, logScales: scales, logits: logits.map { nearest($0, 1 / 8) }
    ).rounded
  }

  /// The density rounded to the precision of a model file.
  var rounded: LogisticMixture {
    LogisticMixture(
      means: means.map(\.roundedToBFloat16), logScales: logScales.map(\.roundedToBFloat16),
      logits: logits.map(\.roundedToBFloat16)
    )
  }
}
