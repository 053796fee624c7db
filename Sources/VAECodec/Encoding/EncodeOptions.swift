import Transform

/// How samples are encoded.
public struct EncodeOptions: Sendable {
  /// The quality, or what to find it for.
  public var target: EncodeTarget
  /// What is to hold of every value; then the quality that keeps it in the fewest bytes is found, and ``target`` does not
  /// count.
  public var errorBound: ErrorBoundRequest?
  /// Whether the model goes before the stream, so that the file decodes alone.
  public var carriesModel = false
  /// Rows in a chunk; nil for a number that suits the size of samples.
  public var chunkRows: Int?
  /// How much work goes into choices, 0 (none) ... 9: more finds fewer bits at equal error, and takes longer. Decoding
  /// takes the same time for all.
  public var effort: Int

  /// Whether the report has the distortion: without a guarantee, that takes as long as the network takes to decode.
  public var measuresDistortion = true

  /// The numbers of rows that a chunk can have.
  public static let possibleChunkRows = 1...StreamMetadata.maximumChunkRows
  /// The efforts that there are.
  public static let efforts = Effort.levels
  /// The effort where nobody asks for another.
  public static let standardEffort = Effort.standard.level

  /// - Parameters:
  ///   - target: the quality, or what to find it for.
  ///   - guarantee: what is to hold of every value, in place of a target.
  ///   - chunkRows: at least 1; more than 2^28 values make in a chunk count as so many.
  ///   - effort: 0 ... 9; less counts as 0, and more as 9.
  ///   - carriesModel: whether the model goes before the stream.
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

  /// Options with a quality that is known, 0 ... 100; see ``EncodeTarget/quality(_:)``.
  public init(quality: Double, chunkRows: Int? = nil, effort: Int = standardEffort) {
    self.init(target: .quality(quality), chunkRows: chunkRows, effort: effort)
  }
}

/// What encoding gave.
public struct EncodeReport: Sendable {
  public var samples: Int
  public var valuesPerSample: Int
  /// Bytes of the samples as plain numbers of their type.
  public var rawBytes: Int
  /// Bytes of the stream, with header and seek table, and with the model where that goes before it.
  public var streamBytes: Int
  /// Of them, those of the model before the stream; 0 where there is none.
  public var modelBytes = 0
  /// Values outside the bounds of the model's data, which come back as the bound.
  public var clippedValues: Int
  /// Values that are no finite numbers, or too large for the model: they come back as they are.
  public var nonFiniteValues: Int
  /// Bytes of the file that the samples came from, where that is known; else ``rawBytes``.
  public var fileBytes: Int
  /// What a table loses at this quality by the model's one scale for all columns; nothing where all values are bounded.
  public var columns = ColumnFindings()
  /// The quality of the stream: a whole number, 0 ... 100; nil if its symbols are none of the model's.
  public var quality: Double?
  /// How far what will be decoded is from the samples, to the bit what decoding them gives; nil if nobody asked for it.
  public var distortion: Distortion?
  /// What holds of every value; nil if nothing was asked for.
  public var errorBound: ErrorBound?
  /// What came of the target; nil if a quality was asked for.
  public var target: TargetOutcome?
  /// Mean squared error of the samples as they will be decoded, in squared units; nil if it was not measured.
  public var mse: Double? { distortion?.mse }
  /// The same in dB, against what PSNR targets are measured against.
  public var psnr: Double? { distortion?.psnr }
  /// From the first row to the last byte, with the search for a quality.
  public var seconds: Double
  /// fileBytes / streamBytes.
  public var ratio: Double { Double(fileBytes) / Double(max(1, streamBytes)) }
  public var bitsPerSample: Double { samples == 0 ? 0 : 8 * Double(streamBytes) / Double(samples) }
}
