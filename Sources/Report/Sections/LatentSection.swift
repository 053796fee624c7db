import VAECodec

extension ReportPage {
  /// The bits of latents, and rows plotted in the two strongest.
  var latentSection: Section {
    let title = "Latents"
    guard !model.latents.isEmpty else {
      let text: HTML =
        "<p>The model has no latents: a network did not pay off, and linear layers do all the work.</p>\n"
      return Section(id: "latents", title: title, body: text)
    }
    let bars = latentBars
    var figures = figure(
      bars.html,
      "Bits per sample of each latent at the finest VAE quality, on rows that the fit held out, strongest first."
    )
    var plots = [bars]
    if !rows.latents.isEmpty {
      let scatter = scatter
      plots.append(scatter)
      let axes =
        model.latents.count > 1 ? "the two strongest latents" : "the only latent, and the bits it takes"
      figures += figure(
        scatter.html,
        "Rows in \(axes), in units of standardized samples. The costliest rows are those of the section below."
      )
    }
    let table = NumberTable(
      "latents", ["latent", "bits", "variance"],
      model.latents.enumerated().map { ["\($0 + 1)", $1.bits.fixed(2), $1.variance.significant(4)] })
    let places = NumberTable(
      "rows in the strongest latents", ["row", "latent 1", "latent 2"],
      rows.latents.map {
        ["\($0.place)", $0.first.significant(4), $0.second?.significant(4) ?? "-"]
      })
    let body: HTML = """
      <div class="figures">\(figures)</div>
      \(table.details)\(rows.latents.isEmpty ? "" : places.details)
      """
    return Section(id: "latents", title: title, body: body, plots: plots)
  }

  private var latentBars: Plot {
    let points = model.latents.enumerated().map { i, latent in
      Plot.Point(
        x: Double(i) + 0.5, y: latent.bits,
        title: "latent \(i + 1): \(latent.bits.fixed(2)) bits, variance \(latent.variance.significant(3))")
    }
    return Plot(
      id: "plot-latents", text: "Bits per sample of each latent",
      x: Axis("latent", covering: [0.5, Double(points.count) + 0.5], isTight: true),
      y: Axis("bits/sample", covering: model.latents.map(\.bits), fromZero: true),
      series: [Plot.Series(name: "bits", style: 0, mark: .bars(width: 1), points: points)])
  }

  private var scatter: Plot {
    let costliest = Set(rows.costliest.map(\.place))
    let bits = Dictionary(rows.costliest.map { ($0.place, $0.bits) }) { a, _ in a }
    func points(_ some: [EvaluatedRows.Latents]) -> [Plot.Point] {
      some.map { latents in
        let cost = (bits[latents.place] ?? nil).map { ", \($0.fixed(1)) bits" } ?? ""
        return Plot.Point(
          x: latents.first, y: latents.second ?? 0,
          title:
            "\(rowName(latents.place)): \(latents.first.significant(3)), \((latents.second ?? 0).significant(3))\(cost)"
        )
      }
    }
    var series = [
      Plot.Series(
        name: "rows", style: 0, mark: .points,
        points: points(rows.latents.filter { !costliest.contains($0.place) }))
    ]
    let far = rows.latents.filter { costliest.contains($0.place) }
    if !far.isEmpty {
      series.append(Plot.Series(name: "the costliest rows", style: 1, mark: .points, points: points(far)))
    }
    return Plot(
      id: "plot-scatter", text: "Rows in the two strongest latents",
      x: Axis("latent 1", covering: rows.latents.map(\.first)),
      y: Axis(
        model.latents.count > 1 ? "latent 2" : "", covering: rows.latents.map { $0.second ?? 0 }),
      series: series)
  }
}
