import Tensor

/// The target of an encoder: a quality, or a criterion that selects one.
public enum EncodeTarget: Equatable, Sendable {
  /// 0 (a sketch) ... 100 (below the data's own noise), uniform in PSNR between. Rounded to the nearest integer and
  /// clamped to 0...100.
  case quality(Double)
  /// At least this PSNR in dB over all samples, in the fewest bytes: the lowest quality that reaches it, the widest error
  /// bound, or PCA. The peak is the value range of the data that the model was fitted on, as in
  /// ``EvaluationReport/Point/psnr``.
  case psnr(Double)
  /// At most this many bits per sample, header and framing included: the highest quality that fits, or the tightest error
  /// bound.
  case bitsPerSample(Double)
  /// At most this many bytes for the whole stream, likewise.
  case bytes(Int)
}

/// The outcome of a target: what was asked for, and what was reached.
public struct TargetOutcome: Equatable, Sendable {
  /// Never ``EncodeTarget/quality(_:)``.
  public var asked: EncodeTarget
  /// The value reached, in the unit of `asked`.
  public var reached: Double
  /// The number of leading rows that the choice is based on: all rows, or those of the first chunk if the input can be
  /// read only once.
  public var decidedOnRows: Int

  /// Whether the target was reached.
  public var isKept: Bool { asked.isReached(by: reached) }
}

extension EncodeTarget {
  /// Whether `value`, in the target's unit, meets the target.
  func isReached(by value: Double) -> Bool {
    switch self {
    case .quality: true
    case .psnr(let asked): value >= asked
    case .bitsPerSample(let asked): value <= asked
    case .bytes(let asked): value <= Double(asked)
    }
  }

  /// Whether a higher quality comes closer to the target (PSNR), or a lower one does (sizes).
  var wantsQuality: Bool { if case .psnr = self { true } else { false } }

  /// A score of a value in the target's unit; greater is better. On this scale, two sets of similar samples differ by
  /// about the same amount at every quality.
  func score(_ value: Double) -> Double {
    wantsQuality ? min(value, Self.highestScore) : -logarithm(value)
  }

  /// The score of exact values. It is finite because scores are subtracted from one another.
  private static let highestScore = 200.0

  /// The score of the target itself.
  var askedScore: Double {
    switch self {
    case .quality: 0
    case .psnr(let asked), .bitsPerSample(let asked): score(asked)
    case .bytes(let asked): score(Double(asked))
    }
  }
}
