import ByteIO

/// Options for reading an input. Those that are nil are determined from the input.
public struct ReadOptions: Equatable, Sendable {
  /// An option that some formats need and others reject.
  public enum Field: Equatable, Sendable {
    case elementType, shape, partial, header, array, digitGroups
  }

  /// The format.
  public var format: FormatName?
  /// The value type, for raw data.
  public var type: ValueType?
  /// The value type if values are plain numbers.
  public var elementType: ElementType? {
    get { type?.elementType }
    set { type = newValue.map { ValueType($0) } }
  }
  /// The shape of a sample in values, for raw data.
  public var shape: [Int]?
  /// Whether the first line of text holds column names.
  public var header: Bool?
  /// What to do with values after the last full sample of raw data; nil for an error.
  public var partial: PartialSample?
  /// The array of an npz to model; nil for the largest.
  public var array: String?
  /// What stands between groups of digits in text; nil if numbers have no groups.
  public var digitGroups: DigitGroups?
  /// What becomes of the columns of tables.
  public var columns = ColumnRoles()
  /// Whether to keep the text of tables, and the exact fields of records, beside the numbers.
  public var keepsText = false
  /// Whether batches of tables with text columns have their text, where it is not kept.
  package var keepsWords = false
  /// The memory that reading may take.
  public var memory: MemoryLimit
  /// Receives notes on what was skipped or reinterpreted; nil if they are not wanted.
  public var notes: ReadingNotes?

  /// Creates options; by default all are nil.
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

/// Determines the format of an input, and opens a reader for it.
///
/// What the user says comes first, then the content (npy, npz and IDX by their magic, text by its characters),
/// then the name.
package enum SampleInput {
  /// The number of bytes examined to distinguish text from numbers.
  private static let textPrefix = 4096

  /// Opens `source`, after unwrapping gzip and zstd.
  ///
  /// - Parameters:
  ///   - name: the input in messages; its suffix decides if the content does not. "-" for standard input.
  ///   - options: the user's options. An element type or shape without a format means raw values.
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
    var reader = try reader(format, of: input, name: name, options: options)
    if !options.columns.missing.isEmpty, !reader.description.format.isDelimited {
      reader = MissingReader(reader, options.columns.missing)
    }
    if let columns = options.columns.read {
      reader = try SelectingReader(reader, columns, name: name)
    }
    try moving(name) { () throws(ByteIOError) in
      try options.memory.admit(MemoryLimit.sum((reader.description.sampleBytes, copies)))
    }
    return reader
  }

  /// Throws if an option applies to other formats only.
  private static func check(
    _ options: ReadOptions, for format: FormatName, name: String
  ) throws(SampleIOError) {
    let given = [
      (ReadOptions.Field.elementType, options.type != nil && format != .raw),
      (.shape, options.shape != nil && format != .raw),
      (.partial, options.partial != nil && format != .raw),
      (.header, options.header != nil && format != .csv),
      (.digitGroups, options.digitGroups != nil && format != .csv),
      (.array, options.array != nil && format != .npz),
    ]
    guard let option = given.first(where: \.1)?.0 else { return }
    throw .optionNotApplicable(name: name, option: option, format: format.rawValue)
  }

  /// The kind of an input that is recognizably not raw values; nil if it may be.
  private static func recognized(
    _ input: PeekingSource, _ prefix: ArraySlice<UInt8>, name: String
  ) throws(SampleIOError) -> String? {
    // One layer of compression has been removed already, so compressed content is not raw values either.
    if let recognized = RecognizedFile(prefix) { return recognized.rawValue }
    if Idx.recognizes(prefix) { return "an IDX file" }
    guard TextEncoding(prefix) == .bytes, isText(prefix), prefix.contains(0x0A) else { return nil }
    let guess = try? StyleGuess(
      input, header: nil, allowsHeaderAlone: false, longest: textPrefix, name: name)
    return guess.map { $0.columns > 0 && $0.rowsAreNumbers } == true ? "a table in text" : nil
  }

