import CKernels
import Tensor
import VAEModel

/// The weights of an entry that are shared between positions: each once, with the gradients of all its copies.
struct SharedWeights: Sendable {
  private let entry: Architecture.Entry
  /// The number of weights.
  let count: Int
  private let weights: FloatBuffer
  private let gradient: FloatBuffer
  /// The gradients of the copies, laid out as the entry.
  private let copies: FloatBuffer
  /// The copies of each weight, as positions in the entry: those of weight k from `starts[k]` on.
  private let starts: [Int]
  private let positions: [Int32]

  init(_ entry: Architecture.Entry, _ sharing: PositionGrid.Sharing) {
    self.entry = entry
    count = sharing.stored.inputs * sharing.stored.outputs
    weights = FloatBuffer(count: count)
    gradient = FloatBuffer(count: count)
    copies = FloatBuffer(count: entry.shape.count)
    let (places, columns) = (sharing.places, entry.shape.outputs)
    var starts = [Int](repeating: 0, count: count + 1)
    for place in places where place >= 0 { starts[Int(place) + 1] += 1 }
    for k in 0..<count { starts[k + 1] += starts[k] }
    var next = starts
    var positions = [Int32](repeating: 0, count: starts[count])
    for (i, place) in places.enumerated() where place >= 0 {
      positions[next[Int(place)]] = Int32(entry.shape.index(i / columns, i % columns))
      next[Int(place)] += 1
    }
    (self.starts, self.positions) = (starts, positions)
  }

  /// Computes the gradients of the copies in a panel.
  ///
  /// - Parameter start: the position of the panel in the entry.
  func run(_ product: vaec_product, _ kernels: Kernels, start: Int) {
    var p = product
    p.c = copies.pointer + start
    kernels.table.pointee.product(&p)
  }

  /// Updates the weights in `range`, and their copies in the parameters, by the mean gradient of the copies.
  func update(
    _ range: Range<Int>, _ parameters: Parameters, by optimizer: Optimizer, _ step: Optimizer.Step,
    decays: Bool
  ) {
    let target = parameters.pointer(entry)
    for k in range where starts[k] < starts[k + 1] {
      // All copies are equal. (A distance that is beyond reach of all has none.)
      weights.pointer[k] = target[Int(positions[starts[k]])]
      var sum: Float = 0
      for i in starts[k]..<starts[k + 1] { sum += copies.pointer[Int(positions[i])] }
      gradient.pointer[k] = sum / Float(starts[k + 1] - starts[k])
    }
    optimizer.update(
      shared: weights, offset: entry.offset, range: range, gradient: gradient, decays: decays, step)
    for k in range {
      for i in starts[k]..<starts[k + 1] { target[Int(positions[i])] = weights.pointer[k] }
    }
  }
}
