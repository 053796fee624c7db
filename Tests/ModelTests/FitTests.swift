import ByteIO
import Testing

@testable import Tensor
@testable import Training
@testable import Transform
@testable import VAEModel

/// A fit of little data in a few steps: enough to see that every shape of data gets a model that works.
private struct TinyFit {
  let samples: Matrix
  let isInteger: Bool
  let result: ModelFit.Result

  init(
    _ samples: Matrix, isInteger: Bool = false, range: ClosedRange<Float>? = nil, latents: Int? = nil,
    seed: UInt64 = 1, workers: Int = 2, epochs: Int = 3,
    progress: @escaping (FitProgress) -> Bool = { _ in true }
  ) throws {
    var options = FitOptions()
    options.epochs = epochs
    options.hidden = [8]
    options.latents = latents
    options.seed = seed
    self.samples = samples.copy(rows: 0..<samples.rows)
    self.isInteger = isInteger
    let fit = ModelFit(
      options, kernels: Kernels(), workers: Workers(count: workers), progress: progress)
    result = try fit(samples.copy(rows: 0..<samples.rows), isInteger: isInteger, elementRange: range)
  }

  var model: Model { result.model }

  /// Bits a sample by the tables at a quality, the mean squared error, and that of each value.
  func measure(_ quality: Int) -> (bits: Double, error: Double, errors: [Double]) {
    let kernels = Kernels()
    let point = model.qualities[quality]
    let rows = samples.rows
    let values = model.values
    let planes = model.planes(at: point)
    let x = samples.rowMajor(rows)
    var symbols = [Int32](repeating: 0, count: planes * rows + 1)
    var back = [Float](repeating: .nan, count: x.count)
    let coder = SampleCoder(model, at: point, blockRows: rows, kernels: kernels)
    let latents = model.latentPlanes(at: point)
    var levels = [UInt8](repeating: 0, count: planes * rows + 1)
    x.withUnsafeBufferPointer {
      coder.encode($0, rows: rows, symbols: &symbols, levels: &levels, planeStride: rows)
    }
    back.withUnsafeMutableBufferPointer {
      coder.decode(symbols, planeStride: rows, rows: rows, into: $0, asBase: point.valueStep > 0)
    }
    let costs = model.latentWeights(at: point, kernels: kernels).map { SymbolCost($0) }
    let allLevels = model.levelWeights(at: point, kernels: kernels).map { SymbolCost($0) }
    var bits = 0.0
    for plane in 0..<planes {
      for r in 0..<rows {
        let symbol = symbols[plane * rows + r]
        let cost =
          plane < latents ? costs[plane] : allLevels[Int(levels[(plane - latents) * rows + r])]
        bits += Double(cost(symbol))
      }
    }
    if point.valueStep > 0 {
      let levelCosts = allLevels.suffix(ScaleLevel.count).map(\.self)
      let values = ValueCoder(model, rows: rows, kernels: kernels)
      let base = back
      x.withUnsafeBufferPointer { x in
        base.withUnsafeBufferPointer { base in
          values.encode(x, base: base, rows: rows, step: point.valueStep) { _, symbols, levels in
            for r in 0..<rows { bits += Double(levelCosts[Int(levels[r])](symbols[r])) }
          }
        }
      }
      back.withUnsafeMutableBufferPointer { values.copyDecoded(rows, into: $0) }
    }
    var errors = [Double](repeating: 0, count: values)
    for (place, (a, b)) in zip(x, back).enumerated() {
      errors[place % values] += Double(a - b) * Double(a - b) / Double(rows)
    }
    return (bits / Double(rows), errors.reduce(0, +) / Double(values), errors)
  }

  /// What holds for every fit.
  func expectSound() throws {
    #expect(try model.readBack().content == model.content)
    #expect(model.qualities.count == 101 && model.qualities.allSatisfy(model.accepts))
    #expect(result.fittedRows + result.heldOutRows == samples.rows && result.heldOutRows >= 4)
    #expect(result.heldSamples.rows == result.heldOutRows && result.heldSamples.columns == samples.columns)
    #expect(!result.wasStopped)
    #expect(result.latentBits.count == model.network?.latents ?? 0)
    #expect((result.latentBits + result.latentVariances).allSatisfy { $0.isFinite && $0 >= 0 })
    #expect(result.pca.allSatisfy { $0.bits.isFinite && $0.error.isFinite })
    let (coarse, fine) = (measure(0), measure(100))
    #expect(coarse.error.isFinite && fine.error.isFinite && coarse.bits.isFinite && fine.bits.isFinite)
    // Below 70 dB, more quality is less error.
    let square = result.peak * result.peak
    #expect(fine.error <= coarse.error * 1.001 + square * 1e-7)
    // PSNR of 60 dB and more, or errors in half of all integers at the most.
    #expect(fine.error <= (isInteger ? 0.5 : square * 1e-6) + 1e-20, "\(fine.error) of \(square)")
  }

