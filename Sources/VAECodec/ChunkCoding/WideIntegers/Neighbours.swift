/// The neighbours of a value within a sample, as offsets back, derived from the sample's shape.
///
/// The left neighbour lies along the last axis, the one above along the axis before it, and the one in front along the
/// axis before that. A last axis of length up to 4 holds channels; the neighbours are then those of the pixel.
struct Neighbours: Sendable {
  /// The offsets back to the left neighbour and to the one above (0 if there is none).
  let left: Int
  let above: Int
  /// The 8 offsets of the values that a prediction uses.
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
