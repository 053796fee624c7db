import Records
import Tensor
import Transform

/// How latents are drawn.
public enum Sampler: String, CaseIterable, Sendable {
  /// From the prior that codes them, each by itself.
  case prior
  /// From the mixture of Gaussians that the fit made of them, together.
  case mixture
}

/// What sampling gave.
public struct SampleReport: Sendable {
  public var samples: Int
  /// Where latents came from; nil if they lie around those of given samples, or between them.
  public var sampler: Sampler?
  /// The number of non-finite values of the given samples, which were replaced by the mean.
  public var missingValues = 0
  public var seconds: Double
}

extension Codec {
  /// The quality whose prior and network draw samples unless another is asked for.
  private static let priorQuality = 60.0

  /// Draws new samples: latents, decoded by the network.
  ///
  /// - Parameters:
  ///   - count: the number of samples.
  ///   - model: the model to draw from.
  ///   - name: the model in messages.
  ///   - quality: whose prior and network are taken, 0 ... 100; the nearest that uses the network. A mixture has none: it
  ///     is made of the latents of ``embed(_:name:model:latents:makeWriter:)``.
  ///   - sampler: nil for the mixture if the model has one and no quality is given, otherwise the prior.
  ///   - seed: where random numbers start: equal seeds give equal samples, and fewer are the first of more.
  ///   - makeWriter: called once, with what the samples are. The writer is finished in the end.
  /// - Throws: ``CodecError/noLatents(name:)`` for a model without a network, ``CodecError/noMixture(name:)``.
  package func sample(
    _ count: Int, from model: FittedModel, name: String, quality: Double? = nil, sampler: Sampler? = nil,
    seed: UInt64 = 0, makeWriter: (SampleDescription) throws(CodecError) -> any SampleWriter
  ) throws(CodecError) -> SampleReport {
    let clock = ContinuousClock()
    let start = clock.now
    var source = try LatentSource(
      model, name: name, quality: quality, sampler: sampler, seed: seed, kernels: kernels)
    let writer = try makeWriter(model.summary.description(rows: count))
    var done = 0
    while done < count {
      let latents = source.next(min(source.map.blockRows, count - done))
      try writing(batchOf(latents, source.map, model), to: writer)
      done += latents.count / source.map.count
    }
    try finishing(writer)
    return SampleReport(samples: count, sampler: source.name, seconds: (clock.now - start) / .seconds(1))
  }

  /// Draws samples like given ones, by adding normal noise to their latents.
  ///
  /// - Parameters:
  ///   - count: the number for each given sample.
  ///   - reader: the given samples.
  ///   - name: the given samples in messages.
  ///   - model: the model that maps them.
  ///   - spread: the deviation of the numbers, in units of each latent's own over the rows that were fitted.
  ///   - quality: whose network is taken, 0 ... 100; nil for the latents of
  ///     ``embed(_:name:model:latents:makeWriter:)``.
  ///   - seed: see ``sample(_:from:name:quality:sampler:seed:makeWriter:)``.
  ///   - makeWriter: called once, with what the samples are. The writer is finished in the end.
  package func sample(
    _ count: Int, around reader: any SampleReader, name: String, model: FittedModel, spread: Double,
    quality: Double? = nil, seed: UInt64 = 0,
    makeWriter: (SampleDescription) throws(CodecError) -> any SampleWriter
  ) throws(CodecError) -> SampleReport {
    let clock = ContinuousClock()
    let start = clock.now
    try model.accepts(reader.description, name: name)
    let map = try latentMap(of: model, name: name, quality: quality)
    let deviations = (0..<map.count).map { k in
      k < model.notes.latents.count
        ? Float(spread * max(0, model.notes.latents[k].variance).squareRoot()) : 0
    }
    let known = reader.description.rows.map { $0.multipliedReportingOverflow(by: count) }
    let writer = try makeWriter(
      model.summary.description(rows: known.flatMap { $0.overflow ? nil : $0.partialValue }))
    var random = RandomSource(seed: seed)
    var report = SampleReport(samples: 0, sampler: nil, seconds: 0)
    while let batch = try reading(reader, 1) {
      let (latents, missing) = self.latents(of: batch, map, model)
      report.missingValues += missing
      var done = 0
      while done < count {
        let rows = min(map.blockRows, count - done)
        var moved = (0..<rows).flatMap { _ in latents }
        moved.withUnsafeMutableBufferPointer { map.scatter($0, by: deviations, &random) }
        try writing(batchOf(moved, map, model), to: writer)
        done += rows
      }
      report.samples += count
    }
    try finishing(writer)
    report.seconds = (clock.now - start) / .seconds(1)
    return report
  }

  /// The way into latents and back at a quality; nil for the finest.
  func latentMap(
    of model: FittedModel, name: String, quality: Double?
  ) throws(CodecError) -> LatentMap {
    let part = quality.flatMap { model.networkQuality(near: $0) }
    guard let map = LatentMap(model.model, quality: part ?? 1, kernels: kernels) else {
      throw .noLatents(name: name)
    }
    return map
  }

  /// `count` new samples as numbers.
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

  /// New latents, block after block, and the map that makes samples of them.
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
  /// The VAE quality of the quality next to `quality` that uses the network; nil if none does.
  func networkQuality(near quality: Double) -> Float? {
    let wanted = Int(Self.clamped(quality).rounded())
    return model.qualities.enumerated().compactMap { place, point in
      point.network.map { (distance: abs(place - wanted), quality: $0.quality) }
    }.min { $0.distance < $1.distance }?.quality
  }
}
