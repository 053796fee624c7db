/// Options of a fit. The defaults suit most data.
public struct FitOptions: Sendable {
  /// Latents; nil lets the spectrum of the data decide.
  public var latents: Int?
  /// Widths of the encoder's hidden layers (the decoder's are the reverse); nil lets the samples' size decide.
  public var hidden: [Int]?
  /// Passes over the data; nil for as many as a fixed number of steps makes.
  public var epochs: Int?
  /// Seconds that training may take; nil for as many as it needs.
  public var seconds: Double?
  /// The number of samples to encode: the fit minimizes the model plus their codes; nil if they are many
  /// or not known, and codes alone count.
  public var samples: Int?
  /// With ``samples``: whether these are packed into one file, which carries the model. Then of the model only the part counts
  /// that the file's operating point uses.
  public var isCarried = false
  /// What training makes best.
  public var objective = Objective.rateDistortion
  /// With ``Objective/elbo``: what the decoder's output says of values.
  public var likelihood = LikelihoodChoice.automatic
  /// With ``Objective/elbo``: the weight of the KL divergence in training.
  public var beta = 1.0
  /// Which values share a scale.
  public var scale = ScaleChoice.automatic
  /// The share of rows that is held out to choose and to report.
  public var holdout = 0.1
  /// Where random numbers start.
  public var seed: UInt64 = 0

  /// The defaults.
  public init() {}
}

/// What training makes best.
public enum Objective: String, CaseIterable, Sendable {
  /// Bits and squared error, over a range of rates: for coding.
  case rateDistortion = "rate-distortion"
  /// The evidence lower bound: the VAE of textbooks, with a Gaussian posterior and the prior N(0, I).
  case elbo
}

/// Which values share a scale: what their errors are measured in.
public enum ScaleChoice: String, CaseIterable, Sendable {
  /// Columns of a table have one each, and values of an array one for all: see `TableRule`.
  case automatic = "auto"
  /// All values have one.
  case common
  /// Each column has its own.
  case column
}

/// Which likelihood a textbook VAE has.
public enum LikelihoodChoice: String, CaseIterable, Sendable {
  /// Bernoulli for values within 0 ... 1 and integers from 0 to at most 255; otherwise Gaussian.
  case automatic = "auto"
  case bernoulli
  case gaussian
}

/// How far a fit has come.
public struct FitProgress: Sendable {
  /// 0 ... 1.
  public var fraction: Double
  /// Passes over the data so far, and in all.
  public var epoch: Int
  public var epochs: Int
  /// Rate and distortion of the network alone on held-out rows, in the middle of its range: bits a sample and PSNR in
  /// dB; nil until they have been measured.
  public var heldOut: (bits: Double, psnr: Double)?
  /// Seconds of training so far.
  public var seconds: Double
}
