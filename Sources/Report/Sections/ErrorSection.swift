import VAECodec

extension ReportPage {
  /// Errors by place in a sample.
  var errorSection: Section {
    let title = "Error by value"
    guard layout.pixels([Double](repeating: 0, count: evaluation.valuesPerSample)) == nil else {
      return Section(id: "error", title: title, body: heatMaps)
    }
    let plot = errorPlot
    let body: HTML = """
      \(figure(
        plot.html,
        "The root of the mean squared error of each value over all samples, at several qualities."))\
      \(errorTable.details)
      """
    return Section(id: "error", title: title, body: body, plots: [plot])
  }

  private func rootMeanSquares(_ profile: EvaluatedRows.Profile) -> [Double] {
    profile.meanSquares.map { $0.squareRoot() }
  }

  // MARK: Pictures

  private var heatMaps: HTML {
    var legend: HTML = ""
    let maps: [HTML] = rows.profiles.map { profile in
      let errors = rootMeanSquares(profile)
      let highest = errors.filter(\.isFinite).max() ?? 0
      // Errors have one number a pixel, also where samples have colours.
      let layout: SampleLayout
      var values = errors
      if case .colourImage(let height, let width, _) = self.layout,
        let pixels = self.layout.pixels(profile.meanSquares)
      {
        layout = .image(height: height, width: width)
        values = pixels.values.map { $0.squareRoot() }
      } else {
        layout = self.layout
      }
      let picture = Picture(layout, palette: .viridis, low: 0, high: highest > 0 ? highest : 1)
      let name = qualityName(profile.quality)
      legend = picture.legend(text: "from no error to the highest")
      return """
        <div>\(picture.element(values, text: "RMSE of each value at \(name), at most \(highest.significant(3))") ?? "")
        <p>\(name): up to \(highest.significant(3))</p></div>
        """
    }
    return figure(
      "<div class=\"panels maps\">\(maps)</div>",
      """
      The root of the mean squared error of each value over all samples. Each map goes from 0 to its own highest \
      error: \(legend)
      """) + errorGrid
  }

  /// The numbers of a map, as it lies: at one quality, and where they are not too many.
  private var errorGrid: HTML {
    guard evaluation.valuesPerSample <= 1024, case .image(_, let width) = layout,
      let profile = rows.profiles.first(where: { $0.quality == rows.bitsQuality })
    else { return "" }
    let errors = rootMeanSquares(profile)
    let lines = stride(from: 0, to: errors.count, by: width).enumerated().map { y, first in
      ["\(y)"] + errors[first..<first + width].map { $0.isFinite ? $0.significant(3) : "-" }
    }
    return NumberTable(
      "RMSE of each value at \(qualityName(profile.quality))", [""] + (0..<width).map { "\($0)" }, lines
    ).details
  }

  // MARK: Lines

  /// Of more values, each group is drawn as its largest error.
  private static let maximumPoints = 200

  /// Errors by place: of all channels of a series together.
  private func errorsByPlace(_ profile: EvaluatedRows.Profile) -> [Double] {
    let channels = layout.channels(profile.meanSquares)
    guard let first = channels.first, channels.count > 1 else { return rootMeanSquares(profile) }
    return first.indices.map { i in
      (channels.reduce(0) { $0 + $1[i] } / Double(channels.count)).squareRoot()
    }
  }

  private var errorPlot: Plot {
    let series = rows.profiles.enumerated().map { i, profile in
      let errors = errorsByPlace(profile)
      let groups = min(errors.count, Self.maximumPoints)
      let points = (0..<groups).compactMap { group -> Plot.Point? in
        let range = group * errors.count / groups..<(group + 1) * errors.count / groups
        guard let place = range.filter({ errors[$0].isFinite }).max(by: { errors[$0] < errors[$1] }) else {
          return nil
        }
        return Plot.Point(
          x: Double(place), y: errors[place],
          title: "\(valueName(place)) at \(qualityName(profile.quality)): \(errors[place].significant(3))")
      }
      let isShort = errors.count <= 32
      return Plot.Series(
        name: qualityName(profile.quality), style: i, mark: isShort ? .linedPoints : .line, points: points)
    }
    let errors = series.flatMap { $0.points.compactMap(\.y) }
    let scale = Axis.scale(for: errors)
    return Plot(
      id: "plot-error", text: "RMSE by the place of a value, at several qualities",
      x: Axis("value", covering: series.flatMap { $0.points.compactMap(\.x) }, isTight: true),
      y: Axis("RMSE", covering: errors, scale: scale, fromZero: true), series: series, isWide: true)
  }

  private var errorTable: NumberTable {
    let all = rows.profiles.map(errorsByPlace)
    let places = (0..<min(1024, all.first?.count ?? 0))
    return NumberTable(
      "RMSE of each value", ["value"] + rows.profiles.map { qualityName($0.quality) },
      places.map { place in
        [valueName(place)] + all.map { $0[place].isFinite ? $0[place].significant(3) : "-" }
      })
  }
}

extension HTML {
  static func + (a: HTML, b: HTML) -> HTML { "\(a)\(b)" }
}
