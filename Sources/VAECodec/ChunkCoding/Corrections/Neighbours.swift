/// Which values of a sample are near another, by the shape of samples: how far before it they are.
///
/// In the last axis lies the left neighbour, in the axis before it the one above, and in the one before that the one in
/// front. A last axis of up to 4 holds channels, and its pixels are the neighbours.
struct Neighbours: Sendable {
  /// Offsets back: left, and above (0 where there is none).
  let left: Int
  let above: Int
  /// The 8 offsets of the values that a prediction is made of.
  let taps: [Int]

  init(shape: [Int]) {
    var axes = shape
    let left = axes.count > 1 && axes[axes.count - 1] <= 4 ? axes.removeLast() : 1
    let line = (axes.last ?? 1) * left
    let above = axes.count > 1 ? line : 0
    let front = axes.count > 2 ? line * axes[axes.count - 2] : 0
    (self.left, self.above) = (left, above)
    taps =
      above == 0
      ? [1, 2, 3, 4, 5, 6, 7, 8].map { $0 * left }
      : [
        left, above, above + left, above - left, 2 * left, 2 * above, 3 * left, front > 0 ? front : 4 * left,
      ]
  }
}
