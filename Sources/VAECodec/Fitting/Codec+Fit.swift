import Records
import Tensor
import Training
import VAEModel

/// The destination of checkpoints, for modules of this package that do not import the trainer.
package typealias FitCheckpoints = Training.FitCheckpoints

/// The outcome of a fit.
public struct FitReport: Sendable {
  public var model: FittedModel
  /// The wall-clock time in seconds, including reading.
  public var seconds: Double
  /// The number of rows in the inputs. It exceeds the training and held-out rows if not all rows fit into memory.
  public var rows: Int
  /// The number of missing values: NaN, infinite, or too large.
  public var missingValues: Int
  /// The number of latents that were dropped after training because they carried no information.
  public var droppedLatents: Int
  /// Whether the fit ended before its schedule.
  public var wasStopped: Bool
  /// What columns of a table lose at the default quality, because the model has one scale for all.
  public var columns: ColumnFindings
  /// The held-out rows, on which ``ModelSummary/points`` were measured.
  let heldOut: InMemorySamples

  /// A reader of the held-out rows, on which ``ModelSummary/points`` were measured.
  package func heldOutReader() -> any SampleReader { heldOut.reader() }
}

extension Codec {
  /// Fits a model to all samples of `inputs`, which must have the same shape and column names.
  ///
  /// - Parameters:
  ///   - inputs: readers, with the names of their files.
  ///   - options: see ``FitOptions``.
  ///   - memory: the bytes that samples may take; larger data are reduced to a uniform sample of rows.
  ///   - checkpoints: where checkpoints are written and read.
  ///   - progress: called a few times a second. If it returns false, the fit finishes the epoch and stops; with
  ///     checkpoints, it writes one and throws `FitError.suspended`.
  package func fit(
    _ inputs: [(name: String, reader: any SampleReader)], options: FitOptions = FitOptions(),
    memory: Int = 1 << 30, checkpoints: FitCheckpoints? = nil,
    progress: @escaping (FitProgress) -> Bool = { _ in true }
  ) throws(CodecError) -> FitReport {
    guard self.progress == nil else {
      // What a fit encodes to measure is no progress of coding.
      var own = self
      own.progress = nil
      return try own.fit(
        inputs, options: options, memory: memory, checkpoints: checkpoints, progress: progress)
    }
    let clock = FitClock(seconds: options.seconds)
    guard let first = inputs.first else { throw .noRows(name: "fit") }
    let description = first.reader.description
    let width = description.valuesPerSample
    var isInteger = true
    for (name, reader) in inputs {
      guard reader.description.sampleShape == description.sampleShape else {
        throw .mixedShapes(
          name: name, found: reader.description.sampleShape, expected: description.sampleShape)
      }
      // The first file that has column names determines them for all.
      if let named = inputs.first(where: { $0.reader.description.columnNames != nil }),
        let column = reader.description.renamedColumn(after: named.reader.description)
      {
        throw .renamedColumn(name: name, column)
      }
      isInteger = isInteger && reader.description.elementType.isInteger
    }
    guard width <= Model.maximumValues else {
      throw .fit(.tooManyValues(width, most: Model.maximumValues), name: first.name)
    }
    // The fit holds the samples, the standardized samples, their parts, and the residuals.
    let copies = 6
    let most = max(ModelFit.minimumRows, memory / (max(1, width) * MemoryLayout<Float>.size * copies))
    let missing = description.missing
    let elementTypes = inputs.map { $0.reader.description.elementType }
    var reservoir = RowReservoir(
      width: width,
      elementTypes: elementTypes.map { missing.isEmpty || !$0.isInteger ? $0 : .f8 }, most: most,
      seed: options.seed)
    var some = RowSample(values: width)
    var words = LabelReservoir(first.reader, seed: options.seed)
    // The range of values that binary32 cannot represent must be measured in binary64.
    var spread = ValueRange(reach: Double(Matrix.greatestKnown))
    var ranges = description.isTable || options.scale == .column ? ColumnRanges(width: width) : nil
    for (_, reader) in inputs {
      while var read = try reading(reader, max(1, min(1 << 16, (1 << 20) / max(1, width)))) {
        words?.add(read)
        read.text = nil
        let batch = read.without(missing)
        reservoir.add(batch)
        ranges?.add(batch)
        if description.elementType.exceedsBinary32 { spread.add(batch) }
        // Rows of another type than the first file's are left out of the sample.
        if reader.description.elementType == description.elementType { some.add(read) }
      }
    }
    guard reservoir.seen > 0 else { throw .noRows(name: first.name) }
    // A table has no value type: if all numbers are integers, the model is one of integers.
    if description.format.isTable { isInteger = ranges?.isWholeInBinary32 ?? isInteger }
    let range = isInteger && description.elementType.isInteger ? description.type.range : nil
    let rows = reservoir.take()
    let scales = scales(options, description, rows, ranges, isInteger: isInteger)
    let numbers = rows.numbers(in: scales)
    let missingByColumn =
      first.reader.table == nil
      ? []
      : (0..<width).map { place in
        stride(from: place, to: numbers.count, by: width).count { !numbers[$0].isFinite }
      }
    let fit = ModelFit(
      options, clock: clock, kernels: kernels, workers: workers, checkpoints: checkpoints,
      progress: progress)
    let result: ModelFit.Result
    do {
      result = try fit(
        Matrix(rows: rows.rows, columns: width, numbers), shape: description.sampleShape,
        isInteger: isInteger,
        elementRange: range.map { Float($0.lowerBound)...Float($0.upperBound) }, scales: scales)
    } catch {
      throw .fit(error, name: first.name)
    }
    let peak =
      scales.isByColumn ? 1 : description.elementType.exceedsBinary32 ? spread.width : result.peak
    var notes = ModelMetadata(
      elementType: description.elementType, sampleShape: description.sampleShape,
      fittedRows: result.fittedRows,
      heldOutRows: result.heldOutRows, peak: peak,
      latents: zip(result.latentBits, result.latentVariances).map {
        ModelSummary.Latent(bits: $0, variance: $1)
      })
    notes.type = description.type
    notes.table = first.reader.table
    notes.missing = first.reader.missing
    notes.layout = description.array?.layout.rule
    notes.pca = result.pca.filter { $0.error > 0 }.sorted { $0.bits < $1.bits }.map {
      ModelMetadata.PCAPoint(
        bits: Float($0.bits), psnr: Float(Distortion.psnr(mse: $0.error, peak: peak)),
        components: $0.components)
    }
    notes.elbo = result.elbo
    if !result.trainingCurve.isEmpty {
      notes.sections.append(
        ModelMetadata.Section(
          kind: ModelMetadata.Section.trainingCurve, bytes: TrainingCurve.encode(result.trainingCurve)))
    }
    notes.explainedVariance = result.explainedVariance
    notes.set(result.latentMixture)
    let draft = FittedModel(result.model, notes: notes)
    notes.labels = try labels(words, draft)
    let held = try measured(result.heldSamples, in: scales, as: draft.summary)
    let measured: (points: [ModelSummary.Point], columns: [ColumnDistortion]) =
      options.measuresQualities
      ? try points(of: draft, on: held, clock) {
        _ = progress(
          clock.progress(
            .qualities, share: $0, numbers: result.fittedRows * max(1, draft.summary.valuesPerSample)))
      }
      : ([], [])
    notes.points = measured.points
    notes.columnFigures = missingByColumn.enumerated().map { place, missing in
      ModelSummary.ColumnFigures(
        missing: missing, bits: place < measured.columns.count ? measured.columns[place].bits : nil)
    }
    if options.measuresQualities { notes.calibration = try calibration(of: draft, measured.points, on: held) }
    let model = FittedModel(result.model, notes: notes)
    try model.checkReading(name: first.name)
    return FitReport(
      model: model, seconds: clock.seconds,
      rows: reservoir.seen, missingValues: result.missingValues, droppedLatents: result.droppedLatents,
      wasStopped: result.wasStopped, columns: columns(some.batch, description, model), heldOut: held)
  }

