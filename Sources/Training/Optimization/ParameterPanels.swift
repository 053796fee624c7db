import Tensor

/// Panels of the parameters' entries, along whose gradients a step of training descends: each panel is a piece of work.
struct ParameterPanels: Sendable {
  /// The entries, with what their gradients are made of.
  let sources: [Gradients.Source]
  private let gradients: Gradients
  private let panels: [(source: Int, panel: Int)]

  /// All panels of the entries of `sources`.
  init(_ sources: [Gradients.Source], of gradients: Gradients) {
    self.sources = sources
    self.gradients = gradients
    var panels: [(source: Int, panel: Int)] = []
    for (i, source) in sources.enumerated() {
      for panel in 0..<source.entry.shape.panels { panels.append((i, panel)) }
    }
    let sizes = sources.map(\.entry.shape.inputs)
    // The large ones first, so that workers end at about the same time.
    panels.sort { (sizes[$0.source], $1.source, $1.panel) > (sizes[$1.source], $0.source, $0.panel) }
    self.panels = panels
  }

  /// Brings all transposes up to date.
  func transpose() {
    for (source, panel) in panels { gradients.transpose(sources[source].entry, panel: panel) }
  }

  /// Moves the parameters one step along their gradients.
  ///
  /// - Parameter decaying: entries, by their offset, whose weights decay.
  func update(by optimizer: Optimizer, _ step: Optimizer.Step, decaying: Set<Int> = [], workers: Workers) {
    let parameters = gradients.pass.parameters
    workers.forEach(panels.count) { i in
      let (source, panel) = (sources[panels[i].source], panels[i].panel)
      let offset = source.entry.offset + panel * source.entry.shape.inputs * panelWidth
      optimizer.update(
        parameters.buffer, offset: offset, gradients.parameterGradient(source, panel: panel),
        decays: decaying.contains(source.entry.offset), step)
      gradients.transpose(source.entry, panel: panel)
    }
  }
}
