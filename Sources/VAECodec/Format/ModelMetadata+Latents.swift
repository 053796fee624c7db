import ByteIO
import VAEModel

// The sections about latents: the variance that each explains, and a mixture to draw samples from.

extension ModelMetadata {
  /// The share of the data's variance that each latent explains; empty if it is not recorded.
  var explainedVariance: [Double] {
    get {
      guard let section = sections.first(where: { $0.kind == Section.explainedVariance }) else { return [] }
      var r = ByteReader(section.bytes)
      var shares: [Double] = []
      while let share = try? r.float() { shares.append(Double(share)) }
      return shares
    }
    set {
      var w = ByteWriter()
      for share in newValue { w.append(Float(share)) }
      set(Section.explainedVariance, newValue.isEmpty ? nil : w.bytes)
    }
  }

  /// Sets the section of the mixture; see ``mixture(of:)``.
  mutating func set(_ mixture: GaussianMixture?) { set(Section.latentMixture, mixture?.encode()) }

  /// The mixture over a model's latents; nil if there is none that matches the model.
  func mixture(of model: Model) -> GaussianMixture? {
    sections.first { $0.kind == Section.latentMixture }.flatMap {
      GaussianMixture($0.bytes, latents: model.network?.latents ?? 0)
    }
  }

  /// Whether the sections about latents are valid for `model`.
  func areLatentsSound(for model: Model) -> Bool {
    let shares = explainedVariance
    let isExplained =
      !sections.contains { $0.kind == Section.explainedVariance }
      || (shares.count == latents.count && shares.allSatisfy(\.isFinite))
    let isMixed = sections.contains { $0.kind == Section.latentMixture }
    return isExplained && (!isMixed || mixture(of: model) != nil)
  }

  private mutating func set(_ kind: Int, _ bytes: [UInt8]?) {
    sections.removeAll { $0.kind == kind }
    if let bytes { sections.append(Section(kind: kind, bytes: bytes)) }
  }
}
