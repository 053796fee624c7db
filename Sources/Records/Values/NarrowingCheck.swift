/// Finds values that a type cannot hold: fractions, NaN and infinities in integers, numbers beyond the type's range,
/// and integers that would be rounded. Fractions of floating-point numbers may lose digits.
struct NarrowingCheck {
  private let type: ElementType
  private let width: Int
  private var rows = 0

  /// - Parameter width: the number of values in a row.
  init(_ type: ElementType, width: Int) {
    self.type = type
    self.width = width
  }

  /// Whether a type may be unable to hold a value of another.
  static func isNeeded(from source: ElementType, to type: ElementType) -> Bool {
    switch (source, type) {
    case (let source, let type) where source == type: false
    case (let source, .f8): source.isWide
    case (.u1, .f4), (.i1, .f4), (.u2, .f4), (.i2, .f4), (.f2, .f4), (.u1, .f2), (.i1, .f2): false
    default:
      if let from = source.range, let to = type.range {
        !(to.lowerBound <= from.lowerBound && from.upperBound <= to.upperBound)
      } else {
        true
      }
    }
  }

  /// Throws `cannotHold` for the first value of a batch that the type cannot hold. Rows count from the first batch.
  mutating func add(_ batch: SampleBatch) throws(SampleIOError) {
    defer { rows += batch.rows }
    guard Self.isNeeded(from: batch.elementType, to: type) else { return }
    let values = batch.doubles()
    let found =
      batch.elementType.isWide
      ? firstLost(batch) : firstLost(values, isExact: batch.elementType.isInteger)
    guard let place = found else { return }
    throw .cannotHold(
      type: type, row: rows + place / width + 1, column: place % width + 1, value: values[place])
  }

  /// The same for 64-bit integers: the first that does not survive a round trip.
  private func firstLost(_ batch: SampleBatch) -> Int? {
    let held = batch.converted(to: type)
    let back = held.converted(to: batch.elementType)
    // The largest numbers survive only because they are clamped.
    let end = batch.elementType.range?.upperBound ?? 0
    let numbers = held.doubles()
    return zip(batch.bits(), back.bits()).enumerated().first { place, bits in
      bits.0 != bits.1 || (!type.isInteger && numbers[place] >= end)
    }?.offset
  }

  private func firstLost(_ values: [Double], isExact: Bool) -> Int? {
    if type.isWide, let range = type.range {
      // Neither end of the range is a value of the type.
      return values.firstIndex {
        let isHeld = (type == .u8 ? $0 >= 0 : $0 > range.lowerBound) && $0 < range.upperBound
        return !(isHeld && $0 == $0.rounded())
      }
    }
    if let range = type.range {
      return values.firstIndex { !(range.contains($0) && $0 == $0.rounded()) }
    }
    return values.firstIndex { value in
      let held = type == .f2 ? ElementType.value(half: ElementType.half(value)) : Double(Float(value))
      return value.isFinite && (!held.isFinite || isExact && held != value)
    }
  }
}
