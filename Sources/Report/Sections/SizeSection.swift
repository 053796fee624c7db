import VAECodec

extension ReportPage {
  /// Sizes with and without the model, and its break-even.
  var sizeSection: Section {
    let plot = sizePlot
    let table = sizeTable
    let zstd = evaluation.breakEvenSamplesVsZstd.map { "from \(many($0, "sample")) on" } ?? "never"
    let pca =
      evaluation.comparesSizesWithPCA
      ? evaluation.breakEvenSamples.map { "from \(many($0, "sample")) on" } ?? "never" : "not compared"
    let finest = evaluation.points.map(\.quality).max().map(qualityName) ?? ""
    let body: HTML = """
      <p>Model and codes together are smaller than PCA's basis and codes: <strong>\(pca)</strong>. At \(finest), they are \
      smaller than the samples by zstd -19: <strong>\(zstd)</strong>. Here are \
      \(many(evaluation.dataSamples, "sample")).</p>
      \(figure(
        plot.html,
        """
        Bytes per sample with the model's share, over the number of samples that share it. Where a curve falls below a \
        horizontal line, the model has paid for itself.
        """))\
      \(table.html)
      """
    return Section(id: "sizes", title: "Sizes and break-even", body: body, plots: [plot])
  }

  private var rawBytesPerSample: Double {
    Double(evaluation.elementType.size * evaluation.valuesPerSample)
  }

  private var sizePlot: Plot {
    let finest = evaluation.points.max { $0.quality < $1.quality }
    let shown = [point(at: rows.bitsQuality), finest].compactMap { $0 }
    let most =
      [evaluation.breakEvenSamples, evaluation.breakEvenSamplesVsZstd].compactMap { $0 }.max() ?? 10_000
    let (from, to) = (1.0, max(2, decimalLogarithm(Double(max(most, evaluation.dataSamples))) + 1))
    let counts = (0...24).map { powerOfTen(from + (to - from) * Double($0) / 24).rounded() }
    var series: [Plot.Series] = []
    for (i, point) in shown.enumerated() where i == 0 || point.quality != shown[0].quality {
      let name = qualityName(point.quality)
      series.append(
        Plot.Series(
          name: "model and codes, \(name)", style: i == 0 ? 0 : 3, mark: .linedPoints,
          points: counts.map { count in
            let bytes = point.bitsPerSample / 8 + Double(evaluation.modelBytes) / count
            return Plot.Point(
              x: count, y: bytes,
              title: "\(name), \(many(Int(count), "sample")): \(bytes.significant(3)) bytes a sample")
          }))
    }
    let zstd = evaluation.zstdBitsPerSample / 8
    if zstd > 0 {
      series.append(
        Plot.Series(
          name: "zstd -19", style: 2, mark: .rule,
          points: [Plot.Point(x: nil, y: zstd, title: "zstd -19: \(zstd.significant(3)) bytes a sample")]))
    }
    series.append(
      Plot.Series(
        name: "plain numbers", style: 4, mark: .rule,
        points: [
          Plot.Point(
            x: nil, y: rawBytesPerSample, title: "plain numbers: \(rawBytesPerSample.fixed(0)) bytes a sample"
          )
        ]))
    return Plot(
      id: "plot-sizes", text: "Bytes a sample with the model's share, over the number of samples",
      x: Axis("samples", covering: counts, scale: .logarithmic),
      y: Axis(
        "bytes/sample", covering: series.flatMap { $0.points.compactMap(\.y) }, scale: .logarithmic),
      series: series, isWide: true)
  }

  private var sizeTable: NumberTable {
    let samples = Double(evaluation.samples)
    func bytes(_ number: Double) -> String { grouped(Int(min(number, 1e15).rounded())) }
    var lines = [
      ["plain numbers", bytes(samples * rawBytesPerSample), "-", "-"],
      ["zstd -19, lossless", bytes(samples * evaluation.zstdBitsPerSample / 8), "-", "-"],
    ]
    for point in fewPoints {
      let codes = samples * point.bitsPerSample / 8
      lines.append([
        qualityName(point.quality), bytes(codes), bytes(codes + Double(evaluation.modelBytes)),
        pca.bits(at: point.psnr).map { bytes(samples * $0 / 8) } ?? "-",
      ])
    }
    return NumberTable(
      "Bytes of the \(many(evaluation.samples, "sample")) measured",
      ["", "bytes", "with model", "PCA, equal PSNR"],
      lines)
  }
}
