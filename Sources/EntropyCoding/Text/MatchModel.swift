/// Predicts the byte that followed the last occurrence of a context.
struct MatchModel: ~Copyable {
  /// The number of match lengths that are distinguished.
  private static let lengths = 32
  /// A longer match is kept whatever its context.
  private static let certainLength = 16
  private static let bits: UInt32 = 18

  /// The match length: the number of bytes before the predicted one that agree with those before the current one; 0
  /// without a prediction.
  private(set) var length = 0

  private let text: UnsafeMutablePointer<UInt8>
  /// The position of each context's last occurrence.
  private let places = FixedBuffer<Int32>(repeating: 0, count: 1 << Int(bits))
  /// For each length and column, the probability that the predicted bit occurs.
  private let slots = FixedBuffer<UInt32>(repeating: 0, count: lengths << 8)
  private let seeksNearer: Bool
  /// The position of the predicted byte; its code, after a leading 1; and its next bit.
  private var place = 0
  private var code: UInt32 = 0
  private var expected: UInt32 = 0
  private var slot = -1

  /// - Parameter seeksNearer: whether a more recent occurrence of the context ends a short match.
  init(text: UnsafeMutablePointer<UInt8>, seeksNearer: Bool) {
    self.text = text
    self.seeksNearer = seeksNearer
    for i in 0..<slots.count {
      let doubt = (1 << 17) / (2 * (i >> 8) + 5)
      slots[i] = AdaptiveProbability.initial(UInt32(65535 - doubt), uses: 0)
    }
  }

  /// Looks for the byte that followed `context`, which now occurs at `position`, greater than 0.
  @inline(__always)
  mutating func begin(_ context: UInt32, position: Int, _ codes: borrowing NibbleCode) {
    if length > 0, text[place] == text[position &- 1] {
      length &+= 1
      place &+= 1
    } else {
      length = 0
    }
    let entry = Int(context >> (32 &- Self.bits))
    if length == 0 || seeksNearer && length < Self.certainLength {
      let found = Int(places[entry])
      if found > 0, length == 0 || found != place {
        place = found
        length = 0
        while length < 32, length < found, text[found &- 1 &- length] == text[position &- 1 &- length] {
          length &+= 1
        }
      }
    }
    places[entry] = Int32(truncatingIfNeeded: position)
    code = length > 0 ? 1 << 16 | codes.code(text[place]) : 0
  }

  /// Sets two inputs for the next bit.
  ///
  /// - Parameters:
  ///   - path: 1 followed by the preceding bits of the byte's code, `bits` in number.
  ///   - column: less than 256.
  @inline(__always)
  mutating func predict(
    _ path: UInt32, bits: UInt32, column: Int, _ curves: borrowing LogisticCurves,
    _ values: UnsafeMutablePointer<Int16>
  ) {
    guard length > 0, code >> (16 &- bits) == path else {
      length = 0
      slot = -1
      values[0] = 0
      values[1] = 0
      return
    }
    expected = code >> (15 &- bits) & 1
    let step = length < 16 ? length : min(Self.lengths &- 1, 12 &+ length >> 2)
    slot = step << 8 | column
    let p = AdaptiveProbability.value(slots[slot])
    let sign: Int32 = expected == 1 ? 1 : -1
    values[0] = Int16(truncatingIfNeeded: sign &* curves.stretch(p))
    values[1] = Int16(truncatingIfNeeded: sign &* (p &- 2048) >> 1)
  }

  @inline(__always)
  func learn(_ bit: UInt32, _ probabilities: borrowing AdaptiveProbability) {
    if slot >= 0 { probabilities.learn(slots.base + slot, bit == expected ? 1 : 0) }
  }
}
