import CKernels
import Tensor

/// The sizes of a VAE, and the position of each parameter in one flat array.
///
/// The encoder and the decoder are each a linear path in parallel with a multilayer perceptron. Every layer adds to its
/// input a bias that is a mixture of one bias vector per anchor: the VAE quality u in 0 ... 1 mixes the two nearest
/// anchors by hat functions.
package struct Architecture: Equatable, Sendable {
  /// The number of values in a sample, as the network sees it.
  package let values: Int
  /// The number of latents.
  package let latents: Int
  /// The widths of the encoder's hidden layers; the decoder has the reverse.
  package let hidden: [Int]
  /// The number of anchors on the axis of VAE quality; at least 2.
  package let anchors: Int
  /// The activation function of hidden units.
  package let activation: Activation
  /// The grid of positions at which hidden units share weights; nil if each weight is its own.
  package let grid: PositionGrid?

  package let encoder: Path
  package let decoder: Path
  /// anchors x (3 parameters x 3 mixture components x latents padded to whole panels).
  package let prior: Entry
  /// The number of parameters in all entries, including padding.
  package let count: Int

  /// One weight matrix in the flat array.
  package struct Entry: Equatable, Sendable {
    /// The position of its first number in the flat array.
    package let offset: Int
    package let shape: WeightShape
    /// How weights are shared; nil if each is its own.
    package var sharing: PositionGrid.Sharing?

    /// The shape of its weights in a model file: each shared weight once.
    package var storedShape: WeightShape { sharing?.stored ?? shape }
  }

  /// y = x W + hats B.
  package struct Layer: Equatable, Sendable {
    package fileprivate(set) var weight: Entry
    package let bias: Entry
  }

  /// A linear layer in parallel with hidden layers that end in `last` (without a bias, because the linear layer has
  /// one), and the log gain of each latent at each anchor.
  package struct Path: Equatable, Sendable {
    package let linear: Layer
    package fileprivate(set) var hidden: [Layer]
    package fileprivate(set) var last: Entry
    package let gain: Entry

    /// The path with the weights of hidden layers shared: all but those from or to latents.
    fileprivate func shared(_ grid: PositionGrid?, encodes: Bool) -> Path {
      guard let grid else { return self }
      var path = self
      func units(_ count: Int) -> Int { count / grid.positions }
      for i in hidden.indices where encodes || i > 0 {
        let shape = hidden[i].weight.shape
        path.hidden[i].weight.sharing = PositionGrid.Sharing(
          grid: grid, before: i == 0 ? nil : units(shape.inputs), after: units(shape.outputs))
      }
      if !encodes {
        path.last.sharing = PositionGrid.Sharing(grid: grid, before: units(last.shape.inputs), after: nil)
      }
      return path
    }
  }

  /// Lays out the parameters for these sizes.
  ///
  /// - Parameter grid: of `values` values; the widths of hidden layers are multiples of its positions.
  package init(
    values: Int, latents: Int, hidden: [Int], anchors: Int, activation: Activation = .hardSwish,
    grid: PositionGrid? = nil
  ) {
    precondition(values > 0 && latents > 0 && !hidden.isEmpty && hidden.allSatisfy { $0 > 0 } && anchors >= 2)
    precondition(
      grid.map { grid in grid.values == values && hidden.allSatisfy { $0 % grid.positions == 0 } } ?? true)
    self.grid = grid
    self.values = values
    self.latents = latents
    self.hidden = hidden
    self.anchors = anchors
    self.activation = activation
    var offset = 0
    func entry(_ inputs: Int, _ outputs: Int) -> Entry {
      let entry = Entry(offset: offset, shape: WeightShape(inputs: inputs, outputs: outputs))
      offset += entry.shape.count
      return entry
    }
    func layer(_ inputs: Int, _ outputs: Int) -> Layer {
      Layer(weight: entry(inputs, outputs), bias: entry(anchors, outputs))
    }
    func path(_ inputs: Int, _ widths: [Int], _ outputs: Int) -> Path {
      let linear = layer(inputs, outputs)
      var layers: [Layer] = []
      var width = inputs
      for next in widths {
        layers.append(layer(width, next))
        width = next
      }
      return Path(linear: linear, hidden: layers, last: entry(width, outputs), gain: entry(anchors, latents))
    }
    let (encoder, decoder) = (path(values, hidden, latents), path(latents, hidden.reversed(), values))
    self.encoder = encoder.shared(grid, encodes: true)
    self.decoder = decoder.shared(grid, encodes: false)
    prior = entry(anchors, 3 * VAEC_MIXTURE * paddedToPanels(latents))
    count = offset
  }

  /// The number of latents padded to whole panels: the distance between the parameters in a row of the prior.
  package var latentStride: Int { paddedToPanels(latents) }

  /// The column of parameter `kind` (0 mean, 1 log scale, 2 logit) of mixture component `component` of a latent.
  package func priorColumn(kind: Int, component: Int, latent: Int) -> Int {
    (kind * VAEC_MIXTURE + component) * latentStride + latent
  }

  /// The entries for encoders only, in the order of the model file.
  package var encoderEntries: [Entry] { Self.entries(encoder) }

  /// The entries for decoders, in the order of the model file.
  package var decoderEntries: [Entry] { Self.entries(decoder) + [prior] }

  /// All entries, with those for encoders first.
  package var entries: [Entry] { encoderEntries + decoderEntries }

  private static func entries(_ path: Path) -> [Entry] {
    [path.linear.weight, path.linear.bias] + path.hidden.flatMap { [$0.weight, $0.bias] } + [
      path.last, path.gain,
    ]
  }

  /// The number of trained parameters, without padding.
  package var parameterCount: Int {
    entries.reduce(0) { $0 + $1.storedShape.inputs * $1.storedShape.outputs }
      - 3 * VAEC_MIXTURE * anchors * (latentStride - latents)
  }

  /// The columns of the prior that belong to latents, in order; those between are padding, which nothing reads.
  package var priorColumns: [Int] {
    (0..<3 * VAEC_MIXTURE).flatMap { group in (0..<latents).map { group * latentStride + $0 } }
  }

  /// Of those columns, the one for each column of the prior; padding repeats the last latent.
  package var paddedPriorColumns: [Int] {
    (0..<3 * VAEC_MIXTURE).flatMap { group in
      (0..<latentStride).map { group * latents + min($0, latents - 1) }
    }
  }

  /// The weights of all anchors at `u`: at most two are non-zero, and they add up to 1.
  package func hats(_ u: Float) -> [Float] { (0..<anchors).map { hat($0, at: u) } }

  /// The weight of one anchor at `u`.
  ///
  /// Only exact operations are used, so that a decoder computes the same.
  func hat(_ anchor: Int, at u: Float) -> Float {
    max(0, 1 - (u * Float(anchors - 1) - Float(anchor)).magnitude)
  }
}
