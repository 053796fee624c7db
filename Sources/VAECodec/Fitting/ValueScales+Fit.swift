import Records
import Tensor
import Training
import VAEModel

// The scales that suit data: one per column for a table, and one for an array whose values binary32 represents poorly.

extension ValueScales {
  /// A column's scale is its range, but at most this many standard deviations: rare outliers must not coarsen the other
  /// values.
  private static let widestRange = 16.0
  /// If at least this share of the values lies at an end of the range, the end is a hard limit and not a chance
  /// maximum.
  private static let wall = 0.01
  /// Binary32 represents values poorly if they lie more than this many standard deviations from 0.
  private static let farOffset = 0x1p14
  /// The standard deviations below which binary32 has no room for quantization steps, and binary64 none for squares.
  private static let (least, finest) = (0x1p-100, 0x1p-480)

  /// One scale for each column.
  ///
  /// - Parameters:
  ///   - rows: the training rows.
  ///   - ranges: those of all rows read.
  init(columns rows: SampleBatch, _ ranges: ColumnRanges) {
    let origins = ranges.origins ?? Origins(rows, byPlace: true)
    let (values, width) = (rows.doubles(from: origins), rows.valuesPerSample)
    self.init(
      (0..<width).map { place in
        Self.column(place, values, width, ranges).moved(from: origins, place)
      })
  }

  private static func column(
    _ place: Int, _ values: [Double], _ width: Int, _ ranges: ColumnRanges
  ) -> Scale {
    guard ranges.hasValues(place) else { return Scale() }
    let (low, high, range) = (ranges.lowest[place], ranges.highest[place], ranges.range(place))
    let isInteger = ranges.isWhole[place]
    guard range > 0 else {
      // The offset alone represents a constant column exactly.
      return Scale(offset: low, range: 0, lowest: low, highest: high, isInteger: isInteger)
    }
    // In units of the range, so that squares neither overflow nor underflow.
    var (sum, square, count, atLow, atHigh) = (0.0, 0.0, 0, 0, 0)
    for index in stride(from: place, to: values.count, by: width)
    where values[index].magnitude <= ColumnRanges.greatestKnown {
      let number = (values[index] - low) / range
      sum += number
      square += number * number
      count += 1
      if values[index] == low { atLow += 1 }
      if values[index] == high { atHigh += 1 }
    }
    let number = Double(max(1, count))
    let mean = sum / number
    let deviation = max(0, square / number - mean * mean).squareRoot()
    let wide = widestRange * deviation
    let scale = short(range * (wide > 0 && wide < 1 ? wide : 1))
    // An offset with few digits suffices, and takes fewer bytes.
    let unit = isInteger ? 1 : scale.binade / 64
    return Scale(
      offset: ((low + mean * range) / unit).rounded() * unit, scale: scale, range: short(range),
      lowest: Double(atLow) >= wall * number ? low : -.infinity,
      highest: Double(atHigh) >= wall * number ? high : .infinity, isInteger: isInteger)
  }

  /// One scale for all values, if binary32 represents them poorly: far from 0 compared to their deviation, or very
  /// small.
  ///
  /// - Returns: no scales if binary32 represents the values well.
  init(common rows: SampleBatch, isInteger: Bool) {
    self.init()
    guard rows.elementType.size > 2, rows.elementType != .f4 else { return }
    let origins = Origins(rows, byPlace: false)
    let (values, greatest) = (rows.doubles(from: origins), Double(Matrix.greatestKnown))
    var (low, high, sum, count) = (Double.infinity, -Double.infinity, 0.0, 0)
    for value in values where value.magnitude <= greatest {
      low = min(low, value)
      high = max(high, value)
      sum += value
      count += 1
    }
    let range = high - low
    guard count > 0, range > 0 else { return }
    let deviation = Self.deviation(values, rows.valuesPerSample, range)
    let origin = origins.number(0)
    let size = max((origin + low).magnitude, (origin + high).magnitude)
    let isFar = size > Self.farOffset * deviation && !(isInteger && size < 0x1p24)
    guard deviation >= Self.finest, isFar || deviation < Self.least else { return }
    let scale = Self.short(deviation)
    let unit = isInteger ? 1 : scale.binade / 64
    self.init([
      Scale(
        offset: (sum / Double(count) / unit).rounded() * unit, scale: scale, range: Self.short(range),
        isInteger: isInteger
      ).moved(from: origins, 0)
    ])
  }

  /// The standard deviation of values from the mean of their position.
  private static func deviation(_ values: [Double], _ width: Int, _ range: Double) -> Double {
    var (square, all) = (0.0, 0)
    for place in 0..<width {
      let known = stride(from: place, to: values.count, by: width).map { values[$0] }
        .filter { $0.magnitude <= Double(Matrix.greatestKnown) }.map { $0 / range }
      guard !known.isEmpty else { continue }
      let mean = known.reduce(0, +) / Double(known.count)
      square += known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      all += known.count
    }
    return range * (square / Double(max(1, all))).squareRoot()
  }

  /// The number rounded to the upper half of its bits, as a file stores it.
  private static func short(_ number: Double) -> Double {
    let rounded = Double(bitPattern: (number.bitPattern &+ 1 << 31) & ~0xFFFF_FFFF)
    return rounded.isNormal ? rounded : number < 1 ? .leastNormalMagnitude : .greatestFiniteMagnitude
  }
}

extension ValueScales.Scale {
  /// The scale of the original values, given this scale of values relative to their origins. The offset is rounded;
  /// bounds that binary64 does not represent exactly are dropped.
  fileprivate func moved(from origins: Origins, _ place: Int) -> Self {
    guard origins[place] != nil else { return self }
    var scale = self
    let origin = origins.number(place)
    scale.offset = (origin + offset).rounded()
    func bound(_ distance: Double, _ none: Double) -> Double {
      let bound = origin + distance
      return bound.magnitude < 0x1p53 ? bound : none
    }
    scale.lowest = bound(lowest, -.infinity)
    scale.highest = bound(highest, .infinity)
    return scale
  }
}
