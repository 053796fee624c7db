import ByteIO

/// The first frame of a stream: a version, and bytes that mean something to the stream's writer alone.
public struct StreamHeader: Equatable, Sendable {
  /// The version of the container that this module writes and reads.
  public static let version: UInt8 = 1
  /// Headers hold at most this many bytes.
  public static let largestContent = 1 << 26
  private static let name = Array("VAEC".utf8)
  /// Bytes around the content within the frame: name, version, flags, checksum.
  static let overhead = 10

  /// The version of the container.
  public var version: UInt8
  /// The bytes of the stream's writer.
  public var content: [UInt8]
  /// Whether the stream is one chunk, known to be so from the start: it ends with that chunk, and has no seek table,
  /// which would take more than some chunks do.
  public var hasSingleChunk: Bool

  /// The bit of the flags that says so.
  private static let singleChunkFlag: UInt8 = 1

  /// A header of the current version. `content` holds at most ``largestContent`` bytes.
  public init(content: [UInt8], hasSingleChunk: Bool = false) {
    precondition(content.count <= Self.largestContent)
    version = Self.version
    self.content = content
    self.hasSingleChunk = hasSingleChunk
  }

  /// The header as a skippable frame.
  public var frame: [UInt8] {
    var body = ByteWriter()
    body.append(Self.name)
    body.append(version)
    body.append(hasSingleChunk ? Self.singleChunkFlag : 0)
    body.append(content)
    body.append(Checksum.crc32(body.bytes))
    var writer = ByteWriter()
    writer.append(Container.headerMagic)
    writer.append(UInt32(body.bytes.count))
    writer.append(body.bytes)
    return writer.bytes
  }

  /// Reads a header from the content of its frame.
  ///
  /// - Returns: nil if the frame is someone else's.
  init?(body: ArraySlice<UInt8>) throws(StreamError) {
    var reader = ByteReader(body)
    guard let name = try? reader.take(4), Array(name) == Self.name else { return nil }
    do {
      version = try reader.integer()
      let flags: UInt8 = try reader.integer()
      guard version == Self.version else { throw StreamError.unsupportedVersion(version) }
      hasSingleChunk = flags & Self.singleChunkFlag != 0
      guard flags & ~Self.singleChunkFlag == 0 else { throw StreamError.unsupportedFlags(flags) }
      content = Array(try reader.take(reader.remaining - 4))
      guard try reader.integer() == Checksum.crc32(body.dropLast(4)) else { throw StreamError.damagedHeader }
    } catch let error as StreamError {
      throw error
    } catch {
      // The reader's: not even room for the checksum.
      throw .damagedHeader
    }
  }
}
