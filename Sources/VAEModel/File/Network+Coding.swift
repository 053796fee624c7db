import ByteIO
import Tensor

// The network in a model file: the decoder and the encoder.

extension Model.Network {
  /// The maximum width of a layer, number of hidden layers and number of anchors; a file with more is invalid.
  private static let widestLayer = 1 << 16
  private static let maximumHiddenLayers = 16
  private static let maximumAnchors = 64
  /// The maximum number of parameters of a network, including padding: 1 GiB.
  private static let maximumParameters = 1 << 28

  /// Appends the part for decoders.
  func writeDecoder(to writer: inout ModelWriter) {
    writeHead(to: &writer.bytes)
    for matrix in storedDecoder.dropLast() { writer.append(matrix) }
    let a = parameters.architecture
    if let prior = storedDecoder.last { writer.append(prior.keeping(columns: a.priorColumns)) }
  }

  /// Appends the architecture and the units of latents.
  private func writeHead(to w: inout ByteWriter) {
    let a = parameters.architecture
    w.append(count: a.latents)
    w.append(count: a.hidden.count)
    for width in a.hidden { w.append(count: width) }
    w.append(count: a.anchors)
    w.append(a.activation.rawValue)
    w.append(UInt8(logistic == nil ? 0 : 1))
    if let logistic {
      w.append(logistic.lowest)
      w.append(logistic.highest)
    }
    a.grid.write(to: &w)
    for value in inverseDeviation { w.append(value) }
  }

  /// Parses what ``writeDecoder(to:)`` wrote.
  ///
  /// - Parameters:
  ///   - values: the number of values in a sample, as the network sees it.
  ///   - standardizing: the means and scale of the values; nil if the network works on components.
  /// - Returns: nil if the file has no network.
  init?(
    decoder r: inout ModelReader, values: Int, standardizing: (means: [Float], scale: Float)?
  ) throws(ModelFileError) {
    let latents = try r.count(0...values, "latents")
    guard latents > 0 else { return nil }
    var hidden: [Int] = []
    for _ in 0..<(try r.count(1...Self.maximumHiddenLayers, "hidden layers")) {
      hidden.append(try r.count(1...Self.widestLayer, "units in a hidden layer"))
    }
    let anchors = try r.count(2...Self.maximumAnchors, "anchors")
    guard let activation = Activation(rawValue: try r.byte()) else {
      throw .damaged("its activation is unknown")
    }
    var logistic: LogisticOutput?
    if try r.flag() {
      let (lowest, highest) = (try r.float(), try r.float())
      guard lowest.isFinite, highest.isFinite, highest > lowest, (highest - lowest).isFinite,
        let standardizing
      else { throw .damaged("its likelihood has an impossible range") }
      logistic = LogisticOutput(
        lowest: lowest, highest: highest, means: standardizing.means, scale: standardizing.scale)
    }
    let grid = try PositionGrid?(from: &r, values: values, hidden: hidden)
    let inverseDeviation = try r.floats(latents)
    guard inverseDeviation.allSatisfy({ $0.isFinite }) else { throw .damaged("a latent has no deviation") }
    var weights = 0
    var from = values
    for width in hidden + [latents] {
      weights += from * width
      from = width
    }
    // Of weights that are shared, each is stored once.
    if grid == nil { try r.expect(weights: weights) }
    guard weights < Self.maximumParameters else { throw .damaged("its network is too large") }
    let architecture = Architecture(
      values: values, latents: latents, hidden: hidden, anchors: anchors, activation: activation, grid: grid)
    guard architecture.count <= Self.maximumParameters else { throw .damaged("its network is too large") }
    // Weights, and the places of those that are shared.
    try r.admit(MemoryLimit.sum((architecture.count, (grid == nil ? 1 : 2) * MemoryLayout<Float>.size)))
    var stored: [StoredMatrix] = []
    for entry in architecture.decoderEntries.dropLast() { stored.append(try r.matrix(entry.storedShape)) }
    let prior = try r.matrix(WeightShape(inputs: anchors, outputs: architecture.priorColumns.count))
    stored.append(prior.keeping(columns: architecture.paddedPriorColumns))
    self.init(
      architecture, stored: stored, inverseDeviation: inverseDeviation,
      qualities: LambdaRange(low: 1, high: 1), logistic: logistic)
  }

  /// Appends the additional part for encoders.
  func writeEncoder(to w: inout ModelWriter) {
    w.bytes.append(qualities.low)
    w.bytes.append(qualities.high)
    for matrix in storedEncoder { w.append(matrix) }
    w.bytes.append(UInt8(elbo == nil ? 0 : 1))
    guard let elbo else { return }
    w.bytes.append(elbo.variance)
    w.bytes.append(elbo.beta)
    w.append(elbo.weights)
    w.append(elbo.bias)
  }

  /// Parses what ``writeEncoder(to:)`` wrote, and adds the encoder to the network.
  mutating func readEncoder(_ r: inout ModelReader) throws(ModelFileError) {
    let a = parameters.architecture
    let (low, high) = (try r.float(), try r.float())
    guard low > 0, high >= low, high.isFinite else { throw .damaged("its range of qualities is impossible") }
    var matrices: [StoredMatrix] = []
    for entry in a.encoderEntries { matrices.append(try r.matrix(entry.storedShape)) }
    let elbo = try r.flag() ? try Self.elbo(&r, a, logistic) : nil
    self = Model.Network(
      a, stored: matrices + stored, inverseDeviation: inverseDeviation,
      qualities: LambdaRange(low: low, high: high), elbo: elbo, logistic: logistic)
  }

  private static func elbo(
    _ r: inout ModelReader, _ a: Architecture, _ logistic: LogisticOutput?
  ) throws(ModelFileError) -> ELBOTerms {
    let (variance, beta) = (try r.float(), try r.float())
    guard variance > 0, variance.isFinite, beta > 0, beta.isFinite else {
      throw .damaged("its likelihood has an impossible variance")
    }
    let units = a.hidden.last ?? 0
    let weights = try r.matrix(WeightShape(inputs: units, outputs: a.latents))
    let bias = try r.matrix(WeightShape(inputs: 1, outputs: a.latents))
    let likelihood =
      logistic.map { Likelihood.bernoulli(lowest: $0.lowest, highest: $0.highest) } ?? .gaussian
    return ELBOTerms(likelihood: likelihood, variance: variance, beta: beta, weights: weights, bias: bias)
  }
}
