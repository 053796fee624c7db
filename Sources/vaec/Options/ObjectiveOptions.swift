import ArgumentParser
import VAECodec

/// What a fit makes best.
struct ObjectiveOptions: ParsableArguments {
  @Option(
    name: .customLong("for"),
    help: ArgumentHelp(
      "Minimize the size of the model plus the codes of n samples.", valueName: "n"))
  var samples: Int?

  @Option(
    help: ArgumentHelp(
      "Training objective: rate-distortion, or elbo for a textbook VAE.", valueName: "name"))
  var objective = Objective.rateDistortion

  @Option(
    help: ArgumentHelp(
      "With elbo: auto, bernoulli (values from 0 to 1, or nonnegative integers) or gaussian.",
      valueName: "name"))
  var likelihood: LikelihoodChoice?

  @Option(
    help: ArgumentHelp("With elbo: weight of the KL divergence in training. (default: 1)", valueName: "b")
  )
  var beta: Double?

  func validate() throws {
    if let samples, !(1...1_000_000_000_000).contains(samples) {
      throw ValidationError("--for takes a number of samples from 1 to 1000000000000.")
    }
    if objective == .elbo, samples != nil {
      throw ValidationError("--for and --objective elbo exclude each other.")
    }
    if objective != .elbo, likelihood != nil || beta != nil {
      throw ValidationError("--likelihood and --beta need --objective elbo.")
    }
    if let beta, !(beta > 0 && beta <= 1e6) {
      throw ValidationError("--beta takes a number above 0, up to 1000000.")
    }
  }

  /// Sets what was asked for.
  func set(in options: inout FitOptions) {
    options.samples = samples
    options.objective = objective
    options.likelihood = likelihood ?? .automatic
    options.beta = beta ?? 1
  }
}

extension Objective: ExpressibleByArgument {}
extension LikelihoodChoice: ExpressibleByArgument {}
