import Records

/// A value that means "missing" in data that have no other way to mark it: -9999, 1e20, 9.97e36.
///
/// A value that repeats far outside all others widens a model's scale so much that the other values lose their
/// precision.
public struct FillValue: Equatable, Sendable {
  /// The fill value itself.
  public var value: Double
  /// Its share of the values of its column, or of all values.
  public var share: Double
  /// The column it was found in; nil if it was found among all values.
  public var column: ColumnFindings.Column?
}

extension FillValue {
  /// The distance of a fill value from the nearest other value, in multiples of the range of the others.
  private static let distance = 3.0
  /// The same among all columns of a table, whose units differ: a column may be constant.
  private static let distanceInTable = 1e12

  /// The fill values among some samples: in the columns of a table, or in an array as a whole.
  ///
  /// - Parameter reach: larger values are ignored; the codec stores them verbatim.
  static func all(
    in batch: SampleBatch, _ description: SampleDescription, reach: Float
  ) -> [FillValue] {
    // All values of one byte are close together.
    guard description.elementType.size > 1 else { return [] }
    let numbers = batch.doubles()
    let common = FillValueSearch.found(
      numbers, reach, distance: description.isTable ? distanceInTable : distance)
    let known = Set(common.map(\.value))
    guard description.isTable else { return common.map { FillValue(value: $0.value, share: $0.share) } }
    let width = batch.valuesPerSample
    let inColumns = (0..<width).flatMap { place in
      let column = stride(from: place, to: numbers.count, by: width).map { numbers[$0] }
      return FillValueSearch.found(column, reach, distance: distance).filter { !known.contains($0.value) }.map
      {
        FillValue(value: $0.value, share: $0.share, column: description.column(place))
      }
    }
    return common.map { FillValue(value: $0.value, share: $0.share) } + inColumns
  }
}
