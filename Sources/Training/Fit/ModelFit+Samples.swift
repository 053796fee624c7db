import ByteIO
import Tensor
import Transform
import VAEModel

// Fitting for a known number of samples: the total of model and codes is minimized. Networks from narrow to wide are
// trained, with fewer latents where that pays, and each is finished with and without its layers. If the samples' file
// embeds only what its operating point uses, each is finished with the points that take the fewest bytes including that
// part of the model.

extension ModelFit {
  /// The widths of hidden layers tried, up to the default width.
  private static let widths = [8, 16, 32, 64, 128, 256, 512]
  /// The search over wider (or narrower) networks ends after this many were worse.
  private static let patience = 2
  /// The number of networks that is usually tried.
  private static let usualParts = 3
  /// If codes take this many bytes per parameter of the widest network, the search starts with that one.
  private static let bytesForWide = 8.0
  /// The positions in the range of PSNR, from 0 (lowest) to 1 (highest), at which model and codes are counted.
  private static let places = [0.1, 0.3, 0.5, 0.7, 0.9]
  /// The compression level of a model's file.
  static let modelLevel = 19

  /// A finished model, and the total size of it and the codes of all samples.
  private struct Proposal {
    var draft: Draft
    /// The ladder of its qualities, over candidates that are not fine.
    var choice: QualityLadder
    /// The mean logarithm of the bytes, over ``places``.
    var cost: Double
    /// The logarithm of the bits per sample in the middle of ``places``.
    var rate: Double
    var trained: Trained
    /// The widths of its hidden layers; nil without a network.
    var hidden: [Int]?
  }

  /// The model with the smallest total size of model and codes of `count` samples, averaged over PSNR.
  func smallest(
    for count: Int, _ prepared: PreparedData, _ random: RandomSource, _ keeper: CheckpointKeeper?
  ) throws(FitError) -> Result {
    // Each proposal starts with the same random numbers, so that it does not depend on the ones before.
    var random = random
    let linear = KLTLayer.fit(
      prepared.fit, components: prepared.components, kernels: kernels, workers: workers, random: &random)
    let plain = draft(prepared.model, prepared, linear, &random)
    let highest = min(highestPSNR(prepared), plain.classical.map { QualityLadder.psnr($0.error) }.max() ?? 0)
    let scale = PSNRScale(
      lowest: Self.lowestPSNR(classical: plain.classical, width: plain.model.width, highest: highest),
      highest: highest)
    var best = proposal(plain, plain.classical, Trained(model: prepared.model), nil, prepared, count, scale)

    let codes = Double(count) * exponential(best.rate) / 8
    let widths = options.hidden.map { [$0] } ?? widths(prepared, codes: codes)
    func propose(_ part: Int, hidden: [Int], latents: Int?) throws(FitError) -> Proposal {
      var random = random
      let fit = narrowed(hidden: hidden, latents: latents, part: part, of: widths.count)
      let trained: Trained
      do throws(FitError) {
        trained = try fit.trained(prepared, &random, keeper)
      } catch .suspended(let fraction) {
        throw .suspended(fraction: (Double(part) + fraction) / Double(widths.count))
      }
      let draft = fit.draft(trained.model, prepared, linear, &random)
      return proposal(draft, draft.learned + draft.classical, trained, hidden, prepared, count, scale)
    }
    var (worse, wasStopped) = (0, false)
    for (part, hidden) in widths.enumerated()
    where !wasStopped && worse < Self.patience && (part == 0 || !clock.isOver) {
      let next = try propose(part, hidden: hidden, latents: options.latents)
      wasStopped = next.trained.wasStopped
      worse = next.cost < best.cost ? 0 : worse + 1
      if next.cost < best.cost { best = next }
    }
    while options.latents == nil, let hidden = best.hidden, best.trained.latents > 1, !wasStopped,
      !clock.isOver
    {
      let next = try propose(widths.count - 1, hidden: hidden, latents: best.trained.latents / 2)
      wasStopped = next.trained.wasStopped
      guard next.cost < best.cost else { break }
      best = next
    }
    best.trained.wasStopped = wasStopped
    var fine = best.draft.search.candidates(best.choice.proposals)
    if options.isCarried {
      fine = fine.carrying(best.draft.model, rows: count, kernels: kernels, workers: workers)
    }
    let model = choosing(best.draft.model, by: best.choice.adding(fine))
    return result((model, plain.pca), prepared, best.trained)
  }

