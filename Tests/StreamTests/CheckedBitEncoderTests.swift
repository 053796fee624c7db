import Testing

@testable import EntropyCoding

@Suite("Bits that are decoded as they are encoded")
struct CheckedBitEncoderTests {
  /// Bits and probabilities, some of them extreme.
  private func bits(_ count: Int) -> [(bit: UInt32, p: UInt32)] {
    var generator = SeededGenerator(seed: UInt64(count))
    return (0..<count).map { _ in
      let some = [1, 65535, 0x8000, UInt32.random(in: 1...65535, using: &generator)]
      let p = some[Int.random(in: 0..<4, using: &generator)]
      return (UInt32.random(in: 0..<65536, using: &generator) < p ? 1 : 0, p)
    }
  }

  private func coded(_ bits: [(bit: UInt32, p: UInt32)]) -> CheckedBitEncoder {
    var coder = CheckedBitEncoder()
    for (bit, p) in bits { _ = coder.code(bit, p) }
    return coder
  }

  @Test("the bytes are those of the plain encoder", arguments: [0, 1, 2, 100, 65536, 65537, 300_000])
  func same(count: Int) {
    var plain = BitEncoder()
    let bits = bits(count)
    for (bit, p) in bits { _ = plain.code(bit, p) }
    #expect(coded(bits).finish() == plain.finish())
  }

  @Test("bytes that decode to other bits are none", arguments: [1, 100, 70_000])
  func damaged(count: Int) {
    let bits = [(bit: UInt32(1), p: UInt32(0x8000)), (0, 0x8000)] + bits(count) + bits(count)
    var coder = coded(bits)
    for place in coder.encoder.bytes.indices.suffix(2) { coder.encoder.bytes[place] ^= 0x55 }
    if coder.encoder.bytes.isEmpty { coder.coded[0] ^= 1 }
    #expect(coder.finish() == nil)
  }
}
