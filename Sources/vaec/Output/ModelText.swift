import Records
import VAECodec

/// The summary of a model as text and as JSON.
enum ModelText {
  /// Its properties, one per line.
  static func properties(_ summary: ModelSummary) -> [String] {
    var list = Properties()
    list.add("fingerprint", summary.fingerprint)
    list.add("samples", samples(summary.sampleShape, summary.type))
    if let layout = summary.layout { list.add("layout", layout.text) }
    if summary.columns.isEmpty {
      list.add("value range", "\(summary.peak.significant(5)) (the peak of PSNR)")
      list.add("scale", "common to all values")
    } else {
      list.add("scale", "one for each column; the range of each is the peak of PSNR")
    }
    list.add("fitted to", "\(counted(summary.fittedRows, "row")), and \(summary.heldOutRows) held out")
    list.add("latents", "\(summary.latents.count)")
    if !summary.latents.isEmpty {
      list.add("hidden layers", summary.hidden.map(String.init).joined(separator: ", "))
      list.add("parameters", "\(summary.parameters)")
      list.add("sampler", sampler(summary))
    }
    list.add("residual layers", residual(summary))
    if let elbo = summary.elbo {
      let beta = elbo.beta == 1 ? "" : ", beta \(elbo.beta.significant(4))"
      list.add("objective", "ELBO, \(elbo.likelihood) likelihood\(beta)")
      if let bound = elbo.heldOut { list.add("ELBO", line(bound)) }
    }
    return list.lines
  }

  /// The bound and its terms.
  static func line(_ bound: ELBO) -> String {
    "\(bound.value.fixed(2)) nats per sample (reconstruction \(bound.reconstruction.fixed(2)), "
      + "KL divergence \(bound.divergence.fixed(2)))"
  }

  /// The bound and its terms; empty if there is none.
  static func json(_ bound: ELBO?) -> [(key: String, value: JSON)] {
    guard let bound else { return [] }
    return [
      ("elbo", .number(bound.value)), ("elbo_reconstruction", .number(bound.reconstruction)),
      ("elbo_kl", .number(bound.divergence)),
    ]
  }

  /// Rate and distortion on held-out rows, with the rate of PCA at the same PSNR.
  ///
  /// - Parameter qualities: the qualities to show; nil for all.
  static func curve(_ summary: ModelSummary, qualities: Set<Double>? = nil) -> [String] {
    let pca = RateCurve(summary.pcaPoints.map { ($0.bitsPerSample, $0.psnr) })
    var table = Table(["quality", "bits/sample", "PSNR dB", "PCA bits", "saved"])
    for point in summary.points where qualities?.contains(point.quality) != false {
      let bits = pca.bits(at: point.psnr)
      table.add([
        point.quality.fixed(0), point.bitsPerSample.fixed(1), decibelText(point.psnr), bits?.fixed(1) ?? "-",
        bits.map { "\((100 * (1 - point.bitsPerSample / $0)).fixed(0)) %" } ?? "-",
      ])
    }
    return table.lines
  }

  /// The latents one by one, strongest first, each with the share of the data's variance that it explains; in models that
  /// do not tell it, with its share of all latents' variance.
  ///
  /// - Parameter most: the number to list; the others are summed.
  static func latents(_ summary: ModelSummary, most: Int = .max) -> [String] {
    let all = summary.latents.reduce(0) { $0 + $1.variance }
    let isExplained = summary.latents.allSatisfy { $0.explained != nil }
    var table = Table(["latent", "bits", "variance", isExplained ? "explained" : "share"])
    func add(_ name: String, _ latents: ArraySlice<ModelSummary.Latent>) {
      let variance = latents.reduce(0) { $0 + $1.variance }
      let explained = latents.reduce(0) { $0 + ($1.explained ?? 0) }
      let share = isExplained ? explained : all > 0 ? variance / all : 0
      table.add([
        name, latents.reduce(0) { $0 + $1.bits }.fixed(2), variance.significant(4),
        "\((100 * share).fixed(1)) %",
      ])
    }
    let shown = summary.latents.count > most ? most : summary.latents.count
    for i in 0..<shown { add("\(i + 1)", summary.latents[i...i]) }
    if shown < summary.latents.count { add("others", summary.latents[shown...]) }
    if isExplained, summary.latents.count > 1 { add("all", summary.latents[...]) }
    return table.lines
  }

