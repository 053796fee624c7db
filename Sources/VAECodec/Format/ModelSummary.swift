import Records
import VAEModel

/// The figures of a model.
public struct ModelSummary: Equatable, Sendable {
  /// The figures of one latent.
  public struct Latent: Equatable, Sendable {
    /// The mean number of bits per sample at the finest VAE quality, on held-out rows.
    public var bits: Double
    /// The variance over the training rows, in squared units of standardized samples.
    public var variance: Double
    /// The share of the held-out rows' variance that the latent explains: the decrease of their squared error when it
    /// joins the latents before it, without rounding. The first latent is compared with the mean alone. The share may
    /// be negative; it is nil in models of earlier versions.
    public var explained: Double?
  }

  /// The rate and PSNR of a quality on held-out rows, measured on finished streams during fitting.
  public struct Point: Equatable, Sendable {
    /// 0 ... 100.
    public var quality: Double
    /// The bits of the finished stream per sample.
    public var bitsPerSample: Double
    /// In dB.
    public var psnr: Double
  }

  /// The model's digest as 32 hexadecimal digits.
  public var fingerprint: String
  /// The version of the model format.
  public var formatVersion: Int
  /// The size of the file in bytes.
  public var modelBytes: Int
  /// The shape of a sample, counted in numbers.
  public var sampleShape: [Int]
  /// The number of values in a sample.
  public var valuesPerSample: Int
  /// The value type of the fitted data.
  public var type: ValueType
  /// The type of their numbers.
  public var elementType: ElementType { type.elementType }
  /// The number of rows used for training, and of rows held out for choices.
  public var fittedRows: Int
  public var heldOutRows: Int
  /// The largest less the smallest value of the fitted data: the peak of PSNR. It is 1 if errors are by column.
  public var peak: Double
  /// The scale of each column of a table; empty if all values share one.
  public var columns: [Column] = []
  /// The columns of the fitted table, those that the model does not see among them; empty for arrays with one scale.
  public var table: [TableColumn] = []
  /// The latents, strongest first; empty if the network did not pay and only the other layers are left.
  public var latents: [Latent]
  /// The widths of the encoder network's hidden layers.
  public var hidden: [Int]
  /// The objective of a textbook VAE, and the ELBO on held-out rows; nil for a fit to rate and distortion.
  public var elbo: ELBOTerms?
  /// The number of parameters of the network.
  public var parameters: Int
  /// The number of components in each linear residual layer.
  public var residualComponents: [Int]
  /// Whether the model has a layer that codes value by value.
  public var hasValueLayer: Bool
  /// The number of Gaussians in the mixture that samples are drawn from, and of the latents it covers; 0 if fitting
  /// found no mixture closer to the latents of held-out rows than the prior.
  public var mixtureComponents: Int
  public var mixtureLatents: Int
  /// The qualities 0, 5, ... 100.
  public var points: [Point]
  /// PCA with a uniform quantizer and an ideal entropy coder on the same held-out rows, for comparison; lowest rate
  /// first.
  public var pcaPoints: [PCAPoint]
  /// How arrays are cut into samples; nil if their rows are samples.
  public var layout: LayoutRule?
  /// The progress of training on held-out rows; empty if nothing was trained, or an older version fitted the model.
  public var trainingCurve: [TrainingPoint]

  /// The scale of one column of a table.
  public struct Column: Equatable, Sendable {
    /// The offset subtracted from its values.
    public var offset: Double
    /// The divisor applied afterwards: the unit of the column's errors.
    public var scale: Double
    /// The largest less the smallest value of the fitted data: the column's peak of PSNR.
    public var range: Double
    /// Whether its values are integers.
    public var isInteger: Bool
  }

  /// A column of the fitted table.
  public struct TableColumn: Equatable, Sendable {
    /// Its name in the header; nil if there is none.
    public var name: String?
    /// Whether the model codes its values. Otherwise the column is exact: it is kept as it is.
    public var isModelled: Bool
    /// The place of its value in a sample; nil if it is exact.
    public var place: Int?
    /// What the fit found of a modelled column; nil if it is not recorded.
    public var figures: ColumnFigures?
  }

  /// What the fit found of a modelled column.
  public struct ColumnFigures: Equatable, Sendable {
    /// Missing values in the rows that were fitted.
    public var missing: Int
    /// The information that a decoded value carries at quality 60, log2(deviation / RMSE) on held-out rows; nil where it is
    /// exact or does not vary.
    public var bits: Double?
  }

  /// The units of errors.
  public var errorScale: ErrorScale {
    columns.isEmpty ? ErrorScale(peak: peak) : ErrorScale(ranges: columns.map(\.range))
  }

  /// The objective of a textbook VAE.
  public struct ELBOTerms: Equatable, Sendable {
    /// "bernoulli" or "gaussian".
    public var likelihood: String
    /// The weight of the KL divergence in training.
    public var beta: Double
    /// The ELBO on held-out rows; nil if it is not recorded.
    public var heldOut: ELBO?
  }

  /// A point of PCA's rate-distortion curve.
  public struct PCAPoint: Equatable, Sendable {
    public var bitsPerSample: Double
    /// In dB.
    public var psnr: Double
    /// The number of components coded.
    public var components: Int
  }
}
