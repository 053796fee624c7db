import ByteIO

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
  /// The bound is not finite any more.
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
