// Single values of a type, as numbers and as bits.

extension ElementType {
  /// The bits of the value nearest to `value`, in the low bits of the result. Integers are rounded to nearest, ties to
  /// even, and clamped to the type's range (NaN becomes 0); see
  /// ``SampleBatch/init(doubles:elementType:valuesPerSample:)``.
  @inlinable
  public func bits(nearest value: Double) -> UInt64 {
    switch self {
    case .f4: return UInt64(Float(value).bitPattern)
    case .f8: return value.bitPattern
    case .f2: return UInt64(Self.half(value))
    case .u8, .i8: return wideBits(nearest: value)
    default: return UInt64(bitPattern: integer(nearest: value)) & (1 << UInt64(8 * size) - 1)
    }
  }

  /// The number that `bits` represent; NaN for a missing value. It is exact except for 64-bit integers, which are
  /// rounded to nearest.
  @inlinable
  public func value(bits: UInt64) -> Double {
    switch self {
    case .u1: Double(UInt8(truncatingIfNeeded: bits))
    case .i1: Double(Int8(truncatingIfNeeded: bits))
    case .u2: Double(UInt16(truncatingIfNeeded: bits))
    case .i2: Double(Int16(truncatingIfNeeded: bits))
    case .u4: Double(UInt32(truncatingIfNeeded: bits))
    case .i4: Double(Int32(truncatingIfNeeded: bits))
    case .u8, .i8: wideValue(bits: bits)
    case .f2: Self.value(half: UInt16(truncatingIfNeeded: bits))
    case .f4: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
    case .f8: Double(bitPattern: bits)
    }
  }

  @usableFromInline
  func integer(nearest value: Double) -> Int64 {
    guard let range, value == value else { return 0 }
    return Int64(max(range.lowerBound, min(range.upperBound, value)).rounded(.toNearestOrEven))
  }

  @usableFromInline
  func wideBits(nearest value: Double) -> UInt64 { bits(ordinal: ordinal(nearest: value)) }

  @usableFromInline
  func wideValue(bits: UInt64) -> Double { number(ordinal: ordinal(bits: bits)) }

  @usableFromInline
  static func half(_ value: Double) -> UInt16 { Float(roundedToOdd: value).half }

  @usableFromInline
  static func value(half: UInt16) -> Double { Double(Float(half: half)) }
}

extension ElementType {
  /// The bits of value `place` in an array of this type, in the low bits of the result.
  @inlinable
  public func bits(_ place: Int, of values: UnsafeRawBufferPointer) -> UInt64 {
    switch size {
    case 1: UInt64(values[place])
    case 2: UInt64(values.loadUnaligned(fromByteOffset: 2 * place, as: UInt16.self))
    case 4: UInt64(values.loadUnaligned(fromByteOffset: 4 * place, as: UInt32.self))
    default: values.loadUnaligned(fromByteOffset: 8 * place, as: UInt64.self)
    }
  }

  /// Sets value `place` of an array of this type.
  @inlinable
  public func store(_ bits: UInt64, _ place: Int, of values: UnsafeMutableRawBufferPointer) {
    switch size {
    case 1: values[place] = UInt8(truncatingIfNeeded: bits)
    case 2:
      values.storeBytes(of: UInt16(truncatingIfNeeded: bits), toByteOffset: 2 * place, as: UInt16.self)
    case 4:
      values.storeBytes(of: UInt32(truncatingIfNeeded: bits), toByteOffset: 4 * place, as: UInt32.self)
    default: values.storeBytes(of: bits, toByteOffset: 8 * place, as: UInt64.self)
    }
  }
}

extension SampleBatch {
  /// The bits of each value, in the low bits of each element.
  package func bits() -> [UInt64] {
    bytes.withUnsafeBytes { raw in (0..<valueCount).map { elementType.bits($0, of: raw) } }
  }

  /// Creates samples from the bits of their values, in the low bits of each element.
  package init(bits: [UInt64], elementType: ElementType, valuesPerSample: Int) {
    let size = elementType.size
    self.init(
      elementType: elementType, valuesPerSample: valuesPerSample,
      bytes: [UInt8](unsafeUninitializedCapacity: bits.count * size) { output, filled in
        let raw = UnsafeMutableRawBufferPointer(output)
        for (place, value) in bits.enumerated() { elementType.store(value, place, of: raw) }
        filled = bits.count * size
      })
  }
}
