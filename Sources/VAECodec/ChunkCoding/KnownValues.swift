import Records
import Tensor
import VAEModel

/// The values that a model knows; all others are missing to it.
struct KnownValues {
  var scales = ValueScales()
  /// The largest known magnitude.
  var reach = Matrix.greatestKnown

  init() {}

  /// Numbers that stand for missing values, whatever is promised of others.
  var missing: [Double] = []

  init(of model: Model, missing: [Double] = []) {
    (scales, reach, self.missing) = (model.scales, model.reach, missing)
  }

  /// Whether a value stands for a missing one.
  @inline(__always)
  func isMark(bits: UInt64, _ elementType: ElementType) -> Bool {
    !missing.isEmpty && missing.contains(elementType.value(bits: bits))
  }

  /// Whether a value of any type is missing to the model.
  ///
  /// - Parameter place: the position of the value within a sample.
  func isMissing(bits: UInt64, _ place: Int, _ elementType: ElementType) -> Bool {
    guard elementType.isWide else { return isMissing(elementType.value(bits: bits), place) }
    let ordinal = elementType.ordinal(bits: bits)
    return ordinal < elementType.leastOrdinal || isMark(bits: bits, elementType)
      || isMissing(ordinal, place, elementType)
  }

  /// Whether a value is missing to the model.
  ///
  /// - Parameter place: the position of the value within a sample.
  @inline(__always)
  func isMissing(_ value: Double, _ place: Int) -> Bool {
    let number = scales.isIdentity ? Float(value) : scales[place].number(value)
    return !(number.magnitude <= reach) || missing.contains(value)
  }

  /// The same for 64-bit integers.
  @inline(__always)
  func isMissing(_ ordinal: Int64, _ place: Int, _ elementType: ElementType) -> Bool {
    let number =
      scales.isIdentity
      ? Float(elementType.value(bits: elementType.bits(ordinal: ordinal)))
      : WideScale(scales[place], elementType).number(ordinal)
    return !(number.magnitude <= reach)
  }
}
