/// A point of a rate-distortion curve on held-out rows: bits a sample, and mean squared error in the data's units.
package struct CurvePoint: Equatable, Sendable {
  package var bits: Double
  package var error: Double
  /// Components that are coded at all.
  package var components: Int
}
