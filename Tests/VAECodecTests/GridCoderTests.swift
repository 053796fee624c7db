import Testing

@testable import EntropyCoding
@testable import Records
@testable import Tensor
@testable import VAECodec

@Suite("Values on the array's own grid")
struct GridCoderTests {
  private static let types = ElementType.allCases.filter { !$0.isWide }
  static let curves = SmoothLogistic()

  private func coder(_ type: ElementType, _ shape: [Int], _ bounds: [Double] = [0]) -> GridCoder {
    GridCoder(type, sampleShape: shape, bounds: bounds.map { ValueBound($0) }, curves: Self.curves)
  }

  /// Walks, repeats, few values, decimals, and now and then any bits at all.
  static func batch(_ type: ElementType, _ shape: [Int], rows: Int, seed: UInt64) -> SampleBatch {
    var random = RandomSource(seed: seed)
    func below(_ n: Int) -> Int { Int(random.next() % UInt64(n)) }
    let width = shape.reduce(1, *)
    let (kind, scale) = (below(5), [1e-3, 1, 50, 1e6][below(4)])
    let hasSpecials = below(3) == 0
    var bytes: [UInt8] = []
    var walk = 0.0
    for _ in 0..<rows * width {
      walk += Double(below(2001) - 1000) / 1000
      var value =
        switch kind {
        case 0: walk * scale
        case 1: Double(below(5)) * 2.7 * scale
        case 2: (walk * 10).rounded() / 10
        case 3: Double(below(1000)) * scale
        default: (walk / 8).rounded() * 8
        }
      if hasSpecials, below(20) == 0 {
        value =
          [Double.nan, .infinity, -.infinity, -0.0, 1e300, 0x1p-1060, .greatestFiniteMagnitude, 0][below(8)]
      }
      var bits = type.bits(nearest: value)
      if hasSpecials, below(40) == 0 {
        bits = random.next() & (type.size == 8 ? .max : 1 << UInt64(8 * type.size) - 1)
      }
      for place in 0..<type.size { bytes.append(UInt8(truncatingIfNeeded: bits >> UInt64(8 * place))) }
    }
    return SampleBatch(elementType: type, valuesPerSample: width, bytes: bytes)
  }

  private static let shapes: [[Int]] = [
    [], [1], [3], [17], [60], [6, 7], [1, 9], [5, 4, 3], [3, 9, 10], [2, 1, 1],
  ]

  @Test("what is lossless comes back bit for bit, whatever it is", arguments: types, 0..<10)
  func lossless(type: ElementType, seed: UInt64) throws {
    let shape = Self.shapes[Int(seed) % Self.shapes.count]
    let batch = Self.batch(
      type, shape, rows: 1 + Int(seed * 37 % 90), seed: seed &+ UInt64(type.rawValue) &* 1000)
    let coder = coder(type, shape)
    let bytes = coder.encode(batch)
    let back = try coder.decode(bytes[...], rows: batch.rows)
    let isSame = back.bytes == batch.bytes && coder.encode(batch) == bytes
    #expect(isSame)
    // More bytes are damage, or other values: zeros at the end are not written.
    let longer = (bytes + [1, 2, 3, 4, 5])[...]
    let other = try? coder.decode(longer, rows: batch.rows)
    let isOther = other?.bytes != batch.bytes
    #expect(isOther)
  }

  @Test("no value is off by more than its bound", arguments: types, 0..<10)
  func bounded(type: ElementType, seed: UInt64) throws {
    let shape = Self.shapes[Int(seed) % Self.shapes.count]
    let batch = Self.batch(
      type, shape, rows: 1 + Int(seed * 53 % 70), seed: seed &+ UInt64(type.rawValue) &* 991)
    let scale = [1e-4, 0.5, 3, 700][Int(seed % 4)]
    let byColumn = shape.count == 1 && seed % 2 == 0
    let bounds = byColumn ? (0..<shape[0]).map { Double($0 % 3) * scale } : [scale]
    let coder = coder(type, shape, bounds)
    let bytes = coder.encode(batch)
    let back = try coder.decode(bytes[...], rows: batch.rows)
    for (place, (old, new)) in zip(batch.bits(), back.bits()).enumerated() where old != new {
      let (value, found) = (type.value(bits: old), type.value(bits: new))
      #expect(value.isFinite && ErrorBound.isWithin(bounds[place % bounds.count], value, found))
    }
  }

