import Records
import Tensor

/// How far decoded samples are from their originals, over the values that count: those whose original is a finite number,
/// and not one that is too large for a model (``Matrix/greatestKnown``). Where a value is too large and comes back changed, its
/// error counts with those of the others.
///
/// A value that is not finite has to come back as what it is; where it does not, the largest error is infinite.
public struct Distortion: Equatable, Sendable {
  /// Values that count.
  public private(set) var count = 0
  /// The largest difference, in units of ``scale``.
  public private(set) var maximum = 0.0
  private var squares = 0.0
  private var (lowest, highest) = (Double.infinity, -Double.infinity)
  private var origins: Origins?
  /// What errors are measured in. PSNR is measured against the range of the originals where its peak is 0.
  public private(set) var scale: ErrorScale
  /// Of a table, the error of each column in its own units; empty for arrays.
  public private(set) var columns: [ColumnDistortion] = []

  /// - Parameter peak: the value range of the data that a model was fitted on; 0 if there is no model.
  public init(peak: Double = 0) { self.init(ErrorScale(peak: peak)) }

  /// - Parameter scale: what errors are measured in.
  public init(_ scale: ErrorScale) {
    self.scale = scale
    columns = scale.ranges.map { _ in ColumnDistortion() }
  }

  /// The same in another scale; where errors are by column, so is this.
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

  /// Adds whole samples and what came back of them. Sums go in the order of calls: equal figures need equal order.
  public mutating func add(_ original: [Double], _ decoded: [Double]) {
    add(Comparison(original, decoded))
  }

  /// The same.
  mutating func add(_ comparison: Comparison) {
    guard columns.isEmpty else { return addByColumn(comparison) }
    for (a, d) in zip(comparison.values, comparison.errors) {
      guard a.isFinite else {
        maximum = max(maximum, d)
        continue
      }
      squares += d * d
      maximum = max(maximum, d)
      // What is too large for any model neither makes the others better nor widens their range.
      guard a.magnitude <= Double(Matrix.greatestKnown) else { continue }
      lowest = min(lowest, a)
      highest = max(highest, a)
      count += 1
    }
  }

  /// The same for rows of a table: errors are shares of each column's range.
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

  /// Adds the samples of a batch and what came back of them, as a writer of `description` prints it.
  package mutating func add(_ batch: SampleBatch, _ decoded: SampleBatch, as description: SampleDescription) {
    // In pieces: as binary64 numbers, those of a whole chunk would take more than all else does.
    let pieceRows = max(1, Self.pieceValues / max(1, batch.valuesPerSample))
    for first in stride(from: 0, to: batch.rows, by: pieceRows) {
      let rows = first..<min(batch.rows, first + pieceRows)
      add(
        Comparison(
          batch.rows(rows), decoded.rows(rows), as: description, from: origins(of: batch)))
    }
  }

  /// What originals are counted from: what suits the first of them.
  mutating func origins(of batch: SampleBatch) -> Origins {
    let own = origins ?? Origins(batch, byPlace: !columns.isEmpty)
    origins = own
    return own
  }

  /// Values that are compared at once.
  private static let pieceValues = 1 << 15

  /// Whether all values came back exactly.
  public var isExact: Bool { maximum == 0 }

  /// Mean squared error, in squared units of ``scale``; 0 if no value counts.
  public var mse: Double { maximum.isFinite ? squares / Double(max(1, count)) : .infinity }

  /// The root of ``mse``, in units of ``scale``.
  public var rmse: Double { mse.squareRoot() }

  /// What ``psnr`` is measured against: the value range of the data that the model was fitted on, or that of the originals
  /// where there is no model; 1 for tables.
  public var peak: Double { scale.peak > 0 ? scale.peak : max(0, highest - lowest) }

  /// In dB: infinite only where all values are exact. Nil where the peak is 0 and they are not.
  public var psnr: Double? {
    if isExact { return .infinity }
    guard peak > 0 else { return nil }
    // Squares of tiny differences may be too small for any number.
    return Self.psnr(mse: max(mse, .leastNormalMagnitude), peak: peak)
  }

  /// In dB: infinite without an error; 0 if there is an error and the peak is 0.
  static func psnr(mse: Double, peak: Double) -> Double {
    guard mse > 0 else { return .infinity }
    guard peak > 0 else { return 0 }
    let ratio = peak * peak / mse
    return ratio > 0 && ratio.isFinite ? decibels(ratio) : 2 * decibels(peak / mse.squareRoot())
  }
}

extension SampleDescription {
  /// Decoded values as a writer of this format prints them: text has a number of decimals for each column.
  func printed(_ decoded: [Double]) -> [Double] {
    guard case .delimited(let style) = format, style.decimals.contains(where: { $0 != nil }) else {
      return decoded
    }
    var units: [Double?] = style.decimals.map { $0.map { n in (0..<n).reduce(1.0) { p, _ in p * 10 } } }
    units += [Double?](repeating: nil, count: max(0, valuesPerSample - units.count))
    return decoded.enumerated().map { i, value in
      units[i % valuesPerSample].map { (value * $0).rounded(.toNearestOrEven) / $0 } ?? value
    }
  }
}
