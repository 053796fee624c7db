import ByteIO

/// What a fit can be told. The defaults suit most data.
public struct FitOptions: Sendable {
  /// Latents; nil lets the spectrum of the data decide.
  public var latents: Int?
  /// Widths of the encoder's hidden layers (the decoder's are the reverse); nil lets the samples' size decide.
  public var hidden: [Int]?
  /// Passes over the data; nil for as many as a fixed number of steps makes.
  public var epochs: Int?
  /// Seconds that training may take; nil for as many as it needs.
  public var seconds: Double?
  /// Samples that will be encoded: the fit makes model and codes of so many smallest together; nil where they are many
  /// or not known, and codes alone count.
  public var samples: Int?
  /// What training makes best.
  public var objective = Objective.rateDistortion
  /// With ``Objective/elbo``: what the decoder's output says of values.
  public var likelihood = LikelihoodChoice.automatic
  /// With ``Objective/elbo``: the weight of the KL divergence in training.
  public var beta = 1.0
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

/// Which likelihood a textbook VAE has.
public enum LikelihoodChoice: String, CaseIterable, Sendable {
  /// Bernoulli's for values within 0 ... 1 and integers from 0 to 255 at the most; else the Gaussian.
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

/// Rate and distortion of the network alone on held-out rows at a moment of training: in the middle of its range; of a fit
/// to the evidence lower bound, without rounding, with the divergence as the rate.
public struct TrainingPoint: Equatable, Sendable {
  /// Passes over the data so far.
  public var epoch: Double
  /// Bits a sample.
  public var bits: Double
  /// In dB.
  public var psnr: Double

  public init(epoch: Double, bits: Double, psnr: Double) {
    self.epoch = epoch
    self.bits = bits
    self.psnr = psnr
  }
}

/// Why a fit cannot be made.
public enum FitError: Error, Equatable {
  /// Fewer rows than a fit needs.
  case tooFewRows(Int, least: Int)
  /// Values vary by so little about their means that binary32 has no room for a model of them.
  case tooFine(deviation: Double)
  /// A sample of more values than a model serves.
  case tooManyValues(Int, most: Int)
  /// More latents were asked for than samples have values.
  case tooManyLatents(Int, most: Int)
  /// A network of more numbers than a model file holds.
  case networkTooLarge(numbers: Int, most: Int)
  /// The Bernoulli likelihood was asked for, and values are neither within 0 ... 1 nor integers from 0 on.
  case notProbabilities(lowest: Float, highest: Float)
  /// The bound is no finite number any more.
  case diverged
  /// An option has a value that means nothing: its name.
  case badOption(String)
  /// It was asked to stop, and its checkpoint is written: how much of it is behind, in 0 ... 1.
  case suspended(fraction: Double)
  /// A checkpoint does not serve this fit.
  case checkpoint(CheckpointError)
}

/// Why a fit cannot be taken up again.
public enum CheckpointError: Error, Equatable {
  /// The file cannot be read, is cut, or fails its checksum.
  case bytes(ByteIOError)
  /// The file is no checkpoint.
  case notACheckpoint
  /// The checkpoint is of another version of training, which goes other ways.
  case otherVersion(Int)
  /// It was made with another value of an option; an empty one where it was not given.
  case otherOption(name: String, made: String, given: String)
  /// It was made with other data.
  case otherData
  /// Its numbers contradict one another.
  case damaged
}
