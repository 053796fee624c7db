/// How arrays are cut into samples: a rule for arrays of any size. Without a rule, the first axis counts the samples.
public enum LayoutRule: Equatable, Sendable {
  /// Windows of `length` places along the first axis: of a recording, T or T x channels. For training, one starts every
  /// `step` places, so that windows overlap; streams hold windows side by side.
  case window(length: Int, step: Int)
  /// Blocks of the last axes: of an image (H x W), of one with channels in an axis of up to 4 behind them, of a field
  /// (Z x Y x X). Axes before these count more samples.
  case tile([Int])
  /// The axes that count samples, from 0, or from the end if negative; the others make a sample.
  case axes([Int])

  /// The maximum number of axes of a tile.
  public static let maximumTileAxes = 3
  /// The maximum length of the axis of channels, behind those of a tile.
  public static let maximumChannels = 4

  /// The rule for streams, whose windows do not overlap.
  package var withoutOverlap: LayoutRule {
    if case .window(let length, _) = self { .window(length: length, step: length) } else { self }
  }

  /// The rule as options spell it: "window 256:128", "tile 16x16", "axis 0,1".
  public var name: String {
    switch self {
    case .window(let length, let step): "window \(length)" + (step == length ? "" : ":\(step)")
    case .tile(let lengths): "tile " + lengths.map(String.init).joined(separator: "x")
    case .axes(let axes): "axis " + axes.map(String.init).joined(separator: ",")
    }
  }

  /// The rule in words: "windows of 256", "tiles of 16 x 16", "axes 0, 1 count the samples".
  public var text: String {
    switch self {
    case .window(let length, let step):
      "windows of \(length)" + (step == length ? "" : ", one every \(step) for training")
    case .tile(let lengths): "tiles of " + lengths.map(String.init).joined(separator: " x ")
    case .axes(let axes):
      axes.count == 1
        ? "axis \(axes[0]) counts the samples"
        : "axes \(axes.map(String.init).joined(separator: ", ")) count the samples"
    }
  }

  /// The lengths of a sample's block along each axis of an array, and the axes that only count samples; nil if the rule
  /// does not apply to arrays of that shape.
  ///
  /// - Parameter shape: in values; the length of the first axis matters only if it is part of a sample.
  func block(of shape: [Int]) -> (lengths: [Int], counting: Set<Int>)? {
    switch self {
    case .window(let length, let step):
      guard length > 0, step > 0, step <= length, !shape.isEmpty else { return nil }
      return ([length] + shape.dropFirst(), [])
    case .tile(let lengths):
      guard !lengths.isEmpty, lengths.count <= Self.maximumTileAxes, lengths.allSatisfy({ $0 > 0 }),
        shape.count >= lengths.count
      else { return nil }
      var channels: [Int] = []
      if shape.count > lengths.count, let last = shape.last, last <= Self.maximumChannels {
        channels = [last]
      }
      let leading = shape.count - lengths.count - channels.count
      return ([Int](repeating: 1, count: leading) + lengths + channels, Set(0..<leading))
    case .axes(let axes):
      let places = axes.map { $0 < 0 ? $0.addingReportingOverflow(shape.count).partialValue : $0 }
      let counting = Set(places)
      guard !axes.isEmpty, counting.count == axes.count, counting.allSatisfy(shape.indices.contains)
      else { return nil }
      return (shape.indices.map { counting.contains($0) ? 1 : shape[$0] }, counting)
    }
  }

  /// Whether the length of an array's first axis decides the shape of a sample.
  package func needsRows(axes count: Int) -> Bool {
    guard case .axes(let axes) = self else { return false }
    return !axes.contains(0) && !axes.contains(-count)
  }
}
