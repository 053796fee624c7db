/// How an array of samples is laid out in a file, with what is needed to write it back the same way.
package enum SampleFormat: Equatable, Sendable {
  /// NumPy's format, version 1, 2 or 3, in C order.
  case npy(version: UInt8, bigEndian: Bool)
  /// The format of the MNIST files: big-endian, sizes of 32 bits.
  case idx
  /// Lines of numbers: CSV and its relatives.
  case delimited(DelimitedStyle)
  /// fvecs, bvecs and ivecs: before each row its length, as 32 bits little-endian.
  case vecs
  /// The values alone, little-endian.
  case raw

  /// Whether the number of samples is written before them.
  package var countsRows: Bool {
    switch self {
    case .npy, .idx: true
    case .delimited, .vecs, .raw: false
    }
  }

  /// Whether it is text.
  var isDelimited: Bool { if case .delimited = self { true } else { false } }

  /// How text is kept beside numbers; nil where it is not.
  package var kept: KeptText? { if case .delimited(let style) = self { style.kept } else { nil } }

  /// The same format, but of numbers alone.
  package var withoutText: SampleFormat {
    guard case .delimited(var style) = self else { return self }
    style.kept = nil
    return .delimited(style)
  }

  /// The same format, but in text each number has as many decimals as give it back.
  package var withoutDecimals: SampleFormat {
    guard case .delimited(var style) = self else { return self }
    style.decimals = []
    return .delimited(style)
  }
}

/// The names of the formats, as a user gives them.
public enum FormatName: String, CaseIterable, Sendable {
  case npy
  case idx
  case csv
  case raw
  case fvecs
  case bvecs
  case ivecs

  /// Whether the number of samples is written before them.
  public var countsRows: Bool { self == .npy || self == .idx }

  /// The only element type that the format holds; nil when there is a choice.
  var elementType: ElementType? {
    switch self {
    case .fvecs: .f4
    case .bvecs: .u1
    case .ivecs: .i4
    case .npy, .idx, .csv, .raw: nil
    }
  }
}

/// The looks of a delimited text.
public struct DelimitedStyle: Equatable, Sendable {
  /// What stands between two fields.
  public enum Separator: UInt8, CaseIterable, Sendable {
    case comma = 0
    case tab = 1
    case semicolon = 2
    /// One or more blanks or tabs.
    case blanks = 3

    /// The byte to write.
    package var byte: UInt8 {
      switch self {
      case .comma: UInt8(ascii: ",")
      case .tab: UInt8(ascii: "\t")
      case .semicolon: UInt8(ascii: ";")
      case .blanks: UInt8(ascii: " ")
      }
    }
  }

  /// What stands between two fields.
  public var separator: Separator
  /// The column names of the first line, as ``ByteText`` has them; nil when there is no such line.
  public var header: [String]?
  /// For each column, digits after the decimal point (0 to 9), or nil for as many as give the number back.
  /// An empty array stands for nil in all columns.
  public var decimals: [Int?]
  /// Whether lines end in CR LF rather than LF.
  public var endsLinesWithCRLF: Bool
  /// Separators after the last field of every line (0 to 255).
  public var trailingSeparators: Int
  /// How the text is kept beside the numbers; nil where only numbers are.
  package var kept: KeptText?

  /// A style; by default that of a CSV without header.
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
