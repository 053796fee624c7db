/// Whether the integers of a column count: an index, an id, a cycle, an hour.
///
/// From each row to the next they stay, grow by a step that is always the same, or start over at the lowest so far. They grow
/// once at least, and at least ``leastRun`` times as often as they start over.
struct CountingColumn {
  /// A column of flags starts over as often as it grows.
  private static let leastRun = 4
  /// Fewer rows may look like anything.
  private static let minimumRows = 16

  private var rows = 0
  private var (lowest, last, step): (Int64, Int64, Int64) = (0, 0, 0)
  private var (grows, restarts) = (0, 0)
  private var isBroken = false

  /// Whether the values so far count.
  var counts: Bool {
    !isBroken && rows >= Self.minimumRows && grows >= 1 && grows >= Self.leastRun * restarts
  }

  /// Takes the next row's value: nil where it is no integer.
  mutating func add(_ value: Int64?) {
    guard !isBroken else { return }
    guard let value else {
      isBroken = true
      return
    }
    defer {
      rows += 1
      last = value
    }
    if rows == 0 {
      lowest = value
    } else if value > last {
      let (difference, overflow) = value.subtractingReportingOverflow(last)
      if grows == 0 { step = difference }
      grows += 1
      if overflow || difference != step { isBroken = true }
    } else if value < last {
      // The first values may be from the middle of a run.
      if restarts == 0 { lowest = min(lowest, value) }
      restarts += 1
      if value != lowest { isBroken = true }
    }
  }
}
