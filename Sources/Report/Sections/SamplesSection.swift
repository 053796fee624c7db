import VAECodec

extension ReportPage {
  /// Samples and their reconstructions at several qualities.
  var samplesSection: Section {
    Section(id: "samples", title: "Samples and reconstructions", body: samples)
  }

  private var samples: HTML {
    switch layout {
    case .numbers: numbersTable
    case .series: sketches
    case .image, .colourImage, .slices: pictures
    }
  }

  /// Rate and distortion of a quality: "12.5 bits" and "19.2 dB".
  private func costs(_ quality: Double) -> (bits: String, psnr: String) {
    guard let point = point(at: quality) else { return ("", "") }
    return ("\(point.bitsPerSample.fixed(1)) bits", isExact(point) ? "exact" : "\(point.psnr.fixed(1)) dB")
  }

  private var spreadText: String {
    rows.shown.count == evaluation.samples ? "All rows" : "Rows spread evenly over the data"
  }

  // MARK: Pictures

  private var pictures: HTML {
    let picture = picture
    let heads: [HTML] = rows.qualities.map {
      let (bits, psnr) = costs($0)
      return "<th scope=\"col\">\(qualityName($0))<br><small>\(bits)<br>\(psnr)</small></th>"
    }
    let body: [HTML] = rows.shown.map { row in
      let copies: [HTML] = row.decoded.map { copy in
        let text = "\(rowName(row.place)) at \(qualityName(copy.quality))"
        return "<td>\(picture.element(copy.values, text: text) ?? "")</td>"
      }
      let original = picture.element(row.values, text: "\(rowName(row.place)), original") ?? ""
      return "<tr><th scope=\"row\">\(rowName(row.place))</th><td>\(original)</td>\(copies)</tr>\n"
    }
    let table: HTML = """
      <table class="pictures"><caption>Originals and reconstructions</caption>
      <thead><tr><td></td><th scope="col">original<br><small>\(originalBits) bits<br>exact</small></th>\(heads)</tr></thead>
      <tbody>\(body)</tbody></table>
      """
    return figure(
      scrolling(table, label: "Originals and reconstructions"),
      """
      \(spreadText), each original and decoded. All pictures have one scale, from \
      \(text(ofValue: picture.low)) to \(text(ofValue: picture.high)): \
      \(picture.legend(text: "from the lowest value to the highest"))
      """)
  }

  /// The renderer of samples, with the range of the originals.
  var picture: Picture {
    Picture(
      layout, (rows.shown + rows.costliest).map(\.values), elementType: evaluation.elementType)
  }

  private var originalBits: String {
    grouped(8 * evaluation.elementType.size * evaluation.valuesPerSample)
  }

  // MARK: Lines

  private var sketches: HTML {
    let groups: [HTML] = rows.shown.prefix(4).map { row in
      let sketch = Sketch(layout, covering: [row.values] + row.decoded.map(\.values))
      let drawings: [HTML] = row.decoded.map { copy in
        let name = qualityName(copy.quality)
        let (bits, psnr) = costs(copy.quality)
        return """
          <div>\(sketch.html(row.values, decoded: copy.values, text: "\(rowName(row.place)), original and \(name)"))
          <p>\(name)<br>\(bits), \(psnr)</p></div>
          """
      }
      return """
        <h3>\(rowName(row.place)), from \(text(ofValue: sketch.low)) to \(text(ofValue: sketch.high))</h3>
        <div class="panels">\(drawings)</div>

        """
    }
    return figure(
      "\(groups)",
      """
      \(spreadText): <span class="key original">the original</span> in grey, and over it \
      <span class="key decoded">what was decoded</span>.
      """)
  }

  // MARK: Numbers

  private var numbersTable: HTML {
    let names = (0..<evaluation.valuesPerSample).map(valueName)
    var lines: [[String]] = []
    for row in rows.shown.prefix(5) {
      lines.append(["\(rowName(row.place)), original"] + row.values.map(text(ofValue:)))
      for copy in row.decoded {
        lines.append(["at \(qualityName(copy.quality))"] + copy.values.map(text(ofValue:)))
      }
    }
    let table = NumberTable("Originals and reconstructions", ["row"] + names, lines)
    return figure(table.html, "\(spreadText), each original and decoded.")
  }
}
