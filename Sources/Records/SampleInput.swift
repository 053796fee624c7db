import ByteIO

/// Options for reading an input; each nil is recognized from the input itself.
public struct ReadOptions: Equatable, Sendable {
  /// An option that some formats need and others reject.
  public enum Field: Equatable, Sendable {
    case elementType, shape, partial, header
  }

  /// The format.
  public var format: FormatName?
  /// The type of a value; for raw data.
  public var type: ValueType?
  /// The same where values are numbers.
  public var elementType: ElementType? {
    get { type?.elementType }
    set { type = newValue.map { ValueType($0) } }
  }
  /// The shape of one sample in values; for raw data.
  public var shape: [Int]?
  /// Whether the first line of a text holds names.
  public var header: Bool?
  /// What becomes of values after the last full sample of raw data; nil for an error.
  public var partial: PartialSample?
  /// Whether the text of tables is kept beside their numbers.
  public var keepsText = false
  /// How much memory what is read may take.
  public var memory: MemoryLimit
  /// Gets to know what is left out or taken for something; nil if nobody asks.
  public var notes: ReadingNotes?

  /// Options, by default all nil.
  public init(
    format: FormatName? = nil, elementType: ElementType? = nil, shape: [Int]? = nil, header: Bool? = nil,
    partial: PartialSample? = nil, memory: MemoryLimit = .standard, notes: ReadingNotes? = nil
  ) {
    self.partial = partial
    self.notes = notes
    self.format = format
    type = elementType.map { ValueType($0) }
    self.shape = shape
    self.header = header
    self.memory = memory
  }
}

