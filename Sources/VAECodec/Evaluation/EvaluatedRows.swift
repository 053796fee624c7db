/// What single rows of an evaluation are like: a bounded number of them, for reports.
public struct EvaluatedRows: Sendable {
  /// A row, and what was decoded of it.
  public struct Row: Sendable {
    /// Its place in the data, from 0.
    public var place: Int
    /// Bits of its symbols at ``EvaluatedRows/bitsQuality``; nil if it is not among those that were counted.
    public var bits: Double?
    public var values: [Double]
    /// What came back at some qualities.
    public var decoded: [(quality: Double, values: [Double])]
  }

  /// A row's two strongest latents, in units of standardized samples.
  public struct Latents: Sendable {
    /// Its place in the data, from 0.
    public var place: Int
    public var first: Double
    /// Nil where the model has a single latent.
    public var second: Double?
  }

  /// The mean squared error of each value of a sample, at one quality.
  public struct Profile: Sendable {
    public var quality: Double
    /// NaN for a place where no value is finite.
    public var meanSquares: [Double]
  }

  public var sampleShape: [Int]
  /// Names of the values, where the data have them.
  public var columnNames: [String]?
  /// Qualities of which rows and profiles are kept: some of those that were measured, in ascending order.
  public var qualities: [Double]
  /// Rows spread evenly over the data, at each of ``qualities``.
  public var shown: [Row]
  public var profiles: [Profile]
  /// The quality that bits of rows are of: the one nearest to 50.
  public var bitsQuality: Double
  /// Bits of the symbols of each row, by the tables that code them: of all rows, or of so many spread evenly. What
  /// values that are not finite take beside them, and what a file takes around them, is not counted.
  public var bits: [Double]
  /// The rows of ``bits`` that take the most, at ``bitsQuality``; the one that takes most of all first.
  public var costliest: [Row]
  /// Of rows spread evenly, and of ``costliest``; empty if the model has no latents.
  public var latents: [Latents]
}
