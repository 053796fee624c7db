import ByteIO
import Foundation
import Testing

@testable import Tensor
@testable import Training
@testable import VAEModel

/// Fits that are laid down and taken up again.
@Suite("checkpoints")
struct CheckpointTests {
  private static let samples: Matrix = {
    var random = RandomSource(seed: 3)
    let hidden = random.normals(rows: 300, columns: 2)
    let samples = Matrix(rows: 300, columns: 12)
    for r in 0..<300 {
      for c in 0..<12 {
        samples[r, c] = hidden[r, 0] * Float(c) + hidden[r, 1] * hidden[r, 1] + 0.1 * random.normal()
      }
    }
    return samples
  }()

  private static func options() -> FitOptions {
    var options = FitOptions()
    options.epochs = 12
    options.hidden = [8]
    return options
  }

  /// A fit that keeps all its checkpoints.
  private final class Run {
    let checkpoints: [[UInt8]]
    let fitted: Model
    var model: [UInt8] { fitted.content }

    /// - Parameters:
    ///   - slowAfter: seconds after which writing a checkpoint takes long.
    ///   - stopping: it is asked to stop when it first has come so far.
    init(
      _ samples: Matrix = CheckpointTests.samples, options: FitOptions = CheckpointTests.options(),
      from checkpoint: [UInt8]? = nil, every interval: Double = 0, workers: Int = 2,
      slowAfter: Double = .infinity,
      stopping: Double = 2
    ) throws {
      let clock = ContinuousClock()
      let start = clock.now
      let kept = Checkpoints()
      let keeping = FitCheckpoints(every: interval, resumed: checkpoint.map { MemorySource($0) }) { write in
        let sink = MemorySink()
        try? write(sink)
        kept.all.append(sink.bytes)
        if (clock.now - start) / .seconds(1) > slowAfter { usleep(30_000) }
      }
      let fit = ModelFit(
        options, kernels: Kernels(), workers: Workers(count: workers), checkpoints: keeping
      ) { $0.fraction < stopping }
      fitted = try fit(samples.copy(rows: 0..<samples.rows), isInteger: false, elementRange: nil).model
      checkpoints = kept.all
    }

    private final class Checkpoints {
      var all: [[UInt8]] = []
    }
  }

  private static func uninterrupted(_ options: FitOptions = options()) throws -> [UInt8] {
    let fit = ModelFit(options, kernels: Kernels(), workers: Workers(count: 1))
    return try fit(samples.copy(rows: 0..<samples.rows), isInteger: false, elementRange: nil).model.content
  }

  private static func options(_ kind: String) -> FitOptions {
    var options = options()
    if kind == "elbo" { options.objective = .elbo }
    if kind == "for" {
      options.samples = 3000
      options.hidden = nil
      options.epochs = 3
    }
    return options
  }

  @Test(
    "from whichever step it goes on, a fit gives the model of one that was not interrupted",
    arguments: [("rate-distortion", 4 * 2 + 1 + 1), ("elbo", 4 * 2 + 1)])
  func everyStep(kind: (name: String, checkpoints: Int)) throws {
    var options = Self.options(kind.name)
    options.epochs = 4
    let expected = try Self.uninterrupted(options)
    let all = try Run(options: options, workers: 2)
    #expect(all.model == expected)
    // One for each step of training and of its end, and one at the end.
    #expect(all.checkpoints.count == kind.checkpoints)
    for (step, checkpoint) in all.checkpoints.enumerated() {
      let rest = try Run(options: options, from: checkpoint, every: 1e9, workers: 1 + step % 2)
      #expect(rest.model == expected, "after step \(step + 1)")
    }
  }

