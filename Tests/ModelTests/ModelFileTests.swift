import ByteIO
import Testing

@testable import Tensor
@testable import Transform
@testable import VAEModel

@Suite("Model files")
struct ModelFileTests {
  /// One of each kind of part, and models that go without.
  static let models: [RandomModel] = [
    RandomModel(),
    RandomModel(values: 4, latents: 0, layers: [], hasValueLayer: false),
    RandomModel(values: 3, latents: 2, hidden: [2], layers: [], hasValueLayer: false),
    RandomModel(
      values: 6, latents: 0, layers: [6], hasValueLayer: true, rule: OutputRule(lowest: 0, highest: 9)),
    RandomModel(
      values: 12, latents: 2, hidden: [3], layers: [2], frontComponents: 5,
      rule: OutputRule(lowest: 0, highest: 255, isInteger: true), scale: 20),
    RandomModel(
      layers: [4], hasValueLayer: false, rule: OutputRule(lowest: -1, highest: 5),
      likelihood: .bernoulli(lowest: -1, highest: 5)),
    RandomModel(values: 7, latents: 2, hidden: [6], layers: [], likelihood: .gaussian),
    RandomModel(
      values: 12, latents: 2, hidden: [8, 4], layers: [],
      grid: PositionGrid(axes: [3, 2], channels: 2, stride: 2)),
  ]

  /// Uses a model as a codec would; whatever comes out.
  private func use(_ model: Model, rows: Int = 3) {
    let kernels = Kernels()
    var random = RandomSource(seed: 3)
    let samples = random.floats(rows * model.values, -3...3)
    for quality in [0, 60, 100] {
      let point = model.qualities[quality]
      let planes = model.planes(at: point)
      let latents = model.latentWeights(at: point, kernels: kernels)
      #expect(latents.count == model.latentPlanes(at: point))
      let tables = latents + model.levelWeights(at: point, kernels: kernels)
      #expect(tables.allSatisfy { (1...1024).contains($0.weights.count) })
      let coder = SampleCoder(model, at: point, blockRows: rows, kernels: kernels)
      var symbols = [Int32](repeating: 0, count: max(1, planes * rows))
      var back = [Float](repeating: 0, count: samples.count)
      var levels = [UInt8](repeating: 0, count: max(1, planes * rows))
      samples.withUnsafeBufferPointer {
        coder.encode($0, rows: rows, symbols: &symbols, levels: &levels, planeStride: rows)
      }
      #expect(levels.allSatisfy { Int($0) < model.coefficientLevels(at: point).count * ScaleLevel.count + 1 })
      back.withUnsafeMutableBufferPointer {
        coder.decode(symbols, planeStride: rows, rows: rows, into: $0, asBase: point.valueStep > 0)
      }
      guard point.valueStep > 0 else { continue }
      let values = ValueCoder(model, rows: rows, kernels: kernels)
      samples.withUnsafeBufferPointer { samples in
        back.withUnsafeBufferPointer { base in
          values.encode(samples, base: base, rows: rows, step: point.valueStep) { _, _, levels in
            #expect(levels.allSatisfy { $0 < ValueLayer.levels })
          }
        }
      }
    }
    for point in model.qualities {
      let layers = model.coefficientLevels(at: point).count + (point.valueStep > 0 ? 1 : 0)
      #expect(model.levelWeights(at: point, kernels: kernels).count == layers * ScaleLevel.count)
    }
  }