/// Finds out what an input is, and opens the reader for it.
///
/// What the user says comes first, then the content (npy and IDX by their magic, text by its characters),
/// then the name.
package enum SampleInput {
  /// The number of bytes examined to distinguish text from numbers.
  private static let textPrefix = 4096

  /// Opens `source`, after unwrapping gzip and zstd.
  ///
  /// - Parameters:
  ///   - name: the input in messages; its suffix decides where content does not. "-" for standard input.
  ///   - options: what the user says. An element type or a shape without a format means raw values.
  package static func open(
    _ source: any ByteSource, name: String, options: ReadOptions = ReadOptions()
  ) throws(SampleIOError) -> any SampleReader {
    let (input, prefix) = try moving(name) { () throws(ByteIOError) in
      let input = PeekingSource(try decompressing(source, memory: options.memory))
      return (input, try input.peek(textPrefix))
    }
    guard !prefix.isEmpty else { throw .empty(name: name) }
    if options.format == nil, let recognized = RecognizedFile(prefix), !recognized.isReadable {
      throw .otherContent(name: name, recognized)
    }
    let saysRaw = options.format == nil && (options.type != nil || options.shape != nil)
    if saysRaw, let kind = try recognized(input, prefix, name: name) { throw .notRaw(name: name, kind: kind) }
    let format = options.format ?? (saysRaw ? .raw : recognize(prefix, name: name))
    if let format { try check(options, for: format, name: name) }
    let reader = try reader(format, of: input, name: name, options: options)
    try moving(name) { () throws(ByteIOError) in
      try options.memory.admit(MemoryLimit.sum((reader.description.sampleBytes, copies)))
    }
    return reader
  }

  /// Throws if an option is for other formats.
  private static func check(
    _ options: ReadOptions, for format: FormatName, name: String
  ) throws(SampleIOError) {
    let given = [
      (ReadOptions.Field.elementType, options.type != nil && format != .raw),
      (.shape, options.shape != nil && format != .raw),
      (.partial, options.partial != nil && format != .raw),
      (.header, options.header != nil && format != .csv),
    ]
    guard let option = given.first(where: \.1)?.0 else { return }
    throw .optionNotApplicable(name: name, option: option, format: format.rawValue)
  }

  /// What an input is that is recognizably no raw values; nil if it may be some.
  private static func recognized(
    _ input: PeekingSource, _ prefix: ArraySlice<UInt8>, name: String
  ) throws(SampleIOError) -> String? {
    // Packed data are of use where one layer of it has been taken away already.
    if let recognized = RecognizedFile(prefix) { return recognized.rawValue }
    if Idx.recognizes(prefix) { return "an IDX file" }
    guard isText(prefix), prefix.contains(0x0A) else { return nil }
    let guess = try? StyleGuess(
      input, header: nil, allowsHeaderAlone: false, longest: textPrefix, name: name)
    return guess.map { $0.columns > 0 && $0.rowsAreNumbers } == true ? "a table in text" : nil
  }

  /// So often a sample is in memory at once: as bytes, and as numbers of one type or another.
  private static let copies = 4

  private static func reader(
    _ format: FormatName?, of input: PeekingSource, name: String, options: ReadOptions
  ) throws(SampleIOError) -> any SampleReader {
    switch format {
    case .npy: return try Npy.reader(from: input, name: name, fortranLimit: options.memory.bytes / 2)
    case .idx: return try Idx.reader(from: input, name: name)
    case .csv:
      // A single line of words is a header without rows only where a table is expected.
      let isTable = options.format == .csv || FileSuffix(of: name).format == .csv
      if let reader = try table(input, name: name, allowsHeaderAlone: isTable, options) { return reader }
      return try DelimitedReader(
        input, name: name, header: options.header, allowsHeaderAlone: isTable, memory: options.memory,
        notes: options.notes)
    case .raw: return try raw(input, name: name, options: options)
    case .fvecs: return try VecsReader(input, elementType: .f4, name: name)
    case .bvecs: return try VecsReader(input, elementType: .u1, name: name)
    case .ivecs: return try VecsReader(input, elementType: .i4, name: name)
    case nil: throw .unrecognized(name: name)
    }
  }

  /// A reader of a table that has columns of text, or whose text is kept; nil where it is one of numbers alone.
  private static func table(
    _ input: PeekingSource, name: String, allowsHeaderAlone: Bool, _ options: ReadOptions
  ) throws(SampleIOError) -> TableReader? {
    let longest = LineReader.longest(within: options.memory)
    let guess = try StyleGuess(
      input, header: options.header, allowsHeaderAlone: allowsHeaderAlone, longest: longest, name: name)
    let most = StyleGuess.maximumBytes
    let prefix = try moving(name) { () throws(ByteIOError) in try input.peek(most) }
    guard let survey = ColumnSurvey(prefix, isEnd: prefix.count < most, guess),
      options.keepsText || !survey.isAllNumbers && !survey.kept.numberColumns.isEmpty
    else { return nil }
    return try TableReader(
      input, guess, survey, keepsText: options.keepsText, longest: longest, name: name,
      notes: options.notes)
  }

  private static func recognize(_ prefix: ArraySlice<UInt8>, name: String) -> FormatName? {
    if prefix.starts(with: NpyHeader.magic) { return .npy }
    let suffix = FileSuffix(of: name).format
    // Rows of vecs may look like IDX, and raw values like anything.
    switch suffix {
    case .fvecs, .bvecs, .ivecs, .raw: return suffix
    case .npy, .idx, .csv, nil: break
    }
    if Idx.recognizes(prefix) { return .idx }
    if isText(prefix) { return .csv }
    return suffix
  }

  /// Whether all bytes are printable characters, or those that end and indent lines, or end a text of DOS; or UTF-16.
  private static func isText(_ prefix: ArraySlice<UInt8>) -> Bool {
    prefix.allSatisfy { $0 >= 0x20 && $0 != 0x7F || (0x09...0x0D).contains($0) || $0 == 0x1A }
      || ForeignText(prefix) == .utf16
  }

  private static func raw(
    _ input: PeekingSource, name: String, options: ReadOptions
  ) throws(SampleIOError) -> any SampleReader {
    guard let type = options.type else {
      throw .missingOption(name: name, option: .elementType)
    }
    guard let shape = options.shape else { throw .missingOption(name: name, option: .shape) }
    let description = try SampleDescription(
      type: type, sampleShape: type.shapeOfNumbers(shape), format: .raw, name: name)
    return FixedSizeReader(
      description, from: input, name: name, bigEndian: false, partial: options.partial, notes: options.notes)
  }
}
