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

  @Test("bits that take next to no bytes are found as they come, so that memory is bounded")
  func sure() {
    var coder = CheckedBitEncoder()
    for _ in 0..<200_000 { _ = coder.code(1, 65535) }
    #expect(coder.coded.count < CheckedBitEncoder.room && coder.encoder.bytes.count < 4)
    #expect(coder.finish() != nil)
  }

  @Test("bytes that decode to other bits are none", arguments: [100, 1000, 65_000])
  func damaged(count: Int) {
    var coder = coded(bits(count))
    for place in coder.encoder.bytes.indices.suffix(2) { coder.encoder.bytes[place] ^= 0x55 }
    #expect(!coder.encoder.bytes.isEmpty && coder.finish() == nil)
  }
}