  @Test("a model comes back from its content, byte for byte", arguments: models)
  func roundTrip(random: RandomModel) throws {
    let model = random()
    let back = try model.readBack()
    #expect(back.content == model.content)
    #expect(back.means == model.means && back.scale == model.scale && back.output == model.output)
    #expect(back.qualities == model.qualities && back.notes == model.notes && back.width == model.width)
    #expect(back.valueLayer?.predictors == model.valueLayer?.predictors)
    #expect(back.valueLayer?.densities == model.valueLayer?.densities)
    #expect(back.network?.stored == model.network?.stored)
    #expect(back.network?.inverseDeviation == model.network?.inverseDeviation)
    #expect(back.network?.qualities == model.network?.qualities)
    #expect(
      back.network?.parameters.buffer.array.map(\.bitPattern)
        == model.network?.parameters.buffer.array.map(\.bitPattern))
    #expect(back.layers.map(\.stored) == model.layers.map(\.stored))
    #expect(back.layers.map(\.magnitudes) == model.layers.map(\.magnitudes))
    #expect(back.layers.map(\.densities) == model.layers.map(\.densities))
    use(back)
  }

  @Test("a basis that leads the baseline's is not repeated")
  func sharedBasis() throws {
    let kernels = Kernels()
    var model = RandomModel(latents: 0, layers: [9], hasValueLayer: false)()
    let layer = model.layers[0]
    model.layers = [layer.keeping(first: 5, kernels: kernels)]
    let alone = model.encodeDecoder().count
    model.baseline = layer
    let back = try model.readBack()
    #expect(back.content == model.content)
    #expect(back.layers.map(\.stored) == model.layers.map(\.stored) && back.baseline?.stored == layer.stored)
    model.layers = []
    model.qualities = []
    #expect(model.encodeDecoder().count + alone > back.encodeDecoder().count + 5 * 9)
  }

  @Test("a model without what encoders need decodes the same", arguments: models)
  func decoderAlone(random: RandomModel) throws {
    let model = random()
    let back = try Model(decoder: model.encodeDecoder(), encoder: nil, kernels: Kernels())
    #expect(back.network?.hasEncoder != true && back.notes.isEmpty)
    #expect(back.encodeDecoder() == model.encodeDecoder())
  }

  @Test("every cut is found", arguments: zip([0, 1, 2, 3, 4, 5], [37, 1, 1, 37, 37, 37]))
  func cuts(number: Int, step: Int) {
    let model = Self.models[number]()
    let (decoder, encoder) = (model.encodeDecoder(), model.encodeEncoder())
    func isRefused(_ decoder: [UInt8], _ encoder: [UInt8]) -> Bool {
      do throws(ModelFileError) {
        _ = try Model(decoder: decoder, encoder: encoder, kernels: Kernels())
        return false
      } catch {
        return true
      }
    }
    for cut in stride(from: 0, to: decoder.count, by: step) {
      #expect(isRefused(Array(decoder[..<cut]), encoder), "cut at \(cut)")
    }
    // The notes are all that is left, however much that is.
    for cut in stride(from: 0, to: encoder.count - model.notes.count, by: step) {
      #expect(isRefused(decoder, Array(encoder[..<cut])), "cut of what encoders need, at \(cut)")
    }
    #expect(isRefused(decoder + [0], encoder))
  }

  @Test("whatever the bytes, a model is refused or can be used", arguments: models.indices, 1...3)
  func flips(number: Int, seed: Int) {
    let model = Self.models[number]()
    let decoder = model.encodeDecoder()
    let content = decoder + model.encodeEncoder()
    var random = RandomSource(seed: UInt64(seed * 10 + number))
    var (used, refused) = (0, 0)
    for round in 0..<60 {
      var damaged = content
      for _ in 0...random.index(below: 3) {
        // Half of them near the start, where the sizes are.
        let reach = round % 2 == 0 ? min(120, content.count) : content.count
        let place = random.index(below: reach)
        damaged[place] =
          round % 3 == 0
          ? [0, 0x7F, 0x80, 0xFF][random.index(below: 4)] : UInt8(truncatingIfNeeded: random.next())
      }
      let (first, second) = (Array(damaged[..<decoder.count]), Array(damaged[decoder.count...]))
      if let model = try? Model(decoder: first, encoder: second, kernels: Kernels()),
        model.qualities.count == Model.qualityCount
      {
        used += 1
        use(model, rows: 2)
      } else {
        refused += 1
      }
    }
    #expect(used > 0 && refused > 0, "\(used) used, \(refused) refused")
  }

  @Test(
    "numbers that no model has are refused",
    arguments: ["scale", "mean", "bounds", "scales", "values", "latents"])
  func impossible(what: String) throws {
    var w = ByteWriter()
    w.append(count: 0)
    w.append(count: what == "values" ? 0 : 1)
    w.append(what == "scale" ? 0 : Float(1))
    w.append(what == "mean" ? Float.nan : 0)
    w.append(what == "bounds" ? Float(2) : 0)
    w.append(Float(1))
    w.append(UInt8(what == "scales" ? 6 : 0))
    w.append(count: 0)
    w.append(count: what == "latents" ? 2 : 0)
    w.append([UInt8](repeating: 0, count: 4000))
    let words = [
      "scale": "scale", "mean": "means", "bounds": "bounds", "scales": "scales", "values": "0 values",
      "latents": "2 latents",
    ]
    let word = try #require(words[what])
    #expect {
      try Model(decoder: w.bytes, encoder: nil, kernels: Kernels())
    } throws: { error in
      guard case ModelFileError.damaged(let reason) = error else { return false }
      return reason.contains(word)
    }
  }

  @Test("a point comes back from its bytes", arguments: 0...4)
  func points(kind: Int) throws {
    let network = OperatingPoint.Network(quality: 0.3, step: 0.01, relativeStep: 1.25)
    let point = OperatingPoint(
      network: kind % 2 == 0 ? network : nil, steps: [Float](repeating: 0.5, count: kind),
      valueStep: Float(kind))
    var w = ByteWriter()
    point.write(to: &w)
    var r = ByteReader(w.bytes)
    #expect(try OperatingPoint(from: &r) == point)
    #expect(r.remaining == 0)
    for cut in w.bytes.indices {
      var short = ByteReader(w.bytes[..<cut])
      #expect(throws: ModelFileError.self) { try OperatingPoint(from: &short) }
    }
  }

  @Test("a model accepts only points that name what it has")
  func accepts() {
    let model = RandomModel()()
    let good = OperatingPoint(network: model.network?.point(0.5), steps: [0.1, 0], valueStep: 1)
    #expect(model.accepts(good))
    func changed(_ change: (inout OperatingPoint) -> Void) -> Bool {
      var point = good
      change(&point)
      return model.accepts(point)
    }
    for bad in [Float.nan, .infinity, -1, 1e-38] {
      #expect(!changed { $0.steps[0] = bad })
      #expect(!changed { $0.valueStep = bad })
      #expect(!changed { $0.network?.step = bad })
      #expect(!changed { $0.network?.relativeStep = bad })
    }
    for bad in [Float.nan, .infinity, -0.01, 1.01] { #expect(!changed { $0.network?.quality = bad }) }
    #expect(!changed { $0.steps.append(0) })
    #expect(!changed { $0.steps.removeLast() })
    #expect(changed { $0.network = nil })
    let bare = RandomModel(latents: 0, layers: [], hasValueLayer: false)()
    #expect(!bare.accepts(OperatingPoint(network: good.network, steps: [])))
    #expect(!bare.accepts(OperatingPoint(network: nil, steps: [], valueStep: 1)))
    #expect(bare.accepts(OperatingPoint(network: nil, steps: [])))
  }
}