  /// The whole as JSON.
  static func json(_ summary: ModelSummary) -> [(key: String, value: JSON)] {
    let points = summary.points.map { point in
      JSON.object([
        ("quality", .number(point.quality)), ("bits_per_sample", .number(point.bitsPerSample)),
        ("psnr_db", .number(point.psnr)),
      ])
    }
    let pca = summary.pcaPoints.map { point in
      JSON.object([("bits_per_sample", .number(point.bitsPerSample)), ("psnr_db", .number(point.psnr))])
    }
    let training = summary.trainingCurve.map { point in
      JSON.object([
        ("epoch", .number(point.epoch)), ("bits_per_sample", .number(point.bits)),
        ("psnr_db", .number(point.psnr)),
      ])
    }
    let latents = summary.latents.map { latent in
      JSON.object([
        ("bits", .number(latent.bits)), ("variance", .number(latent.variance)),
        ("explained", JSON(latent.explained)),
      ])
    }
    let elbo: [(key: String, value: JSON)] =
      summary.elbo.map {
        [("likelihood", .string($0.likelihood)), ("beta", .number($0.beta))] + json($0.heldOut)
      } ?? []
    let objective = summary.elbo == nil ? "rate-distortion" : "elbo"
    return [
      ("fingerprint", .string(summary.fingerprint)), ("format_version", .integer(summary.formatVersion)),
      ("model_bytes", .integer(summary.modelBytes)),
      ("sample_shape", JSON(summary.type.shape(ofNumbers: summary.sampleShape))),
      ("layout", summary.layout.map { .string($0.name) } ?? .null),
      ("values_per_sample", .integer(summary.valuesPerSample)), ("dtype", .string(summary.type.name)),
      ("peak", .number(summary.peak)), ("scale", .string(summary.columns.isEmpty ? "common" : "column")),
      ("columns", .array(columns(summary))), ("fitted_rows", .integer(summary.fittedRows)),
      ("held_out_rows", .integer(summary.heldOutRows)), ("latents", .array(latents)),
      ("hidden", JSON(summary.hidden)), ("parameters", .integer(summary.parameters)),
      ("mixture_components", .integer(summary.mixtureComponents)),
      ("mixture_latents", .integer(summary.mixtureLatents)),
      ("residual_components", JSON(summary.residualComponents)),
      ("value_layer", .bool(summary.hasValueLayer)),
      ("objective", .string(objective)),
    ] + elbo + [
      ("points", .array(points)), ("baseline_pca", .array(pca)),
      ("training_curve", .array(training)),
    ]
  }

  /// The columns of the fitted table, those that the model does not see among them.
  static func columns(_ summary: ModelSummary, most: Int) -> [String] {
    let all = summary.table
    guard !all.isEmpty else { return [] }
    var table = Table(["column", "contract", "values", "offset", "scale", "range", "missing", "bits"])
    for (place, column) in all.prefix(most).enumerated() {
      let scale = column.place.flatMap { $0 < summary.columns.count ? summary.columns[$0] : nil }
      let values = scale.map { $0.range == 0 ? "constant" : $0.isInteger ? "integers" : "fractions" }
      table.add([
        column.name.map { String($0.prefix(40)) } ?? "\(place + 1)",
        column.isModelled ? "modelled" : "exact", values ?? "-", scale?.offset.significant(5) ?? "-",
        scale?.scale.significant(4) ?? "-", scale?.range.significant(4) ?? "-",
        column.figures.map { "\($0.missing)" } ?? "-", column.figures?.bits?.fixed(1) ?? "-",
      ])
    }
    let rest = all.count - most
    return [""] + table.lines + (rest > 0 ? ["and \(counted(rest, "column")) more"] : [])
  }

  private static func columns(_ summary: ModelSummary) -> [JSON] {
    summary.table.map { column in
      var members: [(key: String, value: JSON)] = [
        ("name", column.name.map { .string($0) } ?? .null),
        ("contract", .string(column.isModelled ? "modelled" : "exact")),
      ]
      if let place = column.place, place < summary.columns.count {
        let scale = summary.columns[place]
        members += [
          ("offset", .number(scale.offset)), ("scale", .number(scale.scale)),
          ("range", .number(scale.range)), ("integer", .bool(scale.isInteger)),
        ]
      }
      if let figures = column.figures {
        members += [("missing", .integer(figures.missing)), ("bits", JSON(figures.bits))]
      }
      return .object(members)
    }
  }

  /// The shape and type of samples: "8 x 8 values of type u1".
  ///
  /// - Parameter shape: in numbers.
  static func samples(_ shape: [Int], _ type: ValueType) -> String {
    let shape = type.shape(ofNumbers: shape)
    return shape.isEmpty
      ? "single values of type \(type.name)" : "\(text(ofShape: shape)) values of type \(type.name)"
  }

  private static func sampler(_ summary: ModelSummary) -> String {
    guard summary.mixtureComponents > 0 else { return "prior" }
    let few = summary.mixtureLatents < summary.latents.count
    return "mixture of \(counted(summary.mixtureComponents, "Gaussian"))"
      + (few ? ", of the first \(summary.mixtureLatents) latents; prior" : "")
  }

  private static func residual(_ summary: ModelSummary) -> String {
    var parts = summary.residualComponents.map { counted($0, "component") }
    if summary.hasValueLayer { parts.append("value by value") }
    return parts.isEmpty ? "none" : parts.joined(separator: "; ")
  }
}
