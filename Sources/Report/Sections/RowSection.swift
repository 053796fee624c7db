import VAECodec

extension ReportPage {
  /// The bits of each row, and the costliest rows.
  var rowSection: Section {
    let title = "Bits of each row"
    let finite = rows.bits.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else {
      let text: HTML = "<p>Bits of single rows are not known.</p>\n"
      return Section(id: "rows", title: title, body: text)
    }
    let plot = histogram(finite, low: low, high: high)
    let sorted = finite.sorted()
    func share(_ part: Double) -> String { sorted[Int(part * Double(sorted.count - 1))].fixed(1) }
    let mean = finite.reduce(0, +) / Double(finite.count)
    let some =
      finite.count < evaluation.samples ? " of \(many(finite.count, "row")) spread evenly over the data" : ""
    let body: HTML = """
      <p>At \(qualityName(rows.bitsQuality)), a row's symbols take \(mean.fixed(1)) bits on average\(some): half of the \
      rows \(share(0.5)) or less, nine of ten \(share(0.9)) or less, and the costliest \(high.fixed(1)). Rows that take \
      many bits are those that the model does not expect.</p>
      \(figure(
        plot.html,
        """
        How many rows take how many bits, by the tables that code their symbols. What a file holds beside symbols is not \
        counted; where rows repeat, zstd makes it smaller than that.
        """))\
      \(histogramTable(plot).details)
      <h3>The costliest rows</h3>
      \(costliest)
      """
    return Section(id: "rows", title: title, body: body, plots: [plot])
  }

  private func histogram(_ bits: [Double], low: Double, high: Double) -> Plot {
    let step = Axis.niceStep(max(high - low, 1) / 30)
    let first = (low / step).rounded(.down)
    let count = max(1, Int((high / step).rounded(.down) - first) + 1)
    var rows = [Int](repeating: 0, count: count)
    for number in bits { rows[min(count - 1, max(0, Int((number / step).rounded(.down) - first)))] += 1 }
    let points = rows.enumerated().map { i, rows in
      let from = (first + Double(i)) * step
      return Plot.Point(
        x: from, y: Double(rows),
        title:
          "\(Axis.text(from, step: step)) to \(Axis.text(from + step, step: step)) bits: \(many(rows, "row"))"
      )
    }
    return Plot(
      id: "plot-rows", text: "A histogram of the bits that rows take",
      x: Axis("bits of a row", covering: [first * step, (first + Double(count)) * step], isTight: true),
      y: Axis("rows", covering: points.compactMap(\.y), fromZero: true),
      series: [Plot.Series(name: "rows", style: 0, mark: .bars(width: step), points: points)], isWide: true)
  }

  private func histogramTable(_ plot: Plot) -> NumberTable {
    let points = plot.series.flatMap(\.points)
    return NumberTable(
      "rows by their bits", ["bits", "rows"],
      points.map { point in
        let parts = point.title.split(separator: ":")
        return [String(parts.first ?? ""), (point.y ?? 0).fixed(0)]
      })
  }

  // MARK: The costliest

  private var costliest: HTML {
    let name = qualityName(rows.bitsQuality)
    func head(_ row: EvaluatedRows.Row) -> String {
      "\(rowName(row.place)): \(row.bits?.fixed(1) ?? "-") bits"
    }
    switch layout {
    case .numbers:
      let lines = rows.costliest.map { row in
        [rowName(row.place), row.bits?.fixed(1) ?? "-"] + row.values.map(text(ofValue:))
      }
      return NumberTable(
        "The rows that take the most bits at \(name)",
        ["row", "bits"] + (0..<evaluation.valuesPerSample).map(valueName), lines
      ).html
    case .series:
      let drawings: [HTML] = rows.costliest.map { row in
        let sketch = Sketch(layout, covering: [row.values] + row.decoded.map(\.values))
        let text = "\(head(row)), original and \(name)"
        return
          "<div>\(sketch.html(row.values, decoded: row.decoded.first?.values, text: text))\n<p>\(head(row))</p></div>"
      }
      return figure(
        "<div class=\"panels\">\(drawings)</div>",
        "The original in grey, and over it what was decoded at \(name). Each drawing has its own range.")
    case .image, .colourImage, .slices:
      let picture = picture
      let pictures: [HTML] = rows.costliest.map { row in
        let original = picture.element(row.values, text: "\(rowName(row.place)), original") ?? ""
        let copy =
          row.decoded.first.flatMap {
            picture.element($0.values, text: "\(rowName(row.place)) at \(name)")
          } ?? ""
        return "<div><span class=\"pair\">\(original)\(copy)</span>\n<p>\(head(row))</p></div>"
      }
      return figure(
        "<div class=\"panels pairs\">\(pictures)</div>",
        "The original on the left, and on the right what was decoded at \(name).")
    }
  }
}
