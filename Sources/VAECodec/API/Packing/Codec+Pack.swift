import ByteIO
import Records
import Training
import VAEModel

/// What packing gave.
public struct PackReport: Sendable {
  /// Of the stream that was kept.
  public var encode: EncodeReport
  /// What became of the fit; nil where there was none, because there is too little to learn from, or samples are too large.
  public var fit: FitReport?
  /// Bytes of the smallest stream with a model, where there was a fit; and without one. Nil where none keeps what was asked
  /// for.
  public var bytesWithModel: Int?
  public var bytesWithoutModel: Int?
  /// Whether the model was worth its bytes.
  public var carriesModel: Bool
  /// With the fit.
  public var seconds: Double
}

extension Codec {
  /// Makes a file of samples that decodes alone, in the fewest bytes that keep what is asked for: with a model that is fitted
  /// to them, or without one, where every value is coded exactly or within a bound.
  ///
  /// A rung of a ladder each: exactly; within the bound that was asked for, or that a target comes to, and within tighter
  /// ones, where values lie so that these take less; and by a model. What asks for less never takes more.
  ///
  /// - Parameters:
  ///   - name: the input in messages.
  ///   - fitOptions: its ``FitOptions/samples`` do not count: model and codes of these samples are made smallest together.
  ///   - memory: bytes that the fit may take for samples.
  ///   - options: its ``EncodeOptions/carriesModel`` does not count. PSNR is measured against the range of these samples.
  ///   - sink: gets the whole stream; it is not finished.
  ///   - open: gives a reader of the samples from the first on, as often as it is called.
  ///   - progress: of the fit; see ``fit(_:options:memory:checkpoints:progress:)``.
  package func pack(
    name: String, fitOptions: FitOptions = FitOptions(), memory: Int = 1 << 30,
    options asked: EncodeOptions = EncodeOptions(errorBound: .lossless), to sink: any ByteSink,
    open: @escaping () throws(CodecError) -> any SampleReader,
    progress: @escaping (FitProgress) -> Bool = { _ in true }
  ) throws(CodecError) -> PackReport {
    let clock = ContinuousClock()
    let start = clock.now
    let first = try open()
    let description = first.description
    let survey = try PackSurvey(first, fitOptions.scale)
    var options = asked
    options.carriesModel = false
    options.errorBound = try survey.bound(asked.errorBound, name: name, description).map { .found($0) }
    var trials = PackTrials(options)
    let plain = try PlainPacking(codec: self, name: name, options: options, survey: survey, open: open)

    try plain.add(.errorBound(survey.units.lossless), to: &trials)
    switch (options.errorBound, options.target) {
    case (let bound?, _) where bound.isLossless: break
    case (nil, .quality): break
    case (.found(let bound)?, _): try plain.add(.errorBound(bound), to: &trials)
    case (nil, let target) where trials.best == nil || target.wantsQuality:
      try plain.add(.target(target), to: &trials)
    default: break
    }

    // What is exact keeps every promise.
    if description.format.kept != nil {
      try trials.add { (spool) throws(CodecError) in
        try encodeWithoutModel(
          WholeTextReader(try open()), name: name, options: EncodeOptions(errorBound: .lossless), to: spool
        ) { () throws(CodecError) in WholeTextReader(try open()) }
      }
    }

    var fitted: FitReport?
    let isLearnable =
      survey.rows >= ModelFit.minimumRows && plain.width <= Model.maximumValues && !trials.isPerfect
    var fitting = fitOptions
    fitting.samples = survey.rows
    // Of many rows, a model is a small part of the file: there what networks are like on average counts.
    fitting.isCarried = survey.rows < Self.rowsOfCarried * plain.width
    fitting.scale = survey.scale.isByColumn ? .column : .common
    if isLearnable, let fit = try fitIfPossible(name, try open(), fitting, memory, progress) {
      fitted = fit
      var carrying = options
      carrying.carriesModel = true
      let learned = try trials.add(carriesModel: true) { (spool) throws(CodecError) in
        try encode(
          try open(), name: name, model: fit.model, options: carrying,
          details: EncodeDetails(
            scale: survey.scale, rows: survey.rows, sample: survey.sample, units: survey.units,
            measuresDistortion: options.errorBound == nil,
            looksAtColumns: options.errorBound == nil), to: spool,
          reopen: open)
      }
      // What is exact says so, and no more: it takes no bytes for a target.
      if options.errorBound == nil, learned?.errorBound == .lossless, !trials.isPerfect {
        carrying.errorBound = .found(survey.units.lossless)
        let exact = carrying
        try trials.add(carriesModel: true) { (spool) throws(CodecError) in
          try encode(
            try open(), name: name, model: fit.model, options: exact,
            details: EncodeDetails(
              scale: survey.scale, rows: survey.rows, sample: survey.sample, units: survey.units,
              measuresDistortion: true),
            to: spool,
            reopen: open)
        }
      }
      // Errors as large as the model's may take less without it.
      if case (nil, .quality) = (options.errorBound, options.target), let psnr = learned?.psnr,
        learned?.mse != 0
      {
        try plain.add(.target(.psnr(psnr)), to: &trials)
      }
    }
    let best = try trials.result(name: name)
    try withFileContext(name) { () throws(ByteIOError) in try best.stream.drain(to: sink) }
    var report = best.report
    if !asked.measuresDistortion { report.distortion = nil }
    if best.carriesModel, let fitted { report.columns.fillValues = fitted.columns.fillValues }
    return PackReport(
      encode: report, fit: fitted, bytesWithModel: trials.bytesWithModel,
      bytesWithoutModel: trials.bytesWithoutModel, carriesModel: best.carriesModel,
      seconds: (clock.now - start) / .seconds(1))
  }

  /// With fewer rows for each of their values, the fit counts the part of the model that each way to code needs; and with more,
  /// the whole model, which is little.
  private static let rowsOfCarried = 64

  /// A fit; nil where values are such that no model holds them.
  private func fitIfPossible(
    _ name: String, _ reader: any SampleReader, _ options: FitOptions, _ memory: Int,
    _ progress: @escaping (FitProgress) -> Bool
  ) throws(CodecError) -> FitReport? {
    do throws(CodecError) {
      return try fit([(name, reader)], options: options, memory: memory, progress: progress)
    } catch {
      guard case .fit(.tooFine, _) = error else { throw error }
      return nil
    }
  }

  /// Encodes samples without a model: each value is predicted from those before it alone.
  ///
  /// - Parameters:
  ///   - options: with a guarantee, or a target other than a quality.
  ///   - details: whether there is a model does not count.
  func encodeWithoutModel(
    _ reader: any SampleReader, name: String, options: EncodeOptions,
    details: EncodeDetails = EncodeDetails(),
    to sink: any ByteSink, reopen: (() throws(CodecError) -> any SampleReader)? = nil
  ) throws(CodecError) -> EncodeReport {
    let description = reader.description
    let most = StreamMetadata.maximumValuesWithoutModel
    guard description.valuesPerSample <= most else {
      throw .fit(.tooManyValues(description.valuesPerSample, most: most), name: name)
    }
    let notes = ModelMetadata(
      elementType: description.elementType, sampleShape: description.sampleShape, fittedRows: 0,
      heldOutRows: 0, peak: 0, latents: [])
    var details = details
    details.isWithoutModel = true
    return try encode(
      reader, name: name, model: FittedModel(Model(zeros: description.valuesPerSample), notes: notes),
      options: options, details: details, to: sink, reopen: reopen)
  }
}
