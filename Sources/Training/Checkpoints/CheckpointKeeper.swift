import ByteIO
import Tensor
import VAEModel

/// Writes the checkpoints of one fit, and reads the one that it resumes from.
///
/// A checkpoint is one zstd frame with a checksum. Its head says which fit it belongs to: options, and a digest of the
/// data. What trainings have given that the fit is done with follows, and then the state of the one under way. All of that
/// has sizes that the fit knows, so that a file which lies about them is never believed.
final class CheckpointKeeper {
  private let checkpoints: FitCheckpoints
  private let head: Head
  /// The finished trainings, for later checkpoints.
  private var finished: [FinishedTraining] = []
  /// The unread part of the checkpoint to resume from, and the number of finished trainings in it.
  private var resumed: CheckpointReader?
  private var unread = 0
  private let clock = ContinuousClock()
  private var written: ContinuousClock.Instant

  /// Reads the head of the checkpoint to resume from, if there is one, and compares it with that of this fit.
  init(
    _ checkpoints: FitCheckpoints, _ options: FitOptions, _ samples: Matrix, shape: [Int] = [],
    isInteger: Bool, elementRange: ClosedRange<Float>?
  ) throws(FitError) {
    self.checkpoints = checkpoints
    head = Head(
      options: options,
      data: Self.digest(samples, shape: shape, isInteger: isInteger, elementRange: elementRange))
    written = clock.now
    guard let source = checkpoints.resumed else { return }
    do throws(CheckpointError) {
      let reader = try CheckpointReader(source)
      try head.compare(with: reader)
      unread = try reader.count(upTo: Self.maximumFinished)
      resumed = reader
    } catch {
      throw .checkpoint(error)
    }
  }

  /// The result of the next training according to the checkpoint; nil if it had not finished.
  ///
  /// - Parameters:
  ///   - parameters: the parameters to train; overwritten.
  ///   - measure: returns their loss on held-out rows.
  func finished(_ parameters: Parameters, measure: () -> Double) throws(FitError) -> FinishedTraining? {
    guard let resumed, unread > 0 else { return nil }
    unread -= 1
    var training = FinishedTraining()
    do throws(CheckpointError) {
      training.curve = try resumed.curve(upTo: Self.maximumCurvePoints)
      training.loss = try resumed.double()
      if training.loss.isFinite {
        training.parameters = try Self.copy(of: parameters, from: resumed, loss: training.loss, measure)
      }
    } catch {
      throw .checkpoint(error)
    }
    return training
  }

  /// Keeps the result of a training for the checkpoints of later ones.
  func keep(_ training: FinishedTraining) { finished.append(training) }

  /// Restores the state of a trainer from the checkpoint, if there is one.
  ///
  /// - Parameters:
  ///   - steps: the number of steps of the main training; nil if the clock ends it.
  ///   - measure: returns the loss of the trainer's parameters on held-out rows; nil if none is measured.
  func restore(
    _ state: inout TrainingState, _ trainer: some ResumableTrainer, steps: Int?, measure: (() -> Double)?
  ) throws(FitError) {
    guard let resumed else { return }
    self.resumed = nil
    do throws(CheckpointError) {
      try Self.read(resumed, &state, trainer, steps: steps, measure)
    } catch {
      throw .checkpoint(error)
    }
  }

  /// Writes a checkpoint when it is due. If the fit is to end here, writes one and throws.
  ///
  /// - Parameter fraction: the finished share of the fit.
  func keep(
    _ state: TrainingState, _ trainer: some ResumableTrainer, fraction: Double, isLast: Bool
  ) throws(FitError) {
    if isLast || (clock.now - written) / .seconds(1) >= checkpoints.interval { write(state, trainer) }
    if isLast { throw .suspended(fraction: fraction) }
  }