  /// Rows of `columns` values that lie near a curve.
  static func curve(rows: Int, columns: Int, noise: Float = 0.02, seed: UInt64 = 41) -> Matrix {
    var random = RandomSource(seed: seed)
    let x = Matrix(rows: rows, columns: columns)
    for r in 0..<rows {
      let t = 3 * random.uniform()
      for c in 0..<columns {
        x[r, c] = Float(cosine(Double(t) * Double(c % 4 + 1) + Double(c))) + noise * random.normal()
      }
    }
    return x
  }
}

@Suite("Fit")
struct FitTests {
  @Test("the seed alone decides: workers do not, and another seed does")
  func reproducible() throws {
    let x = TinyFit.curve(rows: 60, columns: 6)
    let first = try TinyFit(x, workers: 1)
    try first.expectSound()
    let content = first.model.content
    #expect(try TinyFit(x, workers: 2).model.content == content)
    #expect(try TinyFit(x, seed: 2).model.content != content)
    let spent = first.measure(100).bits
    #expect(spent > first.measure(20).bits)
  }

  @Test("constant columns among others cost nothing and come back")
  func constantColumns() throws {
    let x = TinyFit.curve(rows: 40, columns: 6)
    for r in 0..<40 {
      x[r, 1] = 1234.5
      x[r, 4] = -7
    }
    let fit = try TinyFit(x)
    try fit.expectSound()
    let fine = fit.measure(100)
    #expect(fine.errors[1] == 0 && fine.errors[4] == 0)
    // The variance of the others is about 1/2.
    for column in [0, 2, 3, 5] { #expect(fine.errors[column] < 0.01, "column \(column)") }
    let others = Matrix(rows: 40, columns: 4)
    for r in 0..<40 {
      for (c, column) in [0, 2, 3, 5].enumerated() { others[r, c] = x[r, column] }
    }
    #expect(fine.bits < 1.05 * (try TinyFit(others).measure(100).bits))
  }

  @Test(
    "data that is all the same is a mean and no bits",
    arguments: [0, 5.25, 3e7] as [Float])
  func allConstant(value: Float) throws {
    let x = Matrix(rows: 20, columns: 4, [Float](repeating: value, count: 80))
    let fit = try TinyFit(x)
    try fit.expectSound()
    #expect(fit.model.network == nil && fit.model.means == [value, value, value, value])
    #expect(fit.measure(100).bits < 1 && fit.measure(100).error == 0)
  }

  @Test("one value a sample, in the fewest rows there may be")
  func oneValue() throws {
    var random = RandomSource(seed: 42)
    try TinyFit(random.normals(rows: 16, columns: 1)).expectSound()
  }

  @Test("more values than rows")
  func fewRows() throws {
    try TinyFit(TinyFit.curve(rows: 16, columns: 40)).expectSound()
  }

  @Test("samples of very many values go through a front basis, and come back")
  func inputProjection() throws {
    let fit = try TinyFit(TinyFit.curve(rows: 20, columns: 4100, noise: 0))
    #expect(fit.model.inputProjection != nil && fit.model.width < 20 && fit.model.valueLayer == nil)
    #expect(try fit.model.readBack().content == fit.model.content)
    // The values' variance is about 1/2.
    #expect(fit.measure(100).error < 0.001)
  }

  @Test("samples of very many values get as fine as others")
  func fineFront() throws {
    try TinyFit(TinyFit.curve(rows: 20, columns: 4100, noise: 0)).expectSound()
  }

  @Test("white noise needs no network to work")
  func noise() throws {
    var random = RandomSource(seed: 43)
    let fit = try TinyFit(random.normals(rows: 80, columns: 5))
    try fit.expectSound()
  }

  @Test("integers come back exactly, or nearly, at quality 100")
  func integers() throws {
    let x = TinyFit.curve(rows: 60, columns: 6)
    for r in 0..<60 { for c in 0..<6 { x[r, c] = max(0, min(255, (128 + 100 * x[r, c]).rounded())) } }
    let fit = try TinyFit(x, isInteger: true, range: 0...255)
    try fit.expectSound()
    #expect(fit.model.output.isInteger && fit.model.output.lowest >= 0 && fit.model.output.highest <= 255)
  }

  @Test("as many latents as were asked for, or fewer where some carry nothing", arguments: [1, 3])
  func latents(count: Int) throws {
    let fit = try TinyFit(TinyFit.curve(rows: 60, columns: 6), latents: count)
    try fit.expectSound()
    #expect(fit.model.network?.latents ?? 0 <= count)
  }

  @Test(
    "values of any scale that leaves room for steps, as long as their squares are finite",
    arguments: [1e-32, 1e-20, 1e18] as [Float])
  func scales(factor: Float) throws {
    let x = TinyFit.curve(rows: 40, columns: 5)
    for r in 0..<40 { for c in 0..<5 { x[r, c] *= factor } }
    let fit = try TinyFit(x)
    try fit.expectSound()
    #expect(fit.measure(100).error < 1e-3 * fit.measure(0).error)
  }

  @Test("values that vary too little for binary32 are refused, by how little they vary")
  func tooFine() throws {
    let x = TinyFit.curve(rows: 40, columns: 5)
    for r in 0..<40 { for c in 0..<5 { x[r, c] *= 1e-38 } }
    #expect {
      _ = try TinyFit(x)
    } throws: { error in
      guard case FitError.tooFine(let deviation) = error else { return false }
      return deviation > 1e-40 && deviation < 1e-37
    }
  }

