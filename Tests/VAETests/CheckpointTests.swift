import ByteIO
import Testing

@testable import VAE

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
    private(set) var checkpoints: [[UInt8]] = []
    private(set) var model: [UInt8] = []

    /// - Parameter stopping: it is asked to stop when it first has come so far.
    init(
      _ samples: Matrix = CheckpointTests.samples, _ options: FitOptions = CheckpointTests.options(),
      from checkpoint: [UInt8]? = nil, every interval: Double = 0, workers: Int = 2, stopping: Double = 2
    ) throws {
      let keeping = FitCheckpoints(every: interval, resumed: checkpoint.map { MemorySource($0) }) { write in
        let sink = MemorySink()
        try? write(sink)
        self.checkpoints.append(sink.bytes)
      }
      let fit = ModelFit(
        options, kernels: Kernels(), workers: Workers(count: workers), checkpoints: keeping
      ) { $0.fraction < stopping }
      model = try fit(samples.copy(rows: 0..<samples.rows), isInteger: false, elementRange: nil).model
        .encode()
    }
  }

  private static func uninterrupted() throws -> [UInt8] {
    let fit = ModelFit(options(), kernels: Kernels(), workers: Workers(count: 1))
    return try fit(samples.copy(rows: 0..<samples.rows), isInteger: false, elementRange: nil).model.encode()
  }

  @Test(
    "from whichever step it goes on, a fit gives the model of one that was not interrupted",
    arguments: [1, 2])
  func everyStep(workers: Int) throws {
    let expected = try Self.uninterrupted()
    let all = try Run(workers: workers)
    #expect(all.model == expected)
    // One for each step of training and of its end, and one at the end.
    #expect(all.checkpoints.count == 12 * 2 + 2 + 1)
    for (step, checkpoint) in all.checkpoints.enumerated() {
      let rest = try Run(from: checkpoint, every: 1e9, workers: 3 - workers)
      #expect(rest.model == expected, "after step \(step + 1)")
    }
  }

  @Test("a fit that is asked to stop writes a checkpoint and no model, again and again")
  func stopping() throws {
    var checkpoint: [UInt8]?
    for fraction in [0.1, 0.4, 0.8] {
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
    options.seed = 7
    #expect(throws: FitError.checkpoint(.otherOption(name: "seed", made: "0", given: "7"))) {
      try Run(Self.samples, options, from: checkpoint)
    }
    options = Self.options()
    options.hidden = [8, 8]
    #expect(throws: FitError.checkpoint(.otherOption(name: "hidden", made: "8", given: "8,8"))) {
      try Run(Self.samples, options, from: checkpoint)
    }
    let other = Self.samples.copy(rows: 0..<300)
    other[299, 11] = other[299, 11].nextUp
    #expect(throws: FitError.checkpoint(.otherData)) { try Run(other, from: checkpoint) }
    #expect(throws: FitError.checkpoint(.otherData)) {
      try Run(Self.samples.copy(rows: 0..<299), from: checkpoint)
    }
  }

  @Test("fits by the clock, for a number of samples and by evidence have no checkpoints")
  func refused() throws {
    var byTime = Self.options()
    (byTime.epochs, byTime.seconds) = (nil, 1)
    var forSamples = Self.options()
    forSamples.samples = 100
    var byEvidence = Self.options()
    byEvidence.objective = .elbo
    for options in [byTime, forSamples, byEvidence] {
      #expect(throws: FitError.badOption("checkpoint")) { try Run(Self.samples, options) }
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

  @Test("numbers that lie, with the checksum right, are refused or do no harm")
  func lies() throws {
    let middle = try Run().checkpoints
    let content = try Self.content(middle[middle.count - 1])
    // From the steps that were made on; the options before that are short words.
    for offset in stride(from: 0, to: 200, by: 5) {
      for lie in [
        [UInt8](repeating: 0xFF, count: 8), [UInt8](repeating: 0x7F, count: 8),
        [0, 0, 0, 0, 0, 0, 0xF0, 0x7F],
      ] {
        guard offset + lie.count <= content.count else { continue }
        var changed = content
        changed.replaceSubrange(offset..<offset + lie.count, with: lie)
        do {
          _ = try Run(from: Self.zstd(changed), every: 1e9)
        } catch is FitError {}
      }
    }
  }

  private static func content(_ frame: [UInt8]) throws -> [UInt8] {
    let sink = MemorySink()
    try ZstdSource(MemorySource(frame)).copy(to: sink)
    return sink.bytes
  }

  private static func zstd(_ bytes: [UInt8]) throws -> [UInt8] {
    let sink = MemorySink()
    let zstd = try ZstdSink(sink, level: 1)
    try zstd.write(bytes)
    try zstd.finish()
    return sink.bytes
  }
}
