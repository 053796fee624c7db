import VAECodec

/// Rate and distortion as text and as JSON.
struct EvaluationResult {
  private let report: EvaluationReport
  /// The number of neighbours that were looked for; nil for none.
  private let neighbours: Int?

  init(_ report: EvaluationReport, neighbours: Int? = nil) {
    (self.report, self.neighbours) = (report, neighbours)
  }

  /// A table, followed by conclusions.
  func lines(name: String) -> [String] {
    let pca = RateCurve(report.baselinePCA.map { ($0.bitsPerSample, $0.psnr) })
    let search = neighbours.map { ["recall@\($0)", "1 - cosine"] } ?? []
    var table = Table(
      [
        "quality", "bits/sample", "bits/value", "ratio", "with model", "RMSE", "PSNR dB", "max error",
        "PCA bits",
      ] + search + ["enc MB/s", "dec MB/s"])
    for point in report.points {
      table.add(
        [
          text(ofQuality: point.quality), point.bitsPerSample.fixed(1),
          point.bitsPerValue.fixed(3), point.ratio.fixed(2), point.ratioWithModel.fixed(2),
          point.rmse.significant(4), decibelText(point.psnr), Distortion.text(ofError: point.maxError),
          pca.bits(at: point.psnr)?.fixed(1) ?? "-",
        ]
          + (point.neighbours.map { [$0.recall.fixed(3), $0.cosineError.significant(3)] }
            ?? search.map { _ in "-" })
          + [point.encodeMBPerSecond.significant(3), point.decodeMBPerSecond.significant(3)])
    }
    let head =
      "\(name): \(counted(report.samples, "sample")) of \(counted(report.valuesPerSample, "value")), type "
      + "\(report.type.name); model \(report.modelBytes) bytes"
    let note =
      report.samples < report.dataSamples
      ? ["They are evenly spaced in \(counted(report.dataSamples, "sample")), to limit memory."]
      : []
    return [head] + note + [""] + table.lines + columns + [""] + conclusions + reconstruction + newSamples
  }

  /// The error of each column of a table, at the default quality or the nearest one.
  private var columns: [String] {
    guard
      let point = report.points.min(by: { ($0.quality - 60).magnitude < ($1.quality - 60).magnitude }),
      !point.columns.isEmpty
    else { return [] }
    var table = Table(["column", "RMSE", "in std devs", "max error", "bits", "share"])
    let all = point.columns.reduce(0) { $0 + ($1.bits ?? 0) }
    for (place, column) in point.columns.enumerated() {
      table.add([
        report.columnNames.map { String($0[place].prefix(40)) } ?? "\(place + 1)", column.rmse.significant(4),
        column.rmseInDeviations?.significant(4) ?? "-", Distortion.text(ofError: column.maximum),
        column.bits?.fixed(2) ?? "-", column.bits.map { "\((100 * $0 / max(all, 1e-9)).fixed(1)) %" } ?? "-",
      ])
    }
    let note =
      "Errors above are relative to the range of each column. At quality \(text(ofQuality: point.quality)), in the units"
    return ["", "\(note) of the column:", ""] + table.lines
  }

  /// The error of reconstructions from the first latents.
  private var reconstruction: [String] {
    guard let reconstruction = report.reconstruction else { return [] }
    var table = Table(["latents", "RMSE", "PSNR dB", "PCA RMSE", "PCA dB"])
    for point in reconstruction.points {
      table.add([
        "\(point.latents)", point.mse.squareRoot().significant(4), decibelText(point.psnr),
        point.pcaMSE.squareRoot().significant(4), decibelText(point.pcaPSNR),
      ])
    }
    let pca = reconstruction.pcaIsOfFit ? "PCA of the fit" : "PCA of these samples"
    return ["", "The first latents, not rounded, against as many components (\(pca)):", ""] + table.lines
  }

  /// The comparison of new samples with these.
  private var newSamples: [String] {
    guard let first = report.newSamples.first else { return [] }
    var table = Table(["sampler", "MMD^2", "1-NN accuracy"])
    for new in report.newSamples {
      table.add([new.sampler.rawValue, new.discrepancy.fixed(5), new.neighbourAccuracy.fixed(3)])
    }
    table.add(["real", first.realDiscrepancy.fixed(5), first.realNeighbourAccuracy.fixed(3)])
    let count = counted(first.samples, "new sample")
    return ["", "\(count) against as many of these (real: others of these instead of new ones):", ""]
      + table.lines
  }

