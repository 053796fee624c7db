import ArgumentParser
import ByteIO
import Records

/// How to read samples, as far as the file does not determine it.
struct ReadingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Input format: npy, npz, idx, csv, raw, fvecs, bvecs or ivecs. All but raw are recognized.",
      valueName: "name"),
    completion: .list(FormatName.allCases.map(\.rawValue)), transform: parseFormat)
  var format: FormatName?

  @Option(
    help: ArgumentHelp(
      "Raw data: value type (u1 i1 u2 i2 u4 i4 u8 i8 f2 f4 f8 b1 c8 c16 M8[s] m8[s]).", valueName: "type"),
    completion: .list(typeNames), transform: parseType)
  var dtype: ValueType?

  @Option(
    help: ArgumentHelp("Raw data: shape of a sample, such as 28x28 or 28,28.", valueName: "shape"),
    transform: parseShape)
  var shape: [Int]?

  @Option(
    help: ArgumentHelp("Text: whether the first line holds column names.", valueName: "yes|no"),
    completion: .list(["yes", "no"]), transform: parseYesOrNo)
  var header: Bool?

  @Option(
    help: ArgumentHelp(
      "Text: what stands between groups of three digits: , . ' _ or a blank. (default: nothing)",
      valueName: "char"),
    transform: parseDigitGroups)
  var thousands: DigitGroups?

  @Option(
    help: ArgumentHelp(
      "npz: the array that is modelled; others are kept exactly. (default: the largest)", valueName: "name"))
  var array: String?

  @Option(
    help: ArgumentHelp(
      "Raw data: drop or pad an incomplete last sample. (default: error)",
      valueName: "drop|pad"),
    completion: .list(PartialSample.allCases.map(\.rawValue)), transform: parsePartial)
  var partial: PartialSample?

  /// The options as the readers take them.
  ///
  /// - Parameters:
  ///   - memory: the memory limit for the content.
  ///   - notes: receives what readers skip.
  ///   - keepsText: whether the text of tables is kept beside their numbers.
  ///   - columns: what becomes of the columns of tables.
  func readOptions(
    memory: MemoryLimit, notes: ReadingNotes? = nil, keepsText: Bool = false,
    columns: ColumnRoles = ColumnRoles()
  ) -> ReadOptions {
    var options = ReadOptions(
      format: format, shape: shape, header: header, partial: partial, memory: memory, notes: notes)
    options.type = dtype
    options.array = array
    options.digitGroups = thousands
    options.keepsText = keepsText
    options.columns = columns
    return options
  }
}

/// The names of types; times with one of their units.
private let typeNames = ElementType.allCases.map(\.name) + ["b1", "c8", "c16", "M8[s]", "m8[s]"]

/// A format's name.
func parseFormat(_ text: String) throws -> FormatName {
  if let format = FormatName(rawValue: text.lowercased()) { return format }
  throw ValidationError("the formats are \(FormatName.allCases.map(\.rawValue).joined(separator: ", ")).")
}

private func parseType(_ text: String) throws -> ValueType {
  if let type = ValueType(named: text) { return type }
  throw ValidationError("the types are \(typeNames.joined(separator: ", ")).")
}

private func parseShape(_ text: String) throws -> [Int] {
  let parts = text.split(omittingEmptySubsequences: false) { $0 == "x" || $0 == "," }
  let lengths = parts.compactMap { Int($0) }.filter { $0 > 0 }
  guard lengths.count == parts.count else {
    throw ValidationError("give positive numbers, as in 28x28.")
  }
  return lengths
}

private func parseDigitGroups(_ text: String) throws -> DigitGroups {
  if let groups = DigitGroups.allCases.first(where: { text.utf8.elementsEqual([$0.byte]) }) { return groups }
  throw ValidationError("give one of , . ' _ or a blank.")
}

private func parsePartial(_ text: String) throws -> PartialSample {
  if let partial = PartialSample(rawValue: text.lowercased()) { return partial }
  throw ValidationError("give drop or pad.")
}

private func parseYesOrNo(_ text: String) throws -> Bool {
  switch text.lowercased() {
  case "yes", "true", "1": return true
  case "no", "false", "0": return false
  default: throw ValidationError("give yes or no.")
  }
}
