import Tensor

/// What an encoder is asked for: a quality, or what it finds the quality for.
public enum EncodeTarget: Equatable, Sendable {
  /// 0 (a sketch) ... 100 (below the data's own noise); uniform in PSNR between. The nearest whole number counts; less
  /// counts as 0, and more as 100.
  case quality(Double)
  /// At least this PSNR in dB over all samples: the lowest quality that reaches it; or the widest bound on errors, if no
  /// point of the model does. The peak is the value range of the data
  /// that the model was fitted on, as in ``EvaluationReport/Point/psnr``.
  case psnr(Double)
  /// At most this many bits per sample, header and framing included: the highest quality that fits.
  case bitsPerSample(Double)
  /// At most this many bytes for the whole stream: the highest quality that fits.
  case bytes(Int)
}

/// How a stream came to its quality: what was asked for, and what came of it.
public struct TargetOutcome: Equatable, Sendable {
  /// Never ``EncodeTarget/quality(_:)``.
  public var asked: EncodeTarget
  /// In the unit of `asked`.
  public var reached: Double
  /// The rows that the quality was chosen by, from the first on: all, or those of the first chunk where the input could
  /// be read only once.
  public var decidedOnRows: Int

  /// Whether what was asked for was reached.
  public var isKept: Bool { asked.isReached(by: reached) }
}

extension EncodeTarget {
  /// Whether a value in the target's unit is what was asked for, or better.
  func isReached(by value: Double) -> Bool {
    switch self {
    case .quality: true
    case .psnr(let asked): value >= asked
    case .bitsPerSample(let asked): value <= asked
    case .bytes(let asked): value <= Double(asked)
    }
  }

  /// Whether a higher quality is further on the way to the target, as for PSNR, or a lower one is.
  var wantsQuality: Bool { if case .psnr = self { true } else { false } }

  /// How good a value in the target's unit is: a scale on which streams of two sets of samples of one kind differ by
  /// about the same number at every quality.
  func score(_ value: Double) -> Double {
    wantsQuality ? min(value, Self.highestScore) : -logarithm(value)
  }

  /// That of exact values: scores are subtracted from one another, and infinite ones cannot be.
  private static let highestScore = 200.0

  /// The score of what was asked for.
  var askedScore: Double {
    switch self {
    case .quality: 0
    case .psnr(let asked), .bitsPerSample(let asked): score(asked)
    case .bytes(let asked): score(Double(asked))
    }
  }
}
