import ByteIO
import Tensor

// The content of a model file, part after part; man/vaec.5 describes it byte by byte. Every count is checked against
// the bytes that remain before anything of its size is made.

extension Model {
  /// Widths of a network and the number of its anchors at the most: more is no model of this program.
  private static let widestLayer = 1 << 16
  private static let maximumHiddenLayers = 16
  private static let maximumAnchors = 64
  /// With the value layer's, their levels have to fit a byte.
  private static let maximumLayers = 2
  /// Parameters of a network at the most, padding included: 1 GiB.
  private static let maximumParameters = 1 << 28

  /// The content of a model file.
  package func encode() -> [UInt8] {
    var w = ByteWriter()
    w.append(count: values)
    w.append(scale)
    for mean in means { w.append(mean) }
    w.append(output.lowest)
    w.append(output.highest)
    w.append(UInt8(output.isInteger ? 1 : 0) | scales.kind.rawValue << 1)
    scales.write(to: &w)
    w.append(count: inputProjection?.stored.rows ?? 0)
    inputProjection?.stored.write(to: &w)
    if let network { Self.write(network, to: &w) } else { w.append(count: 0) }
    w.append(count: layers.count)
    for layer in layers { Self.write(layer, to: &w) }
    w.append(UInt8(baseline == nil ? 0 : 1))
    if let baseline { Self.write(baseline, to: &w) }
    w.append(UInt8(valueLayer == nil ? 0 : 1))
    if let valueLayer { Self.write(valueLayer, to: &w) }
    w.append(count: qualities.count)
    for point in qualities { point.write(to: &w) }
    w.append(count: notes.count)
    w.append(notes)
    return w.bytes
  }

  /// Rows that a model can be used for at once, wherever it can be read.
  private static let workingRows = 128

  /// Reads the content of a model file.
  ///
  /// - Parameter memory: how much the model, and work with it on a block of rows, may take.
  package init(
    content: [UInt8], kernels: Kernels, memory: MemoryLimit = .standard
  ) throws(ModelFileError) {
    var r = ByteReader(content)
    var taken = try ModelMemory(memory, content: content.count)
    let values = try Self.count(&r, 1...Model.maximumValues, "values")
    scale = try Self.float(&r)
    guard scale.isFinite, scale > 0 else { throw .damaged("its scale is impossible") }
    means = try Self.floats(&r, values)
    let (lowest, highest) = (try Self.float(&r), try Self.float(&r))
    let flags = try reading { () throws(ByteReader.Failure) in try r.integer(UInt8.self) }
    let isInteger = flags & 1 == 1
    guard lowest <= highest, !means.contains(where: { !$0.isFinite }) else {
      throw .damaged("its means or bounds are impossible")
    }
    output = OutputRule(lowest: lowest, highest: highest, isInteger: isInteger)
    scales = try ValueScales(from: &r, kind: flags >> 1, values: values)
    guard scales.isIdentity || output == OutputRule() else { throw .damaged("it has bounds twice") }
    let components = try Self.count(&r, 0...values, "components of the front basis")
    try taken.add(WeightShape(inputs: components, outputs: values), andTranspose: true)
    inputProjection =
      components == 0
      ? nil : InputProjection(try StoredMatrix(from: &r, rows: components, columns: values), kernels: kernels)
    let width = components == 0 ? values : components
    network = try Self.network(
      &r, values: width, means: components == 0 ? means : nil, scale: scale, &taken)
    layers = []
    for _ in 0..<(try Self.count(&r, 0...Self.maximumLayers, "layers")) {
      layers.append(try Self.layer(&r, width: width, kernels, &taken))
    }
    baseline = try Self.flag(&r) ? try Self.layer(&r, width: width, kernels, &taken) : nil
    valueLayer = try Self.flag(&r) ? try Self.valueLayer(&r, values: values) : nil
    qualities = []
    notes = []
    let count = try Self.count(&r, 101...101, "qualities")
    for _ in 0..<count {
      let point = try OperatingPoint(from: &r)
      guard accepts(point) else { throw .damaged("a quality asks for what the model does not have") }
      qualities.append(point)
    }
    let length = try Self.count(&r, 0...max(0, r.remaining), "bytes of notes")
    notes = Array(try reading { () throws(ByteReader.Failure) in try r.take(length) })
    guard r.remaining == 0 else { throw .damaged("it goes on after its end") }
    try taken.add(workingBytes(rows: Self.workingRows))
  }

