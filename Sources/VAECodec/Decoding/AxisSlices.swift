/// A range along each axis of an array, as in numpy: `100:200,0:64`. Omitted axes are whole.
public struct AxisSlices: Equatable, Sendable {
  /// The ranges along the first axes.
  public var axes: [RowSlice]

  /// Parses "A:B,C:D,...", where each number may be missing; nil for anything else.
  public init?(_ text: String) {
    let slices = text.split(separator: ",", omittingEmptySubsequences: false).map { RowSlice(String($0)) }
    axes = slices.compactMap { $0 }
    // An index without a range would take away an axis.
    guard axes.count == slices.count, axes.allSatisfy({ $0.single == nil }) else { return nil }
  }

  /// The ranges along all axes of an array, clipped to it.
  ///
  /// - Parameter shape: of the array, of at least as many axes as there are slices.
  func box(of shape: [Int]) -> [Range<Int>] {
    shape.enumerated().map { axis, length in
      axis < axes.count ? axes[axis].rows(of: length) : 0..<length
    }
  }
}
