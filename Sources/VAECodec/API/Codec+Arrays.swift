import ByteIO
import Records
import Training

/// What a codec does with arrays in memory. The work is done on threads of its own; a task that is cancelled stops it, and
/// throws `CancellationError`.
extension Codec {
  /// Fits a model to samples.
  ///
  /// - Parameters:
  ///   - samples: what to learn from.
  ///   - options: see ``FitOptions``.
  ///   - progress: called a few times a second.
  /// - Throws: ``CodecError``; `CancellationError` at once where the task is cancelled.
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

  /// Fits a model to samples, and tells how it goes: progress, and the report as the last event.
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
      // Nobody would see it.
      options.measuresDistortion = false
      _ = try encode(
        samples.reader(observing: observer), name: "samples", model: model, options: options, to: sink
      ) { () throws(CodecError) in samples.reader(observing: observer) }
      return sink.bytes
    }
  }

  /// Decodes a stream, or several one after the other.
  ///
  /// - Parameters:
  ///   - stream: the content of a `.vaec` file.
  ///   - model: the one that the stream was made with; nil where it carries its own or needs none.
  public func decode(_ stream: [UInt8], model: FittedModel? = nil) async throws -> Samples {
    try await collecting("stream") { observer, makeWriter in
      _ = try decode(
        observer.watch(MemorySource(stream)), name: "stream", model: model, makeWriter: makeWriter)
    }
  }

  /// The latents of samples, the strongest first: binary32, samples x latents.
  ///
  /// - Parameters:
  ///   - samples: of the model's shape.
  ///   - model: what maps them.
  ///   - latents: how many; nil for all.
  public func embed(
    _ samples: Samples, model: FittedModel, latents: Int? = nil
  ) async throws -> Samples {
    try await collecting { observer, makeWriter in
      _ = try embed(
        samples.reader(observing: observer), name: "samples", model: model, latents: latents,
        makeWriter: makeWriter)
    }
  }

  /// The samples that latents stand for: the way back from ``embed(_:model:latents:)``.
  public func invert(_ latents: Samples, model: FittedModel) async throws -> Samples {
    try await collecting { observer, makeWriter in
      _ = try invert(
        latents.reader(observing: observer), name: "latents", model: model, makeWriter: makeWriter)
    }
  }

  /// Draws new samples from a model.
  ///
  /// - Parameters:
  ///   - count: how many.
  ///   - model: what draws them.
  ///   - quality: whose prior and network are taken, 0 ... 100; a mixture has none.
  ///   - sampler: nil for the mixture where the model has one and no quality is asked for, else the prior.
  ///   - seed: where random numbers start: equal seeds give equal samples.
  public func sample(
    _ count: Int, from model: FittedModel, quality: Double? = nil, sampler: Sampler? = nil, seed: UInt64 = 0
  ) async throws -> Samples {
    try await collecting { _, makeWriter in
      _ = try sample(
        count, from: model, name: "samples", quality: quality, sampler: sampler, seed: seed,
        makeWriter: makeWriter)
    }
  }

  /// Draws samples like given ones: their latents, each moved by a normal number.
  ///
  /// - Parameters:
  ///   - count: how many for each given sample.
  ///   - samples: the given ones.
  ///   - model: what maps them.
  ///   - spread: the deviation of these numbers, in units of each latent's own.
  ///   - seed: where random numbers start: equal seeds give equal samples.
  public func sample(
    _ count: Int, around samples: Samples, model: FittedModel, spread: Double = 0.5, seed: UInt64 = 0
  ) async throws -> Samples {
    try await collecting { observer, makeWriter in
      _ = try sample(
        count, around: samples.reader(observing: observer), name: "samples", model: model, spread: spread,
        seed: seed, makeWriter: makeWriter)
    }
  }

  /// Walks from one sample to another in equal steps along the line between their latents, ends included.
  ///
  /// - Parameters:
  ///   - first: one sample.
  ///   - last: one sample.
  ///   - count: how many samples, 2 or more.
  ///   - model: what maps the ends.
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

  /// Measures rate and distortion of a model on samples, beside PCA's and zstd's.
  ///
  /// - Parameters:
  ///   - samples: what to measure on: rows that the fit has not seen.
  ///   - model: what is measured.
  ///   - qualities: each 0 ... 100.
  ///   - newSamples: how many new samples to compare with these; none for nil.
  ///   - progress: called with the number of qualities that are done.
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
  /// - Parameter name: what they come from, in messages.
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
