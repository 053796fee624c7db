import Records
import VAECodec

/// The result of encoding or decoding one file.
struct Transfer: FileResult {
  private let input: InputFile
  private let target: OutputTarget
  private let samples: Int
  private let valuesPerSample: Int
  private let rawBytes: Int
  private let fileBytes: Int
  private let streamBytes: Int
  /// Of them, those of the text of a table's rows.
  private let textBytes: Int
  /// How much more than held-out rows the samples cost, in percent; nil if that is not much, or not known.
  private let excess: Double?
  private let seconds: Double
  private let clippedValues: Int
  private let nonFiniteValues: Int
  private let columns: ColumnFindings
  private let isDecoded: Bool
  /// nil for decoding, and if the symbols of the model are not needed.
  private let quality: Double?
  /// The bound on every value.
  private let errorBound: ErrorBound?
  /// Whether exact values reproduce the bytes of the input; nil if not compared.
  private let comparison: ContentComparison?
  /// The error of decoded samples; nil if not measured.
  private let distortion: Distortion?
  /// nil if a quality was requested.
  private let outcome: TargetOutcome?
  private let damage: DamageReport?

  init(
    _ report: EncodeReport, from input: InputFile, to target: OutputTarget, _ comparison: ContentComparison?,
    excess excessOverFit: Double? = nil
  ) {
    self.comparison = comparison
    self.input = input
    self.target = target
    samples = report.samples
    valuesPerSample = report.valuesPerSample
    rawBytes = report.rawBytes
    fileBytes = report.fileBytes
    distortion = report.distortion
    streamBytes = report.streamBytes
    textBytes = report.textBytes
    excess = excessOverFit
    seconds = report.seconds
    clippedValues = report.clippedValues
    nonFiniteValues = report.nonFiniteValues
    columns = report.columns
    isDecoded = false
    quality = report.quality
    errorBound = report.errorBound
    outcome = report.target
    damage = nil
  }

  /// - Parameters:
  ///   - fileBytes: of the output.
  ///   - distortion: of its samples, if they were compared with the originals.
  init(
    _ report: DecodeReport, from input: InputFile, to target: OutputTarget, fileBytes: Int,
    distortion: Distortion?
  ) {
    self.fileBytes = fileBytes
    self.distortion = distortion
    comparison = nil
    self.input = input
    self.target = target
    samples = report.samples
    valuesPerSample = report.valuesPerSample
    rawBytes = report.rawBytes
    streamBytes = report.streamBytes
    textBytes = 0
    excess = nil
    seconds = report.seconds
    clippedValues = 0
    nonFiniteValues = 0
    columns = ColumnFindings()
    isDecoded = true
    quality = nil
    errorBound = nil
    outcome = nil
    damage = report.damage.isEmpty ? nil : DamageReport(input.name, report)
  }

  var isFailure: Bool { damage != nil }

  var sizes: FileSizes? {
    FileSizes(samples: samples, fileBytes: fileBytes, streamBytes: streamBytes, isDecoded: isDecoded)
  }

  private var ratio: Double { Double(fileBytes) / Double(max(1, streamBytes)) }
  private var bitsPerSample: Double { samples == 0 ? 0 : 8 * Double(streamBytes) / Double(samples) }

  func tell(_ console: Console) {
    damage?.tell(console)
    let (before, after) = isDecoded ? (streamBytes, fileBytes) : (fileBytes, streamBytes)
    console.note(
      "\(input.name): \(counted(samples, "sample")), \(before) -> \(after) bytes, ratio \(ratio.fixed(2)), "
        + "\(bitsPerSample.fixed(1)) bits/sample\(distortion.map { ", \($0.text)" } ?? ""), to \(target.name)"
    )
    if let promise {
      console.note("\(input.name): \(promise)")
    }
    if textBytes > 0 {
      let share = 100 * Double(textBytes) / Double(max(1, streamBytes))
      console.detail(
        "\(input.name): exact columns and other text take \(textBytes) bytes, \(share.fixed(1)) % of the stream"
      )
    }
    if let outcome {
      let quality = errorBound == nil ? quality.map { " at quality \(text(ofQuality: $0))" } ?? "" : ""
      console.note("\(input.name): \(outcome.text)\(quality)\(outcome.decision(of: samples))")
      if !outcome.isKept {
        console.note(
          "vaec: \(input.name): the samples after the first \(outcome.decidedOnRows) miss the target; "
            + "encode from a file to meet it")
      }
    }
    if clippedValues > 0 {
      console.note(
        "vaec: \(input.name): \(counted(clippedValues, "value")) outside the range of the fitted data; "
          + "each comes back as the end of that range")
    }
    if nonFiniteValues > 0 {
      console.note(
        "\(input.name): \(counted(nonFiniteValues, "value")) NaN, infinite or too large, kept unchanged"
      )
    }
    for warning in columns.warnings(input.name, quality: quality) { console.note(warning) }
    if let excess {
      console.note(
        "vaec: \(input.name): costs \(excess.fixed(0)) % more bits, at equal error, than the rows that the fit held out; "
          + "`vaec check -m MODEL \(input.name)` shows whether the model still fits")
    }
    let speed = Double(rawBytes) / 1e6 / max(1e-9, seconds)
    console.detail("\(input.name): \(seconds.fixed(3)) s, \(speed.significant(3)) MB/s")
  }

  /// The guarantee: "lossless" or "no value is off by more than 0.01".
  private var promise: String? {
    switch errorBound {
    case .lossless?: ErrorBound.lossless.text(bytesComeBack: comparison == .same)
    case .maxError?, .maxRelativeError?, .byColumn?, nil: errorBound?.text
    }
  }

  var json: JSON {
    var members: [(key: String, value: JSON)] = [
      ("file", .string(input.name)), ("output", .string(target.name)), ("samples", .integer(samples)),
      ("values_per_sample", .integer(valuesPerSample)),
    ]
    if !isDecoded { members.append(("quality", quality.map { .number($0) } ?? .null)) }
    members += [
      ("raw_bytes", .integer(rawBytes)), ("file_bytes", .integer(fileBytes)),
      ("stream_bytes", .integer(streamBytes)), ("ratio", .number(ratio)),
      ("bits_per_sample", .number(bitsPerSample)),
    ]
    members += distortion?.members ?? []
    members.append(("seconds", .number(seconds)))
    if !isDecoded {
      members += [
        ("clipped_values", .integer(clippedValues)), ("non_finite_values", .integer(nonFiniteValues)),
        ("guarantee", errorBound?.json ?? .null), ("text_bytes", .integer(textBytes)),
      ]
      members += columns.members
    }
    if let damage { members += damage.members }
    if let outcome {
      members.append(("target", .object(outcome.members + [("is_kept", .bool(outcome.isKept))])))
    }
    return .object(members)
  }
}
