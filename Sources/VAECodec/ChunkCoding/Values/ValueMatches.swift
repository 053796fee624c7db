import EntropyCoding

/// Predicts that what followed the last values of the same names will follow again, by two matches of other lengths (as in
/// Mahoney's lpaq).
struct ValueMatches {
  /// The names that a place is found by.
  private static let keys = [5, 3]
  private static let tableBits: UInt32 = 18
  /// A shorter match gives way to a longer one; one that failed more often is given up.
  private static let (shortest, longest, failures) = (6, 32, 8)

  /// A match: where it is, how many names agreed, and how often it failed.
  struct Match {
    var place = -1
    var length = 0
    var failures = 0

    /// The row of its record: up to 64.
    var record: Int { min(length, 15) + 16 * min(failures, 3) }
  }

  private(set) var matches = [Match(), Match()]
  private let tables: [UnsafeMutablePointer<Int32>]
  private let owners: [AnyObject]

  init() {
    // Places are stored plus 1.
    let memory = Self.keys.map { _ in ZeroedMemory<Int32>(count: 1 << Int(Self.tableBits)) }
    (tables, owners) = (memory.map(\.pointer), memory)
  }

  /// Moves to value `i`, whose predecessors have `names`.
  ///
  /// - Parameter column: sets apart the second match of each column.
  mutating func find(_ names: UnsafeMutablePointer<Int64>, at i: Int, column: UInt32) {
    for m in 0..<2 {
      var key: UInt32 = m == 0 ? 1 : DistributionMixer.hash(column, 99)
      for d in 1...Self.keys[m] {
        key = DistributionMixer.hash(key, UInt32(truncatingIfNeeded: names[i - d]))
      }
      let slot = tables[m] + Int(key >> (32 - Self.tableBits))
      var match = matches[m]
      if match.place >= 0 { match.place += 1 }
      if match.place < 0 || match.length < Self.shortest {
        let found = Int(slot.pointee) - 1
        var length = 0
        if found >= 0 {
          while length < Self.longest, found - length - 1 >= 0,
            names[found - length - 1] == names[i - length - 1]
          {
            length += 1
          }
        }
        if length > match.length {
          match = Match(place: found, length: length)
        } else if match.failures > Self.failures {
          match.place = -1
        }
      }
      slot.pointee = Int32(truncatingIfNeeded: i + 1)
      matches[m] = match
    }
  }

  /// Records the name of value `i`.
  mutating func settle(_ names: UnsafeMutablePointer<Int64>, at i: Int) {
    for m in 0..<2 where matches[m].place >= 0 {
      if names[matches[m].place] == names[i] {
        matches[m].length += 1
        if matches[m].length > 15 { matches[m].failures = 0 }
      } else {
        matches[m].length = 0
        matches[m].failures += 1
      }
    }
  }
}
