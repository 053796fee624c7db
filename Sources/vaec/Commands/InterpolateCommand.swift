import ArgumentParser
import Records
import VAECodec

/// `vaec interpolate`: interpolates between two samples.
struct InterpolateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "interpolate",
    abstract: "Interpolate between two samples.",
    discussion: """
      Takes a sample of A and one of B, steps evenly from the latents of the first to those of the second, and \
      decodes each step. Both ends are included.

      EXAMPLES
        vaec interpolate -m model.vae one.npy other.npy -n 10 -o walk.npy
        vaec interpolate -m model.vae many.npy many.npy --row 3,17 -n 8 --to csv
      """)

  @OptionGroup var model: ModelOption

  @Argument(
    help: ArgumentHelp("File with the first sample.", valueName: "a"), completion: .file())
  var first: String

  @Argument(
    help: ArgumentHelp("File with the last sample; one of the two may be -.", valueName: "b"),
    completion: .file())
  var last: String

  @Option(
    name: [.customShort("n"), .long],
    help: ArgumentHelp("Number of samples, ends included.", valueName: "n"))
  var number = 10

  @Option(
    help: ArgumentHelp(
      "Rows of A and B, counted from 0, or one row for both. Required if a file holds several.",
      valueName: "i,j"),
    transform: parseRowPair)
  var row: RowPair?

  @OptionGroup var output: ArrayOutputOptions
  @OptionGroup(title: "DATA OPTIONS") var reading: ReadingOptions
  @OptionGroup(title: "LIMITS") var limits: LimitOptions
  @OptionGroup(title: "GENERAL OPTIONS") var general: GeneralOptions

  /// A row of each file.
  struct RowPair {
    var first: Int
    var last: Int
  }

  func validate() throws {
    guard (2...1_000_000_000).contains(number) else {
      throw ValidationError("-n takes a number from 2 to 1000000000.")
    }
    let inputs = [InputFile(first), InputFile(last)]
    if inputs.allSatisfy(\.isStandardInput) {
      throw ValidationError("only one of the two samples can come from standard input.")
    }
    try InputFile.refuseTerminal(inputs)
    try output.validate(json: general.json)
  }

  func run() throws {
    try output.check(reading: [model.model, first, last])
    let codec = try general.codec(memory: limits.memory)
    let fitted = try model.read(memory: limits.memory)
    let (a, b) = (InputFile(first), InputFile(last))
    let notes = ReadingNotes()
    let readOptions = reading.readOptions(
      memory: limits.memory, notes: notes, columns: fitted.columnRoles)
    let sources = (try a.open(), try b.open())
    let ends = (
      try Codec.WalkEnd(reader: a.reader(of: sources.0, readOptions), name: a.name, row: row?.first),
      try Codec.WalkEnd(
        reader: b.reader(of: sources.1, readOptions), name: b.name,
        row: row?.last)
    )
    let modelName = model.model
    let report = try output.writing(a.name, of: [model.status, sources.0.opened, sources.1.opened]) {
      (makeWriter) throws(CodecError) in
      try codec.interpolate(
        from: ends.0, to: ends.1, count: number, model: fitted, modelName: modelName, makeWriter: makeWriter)
    }
    general.console.tell(notes)
    let target = output.target
    if general.json {
      try general.console.result(
        .object(
          [
            ("output", .string(target.name)), ("samples", .integer(report.samples)),
            ("missing_values", .integer(report.missingValues)),
          ] + report.columnFields))
      return
    }
    general.console.note(
      "\(counted(report.samples, "sample")) from \(a.name) to \(b.name), to \(target.name)")
    general.console.tell(report)
    general.console.missing(report.missingValues, "\(a.name) and \(b.name)")
  }
}

private func parseRowPair(_ text: String) throws -> InterpolateCommand.RowPair {
  let parts = text.split(separator: ",", omittingEmptySubsequences: false)
  let rows = parts.compactMap { Int($0) }.filter { $0 >= 0 }
  guard rows.count == parts.count, let first = rows.first, let last = rows.last, rows.count <= 2 else {
    throw ValidationError("give one or two rows, counted from 0, as in 3,17.")
  }
  return InterpolateCommand.RowPair(first: first, last: last)
}
