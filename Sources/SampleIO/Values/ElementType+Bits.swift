// Single values of a type, as numbers and as bits.

extension ElementType {
  /// The bits, in the low end, of the value of this type that is nearest to `value`: integers are rounded to nearest, ties to
  /// even, and clamped to the type's range (NaN becomes 0); see ``SampleBatch/init(doubles:elementType:valuesPerSample:)``.
  @inlinable
  public func bits(nearest value: Double) -> UInt64 {
    switch self {
    case .f4: return UInt64(Float(value).bitPattern)
    case .f8: return value.bitPattern
    case .f2: return UInt64(Self.half(value))
    default: return UInt64(bitPattern: integer(nearest: value)) & (1 << UInt64(8 * size) - 1)
    }
  }

  /// The number that `bits` stand for: exact.
  @inlinable
  public func value(bits: UInt64) -> Double {
    switch self {
    case .u1: Double(UInt8(truncatingIfNeeded: bits))
    case .i1: Double(Int8(truncatingIfNeeded: bits))
    case .u2: Double(UInt16(truncatingIfNeeded: bits))
    case .i2: Double(Int16(truncatingIfNeeded: bits))
    case .u4: Double(UInt32(truncatingIfNeeded: bits))
    case .i4: Double(Int32(truncatingIfNeeded: bits))
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
  static func half(_ value: Double) -> UInt16 { Float(roundedToOdd: value).half }

  @usableFromInline
  static func value(half: UInt16) -> Double { Double(Float(half: half)) }
}

extension SampleBatch {
  /// The bits of each value, in the low end.
  public func bits() -> [UInt64] {
    bytes.withUnsafeBytes { raw in
      (0..<valueCount).map { i in
        switch elementType.size {
        case 1: UInt64(raw[i])
        case 2: UInt64(raw.loadUnaligned(fromByteOffset: 2 * i, as: UInt16.self))
        case 4: UInt64(raw.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self))
        default: raw.loadUnaligned(fromByteOffset: 8 * i, as: UInt64.self)
        }
      }
    }
  }

  /// Samples whose values have these bits, in the low end.
  public init(bits: [UInt64], elementType: ElementType, valuesPerSample: Int) {
    let size = elementType.size
    self.init(
      elementType: elementType, valuesPerSample: valuesPerSample,
      bytes: [UInt8](unsafeUninitializedCapacity: bits.count * size) { output, filled in
        let raw = UnsafeMutableRawBufferPointer(output)
        for (i, value) in bits.enumerated() {
          switch size {
          case 1: raw[i] = UInt8(truncatingIfNeeded: value)
          case 2:
            raw.storeBytes(of: UInt16(truncatingIfNeeded: value), toByteOffset: 2 * i, as: UInt16.self)
          case 4:
            raw.storeBytes(of: UInt32(truncatingIfNeeded: value), toByteOffset: 4 * i, as: UInt32.self)
          default: raw.storeBytes(of: value, toByteOffset: 8 * i, as: UInt64.self)
          }
        }
        filled = bits.count * size
      })
  }
}
