import Records

extension Codec {
  /// Compares samples with those that the model's fit held out.
  ///
  /// - Parameters:
  ///   - given: the samples, or the array that the model's layout cuts into samples.
  ///   - name: the input in messages.
  ///   - model: the model.
  ///   - modelName: the model in messages.
  /// - Throws: ``CodecError/noCalibration(name:)``, and errors of the reader.
  package func check(
    _ given: any SampleReader, name: String, model: FittedModel, modelName: String
  ) throws(CodecError) -> DriftReport {
    guard let calibration = model.notes.calibration else { throw .noCalibration(name: modelName) }
    let reader = try model.cutting(given, name: name, memory: memory)
    try model.accepts(reader.description, name: name)
    let width = reader.description.valuesPerSample
    var intervals = calibration.columns.map { [Int](repeating: 0, count: $0.edges.count + 1) }
    var sums = [Double](repeating: 0, count: calibration.columns.count)
    var costs = RowCosts()
    let weights = Self.weights(model, calibration)
    let piece = min(Self.scoredRows, max(1, (1 << 20) / max(1, width)))
    try rowCosts(
      reader.description, model: model, weights: weights,
      next: { () throws(CodecError) in try reading(reader, piece) },
      use: { (rows, found) throws(CodecError) in
        costs += found
        guard !calibration.columns.isEmpty else { return }
        for (i, number) in rows.numbers(in: model.model.scales).enumerated() where number.isFinite {
          let place = i % width
          intervals[place][calibration.columns[place].interval(of: Double(number))] += 1
          sums[place] += Double(number)
        }
      })
    guard !costs.bits.isEmpty else { throw .noRows(name: name) }
    let columns = Self.columns(calibration, intervals, sums)
    return Self.report(
      costs, calibration, columns: columns, width: width,
      names: reader.description.columnNames ?? model.notes.table?.modelledNames)
  }

  /// The factors that turn errors into standard deviations of held-out rows; empty if these are not known.
  private static func weights(_ model: FittedModel, _ calibration: Calibration) -> [Double] {
    let scale = model.summary.errorScale
    return calibration.columns.enumerated().map { place, column in
      // Deviations are in the model's units, errors in those of `ErrorScale`.
      let scales = model.model.scales
      let unit = column.deviation * (scales.isIdentity ? 1 : scales[place].scale)
      let own = scale.isByColumn ? unit * scale.factor(place) : unit
      return own > 0 ? 1 / own : 0
    }
  }

  private static func columns(
    _ calibration: Calibration, _ intervals: [[Int]], _ sums: [Double]
  ) -> [DriftReport.Column] {
    let tests = zip(intervals, calibration.columns).map { KolmogorovSmirnovTest($0, $1) }
    let adjusted = holmAdjusted(tests.map(\.pValue))
    return tests.enumerated().map { place, test in
      let (held, count) = (calibration.columns[place], intervals[place].reduce(0, +))
      let shift =
        held.deviation > 0 && count > 0 ? (sums[place] / Double(count) - held.mean) / held.deviation : nil
      return DriftReport.Column(
        place: place, distance: test.distance, shift: shift, pValue: adjusted[place],
        isDrifting: adjusted[place] < DriftReport.Rule.significance / 2
          && test.distance >= DriftReport.Rule.distance)
    }
  }

  private static func report(
    _ costs: RowCosts, _ calibration: Calibration, columns: [DriftReport.Column], width: Int, names: [String]?
  ) -> DriftReport {
    let (held, scores) = (calibration.scores, costs.scores(errorPrice: calibration.errorPrice))
    var intervals = [Int](repeating: 0, count: held.edges.count + 1)
    for score in scores { intervals[held.interval(of: score)] += 1 }
    let test = MannWhitneyTest(intervals, held)
    let rows = scores.indices.map { i in
      DriftReport.Row(
        place: i, score: scores[i], bits: costs.bits[i],
        pValue: (1 + held.atLeast(scores[i])) / Double(held.count + 1),
        rmse: costs.errors[i].squareRoot(), worst: costs.worst[i])
    }
    let count = Double(rows.count)
    var report = DriftReport(
      rows: rows, heldOut: held.count, score: scores.reduce(0) { $0 + $1 / count }, heldOutScore: held.mean,
      bitsPerSample: costs.bits.reduce(0, +) / count, probabilityAbove: test.probabilityAbove,
      pValue: test.pValue, medianPValue: rows.map(\.pValue).sorted()[rows.count / 2], columns: columns,
      valuesPerSample: width, columnNames: names, verdict: .fits)
    report.verdict = Self.verdict(report)
    return report
  }

  private static func verdict(_ report: DriftReport) -> DriftReport.Verdict {
    typealias Rule = DriftReport.Rule
    let isSignificant = report.pValue < Rule.significance / 2
    if isSignificant, report.excess >= Rule.otherExcess, report.medianPValue <= Rule.otherMedian {
      return .otherData
    }
    let matters =
      report.excess >= Rule.excess || (report.probabilityAbove - 0.5).magnitude >= Rule.probability
    return isSignificant && matters || report.columns.contains(where: \.isDrifting) ? .drifting : .fits
  }
}
