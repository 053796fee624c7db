import Synchronization

/// What readers of an input had to leave out or to take for something: one line each, for people.
///
/// An input may be read several times; what is noted again counts once.
public final class ReadingNotes: Sendable, Equatable {
  private let lines = Mutex<[String]>([])

  /// No notes yet.
  public init() {}

  /// Adds a note about the input called `name`.
  func add(_ text: String, name: String) {
    let line = SampleIOError.about(name, text)
    lines.withLock { lines in
      if !lines.contains(line) { lines.append(line) }
    }
  }

  /// All notes so far; afterwards there are none.
  public func take() -> [String] {
    lines.withLock { lines in
      defer { lines = [] }
      return lines
    }
  }

  public static func == (a: ReadingNotes, b: ReadingNotes) -> Bool { a === b }
}

/// What becomes of the values at the end of raw data that do not fill a sample.
public enum PartialSample: String, CaseIterable, Sendable {
  /// They are left out.
  case drop
  /// Zeros fill the sample.
  case pad
}
