// 64-bit integers, which no floating-point type represents exactly. Computations use differences of ordinals, which are
// exact.

extension ElementType {
  /// The position of a 64-bit value in the order of its type: the value itself for i8, and the value less 2^63 for u8.
  @inlinable
  public func ordinal(bits: UInt64) -> Int64 {
    Int64(bitPattern: self == .u8 ? bits ^ 1 << 63 : bits)
  }

  /// The bits of the value at a position; see ``ordinal(bits:)``.
  @inlinable
  public func bits(ordinal: Int64) -> UInt64 {
    let bits = UInt64(bitPattern: ordinal)
    return self == .u8 ? bits ^ 1 << 63 : bits
  }

  /// The smallest ordinal of a number. The value below it, in i8, is numpy's NaT: it is missing, as NaN is.
  public var leastOrdinal: Int64 { self == .i8 ? .min + 1 : .min }

  /// The ordinal nearest to a number; NaN gives that of 0.
  func ordinal(nearest value: Double) -> Int64 {
    guard value == value else { return ordinal(bits: 0) }
    let whole = value.rounded(.toNearestOrEven)
    if self == .u8 {
      return ordinal(bits: whole <= 0 ? 0 : UInt64(exactly: whole) ?? .max)
    }
    return whole <= -0x1p63 ? leastOrdinal : Int64(exactly: whole) ?? .max
  }

  /// The number nearest to the value of an ordinal; NaN if it is missing.
  func number(ordinal: Int64) -> Double {
    if self == .u8 { return Double(bits(ordinal: ordinal)) }
    return ordinal < leastOrdinal ? .nan : Double(ordinal)
  }
}

extension Int64 {
  /// This integer less another, rounded to binary64.
  @inlinable @inline(__always)
  package func distance(from other: Int64) -> Double {
    let (difference, overflow) = subtractingReportingOverflow(other)
    return overflow ? Double(self) - Double(other) : Double(difference)
  }

  /// This integer plus or minus `size`, clamped to `least` and the largest integer.
  @inlinable @inline(__always)
  package func moved(by size: UInt64, down: Bool, least: Int64) -> Int64 {
    if down {
      return self <= least || size >= UInt64(bitPattern: self &- least)
        ? least : self &- Int64(bitPattern: size)
    }
    return size >= UInt64(bitPattern: .max &- self) ? .max : self &+ Int64(bitPattern: size)
  }

  /// This integer plus a number rounded to nearest, ties to even; clamped to the same bounds. NaN adds nothing.
  package func moved(by distance: Double, least: Int64) -> Int64 {
    let whole = distance.magnitude.rounded(.toNearestOrEven)
    let size: UInt64 = whole == whole ? UInt64(exactly: whole) ?? .max : 0
    return moved(by: size, down: distance < 0, least: least)
  }
}

/// The origins of 64-bit integers in samples: binary64 holds the values' differences from them.
package struct Origins: Equatable, Sendable {
  /// The ordinals: one for all values, or one per value of a sample. Empty if values are floating point or narrower.
  private let ordinals: [Int64]
  private let elementType: ElementType

  /// The number of rows examined.
  private static let maximumRows = 33

  /// Chooses origins in the middle of the values of some samples.
  ///
  /// - Parameter byPlace: whether each position within a sample has its own origin.
  package init(_ batch: SampleBatch, byPlace: Bool) {
    elementType = batch.elementType
    guard elementType.isWide else {
      ordinals = []
      return
    }
    let width = batch.valuesPerSample
    let count = min(batch.rows, Self.maximumRows)
    let type = elementType
    let middles = batch.bytes.withUnsafeBytes { bytes in
      (0..<width).map { place in
        let known = (0..<count)
          .map { type.ordinal(bits: type.bits($0 * batch.rows / count * width + place, of: bytes)) }
          .filter { $0 >= type.leastOrdinal }.sorted()
        return known.isEmpty ? nil : known[known.count / 2]
      }
    }
    let common = middles.compactMap(\.self).sorted()
    let middle = common.isEmpty ? type.ordinal(bits: 0) : common[common.count / 2]
    ordinals = byPlace ? middles.map { $0 ?? middle } : [middle]
  }

  /// The ordinal of the origin for a position within a sample; nil if the origin is 0.
  package subscript(place: Int) -> Int64? {
    ordinals.isEmpty ? nil : ordinals[ordinals.count == 1 ? 0 : place]
  }

  /// The number nearest to an origin.
  package func number(_ place: Int) -> Double {
    self[place].map { elementType.number(ordinal: $0) } ?? 0
  }
}

extension SampleBatch {
  /// The values less their origins; NaN where one is missing.
  package func doubles(from origins: Origins) -> [Double] {
    guard origins[0] != nil else { return doubles() }
    guard elementType.isWide else {
      // The rows have another type than those that the origins were chosen from.
      return doubles().enumerated().map { $1 - origins.number($0 % valuesPerSample) }
    }
    let type = elementType
    return bytes.withUnsafeBytes { bytes in
      (0..<valueCount).map { index in
        let ordinal = type.ordinal(bits: type.bits(index, of: bytes))
        guard ordinal >= type.leastOrdinal else { return .nan }
        return ordinal.distance(from: origins[index % valuesPerSample] ?? 0)
      }
    }
  }

  /// The ordinals of 64-bit values.
  package func ordinals() -> [Int64] {
    let type = elementType
    return bytes.withUnsafeBytes { bytes in
      (0..<valueCount).map { type.ordinal(bits: type.bits($0, of: bytes)) }
    }
  }

  /// Creates samples of 64-bit integers from their ordinals.
  package init(ordinals: [Int64], elementType: ElementType, valuesPerSample: Int) {
    self.init(
      bits: ordinals.map { elementType.bits(ordinal: $0) }, elementType: elementType,
      valuesPerSample: valuesPerSample)
  }
}
