/// The frames of a `.vaec` stream.
///
/// A stream is a valid sequence of zstd frames (RFC 8878), which zstd and its tools accept. It has one of two forms. A
/// compact stream is a single frame with content size and checksum; see ``CompactStream``. A stream of chunks is:
///
///     header       skippable frame, magic number 0x184D2A57
///     chunks       any number of zstd frames with content size and checksum
///     seek table   skippable frame, magic number 0x184D2A5E: the seek table of the zstd seekable format, version 0.1.0
///
/// A file holds one or more streams in a row. A model for the streams that follow may precede any of them; see
/// ``EmbeddedModel``. All numbers are little-endian.
///
///     header       magic u32, size u32, then size bytes:
///                    mark           see `StreamMagic`
///                    bytes          written by the stream's writer
///                    crc u32        CRC-32 (of gzip) of everything from the mark on
///     seek table   magic u32, size u32, then size bytes:
///                    for each preceding frame of the stream, including the header:
///                      size u32            the size of the frame
///                      content u32         the size of its content; 0 for the header
///                    frames u32            the number of frames
///                    descriptor u8         0: entries have no checksums
///                    magic u32             0x8F92EAB1
///
/// Chunks can be located from the end of the file, and a stream that lacks its end is recognizable.
enum Container {
  /// The magic number of the skippable frame with a stream's header.
  static let headerMagic: UInt32 = 0x184D_2A57
  /// The magic number of the skippable frame with a model.
  static let modelMagic: UInt32 = 0x184D_2A56
  /// The magic number of a zstd frame with data.
  static let frameMagic: UInt32 = 0xFD2F_B528
  /// The magic number of the skippable frame with the seek table.
  static let seekTableMagic: UInt32 = 0x184D_2A5E
  /// The magic number at the end of the seek table.
  static let seekTableFooter: UInt32 = 0x8F92_EAB1
  /// The size of a skippable frame's header in bytes.
  static let skippableHeaderSize = 8
  /// The size of a seek table's entry in bytes.
  static let entrySize = 8
  /// The size of a seek table's footer in bytes.
  static let footerSize = 9
  /// The maximum size of a chunk's content in bytes; the size of its frame then fits a seek table too.
  static let largestContent = 1 << 31
  /// The maximum number of frames in the zstd seekable format.
  static let maximumFrames = 1 << 27
}
