#if canImport(CryptoKit)
  import CryptoKit
#else
  import COpenSSL
#endif

/// A name for bytes: the first 16 bytes of their SHA-256 (FIPS 180-4).
///
/// Nobody can make two contents of one name, as far as is known.
package struct Digest: Hashable, Sendable {
  /// Bytes of a digest.
  package static let size = 16

  private let bytes: [UInt8]

  /// The digest of `content`.
  package init(of content: [UInt8]) {
    #if canImport(CryptoKit)
      bytes = Array(SHA256.hash(data: content).prefix(Self.size))
    #else
      var hash = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
      let succeeded = EVP_Digest(content, content.count, &hash, nil, EVP_sha256(), nil)
      // It fails for want of memory alone.
      precondition(succeeded == 1, "no memory for a digest")
      bytes = Array(hash.prefix(Self.size))
    #endif
  }

  /// Reads what ``write(to:)`` wrote.
  package init(from reader: inout ByteReader) throws(ByteReader.Failure) {
    bytes = Array(try reader.take(Self.size))
  }

  /// Appends the 16 bytes.
  package func write(to writer: inout ByteWriter) { writer.append(bytes) }

  /// 32 hexadecimal digits.
  package var text: String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
