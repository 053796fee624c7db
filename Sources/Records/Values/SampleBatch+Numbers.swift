// Conversion between the values of a batch and numbers. Each type has its own loop, which the compiler can vectorize.

extension SampleBatch {
  /// The values as binary32, rounded to nearest where they do not fit.
  package func floats() -> [Float] {
    [Float](unsafeUninitializedCapacity: valueCount) { output, count in
      copyFloats(into: output)
      count = valueCount
    }
  }

  /// The values as binary64; NaN where one is missing. They are exact except for 64-bit integers, which are rounded to
  /// nearest.
  package func doubles() -> [Double] {
    [Double](unsafeUninitializedCapacity: valueCount) { output, count in
      bytes.withUnsafeBytes { input in
        switch elementType {
        case .u1: input.map(into: output) { (value: UInt8) in Double(value) }
        case .i1: input.map(into: output) { (value: Int8) in Double(value) }
        case .u2: input.map(into: output) { (value: UInt16) in Double(value) }
        case .i2: input.map(into: output) { (value: Int16) in Double(value) }
        case .u4: input.map(into: output) { (value: UInt32) in Double(value) }
        case .i4: input.map(into: output) { (value: Int32) in Double(value) }
        case .u8: input.map(into: output) { (value: UInt64) in Double(value) }
        case .i8: input.map(into: output) { (value: Int64) in ElementType.i8.number(ordinal: value) }
        case .f2: input.map(into: output) { (value: UInt16) in Double(Float(half: value)) }
        case .f4: input.map(into: output) { (value: Float) in Double(value) }
        case .f8: input.map(into: output) { (value: Double) in value }
        }
      }
      count = valueCount
    }
  }

  /// Writes the values as binary32 into `output`, which has room for ``valueCount`` numbers.
  package func copyFloats(into output: UnsafeMutableBufferPointer<Float>) {
    bytes.withUnsafeBytes { input in
      switch elementType {
      case .u1: input.map(into: output) { (value: UInt8) in Float(value) }
      case .i1: input.map(into: output) { (value: Int8) in Float(value) }
      case .u2: input.map(into: output) { (value: UInt16) in Float(value) }
      case .i2: input.map(into: output) { (value: Int16) in Float(value) }
      case .u4: input.map(into: output) { (value: UInt32) in Float(value) }
      case .i4: input.map(into: output) { (value: Int32) in Float(value) }
      case .u8: input.map(into: output) { (value: UInt64) in Float(value) }
      case .i8:
        input.map(into: output) { (value: Int64) in
          value < ElementType.i8.leastOrdinal ? .nan : Float(value)
        }
      case .f2: input.map(into: output) { (value: UInt16) in Float(half: value) }
      case .f4: input.map(into: output) { (value: Float) in value }
      case .f8: input.map(into: output) { (value: Double) in Float(value) }
      }
    }
  }

  /// Creates samples of `elementType` from binary32. Integers are rounded to nearest, ties to even, and clamped to the
  /// type's range (NaN becomes 0); finite numbers stay finite in binary16.
  ///
  /// The count of `floats` must be a multiple of `valuesPerSample`.
  package init(floats: [Float], elementType: ElementType, valuesPerSample: Int) {
    self.init(
      elementType: elementType, valuesPerSample: valuesPerSample,
      bytes: floats.withUnsafeBytes { input in
        switch elementType {
        case .u1: input.mapped { (value: Float) in UInt8(truncatingIfNeeded: value.rounded16(0, 255)) }
        case .i1: input.mapped { (value: Float) in Int8(truncatingIfNeeded: value.rounded16(-128, 127)) }
        case .u2: input.mapped { (value: Float) in UInt16(truncatingIfNeeded: value.rounded16(0, 65535)) }
        case .i2: input.mapped { (value: Float) in Int16(truncatingIfNeeded: value.rounded16(-32768, 32767)) }
        case .u4: input.mapped { (value: Float) in Double(value).rounded32(0, 4_294_967_295) }
        case .i4: input.mapped { (value: Float) in Double(value).rounded32(-2_147_483_648, 2_147_483_647) }
        case .u8, .i8:
          input.mapped { (value: Float) in elementType.bits(nearest: Double(value)) }
        case .f2: input.mapped { (value: Float) in value.finiteHalf }
        case .f4: Array(input)
        case .f8: input.mapped { (value: Float) in Double(value) }
        }
      })
  }

