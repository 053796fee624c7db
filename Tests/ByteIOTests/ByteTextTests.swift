import Testing

@testable import ByteIO

/// Names of files and columns are bytes, and come back as they were.
@Suite("bytes as text")
struct ByteTextTests {
  @Test("UTF-8 is text as it is")
  func text() {
    for name in ["", "a.npy", "caf\u{E9}", "e\u{301}", "\u{1F600}", "\0\u{1B}"] {
      #expect(ByteText.text(of: Array(name.utf8)).unicodeScalars.elementsEqual(name.unicodeScalars))
      #expect(ByteText.bytes(of: name) == Array(name.utf8))
    }
  }

  @Test("any bytes come back")
  func roundTrip() {
    var state: UInt64 = 1
    for turn in 0..<500 {
      let bytes = (0..<turn % 40).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        // Mostly first and further bytes of sequences.
        return UInt8(truncatingIfNeeded: state >> 56) | (turn % 3 == 0 ? 0 : 0x80)
      }
      #expect(ByteText.bytes(of: ByteText.text(of: bytes)) == bytes)
    }
    // Cut and overlong sequences, surrogates, and the scalars that stand for bytes.
    for bytes in [
      [0x63, 0xE9], [0xC3], [0xC3, 0xC3, 0xA9], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xC0, 0x80],
      [0xED, 0xA0, 0x80],
      [0xF4, 0x8F, 0xBF, 0xA9], [0xF4, 0x8F, 0xBE, 0x80, 0x41], [0xFF, 0xFE],
    ] as [[UInt8]] {
      #expect(ByteText.bytes(of: ByteText.text(of: bytes)) == bytes)
    }
  }

  @Test("different names are different texts")
  func oneToOne() {
    let scalar = "\u{10FFE9}"
    #expect(ByteText.text(of: [0xE9]) == scalar)
    #expect(ByteText.text(of: Array(scalar.utf8)) != scalar)
  }

  @Test("what would control a terminal, and what is no UTF-8, is shown as its number")
  func shown() {
    #expect(
      ByteText.shown(ByteText.text(of: [0x63, 0xE9, 0x1B, 0x5B, 0x0A, 0x7F])) == "c\\xE9\\x1B[\\x0A\\x7F")
    #expect(ByteText.shown("a\nb\u{9B}", keepsLines: true) == "a\nb\\x9B")
    #expect(ByteText.shown("caf\u{E9} \u{1F600}") == "caf\u{E9} \u{1F600}")
    #expect(ByteText.withoutBytes("\u{10FFE9}\n") == "\\xE9\n")
  }
}