  @Test("a fit for a number of samples goes on in whichever of its networks it was")
  func severalNetworks() throws {
    let options = Self.options("for")
    let expected = try Self.uninterrupted(options)
    let all = try Run(options: options)
    #expect(all.model == expected)
    // Each network takes 6 steps, 1 of its end, and ends with a checkpoint.
    let networks = all.checkpoints.count / 8
    #expect(networks >= 2 && all.checkpoints.count == 8 * networks)
    for index in stride(from: 1, to: all.checkpoints.count, by: 7) {
      let rest = try Run(options: options, from: all.checkpoints[index], every: 1e9)
      #expect(rest.model == expected, "after checkpoint \(index + 1)")
      // No network is trained again.
      #expect(rest.checkpoints.count == networks - index / 8)
    }
  }

  @Test("the networks of a fit for a number of samples are believed only if they are as good as they were")
  func severalNetworksLie() throws {
    let options = Self.options("for")
    let last = try #require(try Run(options: options).checkpoints.last)
    let content = try Self.content(last)
    var refused = 0
    for offset in stride(from: 700, to: 2300, by: 800) {
      var changed = content
      // Many weights of about 12.
      changed.replaceSubrange(offset..<offset + 400, with: [UInt8](repeating: 0x41, count: 400))
      do {
        _ = try Run(options: options, from: Self.zstd(changed), every: 1e9)
      } catch is FitError {
        refused += 1
      }
    }
    #expect(refused > 0)
  }

  @Test(
    "a fit by the clock goes on with what is left of its time", arguments: [Objective.rateDistortion, .elbo])
  func byTheClock(objective: Objective) throws {
    var options = Self.options()
    (options.epochs, options.seconds, options.objective) = (nil, 0.4, objective)
    let first = try Run(options: options)
    let checkpoint = try #require(first.checkpoints.last)
    // Nothing is left to train: there is no checkpoint but the last.
    let rest = try Run(options: options, from: checkpoint)
    #expect(rest.checkpoints.count == 1)
    #expect(rest.model == first.model)
    let early = try #require(first.checkpoints.first)
    #expect(try Run(options: options, from: early, every: 1e9).model.count > 0)
  }

  @Test("a fit whose end is cut short by the clock is over for whoever goes on from it")
  func endByTheClock() throws {
    var options = Self.options()
    (options.epochs, options.seconds) = (nil, 0.6)
    // The steps of the end take so long that a few use up the 0.05 seconds that there are for them.
    let first = try Run(options: options, slowAfter: 0.6)
    let last = try #require(first.checkpoints.last)
    let rest = try Run(options: options, from: last)
    #expect(rest.checkpoints.count == 1)
    #expect(rest.model == first.model)
  }

