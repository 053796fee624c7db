import Records
import Tensor
import Training
import VAEModel

// The scales that suit data: one for each column of a table, and one for an array whose values binary32 does not hold well.

extension ValueScales {
  /// A column's scale is its range, but no more than this many of its deviations: rare values far out are no reason to be
  /// coarse with the others.
  private static let widestRange = 16.0
  /// From this share of values on, the end of a range is a wall and not a chance maximum.
  private static let wall = 0.01
  /// Binary32 holds values less their offset well where they are not this many deviations away from 0.
  private static let farOffset = 0x1p14
  /// Deviations below which binary32 has no room for steps, and binary64 none for squares.
  private static let (least, finest) = (0x1p-100, 0x1p-480)

  /// One scale for each column.
  ///
  /// - Parameters:
  ///   - rows: those that are fitted.
  ///   - ranges: of all rows that were read.
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
      // What does not vary is exact by its offset.
      return Scale(offset: low, range: 0, lowest: low, highest: high, isInteger: isInteger)
    }
    // In units of the range, so that no square is too large or too small.
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
    // Few digits of an offset do, and take fewer bytes.
    let unit = isInteger ? 1 : scale.binade / 64
    return Scale(
      offset: ((low + mean * range) / unit).rounded() * unit, scale: scale, range: short(range),
      lowest: Double(atLow) >= wall * number ? low : -.infinity,
      highest: Double(atHigh) >= wall * number ? high : .infinity, isInteger: isInteger)
  }

  /// One scale for all values, where binary32 does not hold them as they are: far from 0 for what they vary by, or very
  /// small.
  ///
  /// - Returns: no scales where values are held well.
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

  /// The deviation of values from the mean of their place.
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

  /// The number with the upper half of its bits alone: what a file keeps of it.
  private static func short(_ number: Double) -> Double {
    let rounded = Double(bitPattern: (number.bitPattern &+ 1 << 31) & ~0xFFFF_FFFF)
    return rounded.isNormal ? rounded : number < 1 ? .leastNormalMagnitude : .greatestFiniteMagnitude
  }
}

extension ValueScales.Scale {
  /// The scale of the values themselves, where this is that of values less their origins. An offset need not be near the values to
  /// the last digit, but bounds that no number holds are dropped.
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
