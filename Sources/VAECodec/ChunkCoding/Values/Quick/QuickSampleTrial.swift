/// Tries settings on a sample.
struct QuickSampleTrial {
  private let settings: QuickSettings
  private let namings: [QuickNaming]
  /// The positions of the sample, and those of a trial: steps from predictions change them.
  private let field: QuickField
  private let own: QuickField
  /// The predictors that seem best, for each column.
  private let found: [[QuickPredictor]]

  /// The predictors that are tried on a wide sample.
  private static let candidates = 4

  init(_ sample: QuickSample, _ settings: QuickSettings) {
    self.settings = settings
    let namings = settings.namings(sample.values)
    let field = sample.field(namings, swaps: settings.plan.swapsBytes)
    let count = sample.values.shape.isNarrow ? 1 : Self.candidates
    found = namings.enumerated().map { place, naming in
      var fit = QuickFit(
        field, column: place, isFree: naming.kind == .free, bytes: sample.values.elementType.size)
      return fit.predictors(count, values: sample.valuesPerColumn)
    }
    own = QuickField(field.layout, sharing: field)
    (self.namings, self.field) = (namings, field)
  }

  /// The bits of the sample with the predictors that seem best.
  func bits() -> Double { bits(found.map { $0[0] }, .around) }

  private func bits(_ predictors: [QuickPredictor], _ surroundings: QuickSurroundings) -> Double {
    own.reset(to: field)
    var trial = QuickTrial()
    let pass = QuickPass(
      field: own, columns: QuickColumns(own.layout, namings, predictors), surroundings: surroundings)
    pass.run(&trial)
    return trial.bits
  }

  /// The settings with the best predictors and surroundings.
  ///
  /// - Parameter bits: those of the predictors that seem best.
  func best(_ bits: Double) -> QuickSettings {
    var (result, least) = (settings, bits)
    result.predictors = found.map { $0[0] }
    if found.count == 1 {
      for other in found[0].dropFirst() {
        let own = self.bits([other], .around)
        if own < least { (least, result.predictors) = (own, [other]) }
      }
    }
    let isNarrow = field.layout.shape.isNarrow
    for surroundings in isNarrow ? [QuickSurroundings.before] : [.before, .above] {
      let own = self.bits(result.predictors, surroundings)
      if own < least { (least, result.surroundings) = (own, surroundings) }
    }
    return result
  }
}
