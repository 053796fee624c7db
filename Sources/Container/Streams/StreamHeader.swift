import ByteIO

/// The first frame of a stream of chunks: a version, and bytes with a meaning to the stream's writer only.
package struct StreamHeader: Equatable, Sendable {
  /// The version of the container that this module writes and reads.
  package static let version: UInt8 = 2
  /// The maximum size of the content in bytes.
  package static let largestContent = 1 << 26
  /// The number of bytes around the content in the frame: the mark and the checksum.
  static let overhead = StreamMagic.size + 4

  /// The version of the container.
  package var version: UInt8
  /// The bytes of the stream's writer.
  package var content: [UInt8]

  /// Creates a header of the current version. `content` has at most ``largestContent`` bytes.
  package init(content: [UInt8]) {
    precondition(content.count <= Self.largestContent)
    version = Self.version
    self.content = content
  }

  /// The header as a skippable frame.
  package var frame: [UInt8] {
    var body = ByteWriter()
    body.append(StreamMagic.bytes)
    body.append(content)
    body.append(Checksum.crc32(body.bytes))
    var writer = ByteWriter()
    writer.append(Container.headerMagic)
    writer.append(UInt32(body.bytes.count))
    writer.append(body.bytes)
    return writer.bytes
  }

  /// Parses a header from the content of its frame.
  ///
  /// - Returns: nil if the frame belongs to another format.
  init?(body: ArraySlice<UInt8>) throws(StreamError) {
    guard StreamMagic.isBeginning(of: body) else { return nil }
    var reader = ByteReader(body.dropFirst(StreamMagic.name.count))
    do {
      version = try StreamMagic.version(try reader.integer())
      content = Array(try reader.take(reader.remaining - 4))
      guard try reader.integer() == Checksum.crc32(body.dropLast(4)) else { throw StreamError.damagedHeader }
    } catch let error as StreamError {
      throw error
    } catch {
      // An error of the reader: there is not even room for the checksum.
      throw .damagedHeader
    }
  }
}
