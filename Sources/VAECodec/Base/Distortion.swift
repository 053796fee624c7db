import Records
import Tensor

/// The distortion of decoded samples. It covers the values whose original is a finite number not too large for a model
/// (``Matrix/greatestKnown``). A value that is too large adds its error, but does not count as a value.
///
/// A non-finite value must come back as itself; otherwise the largest error is infinite.
public struct Distortion: Equatable, Sendable {
  /// The number of values counted.
  public private(set) var count = 0
  /// The largest absolute error, in units of ``scale``.
  public private(set) var maximum = 0.0
  private var squares = 0.0
  private var (lowest, highest) = (Double.infinity, -Double.infinity)
  private var origins: Origins?
  /// The units of errors. Where its peak is 0, the range of the originals is the peak of PSNR.
  public private(set) var scale: ErrorScale
  /// For a table, the distortion of each column in its own units; empty for arrays.
  public private(set) var columns: [ColumnDistortion] = []

  /// - Parameter peak: the value range of the data that the model was fitted on; 0 if there is no model.
  public init(peak: Double = 0) { self.init(ErrorScale(peak: peak)) }

  /// - Parameter scale: the units of errors.
  public init(_ scale: ErrorScale) {
    self.scale = scale
    columns = scale.ranges.map { _ in ColumnDistortion() }
  }

  /// The same distortion in another scale. Both scales must be by column, or neither.
  public func against(_ scale: ErrorScale) -> Distortion {
    var result = self
    result.scale = scale
    guard !columns.isEmpty, scale.ranges.count == columns.count else { return result }
    (result.squares, result.maximum) = (0, 0)
    for place in columns.indices {
      let factor = scale.factor(place)
      result.squares += columns[place].squares * factor * factor
      result.maximum = max(result.maximum, columns[place].maximum * factor)
    }
    return result
  }

  /// Adds whole samples and their decoded versions. Sums depend on the order of the calls to the last bit.
  public mutating func add(_ original: [Double], _ decoded: [Double]) {
    add(Comparison(original, decoded))
  }

  /// Adds a comparison of whole samples.
  mutating func add(_ comparison: Comparison) {
    guard columns.isEmpty else { return addByColumn(comparison) }
    for (a, d) in zip(comparison.values, comparison.errors) {
      guard a.isFinite else {
        maximum = max(maximum, d)
        continue
      }
      squares += d * d
      maximum = max(maximum, d)
      // A value too large for any model must neither dilute the other errors nor widen the range.
      guard a.magnitude <= Double(Matrix.greatestKnown) else { continue }
      lowest = min(lowest, a)
      highest = max(highest, a)
      count += 1
    }
  }

  /// Adds rows of a table: errors are shares of each column's range.
  private mutating func addByColumn(_ comparison: Comparison) {
    let (values, errors) = (comparison.values, comparison.errors)
    let factors = columns.indices.map { scale.factor($0) }
    for first in stride(from: 0, to: min(values.count, errors.count), by: columns.count) {
      for place in columns.indices {
        let a = values[first + place]
        guard let error = columns[place].add(a, error: errors[first + place]) else { continue }
        let share = error * factors[place]
        maximum = max(maximum, share)
        guard a.isFinite else { continue }
        squares += share * share
        if a.magnitude <= ColumnRanges.greatestKnown { count += 1 }
      }
    }
  }

  /// Adds a batch and its decoded version, rounded as a writer of `description` prints it.
  package mutating func add(_ batch: SampleBatch, _ decoded: SampleBatch, as description: SampleDescription) {
    // In pieces: a whole chunk in binary64 would take more memory than everything else.
    let pieceRows = max(1, Self.pieceValues / max(1, batch.valuesPerSample))
    for first in stride(from: 0, to: batch.rows, by: pieceRows) {
      let rows = first..<min(batch.rows, first + pieceRows)
      add(
        Comparison(
          batch.rows(rows), decoded.rows(rows), as: description, from: origins(of: batch)))
    }
  }

  /// The origins for 64-bit originals: those that suit the first batch.
  mutating func origins(of batch: SampleBatch) -> Origins {
    let own = origins ?? Origins(batch, byPlace: !columns.isEmpty)
    origins = own
    return own
  }

  /// The number of values compared at once.
  private static let pieceValues = 1 << 15

  /// Whether all values came back exactly.
  public var isExact: Bool { maximum == 0 }

  /// The mean squared error, in squared units of ``scale``; 0 if no value counts, infinite if ``maximum`` is.
  public var mse: Double { maximum.isFinite ? squares / Double(max(1, count)) : .infinity }

  /// The square root of ``mse``, in units of ``scale``.
  public var rmse: Double { mse.squareRoot() }

  /// The peak of ``psnr``: the value range of the data that the model was fitted on, or that of the originals without a
  /// model; 1 for tables.
  public var peak: Double { scale.peak > 0 ? scale.peak : max(0, highest - lowest) }

  /// The peak signal-to-noise ratio in dB; infinite only if all values are exact, and nil if they are not and the peak
  /// is 0.
  public var psnr: Double? {
    if isExact { return .infinity }
    guard peak > 0 else { return nil }
    // The squares of tiny errors may underflow.
    return Self.psnr(mse: max(mse, .leastNormalMagnitude), peak: peak)
  }

  /// The peak signal-to-noise ratio in dB; infinite if `mse` is 0, and 0 if only the peak is 0.
  static func psnr(mse: Double, peak: Double) -> Double {
    guard mse > 0 else { return .infinity }
    guard peak > 0 else { return 0 }
    let ratio = peak * peak / mse
    return ratio > 0 && ratio.isFinite ? decibels(ratio) : 2 * decibels(peak / mse.squareRoot())
  }
}

extension SampleDescription {
  /// Decoded values rounded as a writer of this format prints them: text may have a fixed number of decimals per
  /// column.
  ///
  /// - Parameter decoded: whole rows. Those of an array that samples are cut from follow one another.
  func printed(_ decoded: [Double]) -> [Double] {
    guard case .delimited(let style) = array?.format ?? format, style.decimals.contains(where: { $0 != nil })
    else { return decoded }
    let width = array?.layout.valuesPerRow ?? valuesPerSample
    var units: [Double?] = style.decimals.map { $0.map { n in (0..<n).reduce(1.0) { p, _ in p * 10 } } }
    units += [Double?](repeating: nil, count: max(0, width - units.count))
    return decoded.enumerated().map { i, value in
      units[i % width].map { (value * $0).rounded(.toNearestOrEven) / $0 } ?? value
    }
  }
}
