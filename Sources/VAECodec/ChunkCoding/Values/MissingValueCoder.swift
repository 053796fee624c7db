import EntropyCoding
import Records

/// Keeps the values that are missing to a model, where nothing is promised of the others: they replace its reconstruction.
struct MissingValueCoder {
  private let elementType: ElementType
  private let shape: ValueShape
  private let known: KnownValues
  private let width: Int

  init(_ description: SampleDescription, _ known: KnownValues) {
    (elementType, self.known, width) = (description.elementType, known, description.valuesPerSample)
    shape = ValueShape(description.sampleShape)
  }

  /// The bytes that give the missing values of `batch`.
  func encode(_ batch: SampleBatch) -> [UInt8] {
    var coder = BitEncoder()
    batch.bytes.withUnsafeBytes { bytes in
      var values = EncodedValues(elementType: elementType, bytes: bytes)
      run(&values, count: batch.valueCount, &coder)
    }
    return coder.finish()
  }

  /// A reconstruction with the missing values in their places.
  func decode(_ bytes: ArraySlice<UInt8>, base: SampleBatch) throws(ChunkError) -> SampleBatch {
    var samples = base.bytes
    var coder = BitDecoder(bytes)
    samples.withUnsafeMutableBytes { samples in
      var values = DecodedValues(elementType: elementType, bytes: samples)
      run(&values, count: base.valueCount, &coder)
    }
    guard coder.isAtEnd else { throw .corrupt }
    return SampleBatch(elementType: elementType, valuesPerSample: base.valuesPerSample, bytes: samples)
  }

  /// Codes the values in order, in either direction.
  private func run<Values: CorrectedValues, Coder: BitCoding>(
    _ values: inout Values, count: Int, _ coder: inout Coder
  ) {
    var exceptions = ExceptionCoding(elementType, shape)
    for i in 0..<count {
      let bits = values.bits(i)
      let isMissing = Values.isKnown && known.isMissing(bits: bits, i % width, elementType)
      if let own = exceptions.code(bits, isException: isMissing, i, i % shape.width, &coder) {
        values.set(i, bits: own)
      }
    }
  }
}
