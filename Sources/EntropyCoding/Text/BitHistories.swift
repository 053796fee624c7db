/// Bit histories, as in Mahoney's paq6: the bits that a context has seen, summarized in a byte as the numbers of zeros
/// and ones and the most recent bit.
///
/// The counts are bounded, more tightly if both bits occurred. A bit that contradicts a long run shortens it. History 0
/// has seen nothing.
struct BitHistories: ~Copyable {
  /// The history after a 0; and, at 256 + history, after a 1.
  let next = FixedBuffer<UInt8>(repeating: 0, count: 512)
  /// The number of bits each history has counted.
  let counts = FixedBuffer<UInt8>(repeating: 0, count: 256)
  /// The probability of a 1 in units of 1 / 65536, by the counts alone.
  let probabilities = FixedBuffer<UInt32>(repeating: 1 << 15, count: 256)

  init() {
    let all = History.all
    for (i, history) in all.enumerated() {
      next[i] = UInt8(all.firstIndex(of: history.followed(byOne: false)) ?? 0)
      next[256 + i] = UInt8(all.firstIndex(of: history.followed(byOne: true)) ?? 0)
      let total = history.zeros + history.ones
      counts[i] = UInt8(total)
      probabilities[i] = UInt32((history.ones * 5 + 2) * 65535 / (total * 5 + 4))
    }
  }
}

private struct History: Equatable {
  /// The maximum count of the more frequent bit, by the count of the other one.
  private static let bounds = [40, 16, 10, 8, 6, 6]

  var zeros = 0
  var ones = 0
  var endsInOne = false

  /// All possible histories, by the number of bits they count: fewer than 256.
  static var all: [History] {
    (0...46).flatMap { total in
      (0...total).flatMap { zeros in
        [false, true].map { History(zeros: zeros, ones: total - zeros, endsInOne: $0) }
      }
    }
    .filter { $0.isAllowed && $0.isPossible }
  }

  private var isAllowed: Bool {
    let few = min(zeros, ones)
    return few < Self.bounds.count && max(zeros, ones) <= Self.bounds[few]
  }

  private var isPossible: Bool { endsInOne ? ones > 0 : zeros > 0 || ones == 0 }

  func followed(byOne isOne: Bool) -> History {
    var (same, other) = isOne ? (ones + 1, zeros) : (zeros + 1, ones)
    other = Self.remaining(other)
    while true {
      let next = History(zeros: isOne ? other : same, ones: isOne ? same : other, endsInOne: isOne)
      if next.isAllowed { return next }
      if same > 1, same >= other { same -= 1 } else { other -= 1 }
    }
  }

  /// What remains of a count after a contradicting bit.
  private static func remaining(_ count: Int) -> Int {
    switch count {
    case ..<4: count
    case 4, 5: count - 1
    case 6, 7: 4
    case 8..<11: 5
    default: 6
    }
  }
}
