import CKernels
import Testing

/// One variant of the kernels that this processor can run.
struct Variant: Sendable, CustomTestStringConvertible {
  let name: String
  // The table is a constant of the C module.
  nonisolated(unsafe) let table: UnsafePointer<vaec_kernels>

  var kernels: vaec_kernels { table.pointee }
  var testDescription: String { name }

  /// All of them, fastest first; the last is "plain", which every processor can run.
  static let all: [Variant] = ["avx512", "avx2", "neon", "plain"].compactMap { name in
    vaec_kernels_named(name).map { Variant(name: name, table: $0) }
  }
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers in every run.
struct Numbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func float(_ range: ClosedRange<Float>) -> Float {
    range.lowerBound + (range.upperBound - range.lowerBound) * Float(next() >> 40) * 0x1p-24
  }

  mutating func floats(_ count: Int, _ range: ClosedRange<Float>) -> [Float] {
    (0..<count).map { _ in float(range) }
  }

  /// Numbers of both signs and of all sizes from 2^-octaves to 2^octaves; every ninth is 0, some are whole.
  mutating func wild(_ count: Int, octaves: Int = 40) -> [Float] {
    (0..<count).map { _ in
      let kind = next() % 9
      if kind == 0 { return 0 }
      if kind == 1 { return float(-8...8).rounded() }
      let exponent = Int(next() % UInt64(2 * octaves + 1)) - octaves
      return Float(
        sign: next() & 1 == 0 ? .plus : .minus, exponent: exponent, significand: float(1...1.999_999))
    }
  }

  mutating func doubles(_ count: Int) -> [Double] {
    (0..<count).map { _ in (Double(next() >> 11) * 0x1p-53 - 0.5) * Double(1 << Int(next() % 20)) }
  }
}

extension Array where Element == Float {
  /// The bit patterns, by which results are compared: -0 is not 0 there.
  var bits: [UInt32] { map(\.bitPattern) }
}