  @Test("one column that varies among constant ones", arguments: [false, true])
  func oneColumn(isRare: Bool) throws {
    let x = TinyFit.curve(rows: 40, columns: 5)
    for r in 0..<40 {
      for c in 0..<5 where c != 3 || isRare && r != 5 { x[r, c] = 0 }
    }
    try TinyFit(x).expectSound()
  }

  @Test("integers that take few values come back at quality 100")
  func binary() throws {
    let x = TinyFit.curve(rows: 40, columns: 5)
    for r in 0..<40 { for c in 0..<5 { x[r, c] = x[r, c] > 0 ? 1 : 0 } }
    let fit = try TinyFit(x, isInteger: true, range: 0...255)
    try fit.expectSound()
    #expect(fit.measure(100).error < 0.05)
  }

  @Test("an outlier far from all others")
  func outlier() throws {
    let x = TinyFit.curve(rows: 60, columns: 4)
    x[7, 2] = 1e6
    let fit = try TinyFit(x)
    #expect(fit.model.qualities.allSatisfy(fit.model.accepts))
    #expect(fit.measure(0).error.isFinite && fit.measure(100).error.isFinite)
  }

  @Test("a fit can be stopped, and says so")
  func stopped() throws {
    let fit = try TinyFit(TinyFit.curve(rows: 60, columns: 4), epochs: 1000) { $0.epoch < 200 }
    #expect(fit.result.wasStopped)
    #expect(fit.model.qualities.count == 101)
  }

