import VAECodec

extension ReportPage {
  /// The rate-distortion curve, with that of PCA and the rate of zstd.
  var rateSection: Section {
    let own = evaluation.points.filter { !isExact($0) }
    let table = NumberTable(
      "rate and distortion at each quality",
      [
        "quality", "bits/sample", "bits/value", "ratio", "with model", "RMSE", "PSNR dB", "max error",
        "PCA bits", "enc MB/s", "dec MB/s",
      ],
      evaluation.points.map { point in
        [
          text(ofQuality: point.quality), point.bitsPerSample.fixed(1), point.bitsPerValue.fixed(3),
          point.ratio.fixed(2), point.ratioWithModel.fixed(2), point.rmse.significant(4),
          isExact(point) ? "exact" : point.psnr.fixed(2), text(ofValue: point.maxError),
          pca.bits(at: point.psnr)?.fixed(1) ?? "-", point.encodeMBPerSecond.significant(3),
          point.decodeMBPerSecond.significant(3),
        ]
      })
    let baseline = NumberTable(
      "PCA", ["bits/sample", "MSE", "PSNR dB"],
      evaluation.baselinePCA.map { [$0.bitsPerSample.fixed(1), $0.mse.significant(4), $0.psnr.fixed(2)] })
    let tables: HTML = "\(table.details)\(evaluation.baselinePCA.isEmpty ? "" : baseline.details)"
    guard !own.isEmpty else {
      let body: HTML = "<p>All values came back exactly, so there is no curve to draw.</p>\n\(tables)"
      return Section(id: "rate", title: "Rate and distortion", body: body)
    }
    let plot = ratePlot(own)
    let exact = evaluation.points.first(where: isExact)
    let note = exact.map { " From \(qualityName($0.quality)) on, all values come back exactly." } ?? ""
    let body: HTML = """
      \(figure(
        plot.html,
        """
        Bits per sample against PSNR: further left and further up is better. Numbers along the curve are qualities. PCA has \
        an ideal entropy coder; zstd -19 is lossless, wherever its line crosses the others.\(note)
        """))\
      \(tables)
      """
    return Section(id: "rate", title: "Rate and distortion", body: body, plots: [plot])
  }

  private func ratePlot(_ own: [EvaluationReport.Point]) -> Plot {
    // Of PCA's curve, the part that belongs beside the model's.
    let (low, high) = (own.map(\.psnr).min() ?? 0, own.map(\.psnr).max() ?? 0)
    let least = (own.map(\.bitsPerSample).min() ?? 0) / 2
    let baseline = evaluation.baselinePCA.filter {
      $0.bitsPerSample > least && $0.psnr >= low - 1 && $0.psnr <= high + 1 + 0.05 * (high - low)
    }
    var bits = own.map(\.bitsPerSample) + baseline.map(\.bitsPerSample)
    let scale = Axis.scale(for: bits)
    if evaluation.zstdBitsPerSample > 0 { bits.append(evaluation.zstdBitsPerSample) }
    let labelled = Set(rows.qualities)
    var series = [
      Plot.Series(
        name: "vaec", style: 0, mark: .linedPoints,
        points: own.map { point in
          Plot.Point(
            x: point.bitsPerSample, y: point.psnr,
            title:
              "vaec, \(qualityName(point.quality)): \(point.bitsPerSample.fixed(1)) bits/sample, \(point.psnr.fixed(2)) dB",
            label: labelled.contains(point.quality) ? text(ofQuality: point.quality) : nil)
        })
    ]
    if !baseline.isEmpty {
      series.append(
        Plot.Series(
          name: "PCA", style: 1, mark: .linedPoints,
          points: baseline.map {
            Plot.Point(
              x: $0.bitsPerSample, y: $0.psnr,
              title: "PCA: \($0.bitsPerSample.fixed(1)) bits/sample, \($0.psnr.fixed(2)) dB")
          }))
    }
    if evaluation.zstdBitsPerSample > 0 {
      let title = "zstd -19, lossless: \(evaluation.zstdBitsPerSample.fixed(1)) bits/sample"
      series.append(
        Plot.Series(
          name: "zstd -19, lossless", style: 2, mark: .rule,
          points: [Plot.Point(x: evaluation.zstdBitsPerSample, y: nil, title: title)]))
    }
    return Plot(
      id: "plot-rate", text: "Bits per sample against PSNR, for vaec, PCA and zstd",
      x: Axis("bits/sample", covering: bits, scale: scale),
      y: Axis("PSNR in dB", covering: own.map(\.psnr) + baseline.map(\.psnr)), series: series, isWide: true)
  }
}
