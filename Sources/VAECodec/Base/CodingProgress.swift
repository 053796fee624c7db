import Synchronization

/// How much of some samples is encoded or decoded, for a display on another thread.
///
/// A pass over samples counts; trials, by which an encoder chooses, do not.
package final class CodingProgress: Sendable {
  /// The state of a pass.
  package struct Pass: Sendable {
    /// The number of passes that have begun; 0 before the first.
    package var number = 0
    /// The values of all samples; nil if unknown.
    package var total: Int?
    /// The values so far, in chunks that are done and in those that are not.
    package var done = 0
    /// The size of a value in bytes.
    package var valueBytes = 1
    /// When it began.
    package var start = ContinuousClock.now
  }

  private let pass = Mutex(Pass())
  /// The number of values after which a coder reports.
  static let pace = 1 << 13

  package init() {}

  /// The pass that goes on.
  package var current: Pass { pass.withLock { $0 } }

  /// Begins a pass over so many values.
  func begin(total: Int?, valueBytes: Int) {
    pass.withLock { $0 = Pass(number: $0.number + 1, total: total, valueBytes: valueBytes) }
  }

  /// Adds values that are done.
  func add(_ values: Int) { pass.withLock { $0.done += values } }
}