  /// The plan that an encoder has chosen.
  private func plan(_ batch: SampleBatch, _ coder: GridCoder) throws -> ValuePlan {
    var decoder = BitDecoder(coder.encode(batch).dropFirst())
    var coding = ValuePlanCoding(coder.types, values: batch.valueCount)
    return try #require(coding.code(nil, &decoder))
  }

  private func batch(_ values: [Double], _ type: ElementType, width: Int = 1) -> SampleBatch {
    SampleBatch(doubles: values, elementType: type, valuesPerSample: width)
  }

  @Test("numbers are named by the grid that they lie on")
  func grids() throws {
    var random = RandomSource(seed: 5)
    func number() -> Double { Double(random.next() >> 11) * 0x1p-53 }
    func kind(_ values: [Double], _ type: ElementType, bound: Double = 0) throws -> ValuePlan.Names {
      try plan(batch(values, type), coder(type, [], [bound])).columns[0].names
    }
    let cents = (0..<3000).map { _ in (number() * 1e5).rounded() / 100 }
    #expect(try kind(cents, .f8) == .grid(ValueGrid(.affine(offset: 0, step: 1, decimals: 2), .f8)))
    let nickels = (0..<3000).map { _ in (number() * 2e4).rounded() * 5 / 100 + 0.01 }.map {
      ($0 * 100).rounded() / 100
    }
    guard case .grid(let grid) = try kind(nickels, .f8), case .affine(_, let step, 2) = grid.kind else {
      Issue.record("no multiples of a step")
      return
    }
    #expect(step == 5)
    let noise = (0..<3000).map { _ in number() }
    #expect(try kind(noise, .f8) == .grid(ValueGrid(.ordered(.f8), .f8)))
    #expect(try kind(noise.map { Double(Float($0)) }, .f8) == .grid(ValueGrid(.ordered(.f4), .f8)))
    let few = (0..<3000).map { _ in noise[Int(number() * 10)] }
    guard case .grid(let some) = try kind(few, .f8) else {
      Issue.record("no dictionary")
      return
    }
    #expect(some.dictionary.count == Set(few).count)
    let digits = (0..<3000).map { _ in number() * [1e-6, 1e-3, 1, 100][Int(number() * 4)] }.compactMap {
      value in
      // Five significant digits.
      let unit = [1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2].first { value < $0 * 99_999 } ?? 1
      return Double(
        "\((value / unit).rounded())e\(Int(unit == 1 ? 0 : [1e-10: -10, 1e-9: -9, 1e-8: -8, 1e-7: -7, 1e-6: -6, 1e-5: -5, 1e-4: -4, 1e-3: -3, 1e-2: -2][unit] ?? 0))"
      )
    }
    #expect(try kind(digits, .f8) == .grid(ValueGrid(.digits(5), .f8)))
    switch try kind(noise, .f8, bound: 0.001) {
    case .free, .lattice: break
    case .grid, .anchored: Issue.record("numbers within a bound lie on no grid")
    }
    let shorts = (0..<4000).map { (3000 + 900 * Double($0 % 90) / 90).rounded() }
    let swapped = shorts.map { Double(UInt16($0).byteSwapped) }
    #expect(try plan(batch(swapped, .u2), coder(.u2, [])).swapsBytes)
  }

  @Test("rows that repeat, and values that follow a rule, take next to nothing")
  func rates() throws {
    func bytes(_ values: [Double], _ type: ElementType, _ shape: [Int]) -> Int {
      coder(type, shape).encode(batch(values, type, width: shape.reduce(1, *))).count
    }
    var random = RandomSource(seed: 9)
    func number() -> Double { Double(random.next() >> 11) * 0x1p-53 }
    #expect(bytes((0..<20_000).map { Double($0) * 0.25 }, .f8, [1]) < 90)
    #expect(bytes([Double](repeating: .pi, count: 20_000), .f8, [4]) < 120)
    let row = (0..<50).map { _ in number() }
    #expect(bytes((0..<400).flatMap { _ in row }, .f8, [50]) < 700)
    // A walk of cents: 20,000 steps of 101 equally likely ones are 6.66 bits each.
    var walk = 500.0
    let steps = (0..<20_000).map { _ in
      walk += (number() * 101).rounded(.down) - 50
      return walk / 100
    }
    #expect(bytes(steps, .f8, [1]) < 20_000 * 7 / 8)
  }

