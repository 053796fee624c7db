import SampleIO
import VAE

extension Codec {
  /// Fits a model to all samples of `inputs`, which have one shape.
  ///
  /// - Parameters:
  ///   - inputs: readers with the names of their files.
  ///   - options: see ``FitOptions``.
  ///   - memory: bytes that samples may take; of larger data a uniform sample of rows is fitted.
  ///   - progress: called a few times a second; returning false makes the fit finish the epoch and stop.
  public func fit(
    _ inputs: [(name: String, reader: any SampleReader)], options: FitOptions = FitOptions(), memory: Int = 1 << 30,
    progress: @escaping (FitProgress) -> Bool = { _ in true }
  ) throws(CodecError) -> FitReport { fatalError("to be written") }
}

/// What a fit gives.
public struct FitReport: Sendable {
  public var model: FittedModel
  /// Wall-clock seconds, reading included.
  public var seconds: Double
  /// Rows in the inputs; more than fitted and held-out rows together where memory did not hold all.
  public var rows: Int
  /// Whether the fit ended before its schedule did.
  public var wasStopped: Bool
}
