import Testing

@testable import Tensor
@testable import Training
@testable import Transform
@testable import VAEModel

@Suite("Network")
struct NetworkTests {
  private static let small = Architecture(values: 5, latents: 3, hidden: [4, 6], anchors: 3)
  /// More than one panel everywhere.
  private static let wide = Architecture(values: 37, latents: 33, hidden: [40], anchors: 2)

  /// Columns of an entry that hold parameters: the prior's are padded for each of its kinds.
  private func columns(_ entry: Architecture.Entry, _ a: Architecture) -> [Int] {
    guard entry == a.prior else { return Array(0..<entry.shape.outputs) }
    return (0..<9).flatMap { block in
      (0..<a.latents).map { a.priorColumn(kind: block / 3, component: block % 3, latent: $0) }
    }
  }

  @Test("every entry of the parameters has one source of its gradient, and they fill the array")
  func sources() {
    for a in [Self.small, Self.wide] {
      let batch = GradientBatch(a, rows: 2, clipped: false)
      #expect(Set(batch.gradients.sources.map(\.entry.offset)) == Set(a.entries.map(\.offset)))
      #expect(batch.gradients.sources.count == a.entries.count)
      var end = 0
      for entry in a.entries.sorted(by: { $0.offset < $1.offset }) {
        #expect(entry.offset == end)
        end += entry.shape.count
      }
      #expect(end == a.count)
      let parameters = a.entries.reduce(0) { $0 + $1.shape.inputs * columns($1, a).count }
      #expect(parameters == a.parameterCount)
    }
  }

  @Test("the gradient of the whole loss is that of finite differences", arguments: [false, true])
  func gradients(clipped: Bool) {
    let a = Self.small
    var batch = GradientBatch(a, rows: 5, clipped: clipped)
    if clipped {
      let places = (0..<5).flatMap { r in (0..<a.values).map { (r, $0) } }
      #expect(places.contains { Double(batch.pass.output[$0, $1]) < batch.low[$1] }, "a bound binds below")
      #expect(places.contains { Double(batch.pass.output[$0, $1]) > batch.high[$1] }, "a bound binds above")
    }
    for source in batch.gradients.sources {
      let columns = columns(source.entry, a)
      let places = (0..<source.entry.shape.inputs).flatMap { i in columns.map { (i, $0) } }
      let worst = batch.worst(source, places: places)
      #expect(worst < 1e-4, "entry at \(source.entry.offset)")
    }
  }

  @Test("gradients are right where every matrix has several panels")
  func wideGradients() {
    let a = Self.wide
    var batch = GradientBatch(a, rows: 3, clipped: true)
    var random = RandomSource(seed: 12)
    for source in batch.gradients.sources {
      let columns = columns(source.entry, a)
      var places = (0..<5).map { _ in
        (random.index(below: source.entry.shape.inputs), columns[random.index(below: columns.count)])
      }
      places.append((source.entry.shape.inputs - 1, columns[columns.count - 1]))
      let worst = batch.worst(source, places: places)
      #expect(worst < 2e-4, "entry at \(source.entry.offset)")
    }
  }

  @Test("each stage forward is what the formulas say", arguments: [false, true])
  func forward(isWide: Bool) {
    let batch = GradientBatch(isWide ? Self.wide : Self.small, rows: 4, clipped: false)
    let reference = batch.reference
    func expect(_ found: [Float], _ exact: [Double], _ what: String) {
      let size = max(1, exact.map(\.magnitude).max() ?? 0)
      #expect(found.count == exact.count)
      let worst = zip(found, exact).map { (Double($0) - $1).magnitude }.max() ?? 0
      #expect(worst < 1e-5 * size, "\(what)")
    }
    for (r, row) in batch.rows.enumerated() {
      let layer = batch.parameters.architecture.encoder.hidden[0]
      expect(
        batch.pass.encoderBefore[0].values(ofRow: r), reference.layer(layer, row.input, row.hats), "layer")
      let latents = reference.encode(row.input, row.hats, step: row.step)
      expect(batch.pass.latents.values(ofRow: r), latents, "latents")
      let symbols = zip(latents, row.noise).map(+)
      expect(batch.pass.symbols.values(ofRow: r), symbols, "symbols")
      expect(
        batch.pass.output.values(ofRow: r), reference.decode(symbols, row.hats, step: row.step), "output")
      let bits = Double(batch.gradients.bits.values(ofRow: r).reduce(0, +))
      #expect((bits - reference.bits(symbols, row.hats)).magnitude < 1e-3)
    }
  }

