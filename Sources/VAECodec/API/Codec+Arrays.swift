import ByteIO
import Records
import Training

/// Operations on arrays in memory. They run on separate threads. Cancelling the task stops them, and they
/// throw `CancellationError`.
extension Codec {
  /// Fits a model to samples.
  ///
  /// - Parameters:
  ///   - samples: the samples to learn from.
  ///   - options: see ``FitOptions``.
  ///   - progress: called a few times a second.
  /// - Throws: ``CodecError``; `CancellationError` immediately if the task is cancelled.
  public func fit(
    _ samples: Samples, options: FitOptions = FitOptions(),
    progress: @escaping @Sendable (FitProgress) -> Void = { _ in }
  ) async throws -> FitReport {
    let observer = TransferObserver()
    return try await Blocking.run(observer, leaves: true) {
      try fit([(name: "samples", reader: samples.reader(observing: observer))], options: options) {
        progress($0)
        return !observer.isCancelled
      }
    }
  }

  /// Fits a model to samples. The events are progress, and the report last.
  public func fitting(
    _ samples: Samples, options: FitOptions = FitOptions()
  ) -> AsyncThrowingStream<CodecEvent<FitProgress, FitReport>, any Error> {
    Blocking.events { try await fit(samples, options: options, progress: $0) }
  }

  /// Encodes samples into a stream: the content of a `.vaec` file.
  public func encode(
    _ samples: Samples, model: FittedModel, options: EncodeOptions = EncodeOptions()
  ) async throws -> [UInt8] {
    let observer = TransferObserver()
    return try await Blocking.run(observer) {
      let sink = MemorySink()
      var options = options
      // The caller would not see it.
      options.measuresDistortion = false
      _ = try encode(
        samples.reader(observing: observer), name: "samples", model: model, options: options, to: sink
      ) { () throws(CodecError) in samples.reader(observing: observer) }
      return sink.bytes
    }
  }

  /// Decodes a stream, or several concatenated ones.
  ///
  /// - Parameters:
  ///   - stream: the content of a `.vaec` file.
  ///   - model: the model of the stream; nil if the stream contains its model or needs none.
  public func decode(_ stream: [UInt8], model: FittedModel? = nil) async throws -> Samples {
    try await collecting("stream") { observer, makeWriter in
      _ = try decode(
        observer.watch(MemorySource(stream)), name: "stream", model: model, makeWriter: makeWriter)
    }
  }

  /// Returns the latents of samples, strongest first: binary32, samples x latents.
  ///
  /// - Parameters:
  ///   - samples: of the model's shape.
  ///   - model: the model that maps them.
  ///   - latents: the number of latents; nil for all.
  public func embed(
    _ samples: Samples, model: FittedModel, latents: Int? = nil
  ) async throws -> Samples {
    try await collecting { observer, makeWriter in
      _ = try embed(
        samples.reader(observing: observer), name: "samples", model: model, latents: latents,
        makeWriter: makeWriter)
    }
  }

  /// Returns the samples that latents describe: the inverse of ``embed(_:model:latents:)``.
  public func invert(_ latents: Samples, model: FittedModel) async throws -> Samples {
    try await collecting { observer, makeWriter in
      _ = try invert(
        latents.reader(observing: observer), name: "latents", model: model, makeWriter: makeWriter)
    }
  }

  /// Draws new samples from a model.
  ///
  /// - Parameters:
  ///   - count: the number of samples.
  ///   - model: the model to draw from.
  ///   - quality: selects the prior and network, 0 ... 100; a mixture has none.
  ///   - sampler: nil for the mixture if the model has one and no quality is given, otherwise the prior.
  ///   - seed: the random seed; equal seeds give equal samples.
  public func sample(
    _ count: Int, from model: FittedModel, quality: Double? = nil, sampler: Sampler? = nil, seed: UInt64 = 0
  ) async throws -> Samples {
    try await collecting { _, makeWriter in
      _ = try sample(
        count, from: model, name: "samples", quality: quality, sampler: sampler, seed: seed,
        makeWriter: makeWriter)
    }
  }

  /// Draws samples like given ones, by adding normal noise to their latents.
  ///
  /// - Parameters:
  ///   - count: the number for each given sample.
  ///   - samples: the given ones.
  ///   - model: the model that maps them.
  ///   - spread: the standard deviation of the noise, relative to that of each latent.
  ///   - seed: the random seed; equal seeds give equal samples.
  public func sample(
    _ count: Int, around samples: Samples, model: FittedModel, spread: Double = 0.5, seed: UInt64 = 0
  ) async throws -> Samples {
    try await collecting { observer, makeWriter in
      _ = try sample(
        count, around: samples.reader(observing: observer), name: "samples", model: model, spread: spread,
        seed: seed, makeWriter: makeWriter)
    }
  }

  /// Interpolates between two samples in equal steps along the line between their latents, ends included.
  ///
  /// - Parameters:
  ///   - first: one sample.
  ///   - last: one sample.
  ///   - count: the number of samples, at least 2.
  ///   - model: the model that maps the ends.
  public func interpolate(
    from first: Samples, to last: Samples, count: Int, model: FittedModel
  ) async throws -> Samples {
    try await collecting { observer, makeWriter in
      _ = try interpolate(
        from: WalkEnd(reader: first.reader(observing: observer), name: "first"),
        to: WalkEnd(reader: last.reader(observing: observer), name: "last"), count: count, model: model,
        modelName: "model", makeWriter: makeWriter)
    }
  }

  /// Measures rate and distortion of a model on samples, compared with PCA and zstd.
  ///
  /// - Parameters:
  ///   - samples: the samples to measure on, which the fit has not seen.
  ///   - model: the model to measure.
  ///   - qualities: each 0 ... 100.
  ///   - newSamples: the number of new samples to compare with these; nil for none.
  ///   - progress: called with the number of finished qualities.
  public func evaluate(
    _ samples: Samples, model: FittedModel,
    qualities: [Double] = Array(stride(from: 0, through: 100, by: 5)), newSamples: Int? = nil,
    progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) async throws -> EvaluationReport {
    let observer = TransferObserver()
    return try await Blocking.run(observer, leaves: true) {
      try evaluate(
        samples.reader(observing: observer), name: "samples", model: model, qualities: qualities,
        newSamples: newSamples
      ) { (done) throws(CodecError) in
        progress(done)
        if observer.isCancelled { throw .bytes(.cancelled, name: "samples") }
      }
    }
  }

  /// The samples that `body` writes.
  ///
  /// - Parameter name: their source in messages.
  private func collecting(
    _ name: String = "samples",
    _ body:
      @escaping @Sendable (
        TransferObserver, (SampleDescription) throws(CodecError) -> any SampleWriter
      ) throws -> Void
  ) async throws -> Samples {
    let observer = TransferObserver()
    return try await Blocking.run(observer) {
      var writer: SamplesWriter?
      try body(observer) { description in
        let made = SamplesWriter(description, observing: observer)
        writer = made
        return made
      }
      guard let writer else { throw CodecError.noRows(name: name) }
      return writer.samples
    }
  }
}
