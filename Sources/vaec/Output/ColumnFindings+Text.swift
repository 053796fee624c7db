import VAECodec

extension ColumnFindings {
  /// The maximum number of names in a list.
  private static let maximumNames = 3

  /// One warning each for collapsed columns and fill values, if there are any.
  ///
  /// - Parameters:
  ///   - file: the file in the message.
  ///   - quality: that of the stream; nil if it has none, or for a model.
  func warnings(_ file: String, quality: Double? = nil) -> [String] {
    var lines: [String] = []
    if !collapsed.isEmpty {
      let at = quality ?? Self.usualQuality
      lines.append(
        "vaec: \(file): \(collapsed.count == 1 ? "column" : "columns") \(Self.list(collapsed.map(\.text))) "
          + "\(collapsed.count == 1 ? "comes back as its mean" : "come back as their means")"
          + "\(at.map { " at quality \(text(ofQuality: $0))" } ?? ""); fit with --scale column, or pass --max-error"
      )
    }
    if !fillValues.isEmpty {
      let isOne = fillValues.count == 1
      lines.append(
        "vaec: \(file): \(Self.list(fillValues.map(\.text))): \(isOne ? "a value" : "values") far outside all others, "
          + "like fill values, which \(isOne ? "swamps" : "swamp") the model; "
          + "replace \(isOne ? "it" : "them") by NaN or an empty field before fitting")
    }
    return lines
  }

  /// The default quality.
  private static var usualQuality: Double? {
    if case .quality(let quality) = EncodeOptions().target { quality } else { nil }
  }

  /// The JSON members.
  var members: [(key: String, value: JSON)] {
    [
      ("collapsed_columns", .array(collapsed.map { .string($0.name ?? "\($0.number)") })),
      (
        "fill_values",
        .array(
          fillValues.map {
            .object([
              ("value", .number($0.value)), ("share", .number($0.share)),
              ("column", $0.column.map { .string($0.name ?? "\($0.number)") } ?? .null),
            ])
          })
      ),
    ]
  }

  /// The first names, and the number of the others.
  private static func list(_ names: [String]) -> String {
    let shown = names.count == maximumNames + 1 ? names[...] : names.prefix(maximumNames)
    let more = names.count - shown.count
    if more > 0 { return "\(shown.joined(separator: ", ")) and \(more) more" }
    guard let last = shown.last, shown.count > 1 else { return shown.first ?? "" }
    return "\(shown.dropLast().joined(separator: ", ")) and \(last)"
  }
}

extension ColumnFindings.Column {
  /// Its name, or its number.
  fileprivate var text: String {
    guard let name else { return "\(number)" }
    return name.count > 40 ? "\(name.prefix(39))…" : name
  }
}

extension FillValue {
  /// The value with its share and place.
  fileprivate var text: String {
    // Shortened: a binary32 value has more digits in binary64 than in the input.
    let short = Double(Float(value)) == value ? "\(Float(value))" : "\(value)"
    let number = short.hasSuffix(".0") ? String(short.dropLast(2)) : short
    let place = column.map { " of column \($0.text)" } ?? " of all values"
    return "\(number) (\((100 * share).significant(2)) %\(place))"
  }
}