  /// Creates samples of `elementType` from binary64; see ``init(floats:elementType:valuesPerSample:)``.
  package init(doubles: [Double], elementType: ElementType, valuesPerSample: Int) {
    self.init(
      elementType: elementType, valuesPerSample: valuesPerSample,
      bytes: doubles.withUnsafeBytes { input in
        switch elementType {
        case .u1: input.mapped { (value: Double) in UInt8(truncatingIfNeeded: value.rounded32(0, 255)) }
        case .i1: input.mapped { (value: Double) in UInt8(truncatingIfNeeded: value.rounded32(-128, 127)) }
        case .u2: input.mapped { (value: Double) in UInt16(truncatingIfNeeded: value.rounded32(0, 65535)) }
        case .i2:
          input.mapped { (value: Double) in UInt16(truncatingIfNeeded: value.rounded32(-32768, 32767)) }
        case .u4: input.mapped { (value: Double) in value.rounded32(0, 4_294_967_295) }
        case .i4: input.mapped { (value: Double) in value.rounded32(-2_147_483_648, 2_147_483_647) }
        case .u8, .i8: input.mapped { (value: Double) in elementType.bits(nearest: value) }
        case .f2: input.mapped { (value: Double) in Float(roundedToOdd: value).half }
        case .f4: input.mapped { (value: Double) in Float(value) }
        case .f8: Array(input)
        }
      })
  }

  /// The same samples with values of another type, rounded once and clamped.
  package func converted(to type: ElementType) -> SampleBatch {
    if type == elementType { return self }
    if elementType.isWide, type.isWide {
      // The two types share the values from 0 to 2^63 - 1.
      let shared = bits().map { min($0, 1 << 63 - 1) }
      let known = elementType == .u8 ? shared : zip(bits(), shared).map { $0 >> 63 == 1 ? 0 : $1 }
      return SampleBatch(bits: known, elementType: type, valuesPerSample: valuesPerSample)
    }
    return SampleBatch(doubles: doubles(), elementType: type, valuesPerSample: valuesPerSample)
  }
}

extension UnsafeRawBufferPointer {
  /// Converts each number into `output`.
  @inline(__always)
  fileprivate func map<Input: BitwiseCopyable, Output: BitwiseCopyable>(
    into output: UnsafeMutableBufferPointer<Output>, _ convert: (Input) -> Output
  ) {
    let count = self.count / MemoryLayout<Input>.size
    precondition(count <= output.count)
    guard let input = baseAddress, let target = output.baseAddress else { return }
    for index in 0..<count {
      target[index] = convert(
        input.loadUnaligned(fromByteOffset: index &* MemoryLayout<Input>.size, as: Input.self))
    }
  }

  /// Converts each number, and returns the bytes of the results.
  @inline(__always)
  fileprivate func mapped<Input: BitwiseCopyable, Output: BitwiseCopyable>(
    _ convert: (Input) -> Output
  ) -> [UInt8] {
    let count = self.count / MemoryLayout<Input>.size
    let size = count * MemoryLayout<Output>.size
    return [UInt8](unsafeUninitializedCapacity: size) { output, filled in
      filled = size
      guard let input = baseAddress, let target = UnsafeMutableRawPointer(output.baseAddress) else { return }
      for index in 0..<count {
        let value = input.loadUnaligned(fromByteOffset: index &* MemoryLayout<Input>.size, as: Input.self)
        target.storeBytes(
          of: convert(value), toByteOffset: index &* MemoryLayout<Output>.size, as: Output.self)
      }
    }
  }
}

extension Float {
  /// The nearest integer, ties to even, between `low` and `high`, which have at most 22 bits. NaN gives 0.
  ///
  /// Adding 1.5 * 2^23 leaves no bits for a fraction, so the addition rounds, and the integer is in the low bits of the
  /// sum.
  @inline(__always)
  fileprivate func rounded16(_ low: Float, _ high: Float) -> UInt32 {
    let number: Float = self == self ? self : 0
    let aboveLow = number > low ? number : low
    let clamped = aboveLow < high ? aboveLow : high
    return (clamped + 12_582_912).bitPattern &- (12_582_912 as Float).bitPattern
  }

  /// Rounds `value` to binary32 by rounding to odd. Rounding the result again to fewer bits then gives the same as
  /// rounding `value` directly (Boldo and Melquiond, Emulation of FMA and correctly rounded sums, IEEE Trans. Comput.
  /// 57, 2008).
  @inline(__always)
  init(roundedToOdd value: Double) {
    let nearest = Float(value)
    let below = Double(nearest).magnitude > value.magnitude ? nearest.bitPattern &- 1 : nearest.bitPattern
    let isExact = Double(nearest) == value || value != value
    self.init(bitPattern: isExact ? nearest.bitPattern : below | 1)
  }
}

extension Double {
  /// The nearest integer, ties to even, between `low` and `high`, which have at most 32 bits, in two's
  /// complement. NaN gives 0. See `Float.rounded16`.
  @inline(__always)
  fileprivate func rounded32(_ low: Double, _ high: Double) -> UInt32 {
    let number: Double = self == self ? self : 0
    let aboveLow = number > low ? number : low
    let clamped = aboveLow < high ? aboveLow : high
    return UInt32(truncatingIfNeeded: (clamped + 6_755_399_441_055_744).bitPattern)
  }
}
