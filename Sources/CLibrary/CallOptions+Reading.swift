import Records
import VAECodec

extension CallOptions {
  /// How samples are read.
  mutating func reading() throws(LibraryError) -> ReadOptions {
    var options = ReadOptions()
    options.format = try choice("format", FormatName.self)
    if let text = take("type") {
      guard let type = ValueType(named: text) else { throw .badType(text) }
      options.type = type
    }
    if let text = take("shape") {
      let lengths = text.split(omittingEmptySubsequences: true) { $0 == "x" || $0 == "," }.map {
        Int($0) ?? 0
      }
      guard lengths.allSatisfy({ $0 > 0 }) else {
        throw .badOption("shape", reason: "is \"\(text)\"; give positive numbers, as in 28x28")
      }
      options.shape = lengths
    }
    options.header = try flag("header")
    options.columns.read = try columns("columns")
    options.columns.keepsCounters = true
    if let text = take("exact") {
      options.columns.keepsCounters = false
      if text != "none" {
        guard let list = ColumnList(text) else { throw .badOption("exact", reason: "has an empty part") }
        options.columns.exact = list
      }
    }
    if let text = take("missing") {
      let values = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      guard !values.contains("") else { throw .badOption("missing", reason: "has an empty part") }
      options.columns.missing = MissingValues(values)
    }
    return options
  }

  private mutating func columns(_ name: String) throws(LibraryError) -> ColumnList? {
    guard let text = take(name) else { return nil }
    guard let list = ColumnList(text) else { throw .badOption(name, reason: "has an empty part") }
    return list
  }
}
