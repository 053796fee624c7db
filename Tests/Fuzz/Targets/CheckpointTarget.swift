@testable import ByteIO
@testable import Tensor
@testable import Training
@testable import VAEModel

/// The content of a checkpoint, in a frame whose checksum is right, for a small fit to go on from.
///
/// The first byte chooses what kind of fit it is. It is asked to stop after its next step, so that inputs are quick, unless
/// the checkpoint says that nothing is left to do: then a model comes of it, which can be read.
enum CheckpointTarget: FuzzTarget {
  static let name = "checkpoint"

  private enum Kind: CaseIterable {
    case steps, clock, elbo, samples

    var options: FitOptions {
      var options = FitOptions()
      (options.epochs, options.hidden) = (4, [4])
      switch self {
      case .steps: break
      case .clock: (options.epochs, options.seconds) = (nil, 0.02)
      case .elbo: options.objective = .elbo
      case .samples: (options.hidden, options.samples) = (nil, 3000)
      }
      return options
    }
  }

  private static let samples: Matrix = {
    let (rows, columns) = (40, 3)
    var random = RandomSource(seed: 1)
    let samples = Matrix(rows: rows, columns: columns)
    for r in 0..<rows {
      for c in 0..<columns - 1 { samples[r, c] = random.normal() }
      samples[r, columns - 1] = samples[r, 0] * samples[r, 1]
    }
    return samples
  }()

  /// - Parameter stopping: whether the fit is asked to stop after a step.
  private static func fit(
    _ kind: Kind, from checkpoint: [UInt8]?, stopping: Bool,
    save: @escaping ([UInt8]) -> Void = { _ in }
  ) throws(FitError) -> Model {
    let checkpoints = FitCheckpoints(every: 0, resumed: checkpoint.map { MemorySource($0) }) { write in
      let sink = MemorySink()
      try? write(sink)
      save(sink.bytes)
    }
    let fit = ModelFit(
      kind.options, kernels: Kernels(), workers: Workers(count: 1), checkpoints: checkpoints
    ) { _ in !stopping }
    return try fit(samples.copy(rows: 0..<samples.rows), isInteger: false, elementRange: nil).model
  }

  static func run(_ input: [UInt8]) throws {
    guard let first = input.first else { return }
    let kind = Kind.allCases[Int(first) % Kind.allCases.count]
    let checkpoint = ZstdFrame.compress(Array(input.dropFirst()), level: 1, checksum: true)
    let model: Model
    do throws(FitError) {
      model = try fit(kind, from: checkpoint, stopping: true)
    } catch {
      return
    }
    let again = try? Model(
      decoder: model.encodeDecoder(), encoder: model.encodeEncoder(), kernels: Kernels(),
      memory: MemoryLimit(bytes: 1 << 28))
    try BrokenPromise.unless(again != nil, "the model of a fit cannot be read")
  }

  static func seeds() throws -> [[UInt8]] {
    var seeds: [[UInt8]] = []
    for (index, kind) in Kind.allCases.enumerated() {
      var all: [[UInt8]] = []
      _ = try fit(kind, from: nil, stopping: false) { all.append($0) }
      for place in [0, all.count / 2, all.count - 1] {
        seeds.append([UInt8(index)] + (try ZstdFrame.decompress(all[place][...], limit: 1 << 24)))
      }
    }
    return seeds
  }
}
