import ByteIO
import Records
import Training
import VAEModel

/// Packs samples with a model that is fitted to them.
struct ModelPacking {
  /// What was made of samples.
  struct Outcome {
    /// The layout of the samples; nil if they are rows.
    let layout: LayoutRule?
    let fit: FitReport
    /// The report on the stream with the model; nil if it misses the target.
    let learned: EncodeReport?
  }

  let codec: Codec
  let name: String
  /// The request.
  let options: EncodeOptions
  var fitOptions: FitOptions
  /// The bytes that the fit may take for samples.
  let memory: Int
  /// Those of the fits; nil for none.
  let checkpoints: FitCheckpoints?

  /// Up to this many rows per value of a row, the fit counts the bytes of the part of the model that each operating
  /// point uses; beyond it, those of the whole model, which matter little.
  private static let rowsOfCarried = 64

  /// Fits a model and adds the streams with it to the trials.
  ///
  /// - Parameters:
  ///   - open: returns a reader of the samples from the first on.
  ///   - survey: of the samples.
  ///   - progress: that of the fit.
  /// - Returns: nil if no model can be fitted.
  func add(
    _ open: @escaping () throws(CodecError) -> any SampleReader, _ survey: PackSurvey,
    to trials: inout PackTrials,
    _ progress: @escaping (FitProgress) -> Bool
  ) throws(CodecError) -> Outcome? {
    let reader = try open()
    let layout = reader.description.array?.layout.rule
    let width = reader.description.valuesPerSample
    guard survey.rows >= ModelFit.minimumRows, width <= Model.maximumValues else { return nil }
    var fitting = fitOptions
    fitting.samples = survey.rows
    // With many rows the model is a small part of the file; the mean cost over networks then matters.
    fitting.isCarried = survey.rows < Self.rowsOfCarried * width
    // A stream has no notes.
    fitting.measuresQualities = false
    fitting.scale = survey.scale.isByColumn ? .column : .common
    guard let fit = try fitIfPossible(reader, fitting, progress) else { return nil }
    var carrying = options
    carrying.carriesModel = true
    let learned = try trials.add(carriesModel: true, layout: layout) { (spool) throws(CodecError) in
      try codec.encode(
        try open(), name: name, model: fit.model, options: carrying,
        details: EncodeDetails(
          scale: survey.scale, rows: survey.rows, sample: survey.sample, units: survey.units,
          measuresDistortion: options.errorBound == nil, texts: survey.texts,
          looksAtColumns: options.errorBound == nil), to: spool,
        reopen: open)
    }
    // A lossless stream records that alone, and spends no bytes on a target.
    if options.errorBound == nil, learned?.errorBound == .lossless, !trials.isPerfect {
      carrying.errorBound = .found(survey.units.lossless)
      let exact = carrying
      try trials.add(carriesModel: true, layout: layout) { (spool) throws(CodecError) in
        try codec.encode(
          try open(), name: name, model: fit.model, options: exact,
          details: EncodeDetails(
            scale: survey.scale, rows: survey.rows, sample: survey.sample, units: survey.units,
            measuresDistortion: true, texts: survey.texts),
          to: spool,
          reopen: open)
      }
    }
    return Outcome(layout: layout, fit: fit, learned: learned)
  }

  /// A fit; nil if no model can represent the values.
  private func fitIfPossible(
    _ reader: any SampleReader, _ options: FitOptions, _ progress: @escaping (FitProgress) -> Bool
  ) throws(CodecError) -> FitReport? {
    do throws(CodecError) {
      return try codec.fit(
        [(name, reader)], options: options, memory: memory, checkpoints: checkpoints, progress: progress)
    } catch {
      guard case .fit(.tooFine, _) = error else { throw error }
      return nil
    }
  }
}
