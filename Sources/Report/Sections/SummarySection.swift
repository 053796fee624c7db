import VAECodec

extension ReportPage {
  /// A summary of the measurement in words and a few numbers.
  var summarySection: Section {
    var body: HTML = ""
    body += cards
    for sentence in [dataText, rateText, costText] { body += "<p>\(sentence)</p>\n" }
    body += keyTable.html
    return Section(id: "summary", title: "Summary", body: body)
  }

  /// The numbers that most people want to know.
  private var cards: HTML {
    var cards: [(value: String, text: String)] = []
    if let middle = point(at: rows.bitsQuality) {
      let name = qualityName(middle.quality)
      cards.append(("\(middle.ratio.fixed(1)) : 1", "smaller at \(name)"))
      cards.append((isExact(middle) ? "exact" : "\(middle.psnr.fixed(1)) dB", "PSNR at \(name)"))
    }
    if let change = evaluation.bdRateVsPCA {
      let text = change > 0 ? "more bits than PCA" : "fewer bits than PCA"
      cards.append(("\(change.magnitude.fixed(0)) %", "\(text) at equal PSNR"))
    }
    cards.append((bytesText(evaluation.modelBytes), "the model's size"))
    let items: [HTML] = cards.map { "<div><dd>\($0.value)</dd><dt>\($0.text)</dt></div>" }
    return "<dl class=\"cards\">\(items)</dl>\n"
  }

  private var dataText: HTML {
    let shape = evaluation.type.shape(ofNumbers: rows.sampleShape)
    let values = shape.isEmpty ? "a single value" : "\(text(ofShape: shape)) values"
    let kind = "each \(values) of type \(evaluation.type.name)"
    let what: HTML
    switch source {
    case .data(let name):
      what =
        "<bdi>\(name)</bdi> holds \(many(evaluation.dataSamples, "sample")), \(kind). The model <bdi>\(modelName)</bdi>"
    case .heldOut(let names):
      let count = many(evaluation.samples, "row")
      what =
        "These are \(count) that the fit to \(names.joined(separator: ", ")) held out, \(kind). The model <bdi>\(modelName)</bdi>"
    }
    let latents =
      model.latents.isEmpty ? "needs no network for them" : "has \(many(model.latents.count, "latent"))"
    let some =
      evaluation.samples < evaluation.dataSamples
      ? " \(many(evaluation.samples, "sample")), evenly spaced in the data, were measured." : ""
    return """
      \(what) \(latents); it learned from \(many(model.fittedRows, "row")), with \(grouped(model.heldOutRows)) held out \
      to choose by. Samples were encoded, decoded and compared: each rate here is of a finished stream, each error of \
      decoded values. PSNR is against the range of the values that were fitted, \(text(ofValue: model.peak)).\(some)
      """
  }

  private var rateText: HTML {
    var sentences: [String] = []
    if let elbo = evaluation.elbo {
      sentences.append(
        "The model was fitted to the evidence lower bound. On these samples it is \(elbo.value.significant(5)) nats per sample: \(elbo.reconstruction.significant(5)) of reconstruction minus \(elbo.divergence.significant(4)) of divergence."
      )
    }
    if let change = evaluation.bdRateVsPCA {
      sentences.append(
        "At equal PSNR, streams take \(change.magnitude.fixed(1)) % \(change > 0 ? "more" : "fewer") bits than PCA on average. PCA pays for an ideal entropy coder, but not for its basis."
      )
    }
    if let finest = evaluation.points.max(by: { $0.quality < $1.quality }) {
      let reached =
        isExact(finest) ? "losslessly" : "at \(finest.psnr.fixed(1)) dB"
      sentences.append(
        "zstd -19 takes \(evaluation.zstdBitsPerSample.fixed(1)) bits per sample, losslessly; at \(qualityName(finest.quality)) vaec takes \(finest.bitsPerSample.fixed(1)), \(reached)."
      )
      if finest.bitsPerSample > evaluation.zstdBitsPerSample, !isExact(finest) {
        sentences.append(
          "As that is more than a lossless stream takes, use encode --lossless instead.")
      }
    }
    return "\(sentences.joined(separator: " "))"
  }

  private var costText: HTML {
    let finest = evaluation.points.map(\.quality).max().map(qualityName) ?? ""
    let pca =
      evaluation.breakEvenSamples.map { "smaller than PCA's basis and codes from \(many($0, "sample")) on" }
      ?? "never smaller than PCA's basis and codes here"
    let zstd =
      evaluation.breakEvenSamplesVsZstd.map {
        "smaller at \(finest) than the samples by zstd -19 from \(many($0, "sample")) on"
      } ?? "never smaller at \(finest) than the samples by zstd -19"
    var speed = ""
    if let middle = point(at: rows.bitsQuality) {
      speed =
        " At \(qualityName(middle.quality)), encoding ran at \(middle.encodeMBPerSecond.significant(3)) MB/s and decoding at \(middle.decodeMBPerSecond.significant(3)) MB/s."
    }
    return """
      The model itself takes \(grouped(evaluation.modelBytes)) bytes, which many samples share: model and codes together \
      are \(pca), and \(zstd).\(speed)
      """
  }

  private var keyTable: NumberTable {
    NumberTable(
      "What the model gives at a few qualities",
      ["quality", "bits/sample", "ratio", "PSNR dB", "PCA bits", "saved"],
      fewPoints.map { point in
        let bits = pca.bits(at: point.psnr)
        return [
          text(ofQuality: point.quality), point.bitsPerSample.fixed(1), point.ratio.fixed(2),
          isExact(point) ? "exact" : point.psnr.fixed(2), bits?.fixed(1) ?? "-",
          bits.map { "\((100 * (1 - point.bitsPerSample / $0)).fixed(0)) %" } ?? "-",
        ]
      })
  }

  /// A size in the unit that suits it.
  func bytesText(_ bytes: Int) -> String {
    switch bytes {
    case ..<10_000: "\(grouped(bytes)) bytes"
    case ..<10_000_000: "\((Double(bytes) / 1e3).fixed(0)) KB"
    default: "\((Double(bytes) / 1e6).fixed(0)) MB"
    }
  }
}
