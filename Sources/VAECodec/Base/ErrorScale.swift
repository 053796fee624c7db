import Tensor
import VAEModel

/// The units of errors, and the peak of PSNR.
///
/// Errors of an array are in the data's units. Errors of a table are shares of each column's range, so that columns
/// with different units weigh the same; the peak is then 1.
public struct ErrorScale: Equatable, Sendable {
  /// The peak of PSNR: the value range of the data that the model was fitted on, or 1 for tables; 0 if unknown.
  public var peak: Double
  /// For a table, the range of each column; empty for arrays. A constant column has range 0, and its errors stay in its
  /// own units.
  public var ranges: [Double]

  /// Errors in the data's units.
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

  /// The factor that turns an error in column `place` of a table into this scale.
  func factor(_ place: Int) -> Double { ranges[place] > 0 ? 1 / ranges[place] : 1 }

  /// The mean squared error that corresponds to a PSNR in dB.
  func squaredError(psnr: Double) -> Double { peak * peak * power(10, -psnr / 10) }
}
