import ByteIO

/// What an array of samples is: the type and shape of its values, and the format it came in.
package struct SampleDescription: Equatable, Sendable {
  /// The largest number of axes a sample may have (numpy allows 32 with the sample axis, later 64).
  package static let maximumAxes = 32
  /// The most bytes that one sample may take.
  package static let maximumSampleBytes = 1 << 31
  /// The most bytes that all column names together may take.
  package static let maximumNameBytes = 1 << 20

  /// The most columns of a text for which decimals are kept one by one.
  package static let maximumStyledColumns = 1 << 20

  /// The type of a value.
  package let type: ValueType
  /// The type of the numbers that values are made of.
  package var elementType: ElementType { type.elementType }
  /// The shape of one sample in numbers: the array's shape without the first axis; empty for one number a sample. Complex
  /// values add an axis of two.
  package let sampleShape: [Int]
  /// How it is laid out.
  package var format: SampleFormat
  /// How many samples there are; nil when that shows only at the end.
  package var rows: Int?
  /// Numbers in one sample: the product of ``sampleShape``; at least 1.
  package let valuesPerSample: Int

  /// A description whose sizes have been checked.
  ///
  /// Throws `badShape` when an axis is not positive, when there are too many axes or names, or when a sample
  /// would take more than ``maximumSampleBytes``.
  package init(
    elementType: ElementType, sampleShape: [Int], format: SampleFormat, rows: Int? = nil, name: String = ""
  ) throws(SampleIOError) {
    try self.init(
      type: ValueType(elementType), sampleShape: sampleShape, format: format, rows: rows, name: name)
  }

  /// The same for values of any type. Throws `badShape` for complex values without an axis of two in the end as well.
  ///
  /// - Parameter sampleShape: in numbers.
  package init(
    type: ValueType, sampleShape: [Int], format: SampleFormat, rows: Int? = nil, name: String = ""
  ) throws(SampleIOError) {
    guard type.kind != .complex || sampleShape.last == 2 else {
      throw .badShape(name: name, shape: sampleShape, reason: "no axis of two for complex values")
    }
    let elementType = type.elementType
    self.type = type
    self.sampleShape = sampleShape
    self.format = format
    self.rows = rows
    valuesPerSample = try Self.product(of: sampleShape, elementType: elementType, name: name)
    if case .delimited(let style) = format {
      try Self.check(style, columns: valuesPerSample, name: name)
    }
  }

  /// Bytes that one sample takes in memory.
  package var sampleBytes: Int { valuesPerSample * elementType.size }

  static func product(
    of shape: [Int], elementType: ElementType, name: String
  ) throws(SampleIOError) -> Int {
    guard shape.count <= maximumAxes else {
      throw .badShape(name: name, shape: shape, reason: "more than \(maximumAxes) axes")
    }
    var product = 1
    for length in shape {
      guard length > 0 else {
        throw .badShape(name: name, shape: shape, reason: "an axis without values")
      }
      let (next, overflow) = product.multipliedReportingOverflow(by: length)
      guard !overflow, next <= maximumSampleBytes / elementType.size else {
        throw .badShape(name: name, shape: shape, reason: "more than \(maximumSampleBytes) bytes in a sample")
      }
      product = next
    }
    return product
  }

  private static func check(
    _ style: DelimitedStyle, columns: Int, name: String
  ) throws(SampleIOError) {
    if let header = style.header {
      guard header.count == columns else {
        throw .badDescription(name: name, reason: "\(header.count) column names for \(columns) columns")
      }
      var bytes = 0
      for columnName in header { bytes += ByteText.bytes(of: columnName).count }
      guard bytes <= maximumNameBytes else {
        throw .badDescription(name: name, reason: "column names take more than \(maximumNameBytes) bytes")
      }
    }
    guard style.decimals.isEmpty || style.decimals.count == columns,
      style.decimals.count <= maximumStyledColumns,
      style.decimals.allSatisfy({ $0.map { (0...9).contains($0) } ?? true }),
      (0...255).contains(style.trailingSeparators)
    else {
      throw .badDescription(name: name, reason: "a text style that does not fit its columns")
    }
  }
}
