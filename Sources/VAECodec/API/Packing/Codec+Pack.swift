import ByteIO
import Records
import Training
import VAEModel

/// The outcome of packing.
public struct PackReport: Sendable {
  /// The report on the stream that was kept.
  public var encode: EncodeReport
  /// The report on the fit; nil if there was none, because there are too few samples to learn from or they are too
  /// large.
  public var fit: FitReport?
  /// The size in bytes of the smallest stream with a model, if there was a fit; and of the smallest without one. Nil if
  /// no such stream meets the request.
  public var bytesWithModel: Int?
  public var bytesWithoutModel: Int?
  /// Whether the model saved more bytes than it takes.
  public var carriesModel: Bool
  /// The time in seconds, including the fit.
  public var seconds: Double
}

extension Codec {
  /// Packs samples into a file that decodes on its own, in the fewest bytes that meet the request: with a model fitted
  /// to them, or without one, where every value is coded losslessly or within a bound.
  ///
  /// It tries several streams: lossless; within the requested bound, or the one that a target leads to; within tighter
  /// bounds, where the data make these smaller; and with a model. A less demanding request never gives a larger file.
  ///
  /// - Parameters:
  ///   - name: the input in messages.
  ///   - fitOptions: their ``FitOptions/samples`` is ignored: the model and the codes of these samples are minimized
  ///     together.
  ///   - memory: the bytes that the fit may take for samples.
  ///   - asked: the request; its ``EncodeOptions/carriesModel`` is ignored. PSNR is relative to the range of these samples.
  ///   - sink: receives the whole stream; it is not finished.
  ///   - open: returns a reader of the samples from the first on, each time it is called.
  ///   - progress: that of the fit; see ``fit(_:options:memory:checkpoints:progress:)``.
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
    options.errorBound = try survey.bound(asked.errorBound, name: name, description, first.table).map {
      .found($0)
    }
    var trials = PackTrials(options)
    let plain = try PlainPacking(codec: self, name: name, options: options, survey: survey, open: open)

    // Values within bounds, or exact ones, are then coded once, without a model.
    let isQuick = options.effort == 0 && options.errorBound != nil
    if !isQuick || options.errorBound?.isLossless == true {
      try plain.add(.errorBound(survey.units.lossless), to: &trials)
    }
    switch (options.errorBound, options.target) {
    case (let bound?, _) where bound.isLossless: break
    case (nil, .quality): break
    case (.found(let bound)?, _): try plain.add(.errorBound(bound), to: &trials)
    case (nil, let target) where trials.best == nil || target.wantsQuality:
      try plain.add(.target(target), to: &trials)
    default: break
    }

    // A lossless stream meets every request.
    if description.format.isDelimited, description.format.kept != nil {
      try trials.add { (spool) throws(CodecError) in
        try encodeWithoutModel(
          WholeTextReader(try open()), name: name, options: EncodeOptions(errorBound: .lossless), to: spool
        ) { () throws(CodecError) in WholeTextReader(try open()) }
      }
    }

    var fitted: FitReport?
    let isLearnable =
      survey.rows >= ModelFit.minimumRows && plain.width <= Model.maximumValues && !trials.isPerfect
      && !isQuick
    var fitting = fitOptions
    fitting.samples = survey.rows
    // With many rows the model is a small part of the file; the mean cost over networks then matters.
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
            measuresDistortion: options.errorBound == nil, texts: survey.texts,
            looksAtColumns: options.errorBound == nil), to: spool,
          reopen: open)
      }
      // A lossless stream records that alone, and spends no bytes on a target.
      if options.errorBound == nil, learned?.errorBound == .lossless, !trials.isPerfect {
        carrying.errorBound = .found(survey.units.lossless)
        let exact = carrying
        try trials.add(carriesModel: true) { (spool) throws(CodecError) in
          try encode(
            try open(), name: name, model: fit.model, options: exact,
            details: EncodeDetails(
              scale: survey.scale, rows: survey.rows, sample: survey.sample, units: survey.units,
              measuresDistortion: true, texts: survey.texts),
            to: spool,
            reopen: open)
        }
      }
      // Errors as large as the model's may take fewer bytes without it.
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

  /// Up to this many rows per value of a row, the fit counts the bytes of the part of the model that each operating
  /// point uses; beyond it, those of the whole model, which matter little.
  private static let rowsOfCarried = 64

  /// A fit; nil if no model can represent the values.
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

  /// Encodes samples without a model: each value is predicted from preceding values alone.
  ///
  /// - Parameters:
  ///   - options: with an error bound, or a target other than a quality.
  ///   - details: their `isWithoutModel` is ignored.
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
