#if canImport(CryptoKit)
  import CryptoKit
#else
  import COpenSSL
#endif

/// A fingerprint of bytes: the first 16 bytes of their SHA-256 (FIPS 180-4).
///
/// No practical way to find two contents with the same digest is known.
package struct Digest: Hashable, Sendable {
  /// The size of a digest in bytes.
  package static let size = 16

  private let bytes: [UInt8]

  /// The digest of `content`.
  package init(of content: [UInt8]) {
    #if canImport(CryptoKit)
      bytes = Array(SHA256.hash(data: content).prefix(Self.size))
    #else
      var hash = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
      let succeeded = EVP_Digest(content, content.count, &hash, nil, EVP_sha256(), nil)
      // It fails only for lack of memory.
      precondition(succeeded == 1, "no memory for a digest")
      bytes = Array(hash.prefix(Self.size))
    #endif
  }

  /// The digest of a sequence of contents: that of those before, nil where there are none, and then this one.
  package func after(_ previous: Digest?) -> Digest {
    guard let previous else { return self }
    return Digest(of: previous.bytes + bytes)
  }

  /// Reads a digest that ``write(to:)`` wrote.
  package init(from reader: inout ByteReader) throws(ByteReader.Failure) {
    bytes = Array(try reader.take(Self.size))
  }

  /// Appends the 16 bytes.
  package func write(to writer: inout ByteWriter) { writer.append(bytes) }

  /// The digest as 32 hexadecimal digits.
  package var text: String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
