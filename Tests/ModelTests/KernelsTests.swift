import Testing

@testable import Tensor
@testable import Training
@testable import VAEModel

@Suite("Kernels, matrices and workers")
struct KernelsTests {
  @Test("a variant is had by its name, or by the environment")
  func choice() throws {
    #expect(Kernels.available.last == "plain")
    #expect(Kernels().name == Kernels.available.first)
    for name in Kernels.available {
      #expect(try Kernels(named: name).name == name)
      #expect(try Kernels(environment: [Kernels.environmentVariable: name]).name == name)
    }
    #expect(try Kernels(environment: [:]).name == Kernels().name)
    #expect(try Kernels(environment: [Kernels.environmentVariable: ""]).name == Kernels().name)
    #expect(throws: Kernels.ChoiceError.unavailable("abacus")) { try Kernels(named: "abacus") }
    #expect(throws: Kernels.ChoiceError.self) {
      try Kernels(environment: [Kernels.environmentVariable: "abacus"])
    }
  }

  @Test("rows of a matrix are padded to whole panels of zeros", arguments: [1, 31, 32, 33, 64])
  func padding(columns: Int) {
    var random = RandomSource(seed: 1)
    let values = random.floats(3 * columns, -1...1)
    let matrix = Matrix(rows: 3, columns: columns, values)
    #expect(
      matrix.stride % panelWidth == 0 && matrix.stride >= columns && matrix.stride < columns + panelWidth)
    for r in 0..<3 {
      #expect(matrix.values(ofRow: r) == Array(values[r * columns..<(r + 1) * columns]))
      for c in columns..<matrix.stride { #expect(matrix.row(r)[c] == 0) }
    }
    #expect(matrix.copy(rows: 1..<3).rowMajor(2) == Array(values[columns...]))
    #expect(matrix.copy(rows: [2, 0, 2]).values(ofRow: 1) == matrix.values(ofRow: 0))
    let copy = matrix.copy(rows: 0..<3)
    copy[0, 0] = 9
    #expect(matrix[0, 0] != 9)
    let sum: Float = matrix.withRow(1) { $0.reduce(0, +) }
    #expect(sum == matrix.values(ofRow: 1).reduce(0, +))
  }

  @Test("products of matrices are those of their numbers", arguments: [(3, 5, 7), (33, 40, 35)])
  func products(shape: (Int, Int, Int)) {
    let (rows, inner, columns) = shape
    var random = RandomSource(seed: 2)
    let a = random.normals(rows: rows, columns: inner)
    let b = random.normals(rows: columns, columns: inner)
    let c = random.normals(rows: rows, columns: columns)
    let (kernels, workers) = (Kernels(), Workers(count: 2))
    let product = a.times(transposeOf: b, kernels, workers)
    let inverse = a.transposeTimes(c, kernels, workers)
    for i in 0..<rows {
      for j in 0..<columns {
        let exact = (0..<inner).reduce(0.0) { $0 + Double(a[i, $1]) * Double(b[j, $1]) }
        #expect((Double(product[i, j]) - exact).magnitude < 1e-4)
      }
    }
    for i in 0..<inner {
      for j in 0..<columns {
        let exact = (0..<rows).reduce(0.0) { $0 + Double(a[$1, i]) * Double(c[$1, j]) }
        #expect((Double(inverse[i, j]) - exact).magnitude < 1e-4)
      }
    }
  }

  @Test("workers do every piece once, and share items without gaps", arguments: [1, 2, 3, 8])
  func workers(count: Int) {
    let workers = Workers(count: count)
    for pieces in [0, 1, 2, 3, 7, 50] {
      let seen = Slots<Int>(count: pieces)
      workers.forEach(pieces) { seen[$0] = (seen[$0] ?? 0) + 1 }
      #expect(seen.array == [Int](repeating: 1, count: pieces))
      let items = Slots<Int>(count: pieces)
      workers.forEachRange(of: pieces) { range in for i in range { items[i] = (items[i] ?? 0) + 1 } }
      #expect(items.array == [Int](repeating: 1, count: pieces))
    }
    #expect(Workers(count: 0).count == 1)
  }

  @Test("random numbers are those of their seed, and of the distribution that they name")
  func random() {
    var (a, b, c) = (RandomSource(seed: 5), RandomSource(seed: 5), RandomSource(seed: 6))
    let first = (0..<4).map { _ in a.next() }
    #expect(first == (0..<4).map { _ in b.next() })
    #expect(first != (0..<4).map { _ in c.next() })
    // The published sequence of SplitMix64 from 0.
    var zero = RandomSource(seed: 0)
    #expect(zero.next() == 0xE220_A839_7B1D_CDAF && zero.next() == 0x6E78_9E6A_A1B9_65F4)
    let normals = (0..<4000).map { _ in Double(a.normal()) }
    let mean = normals.reduce(0, +) / 4000
    let square = normals.reduce(0) { $0 + $1 * $1 } / 4000
    #expect(mean.magnitude < 0.08 && (square - 1).magnitude < 0.12)
    let uniform = (0..<1000).map { _ in a.uniform() }
    #expect(uniform.allSatisfy { $0 >= 0 && $0 < 1 })
    var order = Array(0..<50)
    a.shuffle(&order)
    #expect(order != Array(0..<50) && order.sorted() == Array(0..<50))
    #expect((0..<200).allSatisfy { _ in (0..<7).contains(a.index(below: 7)) })
  }
}