  /// The number of copies of a sample in memory: as bytes, and as numbers of several types.
  private static let copies = 4

  private static func reader(
    _ format: FormatName?, of input: PeekingSource, name: String, options: ReadOptions
  ) throws(SampleIOError) -> any SampleReader {
    switch format {
    case .npy:
      return try Npy.reader(
        from: input, name: name, fortranLimit: options.memory.bytes / 2, keepsText: options.keepsText)
    case .npz:
      return try Npz.reader(
        from: input, name: name, array: options.array, memory: options.memory, keepsText: options.keepsText)
    case .idx: return try Idx.reader(from: input, name: name)
    case .csv:
      return try csv(input, name: name, options)
    case .raw: return try raw(input, name: name, options: options)
    case .fvecs: return try VecsReader(input, elementType: .f4, name: name)
    case .bvecs: return try VecsReader(input, elementType: .u1, name: name)
    case .ivecs: return try VecsReader(input, elementType: .i4, name: name)
    case nil: throw .unrecognized(name: name)
    }
  }

  /// A reader of a table: a ``TableReader`` if it has text columns or its text is kept, otherwise a ``DelimitedReader``.
  private static func csv(
    _ input: PeekingSource, name: String, _ options: ReadOptions
  ) throws(SampleIOError) -> any SampleReader {
    // A single line of words is a header without rows only if a table is expected.
    let isTable = options.format == .csv || FileSuffix(of: name).format == .csv
    let encoding = TextEncoding(try moving(name) { () throws(ByteIOError) in try input.peek(textPrefix) })
    let input = encoding.decoding(input)
    let longest = LineReader.longest(within: options.memory)
    let guess = try StyleGuess(
      input, header: options.header, groups: options.digitGroups, allowsHeaderAlone: isTable,
      longest: longest, name: name)
    if let units = guess.units, !options.keepsText {
      options.notes?.add("line \(units.line), \"\(units.text)\", is read as units", name: name)
    }
    let most = max(StyleGuess.maximumBytes, guess.preface.bytes + 1)
    let prefix = try moving(name) { () throws(ByteIOError) in try input.peek(most) }
    let survey = try ColumnSurvey(
      prefix, isEnd: prefix.count < most, guess, encoding: encoding, options.columns, name: name)
    if let survey, options.keepsText || !survey.isAllNumbers {
      if options.keepsText || !survey.kept.numberColumns.isEmpty {
        return try TableReader(
          input, guess, survey, keepsText: options.keepsText, keepsWords: options.keepsWords,
          missing: options.columns.missing,
          longest: longest, name: name, notes: options.notes)
      }
      if options.columns.exact != nil { throw .noValues(name: name) }
    }
    return try DelimitedReader(input, guess, name: name, memory: options.memory, notes: options.notes)
  }

  private static func recognize(_ prefix: ArraySlice<UInt8>, name: String) -> FormatName? {
    if prefix.starts(with: NpyHeader.magic) { return .npy }
    if Npz.recognizes(prefix) { return .npz }
    let suffix = FileSuffix(of: name).format
    // Rows of vecs may look like IDX, and raw values like any format.
    switch suffix {
    case .fvecs, .bvecs, .ivecs, .raw: return suffix
    case .npy, .npz, .idx, .csv, nil: break
    }
    if Idx.recognizes(prefix) { return .idx }
    if isText(prefix) { return .csv }
    return suffix
  }

  /// Whether all bytes are printable characters, line ends, indentation or the end mark of a DOS text, also in UTF-16.
  private static func isText(_ prefix: ArraySlice<UInt8>) -> Bool {
    let encoding = TextEncoding(prefix)
    guard encoding != .bytes else { return isPrintable(prefix) }
    let source = PeekingSource(MemorySource(Array(prefix.dropLast(prefix.count % 2))))
    return (try? encoding.decoding(source).peek(2 * prefix.count)).map(isPrintable) ?? false
  }

  private static func isPrintable(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F || (0x09...0x0D).contains($0) || $0 == 0x1A }
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