  @Test("the padding of activations and gradients stays zero, so that it never counts")
  func padding() {
    let batch = GradientBatch(Self.small, rows: 4, clipped: true)
    let (pass, gradients) = (batch.pass, batch.gradients)
    var matrices = pass.encoderAfter + pass.decoderAfter
    matrices += [pass.output, pass.latents, pass.symbols, pass.spread]
    matrices += [gradients.outputGradient, gradients.spreadGradient, gradients.projectedGradient]
    matrices += gradients.encoderGradient + gradients.decoderGradient
    for matrix in matrices {
      for r in 0..<matrix.rows {
        for c in matrix.columns..<matrix.stride { #expect(matrix.row(r)[c] == 0) }
      }
    }
  }

  @Test("hats add up to 1 and interpolate between neighbouring anchors", arguments: [2, 3, 5, 9])
  func hats(anchors: Int) {
    let a = Architecture(values: 1, latents: 1, hidden: [1], anchors: anchors)
    for i in 0...100 {
      let u = Float(i) / 100
      let hats = a.hats(u)
      #expect(hats.count == anchors && hats.allSatisfy { $0 >= 0 && $0 <= 1 })
      let sum = hats.reduce(0, +)
      #expect((sum - 1).magnitude < 1e-6)
      let used = hats.indices.filter { hats[$0] > 0 }
      #expect(used.count <= 2 && (used.last ?? 0) - (used.first ?? 0) <= 1)
      let mean = hats.indices.reduce(Float(0)) { $0 + Float($1) * hats[$1] }
      #expect((mean - u * Float(anchors - 1)).magnitude < 1e-5)
    }
    #expect(a.hats(0)[0] == 1 && a.hats(1)[anchors - 1] == 1)
  }

  @Test("the start of training is PCA with a uniform quantizer at every quality", arguments: [2, 8])
  func start(latents: Int) {
    var random = RandomSource(seed: 14)
    let kernels = Kernels()
    let x = random.normals(rows: 40, columns: 8)
    for r in 0..<40 { for c in 0..<8 { x[r, c] *= 3 / Float(c + 1) } }
    let components = PrincipalComponents(of: x, components: 8, kernels: kernels, workers: Workers(count: 1))
    let architecture = Architecture(values: 8, latents: latents, hidden: [10, 7], anchors: 5)
    let qualities = LambdaRange(low: 1, high: 1000)
    let parameters = Parameters(architecture, components: components, qualities: qualities, random: &random)
    let pass = NetworkActivations(
      rows: 40, parameters, inverseDeviation: [Float](repeating: 1, count: latents), kernels: kernels)
    for u: Float in [0, 0.1, 0.25, 0.6, 0.9, 1] {
      let step = qualities.step(u)
      for r in 0..<40 { pass.condition(row: r, u: u, step: step) }
      pass.input.buffer.copy(from: x.buffer)
      pass.forwardScales(0..<40)
      pass.forwardEncoder(0..<40)
      kernels.table.pointee.round(pass.latents.row(0), pass.symbols.row(0), 40 * pass.symbols.stride)
      pass.forwardDecoder(0..<40)
      for r in 0..<40 {
        var back = [Double](repeating: 0, count: 8)
        for k in 0..<latents {
          var score = 0.0
          for c in 0..<8 { score += Double(components.basis[k, c]) * Double(x[r, c]) }
          let symbol = Double(pass.symbols[r, k])
          #expect((score / Double(step) - symbol).magnitude < 0.5 + 1e-3)
          for c in 0..<8 { back[c] += symbol * Double(step) * Double(components.basis[k, c]) }
        }
        for c in 0..<8 { #expect((Double(pass.output[r, c]) - back[c]).magnitude < 1e-4) }
      }
    }
  }

  @Test("the prior at the start is about as wide as the latents")
  func startingPrior() {
    var random = RandomSource(seed: 15)
    let kernels = Kernels()
    let x = random.normals(rows: 200, columns: 3)
    for r in 0..<200 { for c in 0..<3 { x[r, c] *= Float([5, 2, 1][c]) } }
    let components = PrincipalComponents(of: x, components: 3, kernels: kernels, workers: Workers(count: 1))
    let architecture = Architecture(values: 3, latents: 3, hidden: [4], anchors: 5)
    let qualities = LambdaRange(low: 1, high: 100)
    let parameters = Parameters(architecture, components: components, qualities: qualities, random: &random)
    for u: Float in [0, 0.5, 1] {
      for (k, prior) in parameters.priors(quality: u, kernels: kernels).enumerated() {
        let deviation = Float(components.variances[k].squareRoot()) / qualities.step(u)
        #expect(prior.spread > 0.7 * deviation && prior.spread < 2.2 * max(0.2, deviation))
      }
    }
  }

  @Test("lambda and step go with one another over the range of qualities")
  func qualities() {
    let range = LambdaRange(low: 0.5, high: 200)
    #expect((range.lambda(0) - 0.5).magnitude < 1e-6 && (range.lambda(1) / 200 - 1).magnitude < 1e-5)
    for u: Float in [0, 0.3, 0.7, 1] {
      let step = Double(range.step(u))
      let lambda = 6 / (logarithm(2) * step * step)
      #expect((lambda / Double(range.lambda(u)) - 1).magnitude < 1e-5)
    }
  }
}