  /// Writes a checkpoint.
  func write(_ state: TrainingState, _ trainer: some ResumableTrainer) {
    checkpoints.save { (sink) throws(ByteIOError) in
      let sink = try ZstdSink(sink, level: 1)
      var before = ByteWriter()
      before.append(UInt64(finished.count))
      try sink.write(head.bytes + before.bytes)
      for training in finished {
        var numbers = ByteWriter()
        Self.append(training.curve, to: &numbers)
        numbers.append(training.parameters == nil ? Double.infinity : training.loss)
        try sink.write(numbers.bytes)
        if let parameters = training.parameters {
          try sink.write(UnsafeRawBufferPointer(parameters.buffer.bytes))
        }
      }
      let place = trainer.state
      try sink.write(Self.numbers(state, place))
      var order = ByteWriter()
      for row in place.order { order.append(UInt32(row)) }
      try sink.write(order.bytes)
      let best = state.bestLoss.isFinite ? [state.bestParameters.buffer] : []
      for buffer in trainer.buffers + best { try sink.write(UnsafeRawBufferPointer(buffer.bytes)) }
      try sink.finish()
    }
    written = clock.now
  }

  /// The scalars of a training in progress.
  private static func numbers(_ state: TrainingState, _ trainer: TrainerState) -> [UInt8] {
    var writer = ByteWriter()
    for count in [state.done, state.finetuned, trainer.next] { writer.append(UInt64(count)) }
    writer.append(trainer.random.state)
    writer.append(UInt8(state.heldOut == nil ? 0 : 1))
    let numbers = [
      trainer.firstDecay, Double(trainer.variance), state.bestLoss, state.heldOut?.bits ?? 0,
      state.heldOut?.psnr ?? 0, state.seconds,
    ]
    for number in numbers { writer.append(number) }
    append(state.curve, to: &writer)
    return writer.bytes
  }

  private static func append(_ curve: [TrainingPoint], to writer: inout ByteWriter) {
    writer.append(UInt64(curve.count))
    for point in curve {
      for number in [point.epoch, point.bits, point.psnr] { writer.append(number) }
    }
  }

  /// The maximum number of points measured during training, with a margin.
  private static let maximumCurvePoints = 4 * ModelFit.measurements
  /// The maximum number of networks that a fit trains before its last one, with a margin.
  private static let maximumFinished = 1 << 8
  /// The maximum number of steps of a timed fit.
  private static let maximumSteps = 1 << 40

  private static func read(
    _ reader: CheckpointReader, _ state: inout TrainingState, _ trainer: some ResumableTrainer, steps: Int?,
    _ measure: (() -> Double)?
  ) throws(CheckpointError) {
    state.done = try reader.count(upTo: steps ?? maximumSteps)
    let isAtEnd = steps == nil || state.done == steps
    state.finetuned = try reader.count(upTo: isAtEnd ? TrainingState.finetuning(after: state.done) : 0)
    var place = trainer.state
    place.number = state.done + state.finetuned
    place.next = try reader.count(upTo: place.order.count)
    place.random = RandomSource(seed: try reader.integer())
    let hasHeldOut = try reader.integer(UInt8.self) == 1
    place.firstDecay = try reader.double()
    place.variance = Float(try reader.double())
    state.bestLoss = try reader.double()
    let (bits, psnr) = (try reader.double(), try reader.double())
    // These are only displayed.
    if hasHeldOut, bits.magnitude < 1e9, psnr.magnitude < 1e9 { state.heldOut = (bits, psnr) }
    state.seconds = try reader.double()
    guard (0...1).contains(place.firstDecay), place.variance.isFinite, place.variance > 0,
      !state.bestLoss.isNaN, (0...1e9).contains(state.seconds)
    else { throw .damaged }
    state.curve = try reader.curve(upTo: maximumCurvePoints)
    try reader.fill(permutation: &place.order)
    for buffer in trainer.buffers { try reader.fill(buffer) }
    if state.bestLoss.isFinite {
      // The best parameters come last, and are measured in the buffer of the current ones, which are saved meanwhile.
      guard let measure else { throw .damaged }
      let parameters = trainer.parameters
      let current = parameters.copy()
      state.bestParameters = try copy(of: parameters, from: reader, loss: state.bestLoss, measure)
      parameters.buffer.copy(from: current.buffer)
    } else {
      guard state.bestLoss == .infinity else { throw .damaged }
    }
    try reader.end()
    trainer.state = place
  }

