/// How samples compare with those that a model's fit held out.
public struct DriftReport: Sendable {
  /// The conclusion.
  public enum Verdict: String, Sendable {
    /// No difference that is both significant and large enough to matter.
    case fits
    /// A significant difference of some size.
    case drifting
    /// Most rows are stranger than almost all held-out rows, and cost much more.
    case otherData = "other data"
  }

  /// A row and how strange it is.
  public struct Row: Sendable {
    /// The row number, from 0.
    public var place: Int
    /// The rate plus the price of the error, in bits.
    public var score: Double
    /// The bits of its symbols at quality 50.
    public var bits: Double
    /// The conformal p-value: the share of held-out rows, and this row, whose score is at least as large.
    public var pValue: Double
    /// The root of the mean squared error: in the data's units, or for tables in shares of each column's range.
    public var rmse: Double
    /// The place in a sample of the value with the largest error, in deviations of its column.
    public var worst: Int
  }

  /// A column's distribution beside that of held-out rows.
  public struct Column: Sendable {
    /// Its place in a sample.
    public var place: Int
    /// The Kolmogorov-Smirnov distance at the stored quantiles: 0 ... 1.
    public var distance: Double
    /// The difference of the means in standard deviations of held-out rows; nil if these do not vary.
    public var shift: Double?
    /// The p-value of the distance, adjusted for the number of columns by Holm's method.
    public var pValue: Double
    /// Whether the difference is significant and large enough.
    public var isDrifting: Bool
  }

  /// All rows.
  public var rows: [Row]
  /// The number of held-out rows compared with.
  public var heldOut: Int
  /// The mean score of rows and of held-out rows, in bits.
  public var score: Double
  public var heldOutScore: Double
  /// The mean bits of the rows' symbols at quality 50.
  public var bitsPerSample: Double
  /// The probability that a row scores higher than a held-out row.
  public var probabilityAbove: Double
  /// The p-value of ``probabilityAbove``, by the Mann-Whitney test.
  public var pValue: Double
  /// The median of the rows' p-values: about 1/2 for rows like those held out.
  public var medianPValue: Double
  /// All columns, or none if samples are too large for a model to describe each value.
  public var columns: [Column]
  /// The number of values in a sample.
  public var valuesPerSample: Int
  /// The names of the values, if the samples have them.
  public var columnNames: [String]?
  public var verdict: Verdict

  /// How much more the rows cost than held-out rows, in percent.
  public var excess: Double {
    heldOutScore > 0 ? 100 * (score / heldOutScore - 1) : score > 0 ? .infinity : 0
  }
  /// What a refit would save of the rows' cost, in percent, if the rows then cost what held-out rows did; 0 if they
  /// cost less.
  public var saving: Double { score > 0 ? max(0, 100 * (1 - heldOutScore / score)) : 0 }

  /// The rule of the verdict. Scores and columns share the significance level.
  public enum Rule {
    /// The probability of a false alarm.
    public static let significance = 0.01
    /// The least excess in percent, or the least distance of ``DriftReport/probabilityAbove`` from 1/2.
    public static let (excess, probability) = (2.0, 0.05)
    /// The least distance of a column.
    public static let distance = 0.1
    /// For other data: the least excess in percent, and the largest median p-value.
    public static let (otherExcess, otherMedian) = (25.0, 0.01)
  }

  /// The rows with the smallest p-values; of equal ones, those with the highest score first.
  public func strangest(_ count: Int) -> [Row] {
    Array(rows.sorted { ($1.score, $0.place) < ($0.score, $1.place) }.prefix(count))
  }
}