@Suite("Latents")
struct LatentTests {
  @Test("a network without some of its latents treats the others as before")
  func keeping() {
    let kernels = Kernels()
    var random = RandomSource(seed: 3)
    let whole = random.network(values: 6, latents: 4, hidden: [5, 7])
    let kept = [1, 3]
    let part = whole.keeping(kept)
    #expect(part.latents == 2 && part.inverseDeviation == kept.map { whole.inverseDeviation[$0] })
    let x = random.normals(rows: 3, columns: 6)
    let passes = [whole, part].map { network in
      let pass = NetworkActivations(
        rows: 3, network.parameters, inverseDeviation: network.inverseDeviation, kernels: kernels)
      for r in 0..<3 { pass.condition(row: r, u: 0.4, step: 0.2) }
      pass.input.buffer.copy(from: x.buffer)
      pass.forwardScales(0..<3)
      pass.forwardEncoder(0..<3)
      return pass
    }
    for r in 0..<3 {
      for (i, k) in kept.enumerated() {
        #expect(passes[1].latents[r, i] == passes[0].latents[r, k])
        passes[0].symbols[r, k] = Float(r + i - 2)
        passes[1].symbols[r, i] = Float(r + i - 2)
      }
    }
    for pass in passes { pass.forwardDecoder(0..<3) }
    #expect(passes[0].output.buffer.array == passes[1].output.buffer.array)
    for u: Float in [0, 0.3, 1] {
      let priors = whole.parameters.priors(quality: u, kernels: kernels)
      #expect(part.parameters.priors(quality: u, kernels: kernels) == kept.map { priors[$0] })
    }
  }

  @Test("water-filling counts the bits of what stands above the level")
  func waterFilling() {
    let spectrum = Spectrum(variances: [16, 4, 1, 0.25], total: 21.25)
    let (bits, active) = spectrum.rate(level: 1)
    #expect((bits - 3).magnitude < 1e-12 && active == 2)
    // What is left: 1 of each of the first three, and all of the last.
    #expect((spectrum.distortion(level: 1) - 3.25 / 21.25).magnitude < 1e-12)
    #expect((spectrum.distortion(level: 100) - 1).magnitude < 1e-12)
    #expect(spectrum.latentCount() >= 1 && spectrum.latentCount() <= 4)
    let range = spectrum.qualityRange(latents: 4)
    #expect(range.low > 0 && range.high > range.low && range.high.isFinite)
  }
}
