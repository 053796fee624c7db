import ByteIO

// The value layer in a model file.

extension ValueLayer {
  /// The maximum number of terms of one kind per value.
  private static let maximumTerms = 64

  /// Appends the predictor of each value, and the densities.
  func write(to w: inout ByteWriter) {
    for (i, p) in predictors.enumerated() {
      for terms in [p.prediction, p.errors, p.contrasts] {
        w.append(count: terms.count)
        // Distances repeat from value to value if samples have a shape; positions do not.
        for term in terms { w.append(count: Self.zigzag(i - term.value)) }
        for term in terms { w.append(stored: term.factor) }
      }
      for value in [p.deviation, p.aboveLowest, p.belowHighest] { w.append(stored: value) }
    }
    for density in densities { density.write(to: &w) }
  }

  /// - Parameter values: the number of values in a sample.
  init(from r: inout ModelReader, values: Int) throws(ModelFileError) {
    guard values <= r.bytes.remaining else { throw .damaged("its value layer is larger than the file") }
    var predictors: [Predictor] = []
    for i in 0..<values {
      predictors.append(
        Predictor(
          prediction: try Self.terms(&r, of: i, among: 0..<i, values: values), deviation: 0,
          errors: try Self.terms(&r, of: i, among: 0..<i, values: values),
          contrasts: try Self.terms(&r, of: i, among: 0..<values, values: values)))
      predictors[i].deviation = try r.stored()
      predictors[i].aboveLowest = try r.stored()
      predictors[i].belowHighest = try r.stored()
    }
    var densities: [LogisticMixture] = []
    for _ in 0..<Self.levels { densities.append(try LogisticMixture(from: &r)) }
    self.init(predictors: predictors, densities: densities)
  }

  private static func terms(
    _ r: inout ModelReader, of value: Int, among places: Range<Int>, values: Int
  ) throws(ModelFileError) -> [Term] {
    var terms: [Term] = []
    for _ in 0..<(try r.count(0...maximumTerms, "terms of a value")) {
      let place = value - unzigzag(try r.count(0...2 * values, "distance of a term"))
      guard places.contains(place) else { throw .damaged("a term names a value out of reach") }
      terms.append(Term(value: place, factor: 0))
    }
    for i in terms.indices { terms[i].factor = try r.stored() }
    return terms
  }

  private static func zigzag(_ x: Int) -> Int { x >= 0 ? 2 * x : -2 * x - 1 }
  private static func unzigzag(_ x: Int) -> Int { x & 1 == 0 ? x / 2 : -(x + 1) / 2 }
}
