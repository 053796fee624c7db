import Tensor
import VAEModel

/// What errors of samples are measured in, and the peak of PSNR.
///
/// Errors of an array are in units of the data. Those of a table are shares of each column's range, so that columns in
/// unlike units count alike: then the peak is 1.
public struct ErrorScale: Equatable, Sendable {
  /// The peak of PSNR: the value range of the data that a model was fitted on, or 1 in tables; 0 if it is not known.
  public var peak: Double
  /// For tables, the range of each column; empty for arrays. A column that does not vary has 0: its errors count as they are.
  public var ranges: [Double]

  /// Errors in units of the data.
  public init(peak: Double = 0) {
    self.peak = peak
    ranges = []
  }

  /// Errors as shares of each column's range.
  public init(ranges: [Double]) {
    peak = 1
    self.ranges = ranges
  }

  /// Whether errors are shares of each column's range.
  public var isByColumn: Bool { !ranges.isEmpty }

  /// What an error in column `place` of a table is multiplied by.
  func factor(_ place: Int) -> Double { ranges[place] > 0 ? 1 / ranges[place] : 1 }

  /// The squared error that a PSNR stands for.
  func squaredError(psnr: Double) -> Double { peak * peak * power(10, -psnr / 10) }
}
