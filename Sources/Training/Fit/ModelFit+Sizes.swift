import Tensor
import VAEModel

// The sizes of a network that are not given: its hidden layers, and whether their units share weights.

extension ModelFit {
  /// The hidden layers of a network.
  struct HiddenLayers {
    /// The widths of the encoder's; the decoder has the reverse.
    var widths: [Int]
    /// The positions at which units share weights; nil if each weight is its own.
    var grid: PositionGrid?
  }

  /// Below this number of rows, the rows are few.
  static let fewRows = 2500

  /// The hidden layers for these rows.
  ///
  /// If values have an order, weights are shared between positions: that takes half of the bytes for the same rate, and
  /// less than that for images, whose rate falls as well because the network cannot memorize where a structure has been.
  /// Few rows take up to a tenth more bits of it at high qualities, so each weight is its own there.
  func hiddenLayers(_ prepared: PreparedData) -> HiddenLayers {
    let rows = prepared.fit.rows
    guard isShared, options.hidden != nil || rows >= Self.fewRows,
      let grid = PositionGrid.fitting(prepared.shape, prepared.fit)
    else {
      return HiddenLayers(widths: hidden(rows: rows, width: prepared.fit.columns))
    }
    if let given = options.hidden {
      return HiddenLayers(widths: given.map { max(1, $0 / grid.positions) * grid.positions }, grid: grid)
    }
    let units = grid.positions * max(Self.channels, Self.leastUnits / grid.positions)
    return HiddenLayers(widths: [units, units], grid: grid)
  }

  /// The channels of units at a position, and the minimum number of units.
  private static let (channels, leastUnits) = (32, 192)

  /// The widths of the encoder's hidden layers for `rows` samples of `width` values in no order: 512 units for large
  /// samples; fewer for small samples, or if wide layers would memorize so few.
  func hidden(rows: Int, width: Int) -> [Int] {
    let units = width >= 512 ? 512 : width > 64 ? 256 : 192
    return options.hidden ?? [Int](repeating: rows < Self.fewRows ? units / 2 : units, count: 2)
  }
}

extension PositionGrid {
  /// The maximum number of axes, of positions, and of values at a point; the minimum number of values in a sample, and
  /// of those for one more position.
  private static let (maximumAxes, maximumPositions, maximumChannels) = (3, 16, 4)
  private static let (leastValues, valuesOfPosition, leastPositions) = (32, 16, 4)

  /// The grid for samples of this shape; nil if neighbours are not more alike than others.
  ///
  /// - Parameter rows: samples, of which values have the mean 0.
  static func fitting(_ shape: [Int], _ rows: Matrix) -> PositionGrid? {
    var axes = shape.filter { $0 > 1 }
    var channels = 1
    if axes.count > 1, let last = axes.last, last <= maximumChannels {
      channels = last
      axes.removeLast()
    }
    guard !axes.isEmpty, axes.count <= maximumAxes, rows.columns >= leastValues,
      axes.reduce(channels, *) == rows.columns
    else { return nil }
    let most = min(maximumPositions, max(leastPositions, rows.columns / valuesOfPosition))
    var grid = PositionGrid(axes: axes, channels: channels, stride: 1)
    while grid.positions > most {
      grid = PositionGrid(axes: axes, channels: channels, stride: grid.stride + 1)
    }
    return grid.positions > 1 && grid.hasAlikeNeighbours(rows) ? grid : nil
  }

  /// The number of rows on which neighbours are compared; and how much more alike than others they must be.
  private static let (comparedRows, leastRatio) = (1024, 1.25)

  /// Whether the squared correlation of values next to each other is greater than that of values half an axis apart.
  private func hasAlikeNeighbours(_ samples: Matrix) -> Bool {
    let rows = samples.spread(rows: Self.comparedRows)
    var scales = [Double](repeating: 0, count: rows.columns)
    for r in 0..<rows.rows {
      for c in scales.indices { scales[c] += Double(rows.row(r)[c]) * Double(rows.row(r)[c]) }
    }
    scales = scales.map { $0 > 0 ? 1 / $0.squareRoot() : 0 }
    /// The mean squared correlation of values `distance` apart along an axis of this length.
    func alikeness(_ distance: Int, length: Int, inner: Int) -> Double {
      var (sum, count) = (0.0, 0.0)
      for c in scales.indices where c / inner % length + distance < length {
        var product = 0.0
        for r in 0..<rows.rows {
          product += Double(rows.row(r)[c]) * Double(rows.row(r)[c + distance * inner])
        }
        product *= scales[c] * scales[c + distance * inner]
        sum += product * product
        count += 1
      }
      return count > 0 ? sum / count : 0
    }
    var (near, far, inner) = (0.0, 0.0, channels)
    for length in axes.reversed() {
      near += alikeness(1, length: length, inner: inner)
      far += alikeness(length / 2, length: length, inner: inner)
      inner *= length
    }
    return near > Self.leastRatio * far
  }
}
