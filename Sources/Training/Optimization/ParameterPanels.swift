import Tensor

/// Panels of the parameters' entries, the work items of a training step.
struct ParameterPanels: Sendable {
  /// The entries, with the factors of their gradients.
  let sources: [Gradients.Source]
  private let gradients: Gradients
  private let panels: [(source: Int, panel: Int)]
  /// The weights that are shared, by their source.
  private let shared: [Int: SharedWeights]

  /// Creates the panels of the entries of `sources`.
  init(_ sources: [Gradients.Source], of gradients: Gradients) {
    self.sources = sources
    self.gradients = gradients
    var panels: [(source: Int, panel: Int)] = []
    for (i, source) in sources.enumerated() {
      for panel in 0..<source.entry.shape.panels { panels.append((i, panel)) }
    }
    let sizes = sources.map(\.entry.shape.inputs)
    // Large panels first, so that workers finish at about the same time.
    panels.sort { (sizes[$0.source], $1.source, $1.panel) > (sizes[$1.source], $0.source, $0.panel) }
    self.panels = panels
    shared = Dictionary(
      uniqueKeysWithValues: sources.enumerated().compactMap { i, source in
        source.entry.sharing.map { (i, SharedWeights(source.entry, $0)) }
      })
  }

  /// Updates all transposes.
  func transpose() {
    for (source, panel) in panels { gradients.transpose(sources[source].entry, panel: panel) }
  }

  /// Updates the parameters by one step.
  ///
  /// - Parameter decaying: the entries, by their offset, whose weights decay.
  func update(by optimizer: Optimizer, _ step: Optimizer.Step, decaying: Set<Int> = [], workers: Workers) {
    let parameters = gradients.pass.parameters
    workers.forEach(panels.count) { i in
      let (source, panel) = (sources[panels[i].source], panels[i].panel)
      let product = gradients.parameterGradient(source, panel: panel)
      let start = panel * source.entry.shape.inputs * panelWidth
      if let shared = shared[panels[i].source] {
        shared.run(product, gradients.pass.kernels, start: start)
        return
      }
      optimizer.update(
        parameters.buffer, offset: source.entry.offset + start, product,
        decays: decaying.contains(source.entry.offset), step)
      gradients.transpose(source.entry, panel: panel)
    }
    guard !shared.isEmpty else { return }
    for (i, source) in sources.enumerated() {
      guard let weights = shared[i] else { continue }
      workers.forEachRange(of: weights.count) { range in
        weights.update(
          range, parameters, by: optimizer, step, decays: decaying.contains(source.entry.offset))
      }
      workers.forEach(source.entry.shape.panels) { gradients.transpose(source.entry, panel: $0) }
    }
  }
}
