import ByteIO

/// A model in a file of streams, so that it decodes alone: a skippable frame, magic 0x184D2A56, whose content is the
/// model's bytes. What these begin with tells it from frames of others.
package enum EmbeddedModel {
  /// What the content begins with.
  static let name: [UInt8] = Array("VAEM".utf8)
  /// Bytes of a model's file before its zstd frame.
  static let headSize = 5
  /// Bytes of a model's file at the most.
  static let largest = 1 << 30

  /// The frame that carries a model's file.
  ///
  /// - Parameter model: at most 1 GiB, beginning with "VAEM".
  package static func frame(_ model: [UInt8]) -> [UInt8] {
    precondition(model.count <= largest && model.starts(with: name))
    var writer = ByteWriter()
    writer.append(Container.modelMagic)
    writer.append(UInt32(model.count))
    writer.append(model)
    return writer.bytes
  }

  /// Whether a file that begins with `prefix`, of at least 12 bytes, begins with a model for streams.
  static func isRecognized(in prefix: ArraySlice<UInt8>) -> Bool {
    prefix.starts(with: StreamReader.bytes(of: Container.modelMagic))
      && prefix.dropFirst(Container.skippableHeaderSize).starts(with: name)
  }
}
