/// The measurements of single rows in an evaluation, for reports. Their number is bounded.
public struct EvaluatedRows: Sendable {
  /// A row and its decoded versions.
  public struct Row: Sendable {
    /// The row number in the data, from 0.
    public var place: Int
    /// The bits of its symbols at ``EvaluatedRows/bitsQuality``; nil if they were not counted.
    public var bits: Double?
    /// The values of the row.
    public var values: [Double]
    /// The decoded values at some qualities.
    public var decoded: [(quality: Double, values: [Double])]
  }

  /// A row's two strongest latents, in units of standardized samples.
  public struct Latents: Sendable {
    /// The row number in the data, from 0.
    public var place: Int
    /// The strongest latent.
    public var first: Double
    /// Nil if the model has a single latent.
    public var second: Double?
  }

  /// The mean squared error of each value of a sample, at one quality.
  public struct Profile: Sendable {
    /// 0 ... 100.
    public var quality: Double
    /// NaN for a position where no value is finite.
    public var meanSquares: [Double]
  }

  /// The shape of a sample, counted in numbers.
  public var sampleShape: [Int]
  /// The names of the values, if the data have them.
  public var columnNames: [String]?
  /// The qualities at which rows and profiles are kept: some of the measured ones, in ascending order.
  public var qualities: [Double]
  /// Rows evenly spread over the data, at each of ``qualities``.
  public var shown: [Row]
  /// The error profiles, one for each of ``qualities``.
  public var profiles: [Profile]
  /// The quality at which the bits of rows are counted: the one nearest to 50.
  public var bitsQuality: Double
  /// The bits of each row's symbols, by the frequency tables that code them, for all rows or an evenly spread part.
  /// They exclude non-finite values and the file's overhead.
  public var bits: [Double]
  /// The rows of ``bits`` that take the most bits at ``bitsQuality``, in descending order.
  public var costliest: [Row]
  /// The latents of evenly spread rows and of ``costliest``; empty if the model has no latents.
  public var latents: [Latents]
}
