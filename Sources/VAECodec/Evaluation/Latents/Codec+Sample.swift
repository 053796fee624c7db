import Records
import Tensor
import Transform

/// The distribution that latents are drawn from.
public enum Sampler: String, CaseIterable, Sendable {
  /// The prior that codes them, each latent independently.
  case prior
  /// The Gaussian mixture that the fit made of them, all latents jointly.
  case mixture
}

/// The outcome of sampling.
public struct SampleReport: Sendable {
  /// The number of samples written.
  public var samples: Int
  /// The distribution of the latents; nil if they were derived from given samples.
  public var sampler: Sampler?
  /// The number of non-finite values of the given samples, which were replaced by the mean.
  public var missingValues = 0
  /// The wall-clock time in seconds.
  public var seconds: Double
  /// The text columns of a table that new samples have, each with the words of the fitted rows whose latents are nearest.
  public var labels: [String] = []
  /// The exact columns of a table that new samples lack.
  public var leftOut: [String] = []
}

extension Codec {
  /// The default quality whose prior and network draw samples.
  private static let priorQuality = 60.0

  /// Draws new samples: draws latents, and decodes them by the network.
  ///
  /// - Parameters:
  ///   - count: the number of samples.
  ///   - model: the model to draw from.
  ///   - name: the model in messages.
  ///   - quality: selects the prior and network, 0 ... 100: the nearest quality that uses the network. A mixture has
  ///     none: it covers the latents of ``embed(_:name:model:latents:makeWriter:)``.
  ///   - sampler: nil for the mixture if the model has one and no quality is given, otherwise the prior.
  ///   - seed: the random seed. Equal seeds give equal samples, and a smaller count gives the first of them.
  ///   - makeWriter: called once with the description of the samples. The writer is finished at the end.
  /// - Throws: ``CodecError/noLatents(name:)`` for a model without a network, ``CodecError/noMixture(name:)``.
  package func sample(
    _ count: Int, from model: FittedModel, name: String, quality: Double? = nil, sampler: Sampler? = nil,
    seed: UInt64 = 0, makeWriter: (SampleDescription) throws(CodecError) -> any SampleWriter
  ) throws(CodecError) -> SampleReport {
    let clock = ContinuousClock()
    let start = clock.now
    var source = try LatentSource(
      model, name: name, quality: quality, sampler: sampler, seed: seed, kernels: kernels)
    let new = NewRows(self, model, source.map)
    let writer = try makeWriter(new.description(rows: count))
    var done = 0
    while done < count {
      let latents = source.next(min(source.map.blockRows, count - done))
      try writing(new.batch(latents), to: writer)
      done += latents.count / source.map.count
    }
    try finishing(writer)
    return SampleReport(
      samples: count, sampler: source.name, seconds: (clock.now - start) / .seconds(1),
      labels: new.columns.labels, leftOut: new.columns.leftOut)
  }

  /// Draws samples like given ones, by adding normal noise to their latents.
  ///
  /// - Parameters:
  ///   - count: the number for each given sample.
  ///   - given: the samples.
  ///   - name: the given samples in messages.
  ///   - model: the model that maps them.
  ///   - spread: the standard deviation of the noise, relative to that of each latent over the training rows.
  ///   - quality: selects the network, 0 ... 100; nil for the latents of ``embed(_:name:model:latents:makeWriter:)``.
  ///   - seed: see ``sample(_:from:name:quality:sampler:seed:makeWriter:)``.
  ///   - makeWriter: called once with the description of the samples. The writer is finished at the end.
  package func sample(
    _ count: Int, around given: any SampleReader, name: String, model: FittedModel, spread: Double,
    quality: Double? = nil, seed: UInt64 = 0,
    makeWriter: (SampleDescription) throws(CodecError) -> any SampleWriter
  ) throws(CodecError) -> SampleReport {
    let clock = ContinuousClock()
    let start = clock.now
    let reader = try model.cutting(given, name: name, memory: memory)
    try model.accepts(reader.description, name: name)
    let map = try latentMap(of: model, name: name, quality: quality)
    let deviations = model.latentDeviations(map.count).map { Float(spread) * $0 }
    let new = NewRows(self, model, map)
    let known = reader.description.rows.map { $0.multipliedReportingOverflow(by: count) }
    let writer = try makeWriter(
      new.description(rows: known.flatMap { $0.overflow ? nil : $0.partialValue }))
    var random = RandomSource(seed: seed)
    var report = SampleReport(
      samples: 0, sampler: nil, seconds: 0, labels: new.columns.labels, leftOut: new.columns.leftOut)
    while let batch = try reading(reader, 1) {
      let (latents, missing) = self.latents(of: batch, map, model)
      report.missingValues += missing
      var done = 0
      while done < count {
        let rows = min(map.blockRows, count - done)
        var moved = (0..<rows).flatMap { _ in latents }
        moved.withUnsafeMutableBufferPointer { map.scatter($0, by: deviations, &random) }
        try writing(new.batch(moved), to: writer)
        done += rows
      }
      report.samples += count
    }
    try finishing(writer)
    report.seconds = (clock.now - start) / .seconds(1)
    return report
  }

