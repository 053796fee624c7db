import Records

extension SampleDescription {
  /// The description of samples that come from no file: that of an npy file.
  ///
  /// - Parameter rows: nil if their number is unknown.
  static func npy(
    _ type: ElementType, _ shape: [Int], rows: Int? = nil
  ) throws(CodecError) -> SampleDescription {
    try npy(ValueType(type), shape, rows: rows)
  }

  /// The same for values of any type.
  ///
  /// - Parameter shape: counted in numbers.
  static func npy(
    _ type: ValueType, _ shape: [Int], rows: Int? = nil
  ) throws(CodecError) -> SampleDescription {
    do {
      return try SampleDescription(
        type: type, sampleShape: shape, format: .npy(version: 1, bigEndian: false), rows: rows)
    } catch {
      throw .samples(error)
    }
  }
}
