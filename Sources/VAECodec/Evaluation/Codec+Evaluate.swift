import SampleIO
import VAE

/// Rate and distortion of a model on data: measured on finished streams, decoded again.
public struct EvaluationReport: Sendable {
  public struct Point: Sendable {
    public var quality: Double
    /// Bytes of the finished stream, times eight.
    public var bitsPerSample: Double
    public var bitsPerValue: Double
    /// Raw bytes over stream bytes; and over stream and model together.
    public var ratio: Double
    public var ratioWithModel: Double
    public var mse: Double
    public var rmse: Double
    /// In dB, against the value range of the data that the model was fitted on; at most 120 (all values exact).
    public var psnr: Double
    public var maxError: Double
    /// Megabytes (10^6) of raw samples a second.
    public var encodeMBPerSecond: Double
    public var decodeMBPerSecond: Double
  }

  public struct BaselinePoint: Sendable {
    public var bitsPerSample: Double
    public var mse: Double
    public var psnr: Double
  }

  public var samples: Int
  public var valuesPerSample: Int
  public var elementType: ElementType
  public var modelBytes: Int
  public var points: [Point]
  /// PCA with a uniform quantizer and ideal entropy coder, its basis and tables from the fit's rows (kept in the model
  /// as a curve on held-out rows).
  public var baselinePCA: [BaselinePoint]
  /// Mean change of rate against PCA at equal PSNR, in percent, over the PSNR that both curves cover; nil where they
  /// share none or fewer than two qualities were measured.
  public var bdRateVsPCA: Double?
  /// From how many samples on model and codes together take fewer bytes than PCA's basis and codes; nil where never.
  public var breakEvenSamples: Int?
}

extension Codec {
  /// Encodes and decodes `reader`'s samples at each quality.
  public func evaluate(
    _ reader: any SampleReader, name: String, model: FittedModel, qualities: [Double],
    progress: (Int) -> Void = { _ in }
  ) throws(CodecError) -> EvaluationReport { fatalError("to be written") }
}
