import Records

extension SampleDescription {
  /// What samples are that come from no file: those of an npy file.
  ///
  /// - Parameter rows: nil if their number is not known.
  static func npy(
    _ type: ElementType, _ shape: [Int], rows: Int? = nil
  ) throws(CodecError) -> SampleDescription {
    try npy(ValueType(type), shape, rows: rows)
  }

  /// The same for values of any type.
  ///
  /// - Parameter shape: in numbers.
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
