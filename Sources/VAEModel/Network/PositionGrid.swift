import Tensor

/// A grid of positions along a sample's axes, at which the units of hidden layers lie.
///
/// A structure of the data (a beat, a stroke) may be anywhere in a sample. So each weight between two layers depends on
/// the distance of their positions alone, and on the channels: units at one position have as many channels as at any
/// other. (Convolution: LeCun and others, "Backpropagation applied to handwritten zip code recognition", 1989.)
package struct PositionGrid: Equatable, Sendable {
  /// The lengths of a sample's axes, and the number of values at each of their points: the last axis, if it is short.
  package let axes: [Int]
  package let channels: Int
  /// The number of points along each axis from one unit to the next.
  package let stride: Int

  /// - Parameters:
  ///   - axes: each at least 1.
  ///   - stride: at least 1.
  package init(axes: [Int], channels: Int, stride: Int) {
    precondition(!axes.isEmpty && channels > 0 && stride > 0)
    self.axes = axes
    self.channels = channels
    self.stride = stride
  }

  /// The number of values in a sample.
  package var values: Int { axes.reduce(channels, *) }
  /// The positions of units along each axis.
  package var sides: [Int] { axes.map { ($0 + stride - 1) / stride } }
  /// The number of positions.
  package var positions: Int { sides.reduce(1, *) }

  /// The number of points that a unit sees along an axis: those up to the next unit, and as many on both sides; all, if
  /// it is the only one.
  package func reach(along axis: Int) -> Int { sides[axis] == 1 ? axes[axis] : 3 * stride }

  /// How the weights between two layers are shared.
  package struct Sharing: Equatable, Sendable {
    let grid: PositionGrid
    /// The channels of units before and after the weights; nil for the values of a sample.
    let before: Int?
    let after: Int?

    /// The shape of the weights as stored. A row has one input channel, and one distance unless the outputs are values:
    /// then columns have the distances.
    package var stored: WeightShape {
      let distances = grid.axes.indices.reduce(1) { $0 * self.distances(along: $1) }
      let inputs = before ?? grid.channels
      guard let after else { return WeightShape(inputs: inputs, outputs: distances * grid.channels) }
      return WeightShape(inputs: distances * inputs, outputs: after)
    }

    private func distances(along axis: Int) -> Int {
      before != nil && after != nil ? 2 * grid.sides[axis] - 1 : grid.reach(along: axis)
    }

    /// The number of inputs that an output in the middle depends on.
    package var inputsOfOutput: Int {
      let inputs = before ?? grid.channels
      let points = grid.axes.indices.map {
        before == nil ? min(grid.reach(along: $0), grid.axes[$0]) : grid.sides[$0]
      }
      return points.reduce(inputs, *)
    }

    /// The place among the stored weights, row after row, of each weight from an input to an output, input after
    /// input; -1 if there is none.
    package var places: [Int32] {
      let (from, to) = (points(before), points(after))
      let stored = self.stored
      var places: [Int32] = []
      places.reserveCapacity(from.count * to.count * (before ?? grid.channels) * (after ?? grid.channels))
      for p in from {
        for input in 0..<(before ?? grid.channels) {
          for q in to {
            let distance = self.distance(p, q)
            for output in 0..<(after ?? grid.channels) {
              guard let distance else {
                places.append(-1)
                continue
              }
              let (row, column) =
                after == nil
                ? (input, distance * grid.channels + output)
                : (distance * (before ?? grid.channels) + input, output)
              places.append(Int32(row * stored.outputs + column))
            }
          }
        }
      }
      return places
    }

    /// The means over each stored row of numbers that each input has.
    package func means(of inputs: [Double]) -> [Double] {
      let stored = self.stored
      let none = [Double](repeating: 0, count: stored.inputs)
      var (sums, counts) = (none, none)
      let places = self.places
      let columns = places.count / inputs.count
      for (i, place) in places.enumerated() where place >= 0 {
        sums[Int(place) / stored.outputs] += inputs[i / columns]
        counts[Int(place) / stored.outputs] += 1
      }
      return zip(sums, counts).map { $0 / max(1, $1) }
    }

    /// The coordinates of all points of values, or of positions of units.
    private func points(_ unitChannels: Int?) -> [[Int]] {
      let sides = unitChannels == nil ? grid.axes : grid.sides
      var points: [[Int]] = [[]]
      for side in sides { points = points.flatMap { point in (0..<side).map { point + [$0] } } }
      return points
    }

    /// The number of the distance from `p` to `q`; nil if it is beyond reach.
    private func distance(_ p: [Int], _ q: [Int]) -> Int? {
      var number = 0
      for axis in p.indices {
        let own: Int
        let first = grid.sides[axis] == 1 ? 0 : grid.stride
        switch (before, after) {
        case (nil, _): own = p[axis] - q[axis] * grid.stride + first
        case (_, nil): own = q[axis] - p[axis] * grid.stride + first
        default: own = q[axis] - p[axis] + grid.sides[axis] - 1
        }
        let count = distances(along: axis)
        guard (0..<count).contains(own) else { return nil }
        number = number * count + own
      }
      return number
    }
  }
}
