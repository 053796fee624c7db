import VAECodec

/// Shows the progress of a fit: a bar on a terminal, elsewhere occasional lines.
struct FitProgressDisplay {
  private let console: Console
  /// Whether the number of epochs is known in advance.
  private let countsEpochs: Bool
  private var line: StatusLine
  private var nextLine = Self.patience
  /// The seconds between two lines.
  private static let patience = 10.0

  /// - Parameter countsEpochs: whether the number of epochs is known in advance.
  init(_ console: Console, countsEpochs: Bool) {
    self.console = console
    line = StatusLine(console)
    self.countsEpochs = countsEpochs
  }

  /// Runs a fit that can be stopped early, and shows its progress.
  ///
  /// - Parameters:
  ///   - message: printed at the first interrupt.
  ///   - others: signals to treat like interrupts.
  ///   - fit: receives the progress handler.
  static func watching<Report>(
    _ console: Console, countsEpochs: Bool, message: String, and others: [CInt] = [],
    _ fit: (@escaping (FitProgress) -> Bool) throws -> Report
  ) throws -> Report {
    try Interruption.watching(message: message, and: others) { interruption in
      var display = FitProgressDisplay(console, countsEpochs: countsEpochs)
      defer { display.finish() }
      do {
        return try fit { progress in
          display.show(progress)
          return !interruption.isRequested
        }
      } catch CodecError.fit(.suspended(let fraction), _) {
        throw Suspension(fraction: fraction, signal: interruption.signal)
      }
    }
  }

  /// A fit was interrupted, and its checkpoint is written.
  struct Suspension: Error {
    /// The completed fraction, in 0 ... 1.
    let fraction: Double
    /// The signal that interrupted it.
    let signal: CInt

    var percent: String { FitProgressDisplay.percent(fraction) }
  }

  /// Shows `progress`.
  mutating func show(_ progress: FitProgress) {
    if console.isQuiet { return }
    if line.isInPlace {
      line.show("\(Self.bar(progress.fraction))  \(text(progress))")
    } else if progress.seconds >= nextLine {
      nextLine = progress.seconds + Self.patience
      line.show("fit: \(Self.percent(progress.fraction)), \(text(progress))")
    }
  }

  /// Removes the bar.
  mutating func finish() { line.finish() }

  private static func percent(_ fraction: Double) -> String { "\((100 * fraction).fixed(0)) %" }

  private static func bar(_ fraction: Double) -> String {
    let width = 20
    let filled = Int((min(1, max(0, fraction)) * Double(width)).rounded())
    return "[\(String(repeating: "#", count: filled))\(String(repeating: ".", count: width - filled))] "
      + percent(fraction)
  }

  private func text(_ progress: FitProgress) -> String {
    var parts: [String]
    switch progress.stage {
    case .training:
      let total = countsEpochs ? " of \(max(progress.epoch, progress.epochs))" : ""
      parts = ["epoch \(progress.epoch)\(total)"]
    case .layers: parts = ["choosing layers"]
    case .sampler: parts = ["fitting the sampler"]
    case .qualities: parts = ["measuring qualities"]
    }
    if let heldOut = progress.heldOut {
      parts.append("\(heldOut.bits.significant(4)) bits")
      parts.append("\(heldOut.psnr.fixed(1)) dB")
    }
    if progress.fraction > 0.01 {
      let left = progress.seconds / progress.fraction * (1 - progress.fraction)
      parts.append("\(clockText(left)) left")
    }
    return parts.joined(separator: ", ")
  }
}
