/// The map between a model's numbers and the data's values: value = offset + scale * number, in binary64, before
/// anything is rounded to binary32.
///
/// Values of one quantity share a scale, so that their squared errors add up. Columns of a table have one each, so that
/// no column is lost for the sake of another.
package struct ValueScales: Equatable, Sendable {
  /// No scales if numbers are the values themselves; one for all values of a sample, or one for each.
  package let scales: [Scale]

  /// The offset and scale of a value, and the rule from a reconstruction to a value that the data can hold.
  package struct Scale: Equatable, Sendable {
    /// Subtracted from the value first. It is an integer if values are.
    package var offset: Double
    /// The divisor of the difference; positive.
    package var scale: Double
    /// The largest less the smallest value of the fitted data: the peak of PSNR. 0 if nothing varies.
    package var range: Double
    /// The smallest and the largest value; infinite if unknown.
    package var lowest: Double
    package var highest: Double
    /// Whether values are integers.
    package var isInteger: Bool

    package init(
      offset: Double = 0, scale: Double = 1, range: Double = 0, lowest: Double = -.infinity,
      highest: Double = .infinity, isInteger: Bool = false
    ) {
      self.offset = offset
      self.scale = scale
      self.range = range
      self.lowest = lowest
      self.highest = highest
      self.isInteger = isInteger
    }

    /// The number for a value.
    @inlinable @inline(__always)
    package func number(_ value: Double) -> Float { Float((value - offset) / scale) }

    /// The value for a number: rounded if values are integers, and clamped to their bounds.
    @inlinable @inline(__always)
    package func value(_ number: Float) -> Double {
      let scaled = scale * Double(number)
      let value = offset + (isInteger ? scaled.rounded(.toNearestOrEven) : scaled)
      return value < lowest ? lowest : value > highest ? highest : value
    }

    /// Whether a reader may accept the scale.
    package var isSound: Bool {
      offset.isFinite && scale.isNormal && scale > 0 && range >= 0 && range.isFinite && lowest <= highest
        && (!isInteger || offset == offset.rounded())
    }
  }

  /// - Parameter scales: none, one, or one for each value of a sample.
  package init(_ scales: [Scale] = []) { self.scales = scales }

  /// Whether numbers are the values themselves.
  package var isIdentity: Bool { scales.isEmpty }

  /// Whether each value of a sample has its own scale: samples are rows of a table.
  package var isByColumn: Bool { scales.count > 1 }

  /// The scale of value `place`.
  @inlinable @inline(__always)
  package subscript(place: Int) -> Scale { scales.count == 1 ? scales[0] : scales[place] }

  /// The size of an error of 1 in numbers, in the unit of reported errors: that of the data, or shares of each column's
  /// range for tables.
  package var errorUnit: Double { scales.count == 1 ? scales[0].scale : 1 }

  /// For tables, the weight of each column's squared error: its scale over its range, squared. Nil if all weigh the
  /// same.
  package var errorWeights: [Float]? {
    guard isByColumn else { return nil }
    return scales.map {
      let share = $0.range > 0 ? $0.scale / $0.range : 1
      return Float(share * share)
    }
  }
}