  /// The scales that the options select, or that suit the data.
  ///
  /// - Parameter ranges: those of all rows; nil if samples have more than one axis.
  private func scales(
    _ options: FitOptions, _ description: SampleDescription, _ rows: SampleBatch, _ ranges: ColumnRanges?,
    isInteger: Bool
  ) -> ValueScales {
    // A likelihood requires all values to have one unit.
    let choice = options.scale == .automatic && options.objective == .elbo ? .common : options.scale
    guard TableRule.hasScaleByColumn(choice, description, rows), description.valuesPerSample > 1, let ranges
    else {
      return ValueScales(common: rows, isInteger: isInteger)
    }
    return ValueScales(columns: rows, ranges)
  }

  /// What columns lose, measured on some of the training rows.
  private func columns(
    _ batch: SampleBatch?, _ description: SampleDescription, _ model: FittedModel
  ) -> ColumnFindings {
    guard let batch, case .quality(let quality) = EncodeOptions().target else { return ColumnFindings() }
    let pass = StreamEncoder(
      codec: self, model: model, name: "", description: description, chunkRows: batch.rows, effort: .standard,
      scale: model.summary.errorScale, units: BoundUnits(description, model.model.scales))
    return ColumnFindings(
      collapsed: pass.collapsedColumns(batch, quality: Int(quality)),
      fillValues: FillValue.all(in: batch, description, reach: Matrix.greatestKnown))
  }

