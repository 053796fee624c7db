import Records
import VAEModel

/// A ``ValueScales/Scale`` for 64-bit integers. The integer part of its offset is subtracted in integer arithmetic
/// before conversion to binary32, and added after conversion back, so that no precision is lost.
struct WideScale {
  private let scale: ValueScales.Scale
  private let elementType: ElementType
  /// The integer nearest to the offset, and the remainder: 0 where values are integers of the type.
  private let origin: Int64
  private let rest: Double
  /// The bounds relative to the origin.
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

  /// The number for an ordinal; NaN if the value is missing.
  @inline(__always)
  func number(_ ordinal: Int64) -> Float {
    guard ordinal >= elementType.leastOrdinal else { return .nan }
    return Float((ordinal.distance(from: origin) - rest) / scale.scale)
  }

  /// The ordinal for a number: rounded and clamped to all bounds.
  @inline(__always)
  func ordinal(_ number: Float) -> Int64 {
    let scaled = scale.scale * Double(number)
    let distance = rest + (scale.isInteger ? scaled.rounded(.toNearestOrEven) : scaled)
    let bounded = distance < lowest ? lowest : distance > highest ? highest : distance
    return origin.moved(by: bounded, least: elementType.leastOrdinal)
  }

  /// Whether a value lies outside the model's bounds.
  func isOutside(_ ordinal: Int64) -> Bool {
    let distance = ordinal.distance(from: origin)
    return distance < lowest || distance > highest
  }
}

extension ValueScales {
  /// The scales for 64-bit integers; empty if a model's numbers are the values themselves.
  func wide(_ elementType: ElementType) -> [WideScale] { scales.map { WideScale($0, elementType) } }
}
