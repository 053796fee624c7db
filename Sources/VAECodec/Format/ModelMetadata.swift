import ByteIO
import Records
import VAEModel

/// The metadata in a model file: the fitted data, and the course of the fit.
struct ModelMetadata {
  /// A point of PCA's rate-distortion curve: rate, PSNR and the number of coded components.
  struct PCAPoint: Equatable, Sendable {
    var bits: Float
    var psnr: Float
    var components: Int
  }

  var type: ValueType
  /// Counted in numbers.
  var sampleShape: [Int]
  var fittedRows: Int
  var heldOutRows: Int
  var peak: Double
  var latents: [ModelSummary.Latent]
  var points: [ModelSummary.Point]
  var pca: [PCAPoint]
  /// Optional sections, which follow everything else.
  var sections: [Section] = []

  /// An optional part of the metadata. Readers skip kinds that they do not know.
  struct Section: Equatable, Sendable {
    var kind: Int
    var bytes: [UInt8]

    /// Rate and distortion on held-out rows during training.
    static let trainingCurve = 1
    /// The share of the data's variance that each latent explains.
    static let explainedVariance = 2
    /// The ELBO on held-out rows, for a fit that maximized it.
    static let elbo = 3
    /// A Gaussian mixture over the latents, to draw samples from.
    static let latentMixture = 4
    /// The name of the value type, if it is not a plain number type.
    static let valueType = 5
    /// The columns of the table that was fitted: see ``FittedColumns``.
    static let table = 6
    /// Values that stand for missing ones: each a count of bytes and the bytes.
    static let missing = 7
    /// Missing values and bits of each modelled column.
    static let columnFigures = 8
    /// Words of text columns beside latents: see ``RowLabels``.
    static let labels = 9
    /// How arrays are cut into samples: see ``LayoutRule``.
    static let layout = 10
    /// The scores of held-out rows: see ``Calibration``.
    static let calibration = 11
  }

  /// The content of the first section of a kind; nil if there is none.
  func section(_ kind: Int) -> [UInt8]? { sections.first { $0.kind == kind }?.bytes }

  func encode() -> [UInt8] {
    var w = ByteWriter()
    w.append(type.elementType.rawValue)
    w.append(count: sampleShape.count)
    for length in sampleShape { w.append(count: length) }
    w.append(count: fittedRows)
    w.append(count: heldOutRows)
    w.append(peak)
    w.append(count: latents.count)
    for latent in latents {
      w.append(Float(latent.bits))
      w.append(Float(latent.variance))
    }
    w.append(count: points.count)
    for point in points {
      w.append(Float(point.quality))
      w.append(Float(point.bitsPerSample))
      w.append(Float(point.psnr))
    }
    w.append(count: pca.count)
    for point in pca {
      w.append(point.bits)
      w.append(point.psnr)
      w.append(count: point.components)
    }
    for section in allSections {
      w.append(count: section.kind)
      w.append(count: section.bytes.count)
      w.append(section.bytes)
    }
    return w.bytes
  }

  private var allSections: [Section] {
    type.kind == nil ? sections : sections + [Section(kind: Section.valueType, bytes: Array(type.name.utf8))]
  }

  /// The metadata with everything corrected that a reader would reject, so that a fit can always be written and read:
  /// NaN becomes 0, and infinity the largest number.
  func readable(for model: Model) -> ModelMetadata {
    func finite(_ x: Double) -> Double {
      let most = Double(Float.greatestFiniteMagnitude)
      return x.isNaN ? 0 : max(-most, min(most, x))
    }
    var notes = self
    notes.fittedRows = min(fittedRows, Self.maximumRows)
    notes.heldOutRows = min(heldOutRows, Self.maximumRows)
    notes.peak = peak > 0 ? min(peak, .greatestFiniteMagnitude) : 0
    notes.latents = latents.map { ModelSummary.Latent(bits: finite($0.bits), variance: finite($0.variance)) }
    notes.points = points.map {
      ModelSummary.Point(
        quality: finite($0.quality), bitsPerSample: finite($0.bitsPerSample), psnr: finite($0.psnr))
    }
    notes.pca = pca.map {
      PCAPoint(
        bits: Float(finite(Double($0.bits))), psnr: Float(finite(Double($0.psnr))),
        components: max(0, min($0.components, model.values)))
    }
    let shares = explainedVariance
    notes.explainedVariance = shares.count == latents.count ? shares.map(finite) : []
    if notes.mixture(of: model) == nil { notes.set(nil) }
    if let elbo, !(elbo.reconstruction.isFinite && elbo.divergence.isFinite) {
      notes.elbo = nil
    }
    return notes
  }

