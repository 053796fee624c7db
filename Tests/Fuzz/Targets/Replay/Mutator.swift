/// Changes inputs as fuzzers do, the same way each time.
struct Mutator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// The next number below `limit` (SplitMix64, Steele, Lea and Flood 2014).
  mutating func number(below limit: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return Int((z ^ z >> 31) % UInt64(max(1, limit)))
  }

  /// Bytes that numbers are made of where something ends.
  private static let edges: [UInt8] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF]

  /// `input` with a few changes; `other` is what pieces are taken from.
  mutating func changed(_ input: [UInt8], with other: [UInt8]) -> [UInt8] {
    var bytes = input
    for _ in 0...number(below: 4) {
      let place = number(below: bytes.count)
      switch number(below: 8) {
      case 0 where !bytes.isEmpty: bytes[place] ^= 1 << UInt8(number(below: 8))
      case 1 where !bytes.isEmpty: bytes[place] = Self.edges[number(below: Self.edges.count)]
      case 2 where !bytes.isEmpty: bytes[place] = UInt8(number(below: 256))
      case 3 where !bytes.isEmpty:
        bytes.removeSubrange(place..<min(bytes.count, place + 1 + number(below: 8)))
      case 4: bytes.insert(Self.edges[number(below: Self.edges.count)], at: place)
      case 5:
        let begin = number(below: other.count)
        bytes.insert(contentsOf: other[begin..<min(other.count, begin + number(below: 32))], at: place)
      case 6 where !bytes.isEmpty:
        for i in place..<min(bytes.count, place + 4) {
          bytes[i] = Self.edges[number(below: Self.edges.count)]
        }
      case 7 where number(below: 4) == 0: bytes.removeSubrange(place...)
      default: break
      }
    }
    return bytes
  }
}