  @Test("a fit that is asked to stop writes a checkpoint and no model, again and again")
  func stopping() throws {
    var checkpoint: [UInt8]?
    for fraction in [0.1, 0.3, 0.6] {
      // A run that throws is not there to be asked: what it wrote is kept outside.
      var last: [UInt8]?
      let keeping = FitCheckpoints(every: 1e9, resumed: checkpoint.map { MemorySource($0) }) { write in
        let sink = MemorySink()
        try? write(sink)
        last = sink.bytes
      }
      let fit = ModelFit(Self.options(), kernels: Kernels(), workers: Workers(count: 2), checkpoints: keeping)
      {
        $0.fraction < fraction
      }
      #expect {
        try fit(Self.samples.copy(rows: 0..<300), isInteger: false, elementRange: nil)
      } throws: { error in
        guard case FitError.suspended(let reached) = error else { return false }
        return reached >= fraction && reached < fraction + 0.2
      }
      #expect(last != nil)
      checkpoint = last
    }
    #expect(try Run(from: checkpoint, every: 1e9).model == Self.uninterrupted())
  }

  @Test("a checkpoint is refused where options or data are others")
  func others() throws {
    let checkpoint = try #require(try Run().checkpoints.first)
    var options = Self.options()
    options.beta = 2
    #expect(throws: FitError.checkpoint(.otherOption(name: "beta", made: "1.0", given: "2.0"))) {
      try Run(options: options, from: checkpoint)
    }
    options = Self.options()
    options.seed = 7
    #expect(throws: FitError.checkpoint(.otherOption(name: "seed", made: "0", given: "7"))) {
      try Run(options: options, from: checkpoint)
    }
    options = Self.options()
    options.hidden = [8, 8]
    #expect(throws: FitError.checkpoint(.otherOption(name: "hidden", made: "8", given: "8,8"))) {
      try Run(options: options, from: checkpoint)
    }
    let other = Self.samples.copy(rows: 0..<300)
    other[299, 11] = other[299, 11].nextUp
    #expect(throws: FitError.checkpoint(.otherData)) { try Run(other, from: checkpoint) }
    #expect(throws: FitError.checkpoint(.otherData)) {
      try Run(Self.samples.copy(rows: 0..<299), from: checkpoint)
    }
  }

  @Test("a checkpoint that is cut anywhere, or has a wrong byte, is refused")
  func damaged() throws {
    let checkpoint = try #require(try Run().checkpoints.last)
    for length in stride(from: 0, to: checkpoint.count, by: max(1, checkpoint.count / 50)) {
      #expect(throws: FitError.self, "cut to \(length)") {
        try Run(from: Array(checkpoint.prefix(length)), every: 1e9)
      }
      var changed = checkpoint
      changed[length] ^= 0x10
      // A few bits of a frame's header say nothing that matters; whatever is taken has to be right.
      if let run = try? Run(from: changed, every: 1e9) { #expect(try run.model == Self.uninterrupted()) }
    }
    #expect(throws: FitError.checkpoint(.damaged)) {
      try Run(from: Self.zstd(Self.content(checkpoint) + [0]))
    }
  }

  @Test(
    "numbers that lie, with the checksum right, are refused or do no harm",
    arguments: ["rate-distortion", "elbo", "for"])
  func lies(kind: String) throws {
    let options = Self.options(kind)
    let few = Self.samples.copy(rows: 0..<60)
    let checkpoints = try Run(few, options: options).checkpoints
    let lies: [[UInt8]] = [
      [0, 0, 0, 0, 0, 0, 0xF0, 0x7F], [UInt8](repeating: 0xFF, count: 8), [UInt8](repeating: 0x7F, count: 8),
    ]
    var refused = 0
    /// - Parameter stopping: where a fit ends that takes the lie for the truth.
    func tell(_ lie: [UInt8], at offset: Int, of content: [UInt8], stopping: Double) throws {
      var changed = content
      changed.replaceSubrange(offset..<offset + lie.count, with: lie)
      do {
        let run = try Run(few, options: options, from: Self.zstd(changed), every: 1e9, stopping: stopping)
        let model = try run.fitted.readBack()
        #expect(model.qualities.count == 101 && model.qualities.allSatisfy(model.accepts), "at \(offset)")
      } catch FitError.suspended {
        // It took the lie, and went on to where it was asked to stop.
      } catch FitError.checkpoint, FitError.diverged {
        refused += 1
      }
    }
    // Numbers are after the head, whose options are short words: steps, places and random numbers, after which a step
    // tells whether they do harm.
    let middle = try Self.content(checkpoints[checkpoints.count / 2])
    for offset in stride(from: 0, to: 300, by: kind == "rate-distortion" ? 13 : 29) {
      for lie in lies { try tell(lie, at: offset, of: middle, stopping: 0) }
    }
    #expect(refused >= 10, "\(refused) are refused")
    // Floats are after them, and go into the model.
    let last = try Self.content(checkpoints[checkpoints.count - 1])
    for offset in stride(from: 1500, to: last.count - 8, by: last.count / 3) {
      for lie in kind == "for" ? Array(lies.prefix(1)) : lies {
        try tell(lie, at: offset, of: last, stopping: 2)
      }
    }
  }

  private static func content(_ frame: [UInt8]) throws -> [UInt8] {
    try ZstdFrame.decompress(frame[...], limit: 1 << 24)
  }

  private static func zstd(_ bytes: [UInt8]) -> [UInt8] {
    ZstdFrame.compress(bytes, level: 1, checksum: true)
  }
}
