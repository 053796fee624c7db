import ByteIO
import CodeStream
import SampleIO
import VAE

/// What packing gave.
public struct PackReport: Sendable {
  /// Of the stream that was kept.
  public var encode: EncodeReport
  /// What became of the fit; nil where there was none, because there is too little to learn from.
  public var fit: FitReport?
  /// Bytes with a model, where there was a fit; and without one.
  public var bytesWithModel: Int?
  public var bytesWithoutModel: Int
  /// Whether the model was worth its bytes.
  public var carriesModel: Bool
  /// With the fit.
  public var seconds: Double
}

extension Codec {
  /// Makes a file of samples that decodes alone: fits a model to them and encodes them by it, with the model before them; or
  /// encodes them without a model, exactly or within the bound that is asked for, where that is smaller.
  ///
  /// - Parameters:
  ///   - name: the input in messages.
  ///   - fitOptions: its ``FitOptions/samples`` do not count: model and codes of these samples are made smallest together.
  ///   - memory: bytes that the fit may take for samples.
  ///   - options: its ``EncodeOptions/carriesModel`` does not count.
  ///   - sink: gets the whole stream; it is not finished.
  ///   - open: gives a reader of the samples from the first on, as often as it is called.
  ///   - progress: of the fit; see ``fit(_:options:memory:checkpoints:progress:)``.
  public func pack(
    name: String, fitOptions: FitOptions = FitOptions(), memory: Int = 1 << 30,
    options: EncodeOptions = EncodeOptions(), to sink: any ByteSink,
    open: @escaping () throws(CodecError) -> any SampleReader,
    progress: @escaping (FitProgress) -> Bool = { _ in true }
  ) throws(CodecError) -> PackReport {
    let clock = ContinuousClock()
    let start = clock.now
    let plain = try spool()
    var guarantee = options
    guarantee.guarantee = options.guarantee ?? .lossless
    let encoded = try encodeWithoutModel(
      try open(), name: name, options: guarantee, to: plain, reopen: open)
    var report = PackReport(
      encode: encoded, fit: nil, bytesWithModel: nil, bytesWithoutModel: encoded.streamBytes,
      carriesModel: false, seconds: 0)
    var chosen = plain
    if encoded.samples >= ModelFit.fewestRows, encoded.valuesPerSample <= ModelFit.mostValues {
      var fitting = fitOptions
      fitting.samples = encoded.samples
      let fitted = try fit([(name, try open())], options: fitting, memory: memory, progress: progress)
      report.fit = fitted
      var carrying = options
      carrying.carriesModel = true
      let spooled = try spool()
      let reader = try open()
      let learned: EncodeReport?
      do throws(CodecError) {
        learned = try encode(
          reader, name: name, model: fitted.model, options: carrying, to: spooled, reopen: open)
      } catch {
        // A PSNR that no quality reaches, the exact samples do; and a size perhaps too.
        guard case .targetOutOfReach = error, keepsTarget(encoded, options.target) else { throw error }
        learned = nil
      }
      if let learned {
        report.bytesWithModel = learned.streamBytes
        if learned.streamBytes < encoded.streamBytes || !keepsTarget(encoded, options.target) {
          report.encode = learned
          report.carriesModel = true
          chosen = spooled
        }
      }
    }
    try naming(name) { () throws(ByteIOError) in try chosen.drain(to: sink) }
    report.seconds = (clock.now - start) / .seconds(1)
    return report
  }

  /// Whether exact samples are what was asked for.
  private func keepsTarget(_ exact: EncodeReport, _ target: EncodeTarget) -> Bool {
    switch target {
    case .quality, .psnr: true
    case .bitsPerSample(let bits): exact.bitsPerSample <= bits
    case .bytes(let bytes): exact.streamBytes <= bytes
    }
  }

  private func spool() throws(CodecError) -> SpoolFile {
    try naming("a temporary file") { () throws(ByteIOError) in try SpoolFile() }
  }

  /// Encodes samples without a model: each value is predicted from those before it alone.
  ///
  /// - Parameters: see ``encode(_:name:model:options:to:reopen:)``; `options` has a guarantee.
  func encodeWithoutModel(
    _ reader: any SampleReader, name: String, options: EncodeOptions, to sink: any ByteSink,
    reopen: (() throws(CodecError) -> any SampleReader)? = nil
  ) throws(CodecError) -> EncodeReport {
    let description = reader.description
    guard description.valuesPerSample <= ModelFit.mostValues else {
      throw .fit(.tooManyValues(description.valuesPerSample, most: ModelFit.mostValues), name: name)
    }
    let notes = ModelNotes(
      elementType: description.elementType, sampleShape: description.sampleShape, fittedRows: 0,
      heldOutRows: 0, peak: 0, latents: [])
    return try encode(
      reader, name: name, model: FittedModel(Model(zeros: description.valuesPerSample), notes: notes),
      options: options, setting: .withoutModel, to: sink, reopen: reopen)
  }
}