  private var conclusions: [String] {
    var lines: [String] = []
    if let bound = report.elbo { lines.append("ELBO: \(ModelText.line(bound))") }
    if let change = report.bdRateVsPCA {
      lines.append("Mean rate against PCA at equal PSNR: \(change > 0 ? "+" : "")\(change.fixed(1)) %")
    }
    lines.append(
      !report.comparesSizesWithPCA
        ? "Not compared with PCA: its curve does not cover the PSNR of the middle quality."
        : report.breakEvenSamples.map {
          "Model plus codes are smaller than PCA's from \(counted($0, "sample")) on."
        } ?? "Model plus codes are never smaller than PCA's here.")
    if let finest = report.points.map(\.quality).max() {
      let quality = "At quality \(text(ofQuality: finest))"
      lines.append(
        report.breakEvenSamplesVsZstd.map {
          "\(quality), they are smaller than zstd -19 from \(counted($0, "sample")) on."
        } ?? "\(quality), they are never smaller than zstd -19.")
    }
    return lines
  }

  /// The whole as JSON.
  var json: JSON {
    let points = report.points.map { point in
      JSON.object(
        [
          ("quality", .number(point.quality)), ("bits_per_sample", .number(point.bitsPerSample)),
          ("bits_per_value", .number(point.bitsPerValue)), ("ratio", .number(point.ratio)),
          ("ratio_with_model", .number(point.ratioWithModel)), ("mse", .number(point.mse)),
          ("rmse", .number(point.rmse)), ("psnr_db", .number(point.psnr)),
          ("max_error", .number(point.maxError)), ("exact", .bool(point.isExact)),
          ("encode_mb_per_s", .number(point.encodeMBPerSecond)),
          ("decode_mb_per_s", .number(point.decodeMBPerSecond)),
        ]
          + (point.neighbours.map {
            [("recall", JSON.number($0.recall)), ("cosine_error", .number($0.cosineError))]
          } ?? []) + Distortion.members(point.columns))
    }
    let pca = report.baselinePCA.map { point in
      JSON.object([
        ("bits_per_sample", .number(point.bitsPerSample)), ("mse", .number(point.mse)),
        ("psnr_db", .number(point.psnr)),
      ])
    }
    let all =
      report.samples < report.dataSamples ? [("data_samples", JSON.integer(report.dataSamples))] : []
    return .object(
      [("samples", .integer(report.samples))] + all + [
        ("values_per_sample", .integer(report.valuesPerSample)),
        ("dtype", .string(report.type.name)), ("file_bytes", JSON(report.fileBytes)),
        ("model_bytes", .integer(report.modelBytes)),
        ("points", .array(points)), ("baseline_pca", .array(pca)),
        ("bd_rate_vs_pca", JSON(report.bdRateVsPCA)),
        ("compares_sizes_with_pca", .bool(report.comparesSizesWithPCA)),
        ("break_even_samples", JSON(report.breakEvenSamples)),
        ("break_even_samples_vs_zstd", JSON(report.breakEvenSamplesVsZstd)),
        ("zstd_bits_per_sample", .number(report.zstdBitsPerSample)),
      ] + ModelText.json(report.elbo) + latentMembers)
  }

  /// The members about latents; none if the model has no latents.
  private var latentMembers: [(key: String, value: JSON)] {
    var members: [(key: String, value: JSON)] = []
    if let reconstruction = report.reconstruction {
      let points = reconstruction.points.map { point in
        JSON.object([
          ("latents", .integer(point.latents)), ("mse", .number(point.mse)), ("psnr_db", .number(point.psnr)),
          ("pca_mse", .number(point.pcaMSE)), ("pca_psnr_db", .number(point.pcaPSNR)),
        ])
      }
      members = [
        ("reconstruction", .array(points)),
        ("reconstruction_pca", .string(reconstruction.pcaIsOfFit ? "fit" : "data")),
      ]
    }
    guard !report.newSamples.isEmpty else { return members }
    let new = report.newSamples.map { new in
      JSON.object([
        ("sampler", .string(new.sampler.rawValue)), ("samples", .integer(new.samples)),
        ("bandwidth", .number(new.bandwidth)), ("mmd2", .number(new.discrepancy)),
        ("mmd2_real", .number(new.realDiscrepancy)), ("neighbour_accuracy", .number(new.neighbourAccuracy)),
        ("neighbour_accuracy_real", .number(new.realNeighbourAccuracy)),
      ])
    }
    return members + [("new_samples", .array(new))]
  }
}
