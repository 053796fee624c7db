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
  /// The layout of the samples, if the model saved more bytes than it takes; nil if they are rows.
  public var layout: LayoutRule?
  /// Whether the model saved more bytes than it takes.
  public var carriesModel: Bool
  /// The time in seconds, including the fit.
  public var seconds: Double
}

/// How a packer cuts an array into samples of a model.
public enum PackLayout: Equatable, Sendable {
  /// As it is estimated to take the fewest bytes.
  case automatic
  /// The first axis counts the samples.
  case rows
  /// By a rule.
  case rule(LayoutRule)
}

extension Codec {
  /// The shares of the time that is left which the only or last fit takes, and the first of two. The rest is for encoding.
  private static let (fitShare, firstShare) = (0.8, 0.4)

  /// Packs samples into a file that decodes on its own, in the fewest bytes that meet the request: with a model fitted
  /// to them, or without one, where every value is coded losslessly or within a bound.
  ///
  /// It tries several streams: lossless; within the requested bound, or the one that a target leads to; within tighter
  /// bounds, where the data make these smaller; and with a model. A less demanding request never gives a larger file.
  ///
  /// - Parameters:
  ///   - name: the input in messages.
  ///   - fitOptions: their ``FitOptions/samples`` is ignored: the model and the codes of these samples are minimized
  ///     together; their time is that of all fits. Nil to code without a model.
  ///   - memory: the bytes that the fit may take for samples.
  ///   - asked: the request; its ``EncodeOptions/carriesModel`` is ignored. PSNR is relative to the range of these samples.
  ///   - layout: how arrays are cut into samples of the model.
  ///   - sink: receives the whole stream; it is not finished.
  ///   - open: returns a reader of the samples from the first on, each time it is called.
  ///   - checkpoints: those of the fits; nil for none.
  ///   - progress: that of the fit; see ``fit(_:options:memory:checkpoints:progress:)``.
  package func pack(
    name: String, fitOptions wanted: FitOptions? = FitOptions(), memory: Int = 1 << 30,
    options asked: EncodeOptions = EncodeOptions(errorBound: .lossless), layout: PackLayout = .automatic,
    to sink: any ByteSink,
    open: @escaping () throws(CodecError) -> any SampleReader, checkpoints: FitCheckpoints? = nil,
    progress: @escaping (FitProgress) -> Bool = { _ in true }
  ) throws(CodecError) -> PackReport {
    let fitOptions = wanted ?? FitOptions()
    let clock = FitClock(seconds: fitOptions.seconds)
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
        var whole = EncodeOptions(errorBound: .lossless)
        whole.isSolid = asked.isSolid
        return try encodeWithoutModel(
          WholeTextReader(try open()), name: name, options: whole, to: spool
        ) { () throws(CodecError) in WholeTextReader(try open()) }
      }
    }

    // The model of rows is tried in any case, unless another layout is by far the better: a wrong choice makes no file
    // larger.
    var isDone = trials.isPerfect || isQuick || wanted == nil
    let choice =
      isDone
      ? LayoutChoice() : try self.choice(layout, try open(), name: name, survey, options, fitOptions)
    // No fit takes a minute of which nothing can come.
    let values = Double(max(1, survey.rows)) * Double(description.valuesPerSample)
    if let bytes = trials.bytesWithoutModel, !choice.mayBeat(bitsPerValue: 8 * Double(bytes) / values) {
      isDone = true
    }
    var trying = ModelPacking(
      codec: self, name: name, options: options, fitOptions: fitOptions, memory: memory,
      checkpoints: checkpoints)
    var models: [ModelPacking.Outcome] = []
    if let rule = choice.rule, !isDone {
      let (open, limit) = (open, self.memory)
      // Raw numbers have no header that counts them.
      var array = description
      array.rows = survey.rows
      let known = array
      let cut = { () throws(CodecError) -> any SampleReader in
        let rows = try open()
        do throws(SampleIOError) {
          return try LayoutReader(rows, rule, known: known, name: name, memory: limit)
        } catch {
          throw .samples(error)
        }
      }
      let samples = try PackSurvey(try cut(), .common)
      trying.fitOptions.seconds = clock.left.map { $0 * (choice.isClear ? Self.fitShare : Self.firstShare) }
      if let outcome = try trying.add(cut, samples, to: &trials, progress) { models.append(outcome) }
    }
    trying.fitOptions.seconds = clock.left.map { $0 * Self.fitShare }
    if !choice.isClear, !isDone,
      let outcome = try trying.add(open, survey, to: &trials, progress)
    {
      models.append(outcome)
    }
    // Errors as large as the model's may take fewer bytes without it.
    for learned in models.compactMap(\.learned) {
      if case (nil, .quality) = (options.errorBound, options.target), let psnr = learned.psnr,
        learned.mse != 0
      {
        try plain.add(.target(.psnr(psnr)), to: &trials)
      }
    }
    let best = try trials.result(name: name)
    try withFileContext(name) { () throws(ByteIOError) in try best.stream.drain(to: sink) }
    var report = best.report
    if !asked.measuresDistortion { report.distortion = nil }
    let fitted = models.first { $0.layout == best.layout }?.fit ?? models.last?.fit
    if best.carriesModel, let fitted { report.columns.fillValues = fitted.columns.fillValues }
    return PackReport(
      encode: report, fit: fitted, bytesWithModel: trials.bytesWithModel,
      bytesWithoutModel: trials.bytesWithoutModel, layout: best.layout, carriesModel: best.carriesModel,
      seconds: clock.seconds)
  }

  /// The layout asked for, or the one chosen.
  private func choice(
    _ layout: PackLayout, _ reader: any SampleReader, name: String, _ survey: PackSurvey,
    _ options: EncodeOptions, _ fitting: FitOptions
  ) throws(CodecError) -> LayoutChoice {
    switch layout {
    case .rows: return LayoutChoice()
    case .rule(let rule):
      guard reader.table?.isModelled.contains(false) != true else { throw .cutsText(name: name) }
      return LayoutChoice(rule: rule)
    case .automatic: break
    }
    // A rate is one of rows.
    if case (nil, .bitsPerSample) = (options.errorBound, options.target) { return LayoutChoice() }
    guard !survey.scale.isByColumn else { return LayoutChoice() }
    return try chooseLayout(of: reader, name: name, options: options, fitting: fitting)
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