  // MARK: the network

  private static func write(_ network: Network, to w: inout ByteWriter) {
    let a = network.parameters.architecture
    w.append(count: a.latents)
    w.append(count: a.hidden.count)
    for width in a.hidden { w.append(count: width) }
    w.append(count: a.anchors + (network.elbo == nil ? 0 : evidenceFlag))
    w.append(network.qualities.low)
    w.append(network.qualities.high)
    for value in network.inverseDeviation { w.append(value) }
    for matrix in network.stored { matrix.write(to: &w) }
    guard let elbo = network.elbo else { return }
    w.append(a.activation.rawValue)
    switch elbo.likelihood {
    case .gaussian: w.append(UInt8(0))
    case .bernoulli(let lowest, let highest):
      w.append(UInt8(1))
      w.append(lowest)
      w.append(highest)
    }
    w.append(elbo.variance)
    w.append(elbo.beta)
    elbo.weights.write(to: &w)
    elbo.bias.write(to: &w)
  }

  /// Added to the number of anchors of a textbook VAE.
  private static let evidenceFlag = 128

  private static func elbo(
    _ r: inout ByteReader, units: Int, latents: Int
  ) throws(ModelFileError) -> (Activation, ELBOTerms) {
    let raw = try reading { () throws(ByteReader.Failure) in try r.integer(UInt8.self) }
    guard let activation = Activation(rawValue: raw) else { throw .damaged("its activation is unknown") }
    var likelihood = Likelihood.gaussian
    if try flag(&r) {
      let (lowest, highest) = (try float(&r), try float(&r))
      guard lowest.isFinite, highest.isFinite, highest > lowest, (highest - lowest).isFinite else {
        throw .damaged("its likelihood has an impossible range")
      }
      likelihood = .bernoulli(lowest: lowest, highest: highest)
    }
    let (variance, beta) = (try float(&r), try float(&r))
    guard variance > 0, variance.isFinite, beta > 0, beta.isFinite else {
      throw .damaged("its likelihood has an impossible variance")
    }
    let weights = try StoredMatrix(from: &r, rows: units, columns: latents)
    let bias = try StoredMatrix(from: &r, rows: 1, columns: latents)
    return (
      activation,
      ELBOTerms(likelihood: likelihood, variance: variance, beta: beta, weights: weights, bias: bias)
    )
  }

  /// - Parameter means: of the values; nil where the network works on components.
  private static func network(
    _ r: inout ByteReader, values: Int, means: [Float]?, scale: Float, _ taken: inout ModelMemory
  ) throws(ModelFileError) -> Network? {
    let latents = try count(&r, 0...values, "latents")
    guard latents > 0 else { return nil }
    var hidden: [Int] = []
    for _ in 0..<(try count(&r, 1...maximumHiddenLayers, "hidden layers")) {
      hidden.append(try count(&r, 1...widestLayer, "units in a hidden layer"))
    }
    var anchors = try count(&r, 2...maximumAnchors + evidenceFlag, "anchors")
    let isTextbook = anchors >= evidenceFlag
    if isTextbook { anchors -= evidenceFlag }
    guard anchors >= 2, anchors <= maximumAnchors, !isTextbook || means != nil else {
      throw .damaged("it has \(anchors) anchors")
    }
    let (low, high) = (try float(&r), try float(&r))
    guard low > 0, high >= low, high.isFinite else { throw .damaged("its range of qualities is impossible") }
    let inverseDeviation = try floats(&r, latents)
    guard inverseDeviation.allSatisfy({ $0.isFinite }) else { throw .damaged("a latent has no deviation") }
    // Every weight takes at least a byte of the content.
    var weights = 0
    var from = values
    for width in hidden + [latents] {
      weights += from * width
      from = width
    }
    guard weights <= r.remaining, weights < maximumParameters else {
      throw .damaged("its network is larger than the file")
    }
    var architecture = Architecture(values: values, latents: latents, hidden: hidden, anchors: anchors)
    guard architecture.count <= maximumParameters else { throw .damaged("its network is too large") }
    try taken.add(MemoryLimit.sum((architecture.count, MemoryLayout<Float>.size)))
    var stored: [StoredMatrix] = []
    for entry in architecture.entries {
      stored.append(try StoredMatrix(from: &r, rows: entry.shape.inputs, columns: entry.shape.outputs))
    }
    let qualities = LambdaRange(low: low, high: high)
    guard isTextbook, let means, let units = hidden.last else {
      return Network(
        architecture, stored: stored, inverseDeviation: inverseDeviation, qualities: qualities)
    }
    let (activation, elbo) = try elbo(&r, units: units, latents: latents)
    architecture = Architecture(
      values: values, latents: latents, hidden: hidden, anchors: anchors, activation: activation)
    return Network(
      architecture, stored: stored, inverseDeviation: inverseDeviation, qualities: qualities,
      elbo: elbo, logistic: elbo.logistic(means: means, scale: scale))
  }

