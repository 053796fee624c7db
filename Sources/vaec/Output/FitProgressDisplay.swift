import VAE

/// Shows how a fit goes: a bar on a terminal, elsewhere a line now and then.
struct FitProgressDisplay {
  private let console: Console
  private let isBar = Terminal.isError
  private var nextLine = 2.0
  private var isDrawn = false

  init(_ console: Console) { self.console = console }

  /// Shows `progress`.
  mutating func show(_ progress: FitProgress) {
    if console.isQuiet { return }
    if isBar {
      Terminal.writeError("\r\(Self.bar(progress.fraction))  \(Self.text(progress))\u{1B}[K")
      isDrawn = true
    } else if progress.seconds >= nextLine {
      nextLine = progress.seconds + min(60, progress.seconds)
      console.note("fit: \(Self.percent(progress.fraction)), \(Self.text(progress))")
    }
  }

  /// Takes the bar away.
  mutating func finish() {
    if isDrawn { Terminal.writeError("\r\u{1B}[K") }
    isDrawn = false
  }

  private static func percent(_ fraction: Double) -> String { "\((100 * fraction).fixed(0)) %" }

  private static func bar(_ fraction: Double) -> String {
    let width = 20
    let filled = Int((min(1, max(0, fraction)) * Double(width)).rounded())
    return "[\(String(repeating: "#", count: filled))\(String(repeating: ".", count: width - filled))] "
      + percent(fraction)
  }

  private static func text(_ progress: FitProgress) -> String {
    var parts = ["epoch \(progress.epoch) of \(max(progress.epoch, progress.epochs))"]
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
