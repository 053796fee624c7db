/// The start of both forms of a stream: a name, and a byte with version and flags.
///
///     "VAEC"
///     u8       bits 0 to 3: the version, 2; bits 4 to 7: flags, all 0, for future use
enum StreamMagic {
  /// The name.
  static let name = Array("VAEC".utf8)
  /// The mark of a stream of the current version.
  static let bytes = name + [StreamHeader.version]
  /// The size of the mark in bytes.
  static let size = 5

  /// Whether bytes start with the name.
  static func isBeginning(of bytes: some Sequence<UInt8>) -> Bool { bytes.starts(with: name) }

  /// The version in the byte after the name. Throws if it is newer than this program supports, or flags are set.
  static func version(_ byte: UInt8) throws(StreamError) -> UInt8 {
    let (version, flags) = (byte & 0x0F, byte >> 4)
    guard version == StreamHeader.version else { throw .unsupportedVersion(version) }
    guard flags == 0 else { throw .unsupportedFlags(flags) }
    return version
  }
}
