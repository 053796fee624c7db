import ByteIO
import SampleIO
import VAE

/// What a codec does with arrays in memory. The work is done on threads of its own; a task that is cancelled stops it, and
/// throws `CancellationError`.
extension Codec {
  /// Fits a model to samples.
  ///
  /// - Parameter progress: called a few times a second.
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
      _ = try encode(
        samples.reader(observing: observer), name: "samples", model: model, options: options, to: sink
      ) { () throws(CodecError) in samples.reader(observing: observer) }
      return sink.bytes
    }
  }

  /// Decodes a stream, or several one after the other.
  ///
  /// - Parameter model: the one that the stream was made with; nil where it carries its own or needs none.
  public func decode(_ stream: [UInt8], model: FittedModel? = nil) async throws -> Samples {
    let observer = TransferObserver()
    return try await Blocking.run(observer) {
      var writer: SamplesWriter?
      _ = try decode(observer.watch(MemorySource(stream)), name: "stream", model: model) { description in
        let made = SamplesWriter(description)
        writer = made
        return made
      }
      guard let writer else { throw CodecError.noRows(name: "stream") }
      return writer.samples
    }
  }

  /// The latents of samples, the strongest first: binary32, samples x latents.
  ///
  /// - Parameter latents: how many; nil for all.
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
  /// - Parameter quality: 0 ... 100: that of the reconstructions that they look like.
  public func sample(
    _ count: Int, from model: FittedModel, quality: Double = 60, seed: UInt64 = 0
  ) async throws -> Samples {
    try await collecting { _, makeWriter in
      _ = try sample(
        count, from: model, name: "samples", quality: quality, seed: seed, makeWriter: makeWriter)
    }
  }

  /// Measures rate and distortion of a model on samples, beside PCA's and zstd's.
  ///
  /// - Parameters:
  ///   - qualities: each 0 ... 100.
  ///   - progress: called with the number of qualities that are done.
  public func evaluate(
    _ samples: Samples, model: FittedModel,
    qualities: [Double] = Array(stride(from: 0, through: 100, by: 5)),
    progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) async throws -> EvaluationReport {
    let observer = TransferObserver()
    return try await Blocking.run(observer, leaves: true) {
      try evaluate(
        samples.reader(observing: observer), name: "samples", model: model, qualities: qualities,
        progress: progress)
    }
  }

  private func collecting(
    _ body:
      @escaping @Sendable (
        TransferObserver, (SampleDescription) throws(CodecError) -> any SampleWriter
      ) throws -> Void
  ) async throws -> Samples {
    let observer = TransferObserver()
    return try await Blocking.run(observer) {
      var writer: SamplesWriter?
      try body(observer) { description in
        let made = SamplesWriter(description)
        writer = made
        return made
      }
      guard let writer else { throw CodecError.noRows(name: "samples") }
      return writer.samples
    }
  }
}
