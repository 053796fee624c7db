/// Counts the values of a chunk as they are coded, and reports them.
final class CodedValues {
  private let progress: CodingProgress
  private var count = 0

  init(_ progress: CodingProgress) { self.progress = progress }

  /// Reports values.
  func add(_ values: Int) {
    progress.add(values)
    count += values
  }

  /// The number of values since the last call.
  func take() -> Int {
    defer { count = 0 }
    return count
  }
}
