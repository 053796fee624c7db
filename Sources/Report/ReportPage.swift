import VAECodec

/// An evaluation as a self-contained HTML page without scripts.
///
/// It shows rate and distortion, samples and their reconstructions, errors by place, the bits of latents and rows, the
/// course of training, and the break-even of the model. It contains all plotted numbers as tables and as JSON.
package struct ReportPage {
  /// The origin of the rows.
  package enum Source: Sendable {
    /// A file of samples, or standard input: its name.
    case data(String)
    /// Rows held out by a fit, with the names of its files.
    case heldOut(of: [String])
  }

  let source: Source
  let modelName: String
  let model: ModelSummary
  let evaluation: EvaluationReport
  let rows: EvaluatedRows
  let json: String
  /// PCA's bits per sample by PSNR.
  let pca: RateCurve
  let layout: SampleLayout

  /// - Parameters:
  ///   - modelName: the model's file.
  ///   - rows: those of `evaluation`, which must have been asked for.
  ///   - json: the evaluation as one JSON object, which the page carries.
  package init(
    source: Source, modelName: String, model: ModelSummary, evaluation: EvaluationReport, rows: EvaluatedRows,
    json: String
  ) {
    self.source = source
    self.modelName = modelName
    self.model = model
    self.evaluation = evaluation
    self.rows = rows
    self.json = json
    pca = RateCurve(evaluation.baselinePCA.map { ($0.bitsPerSample, $0.psnr) })
    layout = SampleLayout(shape: rows.sampleShape)
  }

  /// A part of the page.
  struct Section {
    /// Its place, for links.
    var id: String
    var title: String
    var body: HTML
    var plots: [Plot] = []
  }

  /// The page.
  package var html: String {
    let sections = [
      summarySection, rateSection, samplesSection, errorSection, latentSection, rowSection, trainingSection,
      sizeSection, dataSection,
    ]
    let links: [HTML] = sections.map { "<li><a href=\"#\($0.id)\">\($0.title)</a></li>" }
    let parts: [HTML] = sections.map { section in
      """
      <section id="\(section.id)" aria-labelledby="\(section.id)-title">
      <h2 id="\(section.id)-title">\(section.title)</h2>
      \(section.body)</section>

      """
    }
    let plots = Plot.json(sections.flatMap(\.plots))
    let page: HTML = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
      <link rel="icon" href="data:,">
      <title>\(title)</title>
      <style>
      \(StyleSheet.html)
      </style>
      </head>
      <body>
      <header>
      <h1>\(heading)</h1>
      <nav aria-label="Sections"><ul>\(links)</ul></nav>
      </header>
      <main>
      \(parts)</main>
      <script type="application/json" id="evaluation">\(HTML(scriptData: json))</script>
      <script type="application/json" id="plots">\(HTML(scriptData: plots))</script>
      </body>
      </html>

      """
    return page.text
  }

  private var title: String {
    switch source {
    case .data(let name): "\(lastPart(name)) by \(lastPart(modelName)): a report of vaec"
    case .heldOut: "\(lastPart(modelName)): a report of vaec"
    }
  }

  private var heading: HTML {
    switch source {
    case .data(let name): "<bdi>\(lastPart(name))</bdi> by <bdi>\(lastPart(modelName))</bdi>"
    case .heldOut: "<bdi>\(lastPart(modelName))</bdi> on rows held out"
    }
  }

  /// A path without its folders.
  private func lastPart(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

  // MARK: What sections share

  /// A row in words, counted from 0 as slices of rows are.
  func rowName(_ place: Int) -> String { "row \(place)" }

  func qualityName(_ quality: Double) -> String { "quality \(text(ofQuality: quality))" }

  /// The measured point of a quality.
  func point(at quality: Double) -> EvaluationReport.Point? {
    evaluation.points.first { $0.quality == quality }
  }

  /// Those of a few qualities from coarse to fine.
  var fewPoints: [EvaluationReport.Point] { rows.qualities.compactMap(point) }

  /// Whether all values came back exactly.
  func isExact(_ point: EvaluationReport.Point) -> Bool { point.isExact }

  /// The name of a value of a sample.
  func valueName(_ place: Int) -> String {
    if let names = rows.columnNames, place < names.count { return names[place] }
    return "value \(place)"
  }
}