  /// The maximum number of rows on which qualities are measured; the maximum number of values; and the number of rows
  /// measured regardless of that.
  private static let (maximumMeasuredRows, maximumMeasuredValues, enoughMeasuredRows) = (4096, 1 << 18, 512)

  /// The held-out rows, or a part of them small enough to measure quickly.
  private func measured(
    _ held: Matrix, in scales: ValueScales, as summary: ModelSummary
  ) throws(CodecError) -> InMemorySamples {
    let rows = min(
      held.rows, Self.maximumMeasuredRows,
      max(Self.enoughMeasuredRows, Self.maximumMeasuredValues / held.columns))
    let batch = SampleBatch(
      numbers: (0..<rows).flatMap { held.values(ofRow: $0 * held.rows / rows) }, in: scales,
      elementType: summary.elementType,
      valuesPerSample: held.columns
    ).clamped(to: summary.type)
    do {
      return InMemorySamples(
        [batch],
        try SampleDescription(
          type: summary.type, sampleShape: summary.sampleShape, format: .raw, rows: rows))
    } catch {
      throw .samples(error)
    }
  }

  /// The default quality, on which columns are measured; and all that are measured, the most telling ones first.
  private static let (defaultQuality, measuredQualities) = (
    60.0, [60.0, 100, 0, 30, 80, 10, 50, 90, 20, 70, 40]
  )

  /// The rate and PSNR of every tenth quality on held-out rows, or of those that there is time for; and the columns at the default
  /// quality.
  private func points(
    of model: FittedModel, on held: InMemorySamples, _ clock: FitClock, _ progress: (_ share: Double) -> Void
  ) throws(CodecError) -> (points: [ModelSummary.Point], columns: [ColumnDistortion]) {
    var points: [ModelSummary.Point] = []
    var columns: [ColumnDistortion] = []
    let exact = ExactSetting()
    for (place, quality) in Self.measuredQualities.enumerated() where place == 0 || !clock.isOver {
      progress(Double(place) / Double(Self.measuredQualities.count))
      let measured = try measure(held, name: "held-out rows", model: model, quality: quality, exact: exact)
      points.append(
        ModelSummary.Point(quality: quality, bitsPerSample: measured.bitsPerSample, psnr: measured.psnr))
      if quality == Self.defaultQuality { columns = measured.columns }
    }
    points.sort { $0.quality < $1.quality }
    return (points, columns)
  }
}

extension ElementType {
  /// Whether the type has values that binary32 cannot represent.
  fileprivate var exceedsBinary32: Bool { size > 2 && self != .f4 }
}
