import ByteIO

/// A model embedded in a file of streams, so that the file decodes on its own: a skippable frame with magic number
/// 0x184D2A56, whose content is the model's bytes. Their start distinguishes it from other skippable frames.
package enum EmbeddedModel {
  /// The magic bytes of the content.
  static let name: [UInt8] = Array("VAEM".utf8)
  /// The number of bytes of a model before its zstd frame.
  static let headSize = 5
  /// The maximum size of a model in bytes.
  static let largest = 1 << 30

  /// The frame for a model.
  ///
  /// - Parameter model: at most 1 GiB, starting with "VAEM".
  package static func frame(_ model: [UInt8]) -> [UInt8] {
    precondition(model.count <= largest && model.starts(with: name))
    var writer = ByteWriter()
    writer.append(Container.modelMagic)
    writer.append(UInt32(model.count))
    writer.append(model)
    return writer.bytes
  }

  /// Whether a file that starts with `prefix`, of at least 12 bytes, starts with an embedded model.
  static func isRecognized(in prefix: ArraySlice<UInt8>) -> Bool {
    prefix.starts(with: StreamReader.bytes(of: Container.modelMagic))
      && prefix.dropFirst(Container.skippableHeaderSize).starts(with: name)
  }
}
