import ByteIO

/// What the user says about an input; everything that is nil is recognized from the input itself.
public struct ReadOptions: Equatable, Sendable {
  /// The format.
  public var format: FormatName?
  /// The type of a value; for raw data.
  public var elementType: ElementType?
  /// The shape of one sample; for raw data.
  public var shape: [Int]?
  /// Whether the first line of a text holds names.
  public var header: Bool?

  /// Options, by default all nil.
  public init(
    format: FormatName? = nil, elementType: ElementType? = nil, shape: [Int]? = nil, header: Bool? = nil
  ) {
    self.format = format
    self.elementType = elementType
    self.shape = shape
    self.header = header
  }
}

/// Finds out what an input is, and opens the reader for it.
public enum SampleInput {
  /// Opens `source`, after unwrapping gzip and zstd.
  ///
  /// - Parameters:
  ///   - name: the input in messages; its suffix decides where content does not. "-" for standard input.
  ///   - options: what the user says.
  public static func open(
    _ source: any ByteSource, name: String, options: ReadOptions = ReadOptions()
  ) throws(SampleIOError) -> any SampleReader { fatalError("to come") }
}
