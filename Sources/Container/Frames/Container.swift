/// The frames of a `.vaec` stream.
///
/// A stream is a valid sequence of zstd frames (RFC 8878), which zstd and its tools accept. It has one of two forms.
/// A compact one is a single frame with content size and checksum: see ``CompactStream``. One in chunks is:
///
///     header       skippable frame, magic 0x184D2A57
///     chunks       zstd frames with content size and checksum, any number of them
///     seek table   skippable frame, magic 0x184D2A5E: the seek table of the zstd seekable format, version 0.1.0
///
/// A file holds one stream, or several one after the other. Before any of them there may be a model for those that follow:
/// see ``EmbeddedModel``. All numbers are little-endian.
///
///     header       magic u32, size u32, then that many bytes:
///                    mark           see `StreamMagic`
///                    bytes          whatever the writer of the stream put there
///                    crc u32        CRC-32 (of gzip) of all since the mark
///     seek table   magic u32, size u32, then that many bytes:
///                    for each frame before it in the stream, the header included:
///                      size u32            bytes of the frame
///                      content u32         bytes that it decompresses to; 0 for the header
///                    frames u32            how many
///                    descriptor u8         0: entries have no checksums
///                    magic u32             0x8F92EAB1
///
/// A chunk can be found from the end of the file, and a stream that lost its end shows it.
enum Container {
  /// First bytes of the frame with a stream's header: a skippable one.
  static let headerMagic: UInt32 = 0x184D_2A57
  /// First bytes of the frame with a model: a skippable one.
  static let modelMagic: UInt32 = 0x184D_2A56
  /// First bytes of a zstd frame with data.
  static let frameMagic: UInt32 = 0xFD2F_B528
  /// First bytes of the frame with the seek table: a skippable one.
  static let seekTableMagic: UInt32 = 0x184D_2A5E
  /// Last bytes of the seek table.
  static let seekTableFooter: UInt32 = 0x8F92_EAB1
  /// Bytes of a skippable frame before its content.
  static let skippableHeaderSize = 8
  /// Bytes of a seek table's entry.
  static let entrySize = 8
  /// Bytes of a seek table's end.
  static let footerSize = 9
  /// A chunk decompresses to at most so many bytes: its frame's size then fits a seek table too.
  static let largestContent = 1 << 31
  /// The most frames that the zstd seekable format allows.
  static let maximumFrames = 1 << 27
}
