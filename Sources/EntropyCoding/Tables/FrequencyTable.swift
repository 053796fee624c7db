/// The integer probabilities of one plane's symbols, for an entropy coder.
///
/// A table lists consecutive symbols from ``lowest`` on, and has one more slot, the escape, for all others. All
/// frequencies are at least 1, and they sum to 2^15. They are derived from integer weights in integer arithmetic, so
/// that machines that agree on the weights agree on the table.
///
/// A symbol represents 2^``rawBits`` neighbouring values: value = symbol << rawBits | low, where the low bits are
/// stored raw. Any `Int32` can be coded: a value outside the table takes the escape, followed by its distance from the
/// table in an exponential-Golomb code (see ``RANSEncoder``).
package struct FrequencyTable: Equatable, Sendable {
  /// Frequencies are in units of 2^-precision.
  package static let precision = 15
  /// The sum of a table's frequencies.
  package static let total = 1 << precision
  /// The maximum number of symbols in a table.
  package static let widest = 1024
  /// Symbols represent at most 2^maximumRawBits values.
  package static let maximumRawBits = 24

  /// The first symbol of the table.
  package let lowest: Int32
  /// The number of low bits of a value that are stored raw.
  package let rawBits: Int
  /// The frequencies of the symbols from ``lowest`` on, followed by that of the escape.
  package let frequencies: [UInt16]
  /// The cost of each slot in bits, including the raw bits that always follow it.
  private let costs: [Float]

  /// The number of listed symbols; also the slot of the escape.
  package var count: Int { frequencies.count - 1 }

  /// Creates the table nearest to the given weights in cross-entropy.
  ///
  /// - Parameters:
  ///   - lowest: the symbol of `weights[0]`. All listed symbols must be within `Int32`.
  ///   - weights: one weight per symbol, in any common unit; 1 to 1024 of them. A weight of 0 counts as a small one.
  ///   - escape: the weight of all other symbols.
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

  /// The slot of a value: the position of its symbol in the table, or ``count`` for an escape.
  package func slot(of value: Int32) -> Int {
    let place = Int(value >> Int32(rawBits)) - Int(lowest)
    return place >= 0 && place < count ? place : count
  }

  /// The cost of coding `value` in bits, without the coder's own loss (less than 0.1 %).
  ///
  /// It serves to choose between parameters; no decoder depends on it.
  package func bits(of value: Int32) -> Float {
    let slot = slot(of: value)
    guard slot == count else { return costs[slot] }
    return costs[slot] + Float(Escape(symbol: value >> Int32(rawBits), table: self).bits)
  }
}

/// The code of a symbol outside its table, after the escape: its side, and its distance as a number of bits and the
/// bits.
struct Escape: Equatable {
  /// The number of bits in the head: one for the side, five for the number of further bits.
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

  /// The escape of a symbol outside `lowest ..< lowest + count`.
  init(symbol: Int32, lowest: Int32, count: Int) {
    below = symbol < lowest
    distance = below ? Int(lowest) - Int(symbol) : Int(symbol) - (Int(lowest) + count - 1)
  }

  /// The number of bits of the distance below its highest.
  var tailBits: Int { Int.bitWidth - 1 - distance.leadingZeroBitCount }
  /// The total number of bits.
  var bits: Int { Self.headBits + tailBits }
  /// The head: the side, then the number of further bits.
  var head: UInt32 { (below ? 32 : 0) | UInt32(tailBits) }
  /// The tail: the distance without its highest bit.
  var tail: UInt32 { UInt32(truncatingIfNeeded: distance) & ((1 << UInt32(tailBits)) - 1) }

  init(head: UInt32, tail: UInt32) {
    self.init(below: head & 32 != 0, distance: Int(tail | 1 << (head & 31)))
  }

  /// The symbol; it may lie outside `Int32` if no encoder wrote the bits.
  func symbol(lowest: Int32, count: Int) -> Int {
    below ? Int(lowest) - distance : Int(lowest) + count - 1 + distance
  }
}

/// log2(x), for x > 0, to about six digits. It uses exact operations only, so that estimates are the same on every
/// machine.
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
