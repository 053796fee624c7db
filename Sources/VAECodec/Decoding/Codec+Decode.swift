import ByteIO
import SampleIO

/// What decoding gave.
public struct DecodeReport: Sendable {
  public var samples: Int
  public var valuesPerSample: Int
  public var streamBytes: Int
  /// Bytes of the samples as plain numbers of their type.
  public var rawBytes: Int
  public var seconds: Double
}

/// What a `.vaec` stream's header says.
public struct StreamSummary: Sendable {
  public var formatVersion: Int
  /// Fingerprint of its model.
  public var fingerprint: String
  public var sampleShape: [Int]
  public var elementType: ElementType
  /// "npy", "idx", "csv", "vecs" or "raw".
  public var format: String
  public var quality: Double
  /// Samples, once the stream has been read to its end.
  public var samples: Int
  public var chunkRows: Int
  public var chunks: Int
  public var streamBytes: Int
}

extension Codec {
  /// Decodes a `.vaec` file: one stream, or several one after another.
  ///
  /// - Parameters:
  ///   - name: the input in messages.
  ///   - model: the model that the streams were made with; it is called at the first header with the fingerprint that
  ///     the stream needs.
  ///   - makeWriter: called once, with what the samples are (`rows` where known); streams that follow must hold samples
  ///     of the same shape and type.
  public func decode(
    _ source: any ByteSource, name: String, model: FittedModel?,
    makeWriter: (SampleDescription) throws(CodecError) -> any SampleWriter
  ) throws(CodecError) -> DecodeReport { fatalError("to be written") }

  /// Reads a `.vaec` file from start to end and checks every checksum, without decoding: no model is needed.
  ///
  /// - Returns: one summary a stream.
  public func verify(_ source: any ByteSource, name: String) throws(CodecError) -> [StreamSummary] {
    fatalError("to be written")
  }
}