  /// More rows than any data set has; such a number is damage.
  static let maximumRows = 1 << 48

  /// Nil if the bytes are not what ``encode()`` writes, or the shape does not have `values` values.
  init?(_ bytes: [UInt8], values: Int) {
    var r = ByteReader(bytes)
    do {
      guard let elementType = ElementType(rawValue: try r.integer()) else { return nil }
      type = ValueType(elementType)
      let axes = try r.count()
      guard axes <= SampleDescription.maximumAxes else { return nil }
      sampleShape = []
      var product = 1
      for _ in 0..<axes {
        let length = try r.count()
        let (next, overflow) = product.multipliedReportingOverflow(by: length)
        guard !overflow else { return nil }
        product = next
        sampleShape.append(length)
      }
      guard product == values else { return nil }
      fittedRows = try r.count()
      heldOutRows = try r.count()
      peak = try r.double()
      latents = []
      for _ in 0..<min(try r.count(), r.remaining) {
        latents.append(
          ModelSummary.Latent(bits: Double(try r.float()), variance: Double(try r.float())))
      }
      points = []
      for _ in 0..<min(try r.count(), r.remaining) {
        points.append(
          ModelSummary.Point(
            quality: Double(try r.float()), bitsPerSample: Double(try r.float()), psnr: Double(try r.float()))
        )
      }
      pca = []
      for _ in 0..<min(try r.count(), r.remaining) {
        pca.append(PCAPoint(bits: try r.float(), psnr: try r.float(), components: try r.count()))
      }
      sections = []
      while r.remaining > 0 {
        let kind = try r.count()
        sections.append(Section(kind: kind, bytes: Array(try r.take(try r.count()))))
      }
      // A value type with an unknown name is read as its number type.
      if let name = section(Section.valueType).map({ String(decoding: $0, as: UTF8.self) }),
        let named = ValueType(named: name), named.elementType == elementType,
        named.kind != .complex || sampleShape.last == 2
      {
        type = named
      }
      sections.removeAll { $0.kind == Section.valueType }
      let numbers =
        latents.flatMap { [$0.bits, $0.variance] }
        + points.flatMap { [$0.quality, $0.bitsPerSample] }
        + pca.flatMap { [Double($0.bits), Double($0.psnr)] }
      guard peak >= 0, peak.isFinite, numbers.allSatisfy(\.isFinite),
        // PSNR is infinite if all values are exact.
        points.allSatisfy({ $0.psnr > -.infinity }),
        fittedRows <= Self.maximumRows, heldOutRows <= Self.maximumRows,
        pca.allSatisfy({ $0.components <= values })
      else { return nil }
    } catch {
      return nil
    }
  }

  /// The ELBO on held-out rows: two binary64 numbers, E[log p(x|z)] and the KL divergence, in nats.
  var elbo: ELBO? {
    get {
      guard let section = sections.first(where: { $0.kind == Section.elbo }) else { return nil }
      var r = ByteReader(section.bytes)
      guard let reconstruction = try? r.double(), let divergence = try? r.double() else { return nil }
      return ELBO(reconstruction: reconstruction, divergence: divergence)
    }
    set {
      sections.removeAll { $0.kind == Section.elbo }
      guard let newValue else { return }
      var w = ByteWriter()
      w.append(newValue.reconstruction)
      w.append(newValue.divergence)
      sections.append(Section(kind: Section.elbo, bytes: w.bytes))
    }
  }

  init(
    elementType: ElementType, sampleShape: [Int], fittedRows: Int, heldOutRows: Int, peak: Double,
    latents: [ModelSummary.Latent]
  ) {
    type = ValueType(elementType)
    self.sampleShape = sampleShape
    self.fittedRows = fittedRows
    self.heldOutRows = heldOutRows
    self.peak = peak
    self.latents = latents
    points = []
    pca = []
  }
}
