import Records
import VAEModel

/// A ``ValueScales/Scale`` for integers of 64 bits: the whole part of its offset is subtracted from them as an integer, before
/// they become numbers, and added to what numbers stand for.
struct WideScale {
  private let scale: ValueScales.Scale
  private let elementType: ElementType
  /// The integer nearest to the offset, and the rest of that: 0 where values are integers of the type.
  private let origin: Int64
  private let rest: Double
  /// Bounds less the origin.
  private let lowest: Double
  private let highest: Double

  init(_ scale: ValueScales.Scale, _ elementType: ElementType) {
    self.scale = scale
    self.elementType = elementType
    let bits = elementType.bits(nearest: scale.offset)
    let whole = elementType.value(bits: bits)
    origin = elementType.ordinal(bits: bits)
    rest = scale.offset - whole
    (lowest, highest) = (scale.lowest - whole, scale.highest - whole)
  }

  /// The number that stands for the value of an ordinal; NaN if it is missing.
  @inline(__always)
  func number(_ ordinal: Int64) -> Float {
    guard ordinal >= elementType.leastOrdinal else { return .nan }
    return Float((ordinal.distance(from: origin) - rest) / scale.scale)
  }

  /// The ordinal of the value that a number stands for: rounded, and within all bounds.
  @inline(__always)
  func ordinal(_ number: Float) -> Int64 {
    let scaled = scale.scale * Double(number)
    let distance = rest + (scale.isInteger ? scaled.rounded(.toNearestOrEven) : scaled)
    let bounded = distance < lowest ? lowest : distance > highest ? highest : distance
    return origin.moved(by: bounded, least: elementType.leastOrdinal)
  }

  /// Whether a value is outside the model's bounds.
  func isOutside(_ ordinal: Int64) -> Bool {
    let distance = ordinal.distance(from: origin)
    return distance < lowest || distance > highest
  }
}

extension ValueScales {
  /// The scales for integers of 64 bits; empty where numbers are the values themselves.
  func wide(_ elementType: ElementType) -> [WideScale] { scales.map { WideScale($0, elementType) } }
}
