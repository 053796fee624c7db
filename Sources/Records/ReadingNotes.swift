import Synchronization

/// Notes on what readers of an input skipped or reinterpreted, one line each.
///
/// An input may be read several times; repeated notes count once.
public final class ReadingNotes: Sendable, Equatable {
  private let lines = Mutex<[String]>([])

  /// Creates an empty list of notes.
  public init() {}

  /// Adds a note about the input `name`.
  func add(_ text: String, name: String) {
    let line = SampleIOError.about(name, text)
    lines.withLock { lines in
      if !lines.contains(line) { lines.append(line) }
    }
  }

  /// Returns all notes so far, and removes them.
  public func take() -> [String] {
    lines.withLock { lines in
      defer { lines = [] }
      return lines
    }
  }

  public static func == (a: ReadingNotes, b: ReadingNotes) -> Bool { a === b }
}

/// How to treat an incomplete last sample of raw data.
public enum PartialSample: String, CaseIterable, Sendable {
  /// Discard it.
  case drop
  /// Fill it with zeros.
  case pad
}
