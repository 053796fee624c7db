/// A point of a rate-distortion curve on held-out rows: bits per sample, and mean squared error in the data's units.
package struct CurvePoint: Equatable, Sendable {
  /// In bits per sample.
  package var bits: Double
  /// The mean squared error, in squared units of the data.
  package var error: Double
  /// The number of components coded.
  package var components: Int
}
