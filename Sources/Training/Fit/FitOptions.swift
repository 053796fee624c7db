/// Options of a fit. The defaults suit most data.
public struct FitOptions: Sendable {
  /// The number of latents; nil to derive it from the spectrum of the data.
  public var latents: Int?
  /// The widths of the encoder's hidden layers (the decoder has the reverse); nil to derive them from the samples'
  /// size.
  public var hidden: [Int]?
  /// The number of passes over the data; nil to use a fixed number of steps.
  public var epochs: Int?
  /// The time of the whole fit in seconds, about; nil for no limit. Training gets most of it, and at least half; what follows
  /// leaves out what there is no time for.
  public var seconds: Double?
  /// The number of samples to encode. The fit then minimizes the model plus their codes. Nil if there are many, or
  /// their number is unknown; then only codes count.
  public var samples: Int?
  /// With ``samples``: whether they are packed into one file that embeds the model. Then only the part of the model
  /// counts that the file's operating point uses.
  public var isCarried = false
  /// Whether rate and PSNR of the qualities are measured on the rows held out, and recorded beside the model.
  public var measuresQualities = true
  /// The objective of training.
  public var objective = Objective.rateDistortion
  /// With ``Objective/elbo``: the likelihood of values given the decoder's output.
  public var likelihood = LikelihoodChoice.automatic
  /// With ``Objective/elbo``: the weight of the KL divergence in training.
  public var beta = 1.0
  /// Which values share a scale.
  public var scale = ScaleChoice.automatic
  /// The share of rows held out for choices and reports.
  public var holdout = 0.1
  /// The random seed.
  public var seed: UInt64 = 0

  /// Creates the default options.
  public init() {}
}

/// The objective of training.
public enum Objective: String, CaseIterable, Sendable {
  /// Bits and squared error over a range of rates, for coding.
  case rateDistortion = "rate-distortion"
  /// The evidence lower bound: the textbook VAE, with a Gaussian posterior and the prior N(0, I).
  case elbo
}

/// Which values share a scale, and thus the unit of their errors.
public enum ScaleChoice: String, CaseIterable, Sendable {
  /// One scale per column of a table, and one for all values of an array; see `TableRule`.
  case automatic = "auto"
  /// All values share one scale.
  case common
  /// Each column has its own scale.
  case column
}

/// The likelihood of a textbook VAE.
public enum LikelihoodChoice: String, CaseIterable, Sendable {
  /// Bernoulli for values within 0 ... 1 and integers from 0 to at most 255; otherwise Gaussian.
  case automatic = "auto"
  case bernoulli
  case gaussian
}

/// The progress of a fit.
public struct FitProgress: Sendable {
  /// What a fit does, in this order.
  public enum Stage: String, Sendable {
    /// Training of the network.
    case training
    /// The layers after it, and the operating point of each quality.
    case layers
    /// The density that new samples are drawn from.
    case sampler
    /// Rate and PSNR of some qualities on held-out rows.
    case qualities
  }

  /// What the fit does now.
  public var stage = Stage.training
  /// The finished share of the whole fit, 0 ... 1.
  public var fraction: Double
  /// The number of finished passes over the data, and of all passes; 0 after training.
  public var epoch = 0
  public var epochs = 0
  /// The rate and distortion of the network alone on held-out rows, in the middle of its range: bits per sample, and
  /// PSNR in dB; nil until they have been measured, and after training.
  public var heldOut: (bits: Double, psnr: Double)?
  /// The seconds of the fit so far.
  public var seconds: Double
}
