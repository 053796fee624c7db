import EntropyCoding

/// What is expected of a value before it is coded.
struct Expectation {
  let value: Double
  /// Where names count from, if they do.
  let origin: (value: Double, name: Int64)
  let name: Int64
  let plainName: Int64
  /// The distance of two names there, and the position of the prediction between their boundaries in eighths.
  let step: Double
  let eighth: Int
  /// The expected error in steps: as a level, and in octaves above 4.
  let level: Int
  let octaves: Int
  let distributions: TailDistributions

  /// The narrowest scale of a distribution, in steps.
  private static let narrowest = 0.03
  private static let levels = 24

  init(_ column: ColumnCoding, _ prediction: ValuePrediction) {
    value = column.center + column.unit * prediction.blend
    (name, plainName) = column.names(of: value)
    origin = column.origin(of: value)
    let low: Double
    if let freeStep = column.freeStep {
      (step, low) = (freeStep, origin.value - 0.5 * freeStep)
    } else {
      low = column.grid.lower(name)
      let high = column.grid.lower(name &+ 1)
      step = high > low ? min(high - low, .greatestFiniteMagnitude) : 1e-300
    }
    let eighths = (value - low) / step * 8
    eighth = eighths > 0 ? (eighths < 8 ? Int(eighths) : 7) : 0
    var size = prediction.blendScale * column.unit / step
    let levels = (ValuePrediction.level(size) - ValuePrediction.level(0.0625)) >> 1
    level = max(0, min(Self.levels - 1, levels))
    var octaves = 0
    if size >= 4 {
      while octaves < 60, size >= 2 {
        size *= 0.5
        octaves += 1
      }
    }
    self.octaves = octaves
    let (p, s) = (prediction.predictions, prediction.scales)
    var own = TailDistributions()
    own.centers = SIMD8(0, 0, p[0], p[1], p[2], p[3], p[4], p[5]) * column.unit + column.center
    (own.centers[0], own.centers[1]) = (value, value)
    var scales =
      SIMD8(prediction.blendScale, prediction.usualError, s[0], s[1], s[2], s[3], s[4], s[5]) * column.unit
    let least = SIMD8(repeating: Self.narrowest * step)
    scales.replace(with: least, where: .!(scales .> least))
    own.inverseScales = 1 / scales
    distributions = own
  }
}