  @Test("a fit that is stopped before it has learned anything has no result")
  func interrupted() {
    #expect(throws: FitError.interrupted) {
      try TinyFit(TinyFit.curve(rows: 60, columns: 4), epochs: 1000) { _ in false }
    }
  }

  @Test("a fit for few samples makes a small model, and one for many spends more on it")
  func samples() throws {
    let x = TinyFit.curve(rows: 80, columns: 6)
    func bytes(for samples: Int) throws -> Int {
      var options = FitOptions()
      options.epochs = 600
      options.hidden = [16]
      options.latents = 2
      options.samples = samples
      let fit = ModelFit(options, kernels: Kernels(), workers: Workers(count: 2))
      let result = try fit(x.copy(rows: 0..<80), isInteger: false, elementRange: nil)
      #expect(result.model.qualities.count == 101 && result.model.qualities.allSatisfy(result.model.accepts))
      #expect(result.model.baseline == nil)
      return result.model.encodeDecoder().count
    }
    let (few, many) = (try bytes(for: 10), try bytes(for: 10_000_000))
    #expect(few < 2500 && many > 2 * few, "\(few), \(many)")
  }

  @Test("qualities differ where nearly all of them take very few bits")
  func smoothCurves() throws {
    let x = Self.smooth(rows: 80, columns: 160)
    let fit = try TinyFit(x)
    var points: [OperatingPoint] = []
    for point in fit.model.qualities where !points.contains(point) { points.append(point) }
    #expect(points.count > 30)
    #expect(fit.measure(20).bits < 0.7 * fit.measure(80).bits)
  }

  /// Rows that are the sums of three smooth curves, in amounts of their own.
  private static func smooth(rows: Int, columns: Int) -> Matrix {
    var random = RandomSource(seed: 43)
    let x = Matrix(rows: rows, columns: columns)
    for r in 0..<rows {
      let amounts = random.floats(3, 0...1)
      for c in 0..<columns {
        let t = Double(c) / Double(columns)
        var sum = 0.001 * random.normal()
        for (k, amount) in amounts.enumerated() {
          sum += amount / Float(1 << (2 * k)) * Float(cosine(3 * Double(k + 1) * t))
        }
        x[r, c] = sum
      }
    }
    return x
  }

  @Test("a model for one file is served in about the bytes that were counted, coarse enough for its rows")
  func servedSizes() throws {
    let x = Self.smooth(rows: 80, columns: 160)
    var options = FitOptions()
    options.epochs = 1
    options.hidden = [8]
    options.samples = 80
    options.isCarried = true
    let (kernels, workers) = (Kernels(), Workers(count: 2))
    let fit = ModelFit(options, kernels: kernels, workers: workers)
    let model = try fit(x.copy(rows: 0..<80), isInteger: false, elementRange: nil).model
    let sizes = ServedSizes(model, points: model.qualities, rows: 80, kernels: kernels, workers: workers)
    func bytes(_ model: Model) -> Double {
      Double(ZstdFrame.compress(model.encodeDecoder(), level: 19, checksum: true).count)
    }
    #expect(!model.layers.isEmpty)
    for quality in stride(from: 0, through: 90, by: 15) {
      let point = model.qualities[quality]
      let (served, own) = model.serving(point, rows: 80, kernels: kernels)
      #expect(served.accepts(own))
      #expect((bytes(served) - sizes.bytes(point)).magnitude < 0.2 * bytes(served) + 50)
      let exact = model.serving(point, kernels: kernels)
      #expect(bytes(served) <= (quality < 50 ? 0.7 : 1) * bytes(exact.model), "quality \(quality)")
      #expect(error(served, own, x) < 4 * error(exact.model, exact.point, x), "quality \(quality)")
      // Of many rows, each number counts.
      let many = model.serving(point, rows: 1 << 40, kernels: kernels).model
      #expect(many.layers.map(\.stored) == exact.model.layers.map(\.stored))
    }
  }

  /// The mean squared error that a point leaves of rows.
  private func error(_ model: Model, _ point: OperatingPoint, _ x: Matrix) -> Double {
    let coder = SampleCoder(model, at: point, blockRows: x.rows, kernels: Kernels())
    let samples = x.rowMajor(x.rows)
    var symbols = [Int32](repeating: 0, count: model.planes(at: point) * x.rows + 1)
    var levels = [UInt8](repeating: 0, count: symbols.count)
    var back = [Float](repeating: .nan, count: samples.count)
    samples.withUnsafeBufferPointer {
      coder.encode($0, rows: x.rows, symbols: &symbols, levels: &levels, planeStride: x.rows)
    }
    back.withUnsafeMutableBufferPointer {
      coder.decode(symbols, planeStride: x.rows, rows: x.rows, into: $0, asBase: point.valueStep > 0)
    }
    return zip(samples, back).reduce(0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) } / Double(samples.count)
  }

  @Test("the latents that were dropped are counted")
  func droppedLatents() throws {
    let x = Matrix(rows: 60, columns: 6)
    let line = TinyFit.curve(rows: 60, columns: 1, noise: 0)
    for r in 0..<60 { for c in 0..<6 { x[r, c] = line[r, 0] * Float(c + 1) + (c == 5 && r == 3 ? 1e-4 : 0) } }
    let fit = try TinyFit(x, latents: 2, epochs: 30)
    let left = try #require(fit.model.network?.latents)
    #expect(left == 1 && fit.result.droppedLatents == 1)
  }

  @Test("what cannot be fitted is refused")
  func refused() {
    var random = RandomSource(seed: 44)
    #expect(throws: FitError.tooFewRows(15, least: 16)) { try TinyFit(random.normals(rows: 15, columns: 2)) }
    #expect(throws: FitError.tooManyLatents(3, most: 2)) {
      try TinyFit(random.normals(rows: 16, columns: 2), latents: 3)
    }
    #expect(throws: FitError.tooManyValues(65_537, most: 65_536)) {
      try TinyFit(Matrix(rows: 16, columns: 65_537))
    }
  }
}
