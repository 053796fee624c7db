import Testing

@testable import Tensor
@testable import Transform
@testable import VAEModel

@Suite("Models of one operating point")
struct ServingTests {
  private let kernels = Kernels()

  @Test(
    "what serves a point decodes its symbols to the same bits, in fewer bytes",
    arguments: ModelFileTests.models, [0, 35, 80, 100])
  func sameBits(random: RandomModel, quality: Int) throws {
    let model = random()
    let point = model.qualities[quality]
    let (served, own) = model.serving(point, kernels: kernels)
    #expect(served.accepts(own) && served.qualities.isEmpty && served.baseline == nil)
    #expect((served.network == nil) == (point.network == nil))
    #expect(served.encodeDecoder().count < model.encodeDecoder().count)
    let back = try Model(decoder: served.encodeDecoder(), encoder: nil, kernels: kernels)
    // Components that are too small for their step are left out; their symbols are as good as always 0.
    let rows = 3
    var numbers = RandomSource(seed: 9)
    let planes = back.planes(at: own)
    var symbols = (0..<planes * rows).map { _ in Int32(numbers.index(below: 9)) - 4 }
    if planes == 0 { symbols = [0] }
    let expected = decoded(model, point, padded(symbols, from: back, own, to: model, point, rows: rows), rows)
    #expect(decoded(back, own, symbols, rows).map(\.bitPattern) == expected.map(\.bitPattern))
  }

  /// The symbols with zeros for the components that `part` lacks.
  private func padded(
    _ symbols: [Int32], from part: Model, _ own: OperatingPoint, to model: Model, _ point: OperatingPoint,
    rows: Int
  ) -> [Int32] {
    var result = Array(symbols[..<(part.latentPlanes(at: own) * rows)])
    var place = result.count
    for (few, all) in zip(part.layers, model.coefficientLayers(at: point).map(\.layer)) {
      result += symbols[place..<place + few.components * rows]
      result += [Int32](repeating: 0, count: (all.components - few.components) * rows)
      place += few.components * rows
    }
    return result.isEmpty ? [0] : result
  }

  private func decoded(_ model: Model, _ point: OperatingPoint, _ symbols: [Int32], _ rows: Int) -> [Float] {
    let coder = SampleCoder(model, at: point, blockRows: rows, kernels: kernels)
    var values = [Float](repeating: 0, count: rows * model.values)
    values.withUnsafeMutableBufferPointer {
      coder.decode(symbols, planeStride: rows, rows: rows, into: $0, asBase: point.valueStep > 0)
    }
    return values
  }
}
