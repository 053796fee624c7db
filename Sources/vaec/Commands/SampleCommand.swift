import ArgumentParser
import Records
import VAECodec

/// `vaec sample`: draws new samples.
struct SampleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample",
    abstract: "Draw new samples from a model.",
    discussion: """
      Draws latents and decodes them. Latents come from the model's Gaussian mixture. A model without one, \
      because none was closer to the latents than the prior, uses the prior that codes each latent by itself. \
      --around draws samples like given ones.

      EXAMPLES
        vaec sample -m model.vae -n 100 -o new.npy
        vaec sample -m model.vae -n 5 --sampler prior -q 20 --seed 7 --to csv
        vaec sample -m model.vae -n 10 --around some.npy --spread 0.3 -o like-some.npy
      """)

  @OptionGroup var model: ModelOption

  @Option(
    name: [.customShort("n"), .long],
    help: ArgumentHelp("Number of samples; with --around, for each given sample.", valueName: "n"))
  var number: Int

  @Option(
    help: ArgumentHelp(
      "Distribution of the latents. (default: the mixture if the model has one)", valueName: "prior|mixture"))
  var sampler: Sampler?

  @Option(
    name: [.customShort("q", allowingJoined: true), .long],
    help: ArgumentHelp(
      "Use the prior and network of this quality; lower ones draw smoother samples. (default: 60)",
      valueName: "0..100"),
    transform: parseQuality)
  var quality: Double?

  @Option(
    help: ArgumentHelp("Draw around the latents of these samples; - for standard input.", valueName: "data"),
    completion: .file())
  var around: String?

  @Option(
    help: ArgumentHelp(
      "Standard deviation of the noise around them, relative to that of each latent. (default: 0.5)",
      valueName: "s"))
  var spread: Double?

  @Option(help: ArgumentHelp("Random seed; equal seeds give equal samples.", valueName: "n"))
  var seed: UInt64 = 0

  @OptionGroup var output: ArrayOutputOptions
  @OptionGroup(title: "DATA OPTIONS") var reading: ReadingOptions
  @OptionGroup(title: "LIMITS") var limits: LimitOptions
  @OptionGroup(title: "GENERAL OPTIONS") var general: GeneralOptions

  func validate() throws {
    guard (1...1_000_000_000).contains(number) else {
      throw ValidationError("-n takes a number from 1 to 1000000000.")
    }
    if let spread, !(spread >= 0 && spread <= 1000) {
      throw ValidationError("--spread takes a number from 0 to 1000.")
    }
    if spread != nil, around == nil { throw ValidationError("--spread needs --around.") }
    if sampler != nil, around != nil {
      throw ValidationError("--sampler and --around exclude each other.")
    }
    if sampler == .mixture, quality != nil {
      throw ValidationError("--quality needs the prior; the mixture has no quality.")
    }
    if let around { try InputFile.refuseTerminal([InputFile(around)]) }
    try output.validate(json: general.json)
  }

  func run() throws {
    try output.check(reading: [model.model] + [around].compactMap { $0 })
    let codec = try general.codec(memory: limits.memory)
    let fitted = try model.read(memory: limits.memory)
    let name = model.model
    let notes = ReadingNotes()
    let report: SampleReport
    if let around {
      let input = InputFile(around)
      let source = try input.open()
      let reader = try input.reader(
        of: source, reading.readOptions(memory: limits.memory, notes: notes, columns: fitted.columnRoles))
      report = try output.writing(input.name, of: [model.status, source.opened]) {
        (makeWriter) throws(CodecError) in
        try codec.sample(
          number, around: reader, name: input.name, model: fitted, spread: spread ?? 0.5, quality: quality,
          seed: seed, makeWriter: makeWriter)
      }
    } else {
      report = try output.writing(name, of: [model.status]) { (makeWriter) throws(CodecError) in
        try codec.sample(
          number, from: fitted, name: name, quality: quality, sampler: sampler, seed: seed,
          makeWriter: makeWriter)
      }
    }
    general.console.tell(notes)
    let target = output.target
    if general.json {
      try general.console.result(
        .object(
          [
            ("output", .string(target.name)), ("samples", .integer(report.samples)),
            ("sampler", report.sampler.map { .string($0.rawValue) } ?? .null),
            ("missing_values", .integer(report.missingValues)),
          ] + report.columnFields))
      return
    }
    let source = report.sampler.map { " from the \($0.rawValue)" } ?? ""
    general.console.note("\(name): \(counted(report.samples, "new sample"))\(source), to \(target.name)")
    general.console.tell(report)
    if let around { general.console.missing(report.missingValues, InputFile(around).name) }
  }
}

extension Sampler: ExpressibleByArgument {}

extension SampleReport {
  /// The fields of JSON about columns of a table.
  var columnFields: [(String, JSON)] {
    [("labels", .array(labels.map { .string($0) })), ("left_out", .array(leftOut.map { .string($0) }))]
  }
}

extension Console {
  /// Says which columns of a table new samples have beside those of the model, and which they lack.
  func tell(_ report: SampleReport) {
    func columns(_ names: [String]) -> String {
      "\(names.count == 1 ? "column" : "columns") \(names.joined(separator: ", "))"
    }
    if !report.labels.isEmpty {
      note("vaec: in csv, \(columns(report.labels)): the words of the fitted row whose latents are nearest")
    }
    if !report.leftOut.isEmpty { note("vaec: exact \(columns(report.leftOut)): left out") }
  }

  /// Reports values that were replaced by the mean.
  func missing(_ count: Int, _ name: String) {
    if count > 0 { note("vaec: \(name): \(counted(count, "value")) missing, replaced by the mean") }
  }
}
