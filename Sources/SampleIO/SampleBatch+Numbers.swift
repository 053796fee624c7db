extension SampleBatch {
  /// The values as binary32, rounded to nearest where they do not fit.
  public func floats() -> [Float] { fatalError("to come") }

  /// The values as binary64; exact for every element type.
  public func doubles() -> [Double] { fatalError("to come") }

  /// Writes the values as binary32 into `output`, which has room for ``valueCount`` numbers.
  public func copyFloats(into output: UnsafeMutableBufferPointer<Float>) { fatalError("to come") }

  /// Samples of `elementType` from binary32: integers are rounded to nearest, ties to even, and clamped to the
  /// type's range (NaN becomes 0).
  public init(floats: [Float], elementType: ElementType, valuesPerSample: Int) { fatalError("to come") }

  /// Samples of `elementType` from binary64; see ``init(floats:elementType:valuesPerSample:)``.
  public init(doubles: [Double], elementType: ElementType, valuesPerSample: Int) { fatalError("to come") }

  /// The same samples with values of another type.
  public func converted(to type: ElementType) -> SampleBatch { fatalError("to come") }
}
