import Transform
import VAEModel

/// How samples are encoded.
public struct EncodeOptions: Sendable {
  /// The quality, or the target that selects one.
  public var target: EncodeTarget
  /// The bound on every value's error. If it is set, the encoder picks the setting that meets it in the fewest bytes,
  /// and ignores ``target``.
  public var errorBound: ErrorBoundRequest?
  /// Whether to write the model before the stream, so that the file decodes on its own.
  public var carriesModel = false
  /// The number of rows in a chunk; nil for one that suits the sample size.
  public var chunkRows: Int?
  /// Whether chunks are as large as ``MemoryLimit/standard`` allows a decoder, unless ``chunkRows`` is set: coders learn anew in each
  /// chunk.
  public var isSolid = false
  /// The effort of the encoder's search, 0 (none) ... 9: more effort saves bits at equal error, and takes longer.
  /// Decoding time is the same.
  public var effort: Int

  /// Whether to measure the distortion. Without an error bound, that takes as long as the network takes to decode.
  public var measuresDistortion = true

  /// The permitted numbers of rows in a chunk.
  public static let possibleChunkRows = 1...StreamMetadata.maximumChunkRows
  /// The permitted efforts.
  public static let efforts = Effort.levels
  /// The default effort.
  public static let standardEffort = Effort.standard.level

  /// - Parameters:
  ///   - target: the quality, or the target that selects one.
  ///   - errorBound: the bound on every value's error; it replaces the target.
  ///   - chunkRows: at least 1; chunks are limited to 2^28 values.
  ///   - effort: clamped to 0 ... 9.
  ///   - carriesModel: whether to write the model before the stream.
  public init(
    target: EncodeTarget = .quality(60), errorBound: ErrorBoundRequest? = nil, chunkRows: Int? = nil,
    effort: Int = standardEffort, carriesModel: Bool = false
  ) {
    self.carriesModel = carriesModel
    self.target = target
    self.errorBound = errorBound
    self.chunkRows = chunkRows
    self.effort = effort
  }

  /// Options for a fixed quality, 0 ... 100; see ``EncodeTarget/quality(_:)``.
  public init(quality: Double, chunkRows: Int? = nil, effort: Int = standardEffort) {
    self.init(target: .quality(quality), chunkRows: chunkRows, effort: effort)
  }
}

/// The outcome of encoding.
public struct EncodeReport: Sendable {
  /// The number of samples encoded.
  public var samples: Int
  /// The number of values in a sample.
  public var valuesPerSample: Int
  /// The size of the samples as plain values of their type, in bytes.
  public var rawBytes: Int
  /// The size of the stream in bytes, including header, seek table and an embedded model.
  public var streamBytes: Int
  /// The bytes of the embedded model, included in ``streamBytes``; 0 if there is none.
  public var modelBytes = 0
  /// Of them, those of the text of a table's rows: of exact columns, of missing cells, and of all else that is no number.
  public var textBytes = 0
  /// The number of values outside the range of the model's training data; they decode to its limits.
  public var clippedValues: Int
  /// The number of values that are not finite, or too large for the model; they decode to themselves.
  public var nonFiniteValues: Int
  /// The size in bytes of the file that the samples came from, if known; else ``rawBytes``.
  public var fileBytes: Int
  /// What columns of a table lose at this quality, because the model has one scale for all; empty if every value has a
  /// bound.
  public var columns = ColumnFindings()
  /// The quality of the stream: an integer, 0 ... 100; nil if the stream does not use the model's operating points.
  public var quality: Double?
  /// The distortion of the samples as they will be decoded, identical to the last bit to what decoding gives; nil if
  /// not requested.
  public var distortion: Distortion?
  /// The bound on every value's error; nil if there is none.
  public var errorBound: ErrorBound?
  /// The outcome of the target; nil if a quality was given.
  public var target: TargetOutcome?
  /// The mean squared error of the samples as they will be decoded, in squared units; nil if not measured.
  public var mse: Double? { distortion?.mse }
  /// The PSNR of the samples as they will be decoded, in dB, relative to the same peak as PSNR targets; nil if not
  /// measured.
  public var psnr: Double? { distortion?.psnr }
  /// What coded the samples, and at which operating point.
  var coding: Coding?
  typealias Coding = (model: Model, point: OperatingPoint)
  /// From the first row to the last byte, with the search for a quality.
  public var seconds: Double
  /// The compression ratio: fileBytes / streamBytes.
  public var ratio: Double { Double(fileBytes) / Double(max(1, streamBytes)) }
  /// The bits of the stream per sample, including header, seek table and an embedded model; 0 without samples.
  public var bitsPerSample: Double { samples == 0 ? 0 : 8 * Double(streamBytes) / Double(samples) }
}
