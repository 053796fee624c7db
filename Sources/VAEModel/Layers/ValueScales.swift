/// What a model's numbers are of the data's values: value = offset + scale * number, in binary64, before anything is
/// rounded to binary32.
///
/// Values of one quantity have one scale, so that their squared errors add up. Columns of a table have one each: no column
/// is lost for another's sake.
package struct ValueScales: Equatable, Sendable {
  /// None where numbers are the values themselves; one for all values of a sample, or one for each.
  package let scales: [Scale]

  /// The offset and the scale of a value, and how a reconstruction becomes a value that the data can hold.
  package struct Scale: Equatable, Sendable {
    /// Subtracted first. An integer where values are.
    package var offset: Double
    /// What is left is divided by this: positive.
    package var scale: Double
    /// Largest minus smallest value of the data that were fitted: the peak of PSNR. 0 if nothing varies.
    package var range: Double
    /// The least and the greatest value; infinite where none is known.
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

    /// The number that stands for a value.
    @inlinable @inline(__always)
    package func number(_ value: Double) -> Float { Float((value - offset) / scale) }

    /// The value that a number stands for: rounded where values are integers, and within their bounds.
    @inlinable @inline(__always)
    package func value(_ number: Float) -> Double {
      let scaled = scale * Double(number)
      let value = offset + (isInteger ? scaled.rounded(.toNearestOrEven) : scaled)
      return value < lowest ? lowest : value > highest ? highest : value
    }

    /// Whether a reader may take it for what it says.
    package var isSound: Bool {
      offset.isFinite && scale.isNormal && scale > 0 && range >= 0 && range.isFinite && lowest <= highest
        && (!isInteger || offset == offset.rounded())
    }
  }

  /// - Parameter scales: none, one, or one for each value of a sample.
  package init(_ scales: [Scale] = []) { self.scales = scales }

  /// Whether numbers are the values themselves.
  package var isIdentity: Bool { scales.isEmpty }

  /// Whether each value of a sample has a scale of its own: samples are rows of a table.
  package var isByColumn: Bool { scales.count > 1 }

  /// What the scale of value `place` is.
  @inlinable @inline(__always)
  package subscript(place: Int) -> Scale { scales.count == 1 ? scales[0] : scales[place] }

  /// What an error of 1 in numbers is in the unit that errors are told in: that of the data; in tables, shares of each column's
  /// range are.
  package var errorUnit: Double { scales.count == 1 ? scales[0].scale : 1 }

  /// For tables, the weight of each column's squared error: its scale over its range, squared. Nil where all weigh the same.
  package var errorWeights: [Float]? {
    guard isByColumn else { return nil }
    return scales.map {
      let share = $0.range > 0 ? $0.scale / $0.range : 1
      return Float(share * share)
    }
  }
}
