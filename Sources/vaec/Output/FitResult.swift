import VAECodec

/// The result of a fit as text and as JSON.
struct FitResult {
  private let report: FitReport
  private let path: String
  /// Whether the layout was chosen, so that it is named even if it is the usual one.
  private let isChosen: Bool

  init(_ report: FitReport, path: String, choosesLayout: Bool) {
    self.report = report
    self.path = path
    isChosen = choosesLayout
  }

  /// The number of latents listed by default.
  private static let fewLatents = 8
  /// The number of columns listed by default.
  private static let fewColumns = 32

  /// The model, its latents, and a short table.
  func lines(isVerbose: Bool) -> [String] {
    let summary = report.model.summary
    let learned = summary.fittedRows + summary.heldOutRows
    let rows = learned < report.rows ? "\(learned) of \(report.rows) rows" : counted(report.rows, "row")
    let stopped = report.wasStopped ? ", stopped early" : ""
    let dropped = report.droppedLatents == 0 ? "" : " (\(report.droppedLatents) dropped)"
    let scale =
      summary.columns.isEmpty
      ? "one scale for all values" : "a scale for each of \(counted(summary.columns.count, "column"))"
    let layout = summary.layout.map { "; \($0.text)" } ?? (isChosen ? "; axis 0 counts the samples" : "")
    let head =
      "\(path): \(summary.modelBytes) bytes, \(counted(summary.latents.count, "latent"))\(dropped); fitted to "
      + "\(rows) in \(report.seconds.fixed(1)) s\(stopped)\(layout); \(scale)"
    let missing =
      report.missingValues == 0
      ? [] : ["\(counted(report.missingValues, "value")) missing (NaN, infinite or too large)"]
    let bound = (summary.elbo?.heldOut).map { ["ELBO on held-out rows: \(ModelText.line($0))"] } ?? []
    let most = isVerbose ? Int.max : Self.fewLatents
    let latents = summary.latents.isEmpty ? [] : [""] + ModelText.latents(summary, most: most)
    let columns = ModelText.columns(summary, most: isVerbose ? .max : Self.fewColumns)
    return [head] + missing + bound + columns + latents + [
      "", "On \(counted(summary.heldOutRows, "row")) held out:", "",
    ]
      + ModelText.curve(summary, qualities: [10, 30, 50, 70, 90])
  }

  /// The result with the summary of the model.
  var json: JSON {
    .object(
      [
        ("model", .string(path)), ("rows", .integer(report.rows)), ("seconds", .number(report.seconds)),
        ("stopped", .bool(report.wasStopped)),
        ("missing_values", .integer(report.missingValues)),
        ("dropped_latents", .integer(report.droppedLatents)),
      ] + report.columns.members + ModelText.json(report.model.summary))
  }
}
