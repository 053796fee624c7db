/// A seeded source of random numbers: SplitMix64 (Steele, Lea, Flood 2014).
///
/// The same seed gives the same numbers on every machine, which the standard library's generator does not
/// promise.
package struct RandomSource: RandomNumberGenerator, Sendable {
  /// Where the sequence stands: what a source starts with that goes on from here.
  @usableFromInline package internal(set) var state: UInt64

  /// Starts the sequence that belongs to `seed`.
  package init(seed: UInt64) { state = seed }

  @inlinable
  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Uniform in 0 ..< 1, a multiple of 2^-24.
  @inlinable
  package mutating func uniform() -> Float { Float(next() >> 40) * 0x1p-24 }

  /// A standard normal number (Box and Muller 1958).
  package mutating func normal() -> Float {
    let radius = (-2 * logarithm(Double(max(uniform(), 0x1p-24)))).squareRoot()
    return Float(radius * cosine(2 * Double.pi * Double(uniform())))
  }

  /// A number below `bound`, without bias worth measuring for the bounds used here.
  @inlinable
  package mutating func index(below bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// `indices` in random order (Fisher and Yates).
  package mutating func shuffle(_ indices: inout [Int]) {
    guard indices.count > 1 else { return }
    for i in stride(from: indices.count - 1, through: 1, by: -1) {
      indices.swapAt(i, index(below: i + 1))
    }
  }
}
