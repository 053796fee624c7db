import ByteIO

/// The errors of fitting.
public enum FitError: Error, Equatable {
  /// There are fewer rows than a fit needs.
  case tooFewRows(Int, least: Int)
  /// The values deviate so little from their means that binary32 has no room for a model of them.
  case tooFine(deviation: Double)
  /// A sample has more values than a model supports.
  case tooManyValues(Int, most: Int)
  /// More latents were requested than samples have values.
  case tooManyLatents(Int, most: Int)
  /// The network has more parameters than a model file can hold.
  case networkTooLarge(numbers: Int, most: Int)
  /// The Bernoulli likelihood was requested, but the values are neither within 0 ... 1 nor integers from 0 on.
  case notProbabilities(lowest: Float, highest: Float)
  /// The ELBO is no longer finite.
  case diverged
  /// An option has an invalid value: its name.
  case badOption(String)
  /// The fit was asked to stop, and has written a checkpoint: the finished share of it, in 0 ... 1.
  case suspended(fraction: Double)
  /// The fit was asked to stop before it had learned anything.
  case interrupted
  /// The checkpoint does not match this fit.
  case checkpoint(CheckpointError)
}

/// Why a fit cannot be resumed.
public enum CheckpointError: Error, Equatable {
  /// The file cannot be read, is truncated, or fails its checksum.
  case bytes(ByteIOError)
  /// The file is not a checkpoint.
  case notACheckpoint
  /// Another version of the trainer, whose computation differs, made the checkpoint.
  case otherVersion(Int)
  /// It was made with another value of an option; empty if the option was not given.
  case otherOption(name: String, made: String, given: String)
  /// It was made with other data.
  case otherData
  /// Its numbers are inconsistent.
  case damaged
}