  /// The map to latents and back at a quality; nil for the finest.
  func latentMap(
    of model: FittedModel, name: String, quality: Double?
  ) throws(CodecError) -> LatentMap {
    let part = quality.flatMap { model.networkQuality(near: $0) }
    guard let map = LatentMap(model.model, quality: part ?? 1, kernels: kernels) else {
      throw .noLatents(name: name)
    }
    return map
  }

  /// `count` new samples as values.
  func drawn(
    _ count: Int, from model: FittedModel, name: String, sampler: Sampler, seed: UInt64
  ) throws(CodecError) -> Matrix {
    var source = try LatentSource(
      model, name: name, quality: nil, sampler: sampler, seed: seed, kernels: kernels)
    var numbers: [Float] = []
    for first in stride(from: 0, to: count, by: source.map.blockRows) {
      let latents = source.next(min(source.map.blockRows, count - first))
      numbers += batchOf(latents, source.map, model).numbers(in: model.model.scales)
    }
    return Matrix(rows: count, columns: model.summary.valuesPerSample, numbers)
  }

  /// Draws latents block after block, and holds the map from them to samples.
  private struct LatentSource {
    let map: LatentMap
    let name: Sampler
    private let sampler: LatentSampler
    private var random: RandomSource

    init(
      _ model: FittedModel, name: String, quality: Double?, sampler: Sampler?, seed: UInt64, kernels: Kernels
    ) throws(CodecError) {
      let chosen = sampler ?? (model.mixture != nil && quality == nil ? .mixture : .prior)
      var part: Float = 1
      switch chosen {
      case .prior:
        self.sampler = .prior
        part = model.networkQuality(near: quality ?? Codec.priorQuality) ?? 1
      case .mixture:
        guard model.model.network != nil else { throw .noLatents(name: name) }
        guard let mixture = model.mixture else { throw .noMixture(name: name) }
        self.sampler = .mixture(mixture)
      }
      guard let map = LatentMap(model.model, quality: part, kernels: kernels) else {
        throw .noLatents(name: name)
      }
      self.map = map
      self.name = chosen
      random = RandomSource(seed: seed)
    }

    /// The next latents, rows x latents; at most a block.
    mutating func next(_ rows: Int) -> [Float] {
      var latents = [Float](repeating: 0, count: rows * map.count)
      latents.withUnsafeMutableBufferPointer { map.draw(rows, from: sampler, &random, into: $0) }
      return latents
    }
  }
}

extension FittedModel {
  /// The VAE quality of the nearest quality to `quality` that uses the network; nil if none does.
  func networkQuality(near quality: Double) -> Float? {
    let wanted = Int(Self.clamped(quality).rounded())
    return model.qualities.enumerated().compactMap { place, point in
      point.network.map { (distance: abs(place - wanted), quality: $0.quality) }
    }.min { $0.distance < $1.distance }?.quality
  }
}
