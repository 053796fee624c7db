import ByteIO
import Tensor

// The grid of positions in a model file: the number of axes, 0 for none, then their lengths, the channels of values, and
// the stride.

extension PositionGrid? {
  /// The maximum number of axes, and the maximum stride; a file with more is invalid.
  private static let (maximumAxes, maximumStride) = (4, 1 << 12)

  /// The maximum number of distances between units and values.
  private static let maximumDistances = 1 << 24

  /// Appends the grid, or that there is none.
  func write(to w: inout ByteWriter) {
    w.append(count: self?.axes.count ?? 0)
    guard let self else { return }
    for length in self.axes { w.append(count: length) }
    w.append(count: self.channels)
    w.append(count: self.stride)
  }

  /// Parses what ``write(to:)`` wrote.
  ///
  /// - Parameters:
  ///   - values: the number of values in a sample.
  ///   - hidden: the widths of the hidden layers.
  init(from r: inout ModelReader, values: Int, hidden: [Int]) throws(ModelFileError) {
    var axes: [Int] = []
    for _ in 0..<(try r.count(0...Self.maximumAxes, "axes")) {
      axes.append(try r.count(1...values, "values along an axis"))
    }
    guard !axes.isEmpty else {
      self = nil
      return
    }
    let channels = try r.count(1...values, "channels of values")
    let stride = try r.count(1...Self.maximumStride, "values from unit to unit")
    guard axes.reduce(channels, Self.product) == values else {
      throw .damaged("its network has another shape than its samples")
    }
    let grid = PositionGrid(axes: axes, channels: channels, stride: stride)
    let reaches = axes.indices.map { grid.reach(along: $0) } + [channels]
    guard reaches.reduce(1, Self.product) <= Self.maximumDistances else {
      throw .damaged("its units are too far apart")
    }
    guard hidden.allSatisfy({ $0 % grid.positions == 0 }) else {
      throw .damaged("its units do not fit their positions")
    }
    self = grid
  }

  /// The product of numbers that are at least 1; `Int.max` if it overflows.
  private static func product(_ a: Int, _ b: Int) -> Int { MemoryLimit.sum((a, b)) }
}
