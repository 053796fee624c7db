import Testing

@testable import ByteIO

@Suite("Digests")
struct DigestTests {
  @Test(
    "a digest is the first half of a SHA-256",
    arguments: [
      // From FIPS 180-2, appendix B.
      ("abc", "ba7816bf8f01cfea414140de5dae2223"),
      ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039"),
      ("", "e3b0c44298fc1c149afbf4c8996fb924"),
    ])
  func knownAnswers(text: String, digits: String) { #expect(Digest(of: Array(text.utf8)).text == digits) }

  @Test("a digest comes back from its bytes, and fewer are refused")
  func bytes() throws {
    let digest = Digest(of: [1, 2, 3])
    var w = ByteWriter()
    digest.write(to: &w)
    #expect(w.bytes.count == Digest.size)
    var r = ByteReader(w.bytes)
    #expect(try Digest(from: &r) == digest)
    var short = ByteReader(Array(w.bytes.dropLast()))
    #expect(throws: ByteReader.Failure.self) { try Digest(from: &short) }
  }
}
