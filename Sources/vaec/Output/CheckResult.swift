import ByteIO
import VAECodec

/// The result of `vaec check`.
struct CheckResult {
  private let report: DriftReport
  private let top: [DriftReport.Row]

  /// The maximum number of drifting columns in the text; JSON has them all.
  private static let maximumColumns = 10

  /// - Parameter top: the number of the strangest rows that are listed.
  init(_ report: DriftReport, top: Int) {
    self.report = report
    self.top = report.strangest(top)
  }

  /// "drifting (a refit would save about 12 %)".
  private var verdict: String {
    switch report.verdict {
    case .fits, .otherData: report.verdict.rawValue
    case .drifting where report.saving >= 1: "drifting (a refit would save about \(report.saving.fixed(0)) %)"
    case .drifting: "drifting (the rows cost no more than before; a refit would save little)"
    }
  }

  /// The result as text.
  func lines(name: String) -> [String] {
    var lines = ["\(name): \(verdict)"]
    var figures = Properties()
    figures.add("samples", "\(report.rows.count), compared with \(counted(report.heldOut, "held-out row"))")
    figures.add(
      "cost",
      "\(report.score.significant(4)) bits per sample, held-out rows \(report.heldOutScore.significant(4)) "
        + "(\(Self.signed(report.excess, 1)) %)")
    figures.add(
      "Mann-Whitney",
      "a row costs more than a held-out row with probability \(report.probabilityAbove.fixed(3)), "
        + "p = \(Self.text(report.pValue))")
    figures.add("median p", "\(Self.text(report.medianPValue)) (1/2 for rows like those held out)")
    if !report.columns.isEmpty {
      let drifting = report.columns.count(where: \.isDrifting)
      figures.add("columns", "\(drifting) of \(report.columns.count) drift (Kolmogorov-Smirnov, Holm)")
    }
    lines += figures.lines
    lines += columnLines
    lines += topLines
    return lines
  }

  private var columnLines: [String] {
    let drifting = report.columns.filter(\.isDrifting)
      .sorted { ($1.distance, $0.place) < ($0.distance, $1.place) }
    guard !drifting.isEmpty else { return [] }
    var table = Table(["column", "distance", "shift/deviation", "p"])
    for column in drifting.prefix(Self.maximumColumns) {
      table.add([
        name(column.place), column.distance.fixed(3), column.shift.map { Self.signed($0, 2) } ?? "-",
        Self.text(column.pValue),
      ])
    }
    let more = drifting.count - Self.maximumColumns
    return [""] + table.lines + (more > 0 ? ["and \(more) more; --json lists all"] : [])
  }

  private var topLines: [String] {
    guard !top.isEmpty else { return [] }
    var table = Table(["row", "cost", "bits", "p", "RMSE", "worst column"])
    for row in top {
      table.add([
        "\(row.place)", row.score.significant(4), row.bits.fixed(1), Self.text(row.pValue),
        row.rmse.significant(3), name(row.worst),
      ])
    }
    return [""] + table.lines
  }

  /// Writes the cost of every row as CSV.
  func writeRows(to output: any ByteSink) throws(ByteIOError) {
    var text = "row,score,bits,p_value,rmse\n"
    for row in report.rows {
      text += "\(row.place),\(row.score),\(row.bits),\(row.pValue),\(row.rmse)\n"
      if text.utf8.count > 1 << 16 {
        try output.write(Array(text.utf8))
        text = ""
      }
    }
    try output.write(Array(text.utf8))
  }

  /// The result as JSON.
  func json(file: String, fingerprint: String) -> JSON {
    .object([
      ("file", .string(file)), ("model", .string(fingerprint)),
      ("verdict", .string(report.verdict.rawValue)),
      ("samples", .integer(report.rows.count)), ("held_out_rows", .integer(report.heldOut)),
      ("score", .number(report.score)), ("held_out_score", .number(report.heldOutScore)),
      ("bits_per_sample", .number(report.bitsPerSample)), ("excess_percent", .number(report.excess)),
      ("saving_percent", .number(report.saving)), ("probability_above", .number(report.probabilityAbove)),
      ("p_value", .number(report.pValue)), ("median_p_value", .number(report.medianPValue)),
      ("columns", .array(report.columns.map(json))), ("top", .array(top.map(json))),
    ])
  }

  private func json(_ column: DriftReport.Column) -> JSON {
    .object([
      ("column", .string(name(column.place))), ("distance", .number(column.distance)),
      ("shift", JSON(column.shift)), ("p_value", .number(column.pValue)),
      ("is_drifting", .bool(column.isDrifting)),
    ])
  }

  private func json(_ row: DriftReport.Row) -> JSON {
    .object([
      ("row", .integer(row.place)), ("score", .number(row.score)), ("bits", .number(row.bits)),
      ("p_value", .number(row.pValue)), ("rmse", .number(row.rmse)),
      ("worst_column", .string(name(row.worst))),
    ])
  }

  /// The name of a value of a sample, or its number from 1.
  private func name(_ place: Int) -> String {
    guard let names = report.columnNames, place < names.count else { return "\(place + 1)" }
    return names[place]
  }

  private static func text(_ p: Double) -> String { p < 1e-4 ? "< 0.0001" : p.significant(2) }

  private static func signed(_ x: Double, _ digits: Int) -> String { (x > 0 ? "+" : "") + x.fixed(digits) }
}
