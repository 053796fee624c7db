import VAECodec

extension FitError {
  var remedy: String? {
    switch self {
    case .tooFewRows:
      "cut an array into more with --window, --tile or --layout auto, or use `vaec pack`, which needs none"
    case .tooFine: "multiply them by a power of ten, or encode them without a model"
    case .tooManyValues: "split the samples into blocks"
    case .networkTooLarge: "pass narrower --hidden layers"
    case .notProbabilities: "scale them, or pass --likelihood gaussian"
    case .diverged: "try a --beta closer to 1, or look for outliers"
    case .suspended: "continue with --resume"
    case .interrupted: nil
    case .checkpoint(let error): error.remedy
    case .badOption: "see `vaec fit --help`"
    case .tooManyLatents(_, let most): "pass --latents \(most) or less"
    }
  }
}

extension CheckpointError {
  /// What is wrong, if it concerns an option.
  var optionFact: String? {
    switch self {
    case .otherOption(let name, "", _): "made without --\(name)"
    case .otherOption(let name, let made, ""): "made with --\(name) \(made)"
    case .otherOption(let name, let made, let given): "made with --\(name) \(made), but this fit has \(given)"
    case .otherData: "made with other data or another --memory"
    default: nil
    }
  }

  var remedy: String? {
    switch self {
    case .bytes(.corrupt), .notACheckpoint, .otherVersion, .damaged: "start again without --resume"
    case .bytes(let error): error.remedy
    case .otherOption(_, "", _): "omit it"
    case .otherOption(_, _, ""): "pass it too"
    case .otherOption: "pass the same value"
    case .otherData: "pass the same files in the same order"
    }
  }
}
