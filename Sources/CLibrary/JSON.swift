import Records
import VAECodec

/// A JSON value.
enum JSON {
  case null
  case number(Double)
  case text(String)
  case flag(Bool)
  case list([JSON])
  case object([(String, JSON)])

  var text: String {
    switch self {
    case .null: "null"
    case .flag(let flag): flag ? "true" : "false"
    case .number(let number):
      if let whole = Int(exactly: number) { "\(whole)" } else { number.isFinite ? "\(number)" : "null" }
    case .text(let text): Self.quoted(text)
    case .list(let items): "[" + items.map(\.text).joined(separator: ", ") + "]"
    case .object(let items):
      "{" + items.map { Self.quoted($0.0) + ": " + $0.1.text }.joined(separator: ", ") + "}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }

  private static func integers(_ numbers: [Int]) -> JSON { .list(numbers.map { .number(Double($0)) }) }
}

extension JSON {
  /// A model.
  init(_ summary: ModelSummary) {
    self = .object([
      ("kind", .text("model")), ("fingerprint", .text(summary.fingerprint)),
      ("bytes", .number(Double(summary.modelBytes))), ("type", .text(summary.type.name)),
      ("sample_shape", Self.integers(summary.type.shape(ofNumbers: summary.sampleShape))),
      ("values", .number(Double(summary.valuesPerSample))),
      ("fitted_rows", .number(Double(summary.fittedRows))),
      ("held_out_rows", .number(Double(summary.heldOutRows))), ("peak", .number(summary.peak)),
      ("layout", summary.layout.map { .text($0.name) } ?? .null),
      (
        "latents",
        .list(
          summary.latents.map {
            .object([
              ("bits", .number($0.bits)), ("variance", .number($0.variance)),
              ("explained", $0.explained.map { .number($0) } ?? .null),
            ])
          })
      ),
      (
        "points",
        .list(
          summary.points.map {
            .object([
              ("quality", .number($0.quality)), ("bits_per_sample", .number($0.bitsPerSample)),
              ("psnr_db", .number($0.psnr)),
            ])
          })
      ),
      (
        "columns",
        .list(
          summary.table.map {
            .object([
              ("name", $0.name.map { .text($0) } ?? .null), ("modelled", .flag($0.isModelled)),
            ])
          })
      ),
    ])
  }

  /// A stream.
  init(_ stream: OpenStream, rows: Int) {
    self = .object([
      ("kind", .text("stream")), ("rows", .number(Double(rows))),
      ("models", .list(stream.modelsNeeded.map { .text($0) })),
      ("sample_shape", Self.integers(stream.rowShape)),
      ("type", stream.type.map { .text($0) } ?? .null),
    ])
  }

  /// Samples.
  init(_ description: SampleDescription) {
    self = .object([
      ("kind", .text(description.format.isDelimited ? "table" : "samples")),
      ("type", .text(description.type.name)),
      ("sample_shape", Self.integers(description.type.shape(ofNumbers: description.sampleShape))),
      ("rows", description.rows.map { .number(Double($0)) } ?? .null),
      ("columns", description.columnNames.map { .list($0.map { .text($0) }) } ?? .null),
    ])
  }
}
