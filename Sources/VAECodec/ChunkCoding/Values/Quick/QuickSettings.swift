import EntropyCoding
import Records

/// What a decoder of the quick coder has to know before the first value.
struct QuickSettings {
  var plan: ValuePlan
  /// The exponent of the scale of each column whose names are bits and whose numbers are predicted; nil for others.
  var exponents: [Int?]
  var surroundings = QuickSurroundings.around
  var predictors: [QuickPredictor] = []

  /// Codes the settings.
  ///
  /// - Parameters:
  ///   - settings: nil for a decoder.
  ///   - hasBase: whether there is a model's reconstruction.
  /// - Returns: the settings; nil if the bits are those of none.
  static func code<Coder: BitCoding>(
    _ settings: QuickSettings?, _ coder: GridCoder, _ layout: QuickLayout, hasBase: Bool,
    _ integers: inout QuickIntegers, _ bits: inout Coder
  ) -> QuickSettings? {
    var planning = ValuePlanCoding(coder.types, values: layout.rows * layout.shape.width)
    guard let plan = planning.code(settings?.plan, &bits),
      !plan.swapsBytes || coder.elementType.size == 2, !plan.hasColumnContexts,
      plan.columns.allSatisfy({ $0.tree.bits == 0 && !$0.names.areAnchored })
    else { return nil }
    var result = QuickSettings(plan: plan, exponents: [])
    let surroundings = integers.code(UInt64(settings?.surroundings.rawValue ?? 0), .anchor, &bits)
    guard let surroundings = QuickSurroundings(rawValue: UInt8(min(255, surroundings))) else { return nil }
    result.surroundings = surroundings
    for (j, column) in plan.columns.enumerated() {
      guard let exponent = exponent(settings?.exponents[j], column, &integers, &bits) else { return nil }
      result.exponents.append(exponent.scale)
      let own = settings?.predictors[j]
      var predictor = QuickPredictor()
      let anchor = integers.code(own?.isAnchoredAbove == true ? 1 : 0, .anchor, &bits)
      guard anchor < 2 else { return nil }
      predictor.isAnchoredAbove = anchor == 1
      predictor.center = integers.code(signed: own?.center ?? 0, .center, &bits)
      predictor.centerWeight = integers.code(signed: own?.centerWeight ?? 0, .centerWeight, &bits)
      for place in layout.neighbours(column: j).indices {
        predictor.weights.append(integers.code(signed: own?.weights[place] ?? 0, .weight, &bits))
      }
      for place in hasBase ? layout.baseNeighbours(column: j).indices : 0..<0 {
        predictor.baseWeights.append(integers.code(signed: own?.baseWeights[place] ?? 0, .baseWeight, &bits))
      }
      result.predictors.append(predictor)
    }
    return result
  }

  /// Codes the exponent of a column's scale: 0 for none, else by its distance from the least, plus 1.
  private static func exponent<Coder: BitCoding>(
    _ exponent: Int??, _ column: ValuePlan.Column, _ integers: inout QuickIntegers, _ bits: inout Coder
  ) -> (scale: Int?, Void)? {
    guard case .grid(let grid) = column.names, case .ordered = grid.kind, grid.dictionary.isEmpty else {
      return (nil, ())
    }
    let range = ValueUnit.exponents
    let number = exponent.flatMap { $0 }.map { UInt64($0 - range.lowerBound + 1) } ?? 0
    let found = integers.code(number, .scale, &bits)
    guard found <= UInt64(range.count) else { return nil }
    return (found == 0 ? nil : Int(found) - 1 + range.lowerBound, ())
  }

  /// The namings of the columns.
  func namings(_ coder: GridCoder) -> [QuickNaming] {
    plan.columns.enumerated().map { place, column in
      QuickNaming(
        column, exponent: exponents[place],
        bound: coder.bound(place).isRelative ? 0 : coder.bound(place).size, coder.types[place],
        storage: coder.elementType)
    }
  }
}
