import ByteIO

/// The description of an array of samples: the type and shape of its values, and its format.
package struct SampleDescription: Equatable, Sendable {
  /// The maximum number of axes of a sample (numpy allows 32 including the sample axis, 64 in later versions).
  package static let maximumAxes = 32
  /// The maximum size of a sample in bytes.
  package static let maximumSampleBytes = 1 << 31
  /// The maximum size in bytes of all column names together.
  package static let maximumNameBytes = 1 << 20

  /// The maximum number of columns of a text whose decimals are recorded per column.
  package static let maximumStyledColumns = 1 << 20

  /// The type of a value.
  package let type: ValueType
  /// The type of the numbers that values consist of.
  package var elementType: ElementType { type.elementType }
  /// The shape of a sample, counted in numbers: the array's shape without the first axis; empty for one number per
  /// sample. Complex values add an axis of length 2.
  package let sampleShape: [Int]
  /// The format of the file.
  package var format: SampleFormat
  /// The number of samples; nil if it is known only at the end.
  package var rows: Int?
  /// The number of numbers in a sample: the product of ``sampleShape``, at least 1.
  package let valuesPerSample: Int
  /// Numbers that stand for missing values, which are stored as they are. A decoder does not need them.
  package var missing: [Double] = []
  /// The array that the samples are cut from; nil if they are its rows, in the file's ``format``.
  package var array: CutArray?

  /// Creates a description with validated sizes.
  ///
  /// Throws `badShape` if an axis is not positive, if there are too many axes or names, or if a sample would take more
  /// than ``maximumSampleBytes``.
  package init(
    elementType: ElementType, sampleShape: [Int], format: SampleFormat, rows: Int? = nil, name: String = ""
  ) throws(SampleIOError) {
    try self.init(
      type: ValueType(elementType), sampleShape: sampleShape, format: format, rows: rows, name: name)
  }

  /// The same for values of any type. Also throws `badShape` if complex values lack a last axis of length 2.
  ///
  /// - Parameter sampleShape: counted in numbers.
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

  /// The size of a sample in memory, in bytes.
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