  /// Reads parameters into `parameters`, and returns a copy of them if they have the given loss.
  private static func copy(
    of parameters: Parameters, from reader: CheckpointReader, loss: Double, _ measure: () -> Double
  ) throws(CheckpointError) -> Parameters {
    try reader.fill(parameters.buffer)
    // The stated loss must be correct.
    guard measure() == loss else { throw .damaged }
    return parameters.copy()
  }

  /// A name for the rows of a fit, and for what is known of their type.
  static func digest(
    _ samples: Matrix, shape: [Int] = [], isInteger: Bool, elementRange: ClosedRange<Float>?
  ) -> Digest {
    var head = ByteWriter()
    head.append(UInt64(samples.rows))
    head.append(UInt64(samples.columns))
    for length in [shape.count] + shape { head.append(UInt64(length)) }
    head.append(UInt8(isInteger ? 1 : 0))
    for bound in [elementRange?.lowerBound, elementRange?.upperBound] { head.append((bound ?? 0).bitPattern) }
    var digest = Digest(of: head.bytes)
    for r in 0..<samples.rows {
      let row = UnsafeRawBufferPointer(UnsafeBufferPointer(start: samples.row(r), count: samples.columns))
      digest = Digest(of: Array(row)).after(digest)
    }
    return digest
  }

  /// Identifies the fit that a checkpoint belongs to.
  private struct Head {
    static let magic: [UInt8] = Array("vaecfit\n".utf8)
    /// To be raised whenever training, or the rest of this file, changes: other steps lead to other models.
    static let version: UInt8 = 4

    /// The options that affect a fit, by their names on the command line, and their values: empty if the fit decides.
    let options: [(name: String, value: String)]
    let data: Digest

    init(options: FitOptions, data: Digest) {
      func text(_ value: (some CustomStringConvertible)?) -> String { value.map { "\($0)" } ?? "" }
      self.options = [
        ("latents", text(options.latents)),
        ("hidden", options.hidden.map { $0.map(String.init).joined(separator: ",") } ?? ""),
        ("epochs", text(options.epochs)), ("time", text(options.seconds)), ("for", text(options.samples)),
        ("objective", options.objective.rawValue), ("likelihood", options.likelihood.rawValue),
        ("beta", text(options.beta)), ("holdout", text(options.holdout)), ("seed", text(options.seed)),
      ]
      self.data = data
    }

    var bytes: [UInt8] {
      var writer = ByteWriter()
      writer.append(Self.magic)
      writer.append(Self.version)
      for option in options {
        writer.append(UInt8(clamping: option.value.utf8.count))
        writer.append(option.value.utf8.prefix(255))
      }
      data.write(to: &writer)
      return writer.bytes
    }

    /// Throws if the head at the start of `reader` is that of another fit.
    func compare(with reader: CheckpointReader) throws(CheckpointError) {
      guard try reader.bytes(Self.magic.count) == Self.magic else { throw .notACheckpoint }
      let version = try reader.integer(UInt8.self)
      guard version == Self.version else { throw .otherVersion(Int(version)) }
      for (name, given) in options {
        let made = String(decoding: try reader.bytes(Int(try reader.integer(UInt8.self))), as: UTF8.self)
        if made == given { continue }
        // A message must be a single line of printable characters, whatever is in the file.
        let isPlain = made.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        throw isPlain ? .otherOption(name: name, made: made, given: given) : .damaged
      }
      guard try reader.digest() == data else { throw .otherData }
    }
  }
}
