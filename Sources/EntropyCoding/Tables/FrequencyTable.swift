/// The integer probabilities of one plane's symbols, as an entropy coder needs them.
///
/// A table covers a run of symbols from ``lowest`` on and has one more slot, the escape, for everything else. All
/// frequencies are at least 1 and sum to 2^15. They follow from integer weights by integer arithmetic alone, so
/// that two machines which agree on the weights agree on the table.
///
/// A symbol stands for 2^``rawBits`` neighbouring values: value = symbol << rawBits | low, where the low bits are
/// coded as they are. Any `Int32` can be coded: a value outside the table takes the escape, and then its distance
/// from the table in an exponential-Golomb code (see ``RANSEncoder``).
package struct FrequencyTable: Equatable, Sendable {
  /// Frequencies are in units of 2^-precision.
  package static let precision = 15
  /// What the frequencies of a table sum to.
  package static let total = 1 << precision
  /// A table lists at most this many symbols.
  package static let widest = 1024
  /// Symbols stand for at most 2^mostRawBits values.
  package static let maximumRawBits = 24

  /// The first symbol of the table.
  package let lowest: Int32
  /// Low bits of a value that are coded as they are.
  package let rawBits: Int
  /// The frequencies of the symbols from ``lowest`` on, and of the escape last.
  package let frequencies: [UInt16]
  /// What each slot costs, in bits, with the raw bits that follow it always.
  private let costs: [Float]

  /// How many symbols are listed; also the slot of the escape.
  package var count: Int { frequencies.count - 1 }

  /// The table nearest to the given weights in cross-entropy.
  ///
  /// - Parameters:
  ///   - lowest: the symbol that `weights[0]` belongs to. All listed symbols are within `Int32`.
  ///   - weights: one weight a symbol, in any common unit; 1 to 1024 of them. A weight of 0 counts as a small one.
  ///   - escape: the weight of everything else.
  ///   - rawBits: 0 to 24.
  package init(lowest: Int32, weights: [UInt32], escape: UInt32, rawBits: Int) {
    precondition((1...Self.widest).contains(weights.count), "a table lists 1 to 1024 symbols")
    precondition((0...Self.maximumRawBits).contains(rawBits), "a table leaves 0 to 24 bits raw")
    precondition(Int(lowest) + weights.count - 1 <= Int(Int32.max), "symbols are 32-bit integers")
    self.lowest = lowest
    self.rawBits = rawBits
    frequencies = Self.frequencies(weights + [escape])
    costs = frequencies.map { Float(Self.precision + rawBits) - binaryLogarithm(Float($0)) }
  }

  /// The slot of a value: the symbol's place in the table, or ``count`` where it takes the escape.
  package func slot(of value: Int32) -> Int {
    let place = Int(value >> Int32(rawBits)) - Int(lowest)
    return place >= 0 && place < count ? place : count
  }

  /// What coding `value` takes, in bits, up to the loss of the coder itself (less than 0.1 %).
  ///
  /// An estimate for choosing between parameters; no decoder depends on it.
  package func bits(of value: Int32) -> Float {
    let slot = slot(of: value)
    guard slot == count else { return costs[slot] }
    return costs[slot] + Float(Escape(symbol: value >> Int32(rawBits), table: self).bits)
  }
}

/// How a symbol outside its table is coded after the escape: on which side and how far, as a number of bits and the
/// bits.
struct Escape: Equatable {
  /// Bits that the head takes: one for the side, then five for how many bits follow.
  static let headBits = 6

  /// Whether the symbol is below the table.
  var below: Bool
  /// The distance from the nearest listed symbol, 1 to 2^32 - 1.
  var distance: Int

  init(below: Bool, distance: Int) {
    self.below = below
    self.distance = distance
  }

  init(symbol: Int32, table: FrequencyTable) {
    self.init(symbol: symbol, lowest: table.lowest, count: table.count)
  }

  /// The escape of a symbol outside lowest ..< lowest + count.
  init(symbol: Int32, lowest: Int32, count: Int) {
    below = symbol < lowest
    distance = below ? Int(lowest) - Int(symbol) : Int(symbol) - (Int(lowest) + count - 1)
  }

  /// Bits of the distance below its highest.
  var tailBits: Int { Int.bitWidth - 1 - distance.leadingZeroBitCount }
  /// All bits of the escape.
  var bits: Int { Self.headBits + tailBits }
  /// What goes first: the side, then how many bits follow.
  var head: UInt32 { (below ? 32 : 0) | UInt32(tailBits) }
  /// What follows: the distance without its highest bit.
  var tail: UInt32 { UInt32(truncatingIfNeeded: distance) & ((1 << UInt32(tailBits)) - 1) }

  init(head: UInt32, tail: UInt32) {
    self.init(below: head & 32 != 0, distance: Int(tail | 1 << (head & 31)))
  }

  /// The symbol; it may lie outside `Int32` when the bits are not an encoder's.
  func symbol(lowest: Int32, count: Int) -> Int {
    below ? Int(lowest) - distance : Int(lowest) + count - 1 + distance
  }
}

/// log2(x), for x > 0, to about six digits: by exact operations, so that estimates are the same everywhere.
package func binaryLogarithm(_ x: Float) -> Float {
  var exponent = Double(x.exponent)
  var significand = Double(x.significand)
  if significand > 1.414 {
    significand /= 2
    exponent += 1
  }
  // log m = 2 artanh((m - 1) / (m + 1)).
  let s = (significand - 1) / (significand + 1)
  let square = s * s
  let series = s * (1 + square * (1 / 3 + square * (1 / 5 + square * (1 / 7 + square / 9))))
  return Float(exponent + series * 2.8853900817779268)
}
