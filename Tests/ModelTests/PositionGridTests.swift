import ByteIO
import Testing

@testable import Tensor
@testable import Training
@testable import VAEModel

@Suite("Weights shared between positions")
struct PositionGridTests {
  private static let grids = [
    PositionGrid(axes: [9], channels: 1, stride: 3), PositionGrid(axes: [8], channels: 2, stride: 3),
    PositionGrid(axes: [4, 6], channels: 1, stride: 2), PositionGrid(axes: [5, 4], channels: 3, stride: 4),
  ]

  private func architecture(_ grid: PositionGrid) -> Architecture {
    Architecture(
      values: grid.values, latents: 2, hidden: [3 * grid.positions, 2 * grid.positions], anchors: 2,
      grid: grid)
  }

  /// Parameters whose stored weights are all different.
  private func numbered(_ a: Architecture) -> Parameters {
    let parameters = Parameters(a)
    for entry in a.entries {
      guard let sharing = entry.sharing else { continue }
      parameters.set(entry, sharing) { Float($0 + 1) }
    }
    return parameters
  }

  @Test("all but the weights from and to latents are shared, and far fewer are stored", arguments: grids)
  func sharedEntries(grid: PositionGrid) {
    let a = architecture(grid)
    #expect(a.encoder.hidden.allSatisfy { $0.weight.sharing != nil } && a.encoder.last.sharing == nil)
    #expect(a.decoder.hidden.map { $0.weight.sharing != nil } == [false, true])
    #expect(a.decoder.last.sharing != nil)
    let middle = a.encoder.hidden[1].weight
    let (stored, all) = (middle.storedShape, middle.shape)
    #expect(stored.inputs * stored.outputs < all.inputs * all.outputs)
  }

  @Test("a sample that moves by a stride moves the units", arguments: grids)
  func moves(grid: PositionGrid) throws {
    let entry = architecture(grid).encoder.hidden[0].weight
    let parameters = numbered(architecture(grid))
    func weight(_ input: Int, _ output: Int) -> Float {
      parameters.pointer(entry)[entry.shape.index(input, output)]
    }
    let channels = entry.shape.outputs / grid.positions
    // Along the last axis, from the first position to the second.
    let length = try #require(grid.axes.last)
    for point in 0..<length - grid.stride {
      for channel in 0..<grid.channels {
        for unit in 0..<channels {
          let moved = (point + grid.stride) * grid.channels + channel
          #expect(weight(point * grid.channels + channel, unit) == weight(moved, channels + unit))
        }
      }
    }
  }

  @Test("shared weights come back from those stored", arguments: grids)
  func storedWeights(grid: PositionGrid) {
    let a = architecture(grid)
    let parameters = numbered(a)
    for entry in a.entries {
      guard let sharing = entry.sharing else { continue }
      let stored = parameters.stored(entry)
      #expect(stored.shape == sharing.stored)
      let again = Parameters(a)
      again.set(entry, StoredMatrix(stored.buffer.pointer, stored.shape, steps: [1]))
      #expect(
        (0..<entry.shape.count).allSatisfy { again.pointer(entry)[$0] == parameters.pointer(entry)[$0] })
      let count = Int32(stored.shape.inputs * stored.shape.outputs)
      #expect(sharing.places.allSatisfy { (-1..<count).contains($0) })
    }
  }

  @Test("training keeps shared weights equal, whatever the number of workers")
  func training() {
    let grid = PositionGrid(axes: [12], channels: 1, stride: 4)
    func trained(workers: Int) -> Parameters {
      var random = RandomSource(seed: 5)
      let x = Matrix(rows: 64, columns: 12)
      for r in 0..<x.rows {
        let start = random.index(below: 12)
        for c in 0..<12 { x[r, c] = (c == start ? 3 : 0) + 0.1 * random.normal() - 0.25 }
      }
      let kernels = Kernels()
      let components = PrincipalComponents(
        of: x, components: 12, kernels: kernels, workers: Workers(count: 1))
      let a = Architecture(values: 12, latents: 4, hidden: [6, 6], anchors: 3, grid: grid)
      let qualities = LambdaRange(low: 2, high: 200)
      let parameters = Parameters(a, components: components, qualities: qualities, random: &random)
      let trainer = Trainer(
        x, parameters: parameters, inverseDeviation: [1, 1, 1, 1], qualities: qualities,
        options: Trainer.Options(), kernels: kernels, workers: Workers(count: workers))
      for step in 0..<20 { trainer.step(progress: Double(step) / 20) }
      for step in 0..<5 { trainer.finetuneDecoder(progress: Double(step) / 5) }
      return trainer.parameters
    }
    let parameters = trained(workers: 1)
    for entry in parameters.architecture.entries {
      guard let sharing = entry.sharing else { continue }
      let stored = parameters.stored(entry)
      let again = Parameters(parameters.architecture)
      let columns = stored.shape.outputs
      again.set(entry, sharing) { stored.buffer.pointer[stored.shape.index($0 / columns, $0 % columns)] }
      for i in 0..<entry.shape.inputs {
        for j in 0..<entry.shape.outputs {
          let index = entry.shape.index(i, j)
          #expect(again.pointer(entry)[index] == parameters.pointer(entry)[index])
        }
      }
    }
    #expect(trained(workers: 3).buffer.array.map(\.bitPattern) == parameters.buffer.array.map(\.bitPattern))
  }

  @Test("a grid is chosen if neighbours are alike, and not if the same values are in another order")
  func order() {
    var random = RandomSource(seed: 2)
    let waves = Matrix(rows: 200, columns: 256)
    for r in 0..<waves.rows {
      let phase = Double(random.uniform()) * 6.28
      for c in 0..<256 { waves[r, c] = Float(cosine(phase + Double(c) / 6)) + 0.1 * random.normal() }
    }
    var places = Array(0..<256)
    random.shuffle(&places)
    let shuffled = Matrix(rows: 200, columns: 256)
    for r in 0..<200 { for c in 0..<256 { shuffled[r, c] = waves[r, places[c]] } }
    #expect(PositionGrid.fitting([256], waves) == PositionGrid(axes: [256], channels: 1, stride: 16))
    #expect(PositionGrid.fitting([256], shuffled) == nil)
    #expect(PositionGrid.fitting([], waves) == nil)
  }

  @Test(
    "a grid that does not fit the network is refused",
    arguments: [
      [1, 13, 1, 2], [1, 12, 2, 2], [1, 12, 1, 0], [1, 12, 1, 4097], [1, 12, 1, 5],
      [5, 12, 1, 1, 1, 1, 1, 2], [2, 12, 12, 1, 2],
    ])
  func hostile(counts: [Int]) throws {
    var w = ByteWriter()
    w.append(count: 0)
    for count in counts { w.append(count: count) }
    var r = try ModelReader(w.bytes, kernels: Kernels(), memory: .standard)
    #expect(throws: ModelFileError.self) { try PositionGrid?(from: &r, values: 12, hidden: [8]) }
  }
}
