/// The format of an array of samples in a file, with the details needed to write it back the same way.
package enum SampleFormat: Equatable, Sendable {
  /// NumPy's format, version 1, 2 or 3, in C order.
  case npy(version: UInt8, bigEndian: Bool)
  /// The format of the MNIST files: big-endian, with 32-bit lengths.
  case idx
  /// Lines of numbers: CSV and similar formats.
  case delimited(DelimitedStyle)
  /// fvecs, bvecs and ivecs: each row is preceded by its length, as 32 bits little-endian.
  case vecs
  /// The values alone, little-endian.
  case raw
  /// Records of several fields.
  case records(RecordLayout)

  /// Whether the number of samples precedes them.
  package var countsRows: Bool {
    switch self {
    case .npy, .idx: true
    case .delimited, .vecs, .raw: false
    case .records(let layout): layout.table == nil && layout.formatName.countsRows
    }
  }

  /// Whether the format is text.
  package var isDelimited: Bool { if case .delimited = self { true } else { false } }

  /// Whether it says that each value of a sample is a quantity of its own.
  package var isTable: Bool { if case .records(let layout) = self { layout.isTable } else { isDelimited } }

  /// The names of a sample's values; nil if they have none.
  package var columnNames: [String]? {
    switch self {
    case .delimited(let style): style.header
    case .records(let layout): layout.columnNames
    case .npy, .idx, .vecs, .raw: nil
    }
  }

  /// How text is kept beside the numbers; nil if it is not.
  package var kept: KeptText? {
    switch self {
    case .delimited(let style): style.kept
    case .records(let layout): layout.kept
    case .npy, .idx, .vecs, .raw: nil
    }
  }

  /// The same format without kept text.
  package var withoutText: SampleFormat {
    if case .records(let layout) = self, layout.kept != nil { return layout.withoutText }
    guard case .delimited(var style) = self else { return self }
    style.kept = nil
    return .delimited(style)
  }

  /// The same format, but numbers in text have as many decimals as they need.
  package var withoutDecimals: SampleFormat {
    guard case .delimited(var style) = self else { return self }
    style.decimals = []
    return .delimited(style)
  }
}

/// The names of the formats, as in options.
public enum FormatName: String, CaseIterable, Sendable {
  case npy
  case npz
  case idx
  case csv
  case raw
  case fvecs
  case bvecs
  case ivecs

  /// Whether the number of samples precedes them.
  public var countsRows: Bool { self == .npy || self == .idx }

  /// The only element type of the format; nil if there are several.
  var elementType: ElementType? {
    switch self {
    case .fvecs: .f4
    case .bvecs: .u1
    case .ivecs: .i4
    case .npy, .npz, .idx, .csv, .raw: nil
    }
  }
}

/// The style of delimited text.
public struct DelimitedStyle: Equatable, Sendable {
  /// The separator between two fields.
  public enum Separator: UInt8, CaseIterable, Sendable {
    case comma = 0
    case tab = 1
    case semicolon = 2
    /// One or more blanks or tabs.
    case blanks = 3
    case bar = 4

    /// The byte to write as a separator.
    package var byte: UInt8 {
      switch self {
      case .comma: UInt8(ascii: ",")
      case .tab: UInt8(ascii: "\t")
      case .semicolon: UInt8(ascii: ";")
      case .blanks: UInt8(ascii: " ")
      case .bar: UInt8(ascii: "|")
      }
    }
  }

  /// The separator between two fields.
  public var separator: Separator
  /// The column names of the first line, as ``ByteText``; nil if there is no such line.
  public var header: [String]?
  /// For each column, the number of digits after the decimal point (0 to 9), or nil for as many as the number needs. An
  /// empty array means nil for all columns.
  public var decimals: [Int?]
  /// Whether lines end in CR LF rather than LF.
  public var endsLinesWithCRLF: Bool
  /// The number of separators after the last field of each line (0 to 255).
  public var trailingSeparators: Int
  /// How the text is kept beside the numbers; nil if it is not.
  package var kept: KeptText?

  /// Creates a style; by default that of a CSV file without a header.
  public init(
    separator: Separator = .comma, header: [String]? = nil, decimals: [Int?] = [],
    endsLinesWithCRLF: Bool = false, trailingSeparators: Int = 0
  ) {
    self.separator = separator
    self.header = header
    self.decimals = decimals
    self.endsLinesWithCRLF = endsLinesWithCRLF
    self.trailingSeparators = trailingSeparators
  }
}