  @Test(
    "values set far apart, and zeros below zero, cost little more than missing ones",
    arguments: [
      ElementType.f4, .f8,
    ])
  func setAside(type: ElementType) throws {
    var random = RandomSource(seed: 7)
    func number() -> Double { Double(random.next() >> 11) * 0x1p-53 }
    var walk = 0.0
    let values = (0..<4000).map { _ in
      walk += number() - 0.5
      return (walk * 10).rounded() / 10
    }
    let isMissing = values.map { _ in number() < 0.02 }
    func bytes(_ fill: Double, bound: Double) throws -> Int {
      let own = zip(values, isMissing).map { $1 ? fill : $0 == 0 ? 0 : $0 }
      let batch = batch(own, type, width: 1)
      let coder = coder(type, [1], [bound])
      let bytes = coder.encode(batch)
      let back = try coder.decode(bytes[...], rows: batch.rows)
      for (a, b) in zip(batch.doubles(), back.doubles()) {
        #expect(a.bitPattern == b.bitPattern || (a - b).magnitude <= bound)
      }
      return bytes.count
    }
    for bound in [0, 0.25] {
      let usual = Double(try bytes(.nan, bound: bound))
      // Within a bound, a zero below zero is any other zero.
      for fill in bound > 0 ? [-9999, 1e20] : [-9999, 1e20, -0.0] {
        #expect(Double(try bytes(fill, bound: bound)) < 1.15 * usual, "\(fill) within \(bound)")
      }
    }
  }

  @Test("a model that expects the same of all values changes no plan")
  func constantBase() {
    var random = RandomSource(seed: 8)
    let values = (0..<4000).map { place in
      (30 * cosine(0.01 * Double(place)) + 5 * Double(random.next() >> 11) * 0x1p-53).rounded()
    }
    let batch = batch(values, .i2)
    let coder = coder(.i2, [1], [2])
    let base = (0..<4000).map { $0 % 2 == 0 ? 0.25 : 0.25 + 0x1p-23 }
    #expect(coder.encode(batch, base: base) == coder.encode(batch))
  }

  @Test("hostile bytes are refused or are values, in bounded time", arguments: types)
  func hostile(type: ElementType) {
    var random = RandomSource(seed: UInt64(type.rawValue))
    for seed in 0..<60 {
      let shape = Self.shapes[seed % Self.shapes.count]
      let batch = Self.batch(type, shape, rows: 12, seed: UInt64(seed))
      let coder = coder(type, shape, [seed % 2 == 0 ? 0 : 0.01])
      var bytes = coder.encode(batch)
      for _ in 0..<1 + seed % 4 where bytes.count > 1 {
        bytes[1 + Int(random.next() % UInt64(min(bytes.count - 1, seed % 3 == 0 ? 6 : 1000)))] ^= UInt8(
          1 + random.next() % 255)
      }
      _ = try? coder.decode(bytes[...], rows: batch.rows)
      let noise = [0] + (0..<40).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      _ = try? coder.decode(noise[...], rows: batch.rows)
    }
  }

  @Test("integers of a plan come back, whatever they are")
  func integers() {
    let numbers: [UInt64] = [0, 1, 2, 3, 255, 256, 1 << 40, 1 << 62, .max - 2, .max - 1]
    let signed: [Int64] = [0, 1, -1, 99, -12345, .max, .min + 1, 1 << 62, -(1 << 62)]
    var (encoder, coding) = (BitEncoder(), SmallIntegerCoding())
    for number in numbers { #expect(coding.code(number, &encoder) == number) }
    for number in signed { #expect(coding.code(signed: number, &encoder) == number) }
    var (decoder, other) = (BitDecoder(encoder.finish()[...]), SmallIntegerCoding())
    for number in numbers { #expect(other.code(0, &decoder) == number) }
    for number in signed { #expect(other.code(signed: 0, &decoder) == number) }
    #expect(decoder.isAtEnd)
  }
}
