import Records
import VAEModel

/// What a model holds, in numbers.
public struct ModelSummary: Equatable, Sendable {
  /// One latent.
  public struct Latent: Equatable, Sendable {
    /// Mean bits a sample at the finest VAE quality, on held-out rows.
    public var bits: Double
    /// Variance over rows that were fitted, in squared units of standardized samples.
    public var variance: Double
    /// The share of the variance of held-out rows that it explains: by how much their squared error falls when it joins
    /// the latents before it, without rounding. The first begins at the mean. It may be below 0; nil in models of earlier
    /// versions.
    public var explained: Double?
  }

  /// What a quality gave on held-out rows when the model was fitted: measured on finished streams of them.
  public struct Point: Equatable, Sendable {
    /// 0 ... 100.
    public var quality: Double
    public var bitsPerSample: Double
    /// In dB.
    public var psnr: Double
  }

  /// 32 hexadecimal digits.
  public var fingerprint: String
  public var formatVersion: Int
  /// Bytes of the file.
  public var modelBytes: Int
  /// Shape of a sample, in numbers.
  public var sampleShape: [Int]
  public var valuesPerSample: Int
  /// Type of the data that were fitted.
  public var type: ValueType
  /// Of their numbers.
  public var elementType: ElementType { type.elementType }
  /// Rows that the fit learned from, and rows it chose by.
  public var fittedRows: Int
  public var heldOutRows: Int
  /// Largest minus smallest value of the data that were fitted: the peak of PSNR. 1 where errors are by column.
  public var peak: Double
  /// The scale of each column of a table; empty where all values have one.
  public var columns: [Column] = []
  /// Latents, strongest first; empty where the network did not pay and only the other layers are left.
  public var latents: [Latent]
  /// Widths of the encoder's hidden layers.
  public var hidden: [Int]
  /// Of a textbook VAE: what it was fitted to, and how near it came on held-out rows; nil of a fit to rate and distortion.
  public var elbo: ELBOTerms?
  /// Numbers in the network.
  public var parameters: Int
  /// Components of the linear residual layers.
  public var residualComponents: [Int]
  /// Whether the model has a layer that codes value by value.
  public var hasValueLayer: Bool
  /// Gaussians in the mixture from which new latents are drawn, and the latents that they describe; 0 where the fit found
  /// none closer to the latents of held-out rows than the prior.
  public var mixtureComponents: Int
  public var mixtureLatents: Int
  /// Qualities 0, 5, ... 100.
  public var points: [Point]
  /// PCA with a uniform quantizer and an ideal entropy coder on the same held-out rows, for comparison; lowest rate
  /// first.
  public var pcaPoints: [PCAPoint]
  /// How training went on held-out rows; empty where nothing was trained, or the model is older than this note.
  public var trainingCurve: [TrainingPoint]

  /// A column of a table, as the model knows it.
  public struct Column: Equatable, Sendable {
    /// Subtracted from its values.
    public var offset: Double
    /// What they are divided by then: the unit of its errors.
    public var scale: Double
    /// Largest minus smallest value of the data that were fitted: its peak of PSNR.
    public var range: Double
    /// Whether its values are integers.
    public var isInteger: Bool
  }

  /// What errors are measured in.
  public var errorScale: ErrorScale {
    columns.isEmpty ? ErrorScale(peak: peak) : ErrorScale(ranges: columns.map(\.range))
  }

  /// What a textbook VAE was fitted to.
  public struct ELBOTerms: Equatable, Sendable {
    /// "bernoulli" or "gaussian".
    public var likelihood: String
    /// The weight of the KL divergence in training.
    public var beta: Double
    /// The evidence lower bound on held-out rows; nil where the notes do not tell.
    public var heldOut: ELBO?
  }

  /// A point of PCA's curve.
  public struct PCAPoint: Equatable, Sendable {
    public var bitsPerSample: Double
    /// In dB.
    public var psnr: Double
    /// Components that are coded at all.
    public var components: Int
  }
}