  // MARK: linear layers

  private static func write(_ layer: KLTLayer, to w: inout ByteWriter) {
    w.append(count: layer.components)
    layer.stored.write(to: &w)
    for magnitude in layer.magnitudes { w.append(stored: magnitude) }
    for density in layer.densities { write(density, to: &w) }
    w.append(count: layer.shapes.count)
    for shape in layer.shapes {
      w.append(count: shape.component)
      write(shape.density, to: &w)
    }
  }

  private static func layer(
    _ r: inout ByteReader, width: Int, _ kernels: Kernels, _ taken: inout ModelMemory
  ) throws(ModelFileError) -> KLTLayer {
    let components = try count(&r, 1...width, "components of a layer")
    try taken.add(WeightShape(inputs: components, outputs: width), andTranspose: true)
    let stored = try StoredMatrix(from: &r, rows: components, columns: width)
    var magnitudes: [Float] = []
    for _ in 0..<components {
      let magnitude = try self.stored(&r)
      guard magnitude > 0, magnitude.isFinite else { throw .damaged("a coefficient has an impossible size") }
      magnitudes.append(magnitude)
    }
    var densities: [LogisticMixture] = []
    for _ in 0..<ScaleLevel.count { densities.append(try mixture(&r)) }
    var shapes: [KLTLayer.Shape] = []
    for _ in 0..<(try count(&r, 0...min(components, KLTLayer.maximumShapes), "shapes")) {
      let component = try count(&r, 0...components - 1, "component of a shape")
      guard component > shapes.last?.component ?? -1 else { throw .damaged("its shapes are not in order") }
      shapes.append(KLTLayer.Shape(component: component, density: try mixture(&r)))
    }
    return KLTLayer(
      stored, magnitudes: magnitudes, densities: densities, shapes: shapes, kernels: kernels)
  }

  // MARK: densities and the value layer

  private static func write(_ mixture: LogisticMixture, to w: inout ByteWriter) {
    for value in mixture.means + mixture.logScales + mixture.logits { w.append(stored: value) }
  }

  private static func mixture(_ r: inout ByteReader) throws(ModelFileError) -> LogisticMixture {
    var numbers: [Float] = []
    for _ in 0..<3 * LogisticMixture.components {
      let value = try reading { () throws(ByteReader.Failure) in try r.stored() }
      guard value.isFinite else { throw .damaged("a density is impossible") }
      numbers.append(value)
    }
    let n = LogisticMixture.components
    return LogisticMixture(
      means: Array(numbers[0..<n]), logScales: Array(numbers[n..<2 * n]),
      logits: Array(numbers[2 * n..<3 * n]))
  }

  private static func write(_ layer: ValueLayer, to w: inout ByteWriter) {
    for (i, p) in layer.predictors.enumerated() {
      for terms in [p.prediction, p.errors, p.contrasts] {
        w.append(count: terms.count)
        // Distances repeat from value to value, where values have a shape; numbers do not.
        for term in terms { w.append(count: zigzag(i - term.value)) }
        for term in terms { w.append(stored: term.factor) }
      }
      for value in [p.deviation, p.aboveLowest, p.belowHighest] { w.append(stored: value) }
    }
    for density in layer.densities { write(density, to: &w) }
  }

