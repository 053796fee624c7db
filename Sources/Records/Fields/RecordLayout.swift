import ByteIO

/// How records lie in a file, and which of their fields are the values of samples.
///
/// A sample has the numbers of the modelled fields, one after the other. The other fields stand beside it, row by row, in text:
/// a cell for each value, tabs between cells, and a line for each record; see ``CellText``.
package struct RecordLayout: Equatable, Sendable {
  /// The file that records come from.
  package enum Container: Equatable, Sendable {
    /// An npy file of a structured type.
    case npy(NpyRecords)
    /// An npz file: each array whose first axis is that of the samples is a field, or several if it is structured.
    case npz(NpzRecords)
  }

  /// What is needed to write an npy file of records.
  package struct NpyRecords: Equatable, Sendable {
    /// 1, 2 or 3.
    package var version: UInt8
    /// The type as the header has it.
    package var descr: [UInt8]
    /// The axes of the array behind the first: each sample is an array of such records.
    package var axes: [Int]
  }

  package let container: Container
  /// All fields, in the order of their bytes.
  package private(set) var fields: [RecordField]
  /// Bytes of a record.
  package let size: Int
  /// How it is written as a table in text, where it is.
  package var table: DelimitedStyle.Separator?

  /// - Parameter fields: those that lie one after the other from the beginning of a record.
  init(_ container: Container, fields: [RecordField], size: Int) {
    (self.container, self.fields, self.size) = (container, fields, size)
  }

  /// Models the fields of some places, and no other.
  mutating func model(_ places: Set<Int>) {
    for place in fields.indices { fields[place].isModelled = places.contains(place) }
  }

  /// Whether the modelled fields can be: several are numbers that binary64 holds, and a single one is of any numbers.
  var isPossible: Bool {
    let modelled = modelled
    return modelled.count == 1 ? modelled[0].elementType != nil : modelled.allSatisfy(\.canBeModelled)
  }

  /// The most bytes of a record's exact fields.
  static let maximumExactBytes = 1 << 24
  /// Bytes of records that are held at once.
  private static let pieceBytes = 1 << 25

  /// How many records are held at once.
  var pieceRows: Int { max(1, Self.pieceBytes / size) }

  /// The fields whose numbers are the values of samples.
  package var modelled: [RecordField] { fields.filter(\.isModelled) }

  /// Those that are kept as text.
  var exact: [RecordField] { fields.filter { !$0.isModelled } }

  /// Whether each value of a sample is a quantity of its own.
  package var isTable: Bool { modelled.count > 1 }

  /// The names of the values of a sample, where these are columns.
  package var columnNames: [String]? {
    let modelled = modelled
    guard modelled.count > 1 || modelled.first?.shape.isEmpty == true else { return nil }
    let names = modelled.flatMap(\.valueNames)
    let bytes = names.reduce(0) { $0 + ByteText.bytes(of: $1).count }
    return bytes <= SampleDescription.maximumNameBytes ? names : nil
  }

  /// The types of a sample's values, where they are of several; nil where all are of one.
  package var columnTypes: [ElementType]? {
    let types = modelled.flatMap { field in
      [ElementType](repeating: field.elementType ?? .u1, count: field.count)
    }
    return types.contains { $0 != types.first } ? types : nil
  }

  /// How the text is kept; nil where no field is exact.
  package var kept: KeptText? {
    let cells = exact.reduce(0) { $0 + $1.count }
    guard cells > 0 else { return nil }
    return KeptText(
      layout: TableText(separator: .tab, quotesSpanLines: false),
      spellings: [ColumnSpelling?](repeating: nil, count: cells),
      preface: [],
      rowEnd: [0x0A])
  }

  /// The name of the container's format.
  package var formatName: FormatName {
    switch container {
    case .npy: .npy
    case .npz: .npz
    }
  }

  /// What its samples are.
  ///
  /// - Throws: `badShape` where a record has too many values.
  package func description(rows: Int?, name: String = "") throws(SampleIOError) -> SampleDescription {
    let modelled = modelled
    guard exact.reduce(0, { $0 + $1.count }) <= KeptText.maximumColumns,
      exact.reduce(0, { $0 + $1.size }) <= Self.maximumExactBytes
    else {
      throw .badShape(
        name: name, shape: [size],
        reason:
          "more than \(KeptText.maximumColumns) exact values, or \(Self.maximumExactBytes) bytes of them")
    }
    let (type, shape): (ValueType, [Int])
    switch modelled.count {
    case 0: (type, shape) = (ValueType(.u1), [1])
    case 1:
      let field = modelled[0]
      type = ValueType(field.elementType ?? .u1, field.meaning) ?? ValueType(field.elementType ?? .u1)
      shape = field.shape
    default:
      type = ValueType(columnTypes == nil ? modelled[0].elementType ?? .u1 : .f8)
      shape = [modelled.reduce(0) { $0 + $1.count }]
    }
    return try SampleDescription(
      type: type, sampleShape: shape, format: .records(self), rows: rows, name: name)
  }

  /// The format of the modelled values alone.
  var withoutText: SampleFormat {
    guard isTable else { return .npy(version: 1, bigEndian: false) }
    return .delimited(DelimitedStyle(header: columnNames))
  }

  /// The array of an archive that alone is modelled; nil where there is none.
  package var onlyArray: String? {
    guard case .npz = container, modelled.count == 1 else { return nil }
    return modelled[0].name
  }
}