  /// Hidden layers of the default width and narrower ones, in the order of trial.
  ///
  /// - Parameter codes: the bytes of all samples' codes without a network.
  private func widths(_ prepared: PreparedData, codes: Double) -> [[Int]] {
    let hidden = hiddenLayers(prepared)
    let (widest, positions) = (hidden.widths, hidden.grid?.positions ?? 1)
    let all =
      Self.widths.filter { $0 < widest[0] && $0 >= positions }
      .map { [Int](repeating: $0 / positions * positions, count: widest.count) } + [widest]
    let numbers = 2 * Double(widest[0]) * Double(prepared.fit.columns + widest[0])
    return codes > Self.bytesForWide * numbers ? all.reversed() : all
  }

  /// The same fit for a network of these sizes, as one of several parts.
  private func narrowed(hidden: [Int], latents: Int?, part: Int, of parts: Int) -> ModelFit {
    var options = options
    options.hidden = hidden
    options.latents = latents
    // Few are tried: most networks are worse than the one before.
    options.seconds = clock.left.map { $0 / Double(min(parts - part, Self.usualParts)) }
    let (progress, clock) = (self.progress, clock)
    return ModelFit(options, kernels: kernels, workers: workers, isShared: isShared) { own in
      var all = own
      all.fraction = (Double(part) + own.fraction) / Double(parts)
      all.seconds = clock.seconds
      return progress(all)
    }
  }

  /// The cheapest of `draft` with all layers, without the value layer, and without the linear layers.
  private func proposal(
    _ draft: Draft, _ candidates: [OperatingPointSearch.Candidate], _ trained: Trained, _ hidden: [Int]?,
    _ prepared: PreparedData, _ count: Int, _ scale: PSNRScale
  ) -> Proposal {
    var variants = [
      candidates, candidates.filter { $0.point.valueStep == 0 },
      candidates.filter { $0.point.steps.allSatisfy { $0 == 0 } },
    ]
    if options.isCarried {
      // Each point counts only what it needs, so none must be excluded.
      variants = [candidates.carrying(draft.model, rows: count, kernels: kernels, workers: workers)]
    }
    var best: Proposal?
    for variant in variants where !variant.isEmpty {
      let lowest = draft.learned.isEmpty ? scale.lowest : Self.lowestPSNR(learned: candidates)
      let choice = choice(variant, prepared, lowest: lowest)
      let bytes =
        options.isCarried
        ? 0
        : ZstdFrame.compress(
          choosing(draft.model, by: choice).encodeDecoder(), level: Self.modelLevel, checksum: true
        ).count
      let rates = Self.places.map { choice.logRate(scale.target($0)) ?? .infinity }
      let costs = rates.map {
        $0 < 700 ? logarithm(Double(bytes) + Double(count) * exponential($0) / 8) : .infinity
      }
      let cost = costs.reduce(0, +) / Double(costs.count)
      if cost < best?.cost ?? .infinity || best == nil {
        best = Proposal(
          draft: draft, choice: choice, cost: cost, rate: rates[rates.count / 2],
          trained: trained, hidden: hidden)
      }
    }
    return best
      ?? Proposal(
        draft: draft, choice: choice([], prepared, lowest: 0), cost: .infinity, rate: 0, trained: trained,
        hidden: hidden)
  }

  /// The PSNRs at which proposals are compared, in standardized units for a peak of 1.
  private struct PSNRScale {
    let lowest: Double
    let highest: Double

    /// The PSNR at position `place` of the range.
    func target(_ place: Double) -> Double { lowest + (highest - lowest) * place }
  }
}