  private static func valueLayer(_ r: inout ByteReader, values: Int) throws(ModelFileError) -> ValueLayer {
    guard values <= r.remaining else { throw .damaged("its value layer is larger than the file") }
    var predictors: [ValueLayer.Predictor] = []
    for i in 0..<values {
      func terms(_ range: Range<Int>, _ r: inout ByteReader) throws(ModelFileError) -> [ValueLayer.Term] {
        let count = try count(&r, 0...64, "terms of a value")
        var places: [Int] = []
        for _ in 0..<count {
          let distance = unzigzag(try self.count(&r, 0...2 * values, "distance of a term"))
          guard range.contains(i - distance) else { throw .damaged("a term names a value out of reach") }
          places.append(i - distance)
        }
        var terms: [ValueLayer.Term] = []
        for place in places { terms.append(ValueLayer.Term(value: place, factor: try stored(&r))) }
        return terms
      }
      var p = ValueLayer.Predictor()
      p.prediction = try terms(0..<i, &r)
      p.errors = try terms(0..<i, &r)
      p.contrasts = try terms(0..<values, &r)
      p.deviation = try stored(&r)
      p.aboveLowest = try stored(&r)
      p.belowHighest = try stored(&r)
      predictors.append(p)
    }
    var densities: [LogisticMixture] = []
    for _ in 0..<ValueLayer.levels { densities.append(try mixture(&r)) }
    return ValueLayer(predictors: predictors, densities: densities)
  }

  private static func zigzag(_ x: Int) -> Int { x >= 0 ? 2 * x : -2 * x - 1 }
  private static func unzigzag(_ x: Int) -> Int { x & 1 == 0 ? x / 2 : -(x + 1) / 2 }

  // MARK: numbers

  private static func count(
    _ r: inout ByteReader, _ range: ClosedRange<Int>, _ what: String
  ) throws(ModelFileError) -> Int {
    let value = try reading { () throws(ByteReader.Failure) in try r.count() }
    guard range.contains(value) else { throw .damaged("it has \(value) \(what)") }
    return value
  }

  private static func flag(_ r: inout ByteReader) throws(ModelFileError) -> Bool {
    let value = try reading { () throws(ByteReader.Failure) in try r.integer(UInt8.self) }
    guard value <= 1 else { throw .damaged("a flag is neither 0 nor 1") }
    return value == 1
  }

  private static func float(_ r: inout ByteReader) throws(ModelFileError) -> Float {
    try reading { () throws(ByteReader.Failure) in try r.float() }
  }

  private static func stored(_ r: inout ByteReader) throws(ModelFileError) -> Float {
    let value = try reading { () throws(ByteReader.Failure) in try r.stored() }
    guard value.isFinite else { throw .damaged("a factor or deviation is not finite") }
    return value
  }

  private static func floats(_ r: inout ByteReader, _ count: Int) throws(ModelFileError) -> [Float] {
    guard count <= r.remaining / 4 else { throw .damaged("it ends early") }
    var result: [Float] = []
    for _ in 0..<count { result.append(try float(&r)) }
    return result
  }
}

extension OperatingPoint {
  /// Appends the point: what it has of a network (a flag, quality, step, relative step), the steps of the linear layers,
  /// the step of the value layer.
  package func write(to w: inout ByteWriter) {
    w.append(UInt8(network == nil ? 0 : 1))
    if let network {
      w.append(network.quality)
      w.append(network.step)
      w.append(network.relativeStep)
    }
    w.append(count: steps.count)
    for step in steps { w.append(step) }
    w.append(valueStep)
  }

  /// Reads a point; whether a model has what it names is for ``Model/accepts(_:)`` to say.
  package init(from r: inout ByteReader) throws(ModelFileError) {
    let flag = try reading { () throws(ByteReader.Failure) in try r.integer(UInt8.self) }
    guard flag <= 1 else { throw .damaged("a flag is neither 0 nor 1") }
    self = try reading { () throws(ByteReader.Failure) in
      var network: Network?
      if flag == 1 {
        network = Network(quality: try r.float(), step: try r.float(), relativeStep: try r.float())
      }
      var steps: [Float] = []
      for _ in 0..<min(try r.count(), r.remaining) { steps.append(try r.float()) }
      return OperatingPoint(network: network, steps: steps, valueStep: try r.float())
    }
  }
}
