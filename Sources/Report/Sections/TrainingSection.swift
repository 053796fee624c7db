import VAECodec

extension ReportPage {
  /// The course of the fit.
  var trainingSection: Section {
    let title = "Training"
    let curve = model.trainingCurve
    guard !curve.isEmpty else {
      let why =
        model.latents.isEmpty
        ? "The model has no network, so nothing was trained."
        : "The model does not record its training: it is of an older version, or was made by other means."
      return Section(id: "training", title: title, body: "<p>\(why)</p>\n")
    }
    let bits = plot("plot-training-bits", "bits/sample", style: 0) { $0.bits }
    let psnr = plot("plot-training-psnr", "PSNR in dB", style: 1) { $0.psnr }
    let table = NumberTable(
      "training", ["epoch", "bits/sample", "PSNR dB"],
      curve.map { [$0.epoch.fixed(1), $0.bits.fixed(2), $0.psnr.fixed(2)] })
    let body: HTML = """
      <div class="figures">
      \(figure(bits.html, bitsText))\
      \(figure(psnr.html, "PSNR of the network's reconstruction."))\
      </div>
      <p>\(explanation)</p>
      \(table.details)
      """
    return Section(id: "training", title: title, body: body, plots: [bits, psnr])
  }

  private var bitsText: HTML {
    model.elbo == nil
      ? "Bits per sample of the network's latents under the prior."
      : "Divergence of the posterior from the prior, in bits per sample."
  }

  private var explanation: HTML {
    guard model.elbo == nil else {
      return """
        Both are of the network alone, on rows that the fit held out. Training raised the evidence lower bound, which \
        weighs the likelihood of samples against the divergence.
        """
    }
    return """
      Both are of the network alone, without the layers below it, in the middle of its range, on rows that the fit held \
      out. Training starts as PCA and goes from coarse to fine: it lowers bits plus weighted squared error over all \
      rates, and not each of these curves by itself.
      """
  }

  private func plot(
    _ id: String, _ label: String, style: Int, _ value: (TrainingPoint) -> Double
  ) -> Plot {
    let points = model.trainingCurve.map { point in
      Plot.Point(
        x: point.epoch, y: value(point),
        title: "epoch \(point.epoch.fixed(1)): \(point.bits.fixed(2)) bits/sample, \(point.psnr.fixed(2)) dB")
    }
    return Plot(
      id: id, text: "\(label) on held-out rows over epochs of training",
      x: Axis("epoch", covering: points.compactMap(\.x), isTight: true),
      y: Axis(label, covering: points.compactMap(\.y)),
      series: [Plot.Series(name: label, style: style, mark: .linedPoints, points: points)])
  }
}
