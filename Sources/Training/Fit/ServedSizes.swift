import ByteIO
import Tensor
import Transform
import VAEModel

/// The size of a file that embeds the part of the model that its operating point uses; see
/// ``Model/serving(_:rows:kernels:)``.
///
/// There are hundreds of points. Parts are therefore compressed once per model, linear layers and means once per step,
/// and the sizes are added for each point.
struct ServedSizes {
  private let model: Model
  /// The number of rows in the file.
  private let rows: Int
  /// The bytes that every point needs, without the means.
  private let base: Double
  /// The bytes of the means, by the unit they are rounded to.
  private let means: [Float?: Double]
  /// The bytes of the input projection, which the network and the linear layers need.
  private let projection: Double
  /// The bytes of the network for one quality.
  private let network: Double
  /// For each linear layer, the bytes at each step.
  private let layers: [[Float: Double]]
  /// The bytes of the value layer.
  private let values: Double

  /// The compression level; sizes at other levels differ little.
  private static let level = 6

  /// Measures the parts of `model` that the given points use.
  init(_ model: Model, points: [OperatingPoint], rows: Int, kernels: Kernels, workers: Workers) {
    (self.model, self.rows) = (model, rows)
    let nothing = OperatingPoint(network: nil, steps: model.layers.map { _ in 0 })
    let means = model.means
    var simple = model.serving(nothing, kernels: kernels).model
    simple.means = [Float](repeating: 0, count: means.count)
    let empty = simple
    let base = Self.size(empty)
    /// The bytes that a part adds.
    @Sendable func added(_ part: (inout Model) -> Void) -> Double {
      var model = empty
      part(&model)
      return max(0, Self.size(model) - base)
    }
    /// The bytes that parts add, by key.
    func added<Key: Hashable & Sendable>(
      _ keys: Set<Key>, _ part: @escaping @Sendable (Key, inout Model) -> Void
    ) -> [Key: Double] {
      let keys = Array(keys)
      let sizes = Slots<Double>(count: keys.count)
      workers.forEach(keys.count) { place in sizes[place] = added { part(keys[place], &$0) } }
      return Dictionary(uniqueKeysWithValues: zip(keys, sizes.array))
    }
    self.base = base
    projection = model.inputProjection.map { part in added { $0.inputProjection = part } } ?? 0
    // The choice of the two anchors hardly matters.
    let middle = model.network.map { OperatingPoint(network: $0.point(0.5), steps: nothing.steps) }
    let reduced = middle.flatMap { model.serving($0, kernels: kernels).model.network }
    network = reduced.map { part in added { $0.network = part } } ?? 0
    values = model.valueLayer.map { part in added { $0.valueLayer = part } } ?? 0
    layers = model.layers.indices.map { place in
      added(Set(points.map { $0.steps[place] }.filter { $0 > 0 })) { step, part in
        part.layers = [model.layers[place].serving(step: step, rows: rows, kernels: kernels)]
      }
    }
    self.means = added(Set(points.map { model.servedStep(ofMeansAt: $0, rows: rows) })) { step, part in
      part.means = step.map { step in means.map { ($0 / step).rounded(.toNearestOrEven) * step } } ?? means
    }
  }

  /// The approximate bytes of the part that `point` uses; it must be one of the given points.
  func bytes(_ point: OperatingPoint) -> Double {
    var sum = base + (means[model.servedStep(ofMeansAt: point, rows: rows)] ?? 0)
    if point.network != nil { sum += network }
    for (layer, step) in zip(layers, point.steps) { sum += layer[step] ?? 0 }
    if point.network != nil || point.steps.contains(where: { $0 > 0 }) { sum += projection }
    if point.valueStep > 0 { sum += values }
    return sum
  }

  private static func size(_ model: Model) -> Double {
    Double(ZstdFrame.compress(model.encodeDecoder(), level: level, checksum: true).count)
  }
}

extension [OperatingPointSearch.Candidate] {
  /// The same candidates, with the bits of a file of `rows` samples that embeds what they need of `model`.
  func carrying(_ model: Model, rows: Int, kernels: Kernels, workers: Workers) -> Self {
    let sizes = ServedSizes(model, points: map(\.point), rows: rows, kernels: kernels, workers: workers)
    return map { candidate in
      var candidate = candidate
      candidate.bits += 8 * sizes.bytes(candidate.point) / Double(rows)
      return candidate
    }
  }
}
