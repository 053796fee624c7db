import ArgumentParser
import ByteIO
import Report
import VAECodec

/// The option for an HTML report.
struct ReportOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Also write an HTML report; - writes it to standard output instead of the table.",
      valueName: "out.html"),
    completion: .file(extensions: ["html"]))
  var report: String?

  /// Whether the page replaces the printed table.
  var usesStandardOutput: Bool { report == "-" }

  /// Refuses to mix the page and JSON on standard output.
  func validate(json: Bool) throws {
    if json, usesStandardOutput {
      throw ValidationError(
        "--json and the report cannot share standard output; name a file with --report.")
    }
  }

  /// Checks before the work that the report can be written.
  ///
  /// - Parameter roles: the inputs and outputs of the command.
  func check(overwrite: Bool, _ roles: FileRoles) throws {
    guard let report, !usesStandardOutput else { return }
    let target = OutputTarget.file(report, overwrite: overwrite)
    try roles.write(target)
    try OutputSuffix.check(report, holds: .page)
    try target.check()
  }

  /// Writes the report, if requested.
  ///
  /// - Parameter provenance: the files it is based on.
  func write(
    _ evaluation: EvaluationReport, of source: ReportPage.Source, model: ModelSummary, modelName: String,
    overwrite: Bool, _ provenance: Provenance, _ console: Console
  ) throws(CodecError) {
    guard let report, let rows = evaluation.rows else { return }
    let page = ReportPage(
      source: source, modelName: modelName, model: model, evaluation: evaluation, rows: rows,
      json: EvaluationResult(evaluation).json.text)
    let target: OutputTarget = usesStandardOutput ? .standardOutput : .file(report, overwrite: overwrite)
    try withFileContext(target.name) { () throws(ByteIOError) in
      let output = try target.open(provenance)
      try output.write(Array(page.html.utf8))
      try output.finish()
    }
    if !usesStandardOutput { console.note("report: \(report)") }
  }
}
