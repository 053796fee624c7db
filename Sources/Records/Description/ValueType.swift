/// The type of the values in an array: plain numbers, or values that numbers represent.
public struct ValueType: Equatable, Sendable {
  /// The type of the numbers.
  public let elementType: ElementType
  /// What the numbers represent; nil for plain numbers.
  public let kind: Kind?

  /// What numbers represent, as in numpy.
  public enum Kind: Equatable, Sendable {
    /// The integers 0 and 1 of `u1`.
    case boolean
    /// Pairs of `f4` or `f8`, real part first. The last axis of a sample has length 2.
    case complex
    /// Times or time differences in `i8`, whose smallest value is NaT: "M8[ns]", "m8[D]".
    case time(name: String)
  }

  /// The type of plain numbers.
  public init(_ elementType: ElementType) { (self.elementType, kind) = (elementType, nil) }

  /// Nil if numbers of the type cannot represent such values.
  init?(_ elementType: ElementType, _ kind: Kind?) {
    switch kind {
    case nil: break
    case .boolean: guard elementType == .u1 else { return nil }
    case .complex: guard elementType == .f4 || elementType == .f8 else { return nil }
    case .time(let name): guard elementType == .i8, Self.isTime(name) else { return nil }
    }
    (self.elementType, self.kind) = (elementType, kind)
  }

  /// The type with a short name ("u1", "c8", "M8[ns]") or numpy's full name ("complex64", "datetime64[ns]"); nil if
  /// there is none.
  public init?(named name: String) {
    switch name.lowercased() {
    case "b1", "bool", "boolean": self.init(.u1, .boolean)
    case "c8", "complex64": self.init(.f4, .complex)
    case "c16", "complex128", "complex": self.init(.f8, .complex)
    default:
      if let elementType = ElementType(named: name) {
        self.init(elementType)
        return
      }
      let short = [("datetime64", "M8"), ("timedelta64", "m8")].first { name.hasPrefix($0.0) }
      self.init(.i8, .time(name: short.map { $0.1 + name.dropFirst($0.0.count) } ?? name))
    }
  }

  /// The short name, as in numpy.
  public var name: String {
    switch kind {
    case nil: elementType.name
    case .boolean: "b1"
    case .complex: elementType == .f4 ? "c8" : "c16"
    case .time(let name): name
    }
  }

  /// The number of numbers in a value.
  public var numbersPerValue: Int { kind == .complex ? 2 : 1 }

  /// The size of a value in bytes.
  public var size: Int { numbersPerValue * elementType.size }

  /// The smallest and largest number; nil if there is no limit.
  package var range: ClosedRange<Double>? { kind == .boolean ? 0...1 : elementType.range }

  /// The shape of a sample in values, given that in numbers.
  public func shape(ofNumbers shape: [Int]) -> [Int] { kind == .complex ? Array(shape.dropLast()) : shape }

  /// The shape of a sample in numbers, given that in values.
  package func shapeOfNumbers(_ shape: [Int]) -> [Int] { kind == .complex ? shape + [2] : shape }

  /// The text for the value that fills lost rows.
  public var filling: String {
    if case .time = kind { return "NaT" }
    return elementType.isInteger ? "0" : "NaN"
  }

  private static let units: Set<Substring> = [
    "Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as",
  ]

  /// Whether a name is that of a time type, with a unit ("M8[25s]") or without.
  private static func isTime(_ name: String) -> Bool {
    guard name.hasPrefix("M8") || name.hasPrefix("m8") else { return false }
    let unit = name.dropFirst(2)
    if unit.isEmpty { return true }
    guard unit.first == "[", unit.last == "]" else { return false }
    let inner = unit.dropFirst().dropLast()
    let digits = inner.prefix { $0.isASCII && $0.isNumber }
    return digits.count <= 10 && units.contains(inner.dropFirst(digits.count))
  }
}

extension SampleBatch {
  /// The samples, limited to values of a type: numbers of booleans are at most 1.
  package func clamped(to type: ValueType) -> SampleBatch {
    guard type.kind == .boolean, elementType == .u1 else { return self }
    return SampleBatch(
      elementType: elementType, valuesPerSample: valuesPerSample, bytes: bytes.map { min($0, 1) })
  }

  /// A number of a type that stands for an unknown one; see ``ValueType/filling``.
  init(unknown type: ValueType) {
    if case .time = type.kind {
      self.init(bits: [1 << 63], elementType: type.elementType, valuesPerSample: 1)
    } else {
      self.init(doubles: [.nan], elementType: type.elementType, valuesPerSample: 1)
    }
  }

  /// Creates samples with unknown values; see ``ValueType/filling``.
  package init(unknown rows: Int, of description: SampleDescription) {
    let (type, width) = (description.type, description.valuesPerSample)
    if case .time = type.kind {
      let bits = [UInt64](repeating: 1 << 63, count: rows * width)
      self.init(bits: bits, elementType: type.elementType, valuesPerSample: width)
    } else {
      let numbers = [Double](repeating: .nan, count: rows * width)
      self.init(doubles: numbers, elementType: type.elementType, valuesPerSample: width)
    }
  }
}
