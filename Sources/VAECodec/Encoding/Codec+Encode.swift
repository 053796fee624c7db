import ByteIO
import SampleIO
import VAE

/// How samples are encoded.
public struct EncodeOptions: Sendable {
  /// 0 (a sketch) ... 100 (below the data's own noise); uniform in PSNR between.
  public var quality: Double
  /// Rows in a chunk; nil for a number that suits the size of samples.
  public var chunkRows: Int?

  public init(quality: Double = 60, chunkRows: Int? = nil) {
    self.quality = quality
    self.chunkRows = chunkRows
  }
}

/// What encoding gave.
public struct EncodeReport: Sendable {
  public var samples: Int
  public var valuesPerSample: Int
  /// Bytes of the samples as plain numbers of their type.
  public var rawBytes: Int
  /// Bytes of the stream, header and seek table included.
  public var streamBytes: Int
  public var seconds: Double
  /// rawBytes / streamBytes.
  public var ratio: Double { Double(rawBytes) / Double(max(1, streamBytes)) }
  public var bitsPerSample: Double { samples == 0 ? 0 : 8 * Double(streamBytes) / Double(samples) }
}

extension Codec {
  /// Encodes all samples of `reader` into a `.vaec` stream; memory is bounded by a few chunks.
  ///
  /// - Parameter name: the input in messages.
  public func encode(
    _ reader: any SampleReader, name: String, model: FittedModel, options: EncodeOptions = EncodeOptions(),
    to sink: any ByteSink
  ) throws(CodecError) -> EncodeReport { fatalError("to be written") }
}
