import Testing

@testable import EntropyCoding
@testable import Records
@testable import Tensor
@testable import VAECodec

@Suite("Integers of 64 bits")
struct IntegerCorrectionTests {
  private static let types = [ElementType.i8, .u8]

  private func coder(
    _ type: ElementType, _ shape: [Int], _ errorBound: ErrorBound
  ) throws -> IntegerCorrectionCoder {
    IntegerCorrectionCoder(
      try SampleDescription(elementType: type, sampleShape: shape, format: .raw), errorBound)
  }

  private func batch(_ ordinals: [Int64], _ type: ElementType, width: Int = 1) -> SampleBatch {
    SampleBatch(ordinals: ordinals, elementType: type, valuesPerSample: width)
  }

  /// Any bits at all, both ends of the type, runs, steps, and values half a step from one another.
  private func adverse(_ count: Int, _ random: inout RandomSource) -> [Int64] {
    let special: [Int64] = [.min, .min + 1, .max, .max - 1, 0, 1, -1, 1 << 53 + 1]
    var last: Int64 = 0
    return (0..<count).map { _ in
      switch random.next() % 8 {
      case 0: last = Int64(bitPattern: random.next())
      case 1: last = special[Int(random.next() % 8)]
      case 2: break
      case 3: last = last &+ 7
      case 4: last = .max - Int64(random.next() % 20)
      case 5: last = .min + 1 + Int64(random.next() % 20)
      default: last = Int64(random.next() % 2000) - 1000
      }
      return last
    }
  }

  private static let shapes = [[], [1], [7], [40], [100], [6, 7], [5, 4, 3], [4, 1, 3]]

  @Test("Every bit comes back, whatever model and values are", arguments: types)
  func lossless(type: ElementType) throws {
    var random = RandomSource(seed: 40 + UInt64(type.rawValue))
    for shape in Self.shapes {
      let width = shape.reduce(1, *)
      let rows = 1 + Int(random.next() % UInt64(1 + 900 / width))
      let values = batch(adverse(rows * width, &random), type, width: width)
      let base = batch(adverse(rows * width, &random), type, width: width)
      let coder = try coder(type, shape, .lossless)
      for _ in 0..<2 {
        #expect(try coder.decode(coder.encode(values, base: base)[...], base: base) == values)
      }
    }
  }

  /// Bounds from nothing to more than the type spans.
  private static let bounds = [0, 0.9, 1, 3.7, 1000, 1e9, 0x1p53 + 2, 0x1p61, 0x1p62, 0x1p63, 1e300]

  @Test(
    "No value is off by more than a bound, at both ends of the type as in its middle", arguments: types,
    bounds)
  func bounded(type: ElementType, bound: Double) throws {
    var random = RandomSource(seed: 50 + UInt64(type.rawValue))
    for shape in Self.shapes {
      let width = shape.reduce(1, *)
      let rows = 1 + Int(random.next() % UInt64(1 + 400 / width))
      let old = adverse(rows * width, &random)
      let base = batch(adverse(rows * width, &random), type, width: width)
      let coder = try coder(type, shape, .maxError(bound))
      let new = try coder.decode(coder.encode(batch(old, type, width: width), base: base)[...], base: base)
        .ordinals()
      for (a, b) in zip(old, new) {
        let size = UInt64(bitPattern: a > b ? a &- b : b &- a)
        #expect(Double(size) <= bound.rounded(.down), "\(a) became \(b)")
        if a < type.leastOrdinal { #expect(a == b) }
      }
    }
  }

  @Test("Each column keeps its own bound", arguments: types)
  func columns(type: ElementType) throws {
    var random = RandomSource(seed: 60)
    let bounds = [0.0, 5, 0, 1e12]
    let coder = try coder(
      type, [4],
      .byColumn(
        ColumnBounds(bounds: bounds.map { ValueBound($0) })))
    let (old, base) = (adverse(400, &random), batch(adverse(400, &random), type, width: 4))
    let new = try coder.decode(coder.encode(batch(old, type, width: 4), base: base)[...], base: base)
      .ordinals()
    for (place, (a, b)) in zip(old, new).enumerated() {
      #expect(Double(UInt64(bitPattern: a > b ? a &- b : b &- a)) <= bounds[place % 4])
    }
  }

  /// Bits a value of rows of one value, without a model.
  private func bits(_ values: [Int64], width: Int = 1, _ bound: ErrorBound = .lossless) throws -> Double {
    let base = batch([Int64](repeating: 0, count: values.count), .i8, width: width)
    let code = try coder(.i8, [width], bound).encode(batch(values, .i8, width: width), base: base)
    return Double(code.count) * 8 / Double(values.count)
  }

  @Test("A counter costs next to nothing, wherever it is, and times cost what they vary by")
  func costs() throws {
    var random = RandomSource(seed: 61)
    let n = 8000
    for first: Int64 in [0, 1 << 60, .max - 8000] {
      #expect(try bits((0..<n).map { first + Int64($0) }) < 0.05)
    }
    #expect(try bits((0..<n).map { 1_700_000_000_000_000_000 + 10_000_000 * Int64($0) }) < 0.05)
    // Steps of a deviation of 20: 6.4 bits.
    var place: Int64 = 1 << 60
    let walk = (0..<n).map { _ in
      place += Int64((20 * random.normal()).rounded())
      return place
    }
    #expect(try bits(walk) < 6.7)
    // 0 to 9: 3.3 bits, be they small or not.
    let digits = (0..<n).map { _ in Int64(random.next() % 10) }
    #expect(try bits(digits) < 3.5)
    #expect(try bits(digits.map { 1000 + 37 * $0 }) < 3.6)
    #expect(try bits((0..<n).map { _ in Int64(bitPattern: random.next()) }) < 65)
    // Beside a column of its own, each costs as much as alone.
    let table = zip(walk, digits).flatMap { [$0, $1] }
    #expect(try bits(table, width: 2) < 0.5 * (6.8 + 3.8))
    // Steps of 2 E + 1 take a bit less for each doubling.
    #expect(try bits(walk, .maxError(8)) < 6.7 - 3.9)
  }

  @Test(
    "What all values have in common changes nothing",
    arguments: [1 << 40, 1_700_000_000_000_000_000, -(1 << 62)])
  func offsets(offset: Int64) throws {
    var random = RandomSource(seed: 62)
    let values = (0..<4000).map { _ in Int64(random.next() % 3000) }
    for bound in [ErrorBound.lossless, .maxError(20)] {
      let (near, far) = (
        try bits(values, width: 4, bound), try bits(values.map { $0 + offset }, width: 4, bound)
      )
      #expect((far - near).magnitude < 0.4)
    }
  }

  @Test("Labels follow from those beside them, whatever their sizes")
  func labels() throws {
    var random = RandomSource(seed: 65)
    // Images of regions: each belongs to the nearest of five points, and has one of 20 labels.
    let images = (0..<30).flatMap { _ -> [Int64] in
      let points = (0..<5).map { _ in (0..<3).map { _ in Int(random.next() % 32) } }
      return (0..<1024).map { (place: Int) -> Int64 in
        let distances = points.map { (point: [Int]) -> Int in
          let (dx, dy) = (point[0] - place % 32, point[1] - place / 32)
          return dx * dx + dy * dy
        }
        let nearest = distances.indices.min { distances[$0] < distances[$1] } ?? 0
        return Int64(7919 * (points[nearest][2] % 20) % 1009) << 40
      }
    }
    let base = batch([Int64](repeating: 0, count: images.count), .i8, width: 1024)
    let code = try coder(.i8, [32, 32], .lossless).encode(batch(images, .i8, width: 1024), base: base)
    #expect(Double(code.count) * 8 / Double(images.count) < 0.7)
    // Ids of 64 bits that come again.
    let ids = (0..<30).map { _ in Int64(bitPattern: random.next()) }
    #expect(try bits((0..<8000).map { _ in ids[Int(random.next() % 30)] }) < 4.9 + 4)
    // A category, of 4.9 bits, and another that follows from it nine times of ten.
    let categories = (0..<4000).flatMap { _ -> [Int64] in
      let first = Int64(random.next() % 30) * 1001
      return [first, first * 7919 % 997 + (random.next() % 10 == 0 ? 1 : 0)]
    }
    #expect(try bits(categories, width: 2) < 0.5 * (4.9 + 0.5) + 1.9)
  }

  @Test("Missing values cost little, and disturb no others")
  func missing() throws {
    let n = 6000
    let values = (0..<n).map { $0 / 100 % 3 == 1 ? Int64.min : 1 << 60 + Int64($0) * 1000 }
    #expect(try bits(values) < 0.5)
  }

  @Test("Without a promise, what is missing to the model comes back, and the rest is the reconstruction")
  func exceptions() throws {
    var random = RandomSource(seed: 63)
    let (old, base) = (adverse(600, &random), batch((0..<600).map { Int64($0) }, .i8, width: 6))
    let description = try SampleDescription(elementType: .i8, sampleShape: [6], format: .raw)
    let coder = MissingValueCoder(description, KnownValues())
    let new = try coder.decode(coder.encode(batch(old, .i8, width: 6))[...], base: base)
      .ordinals()
    for (place, (a, b)) in zip(old, new).enumerated() { #expect(b == (a == .min ? a : Int64(place))) }
  }

  @Test("Damaged bytes give wrong samples or an error, and never a crash", arguments: types)
  func damage(type: ElementType) throws {
    var random = RandomSource(seed: 64)
    let values = batch(adverse(60, &random), type, width: 5)
    let base = batch(adverse(60, &random), type, width: 5)
    for bound in [ErrorBound.lossless, .maxError(3), .maxError(0x1p62)] {
      let coder = try coder(type, [5], bound)
      let code = coder.encode(values, base: base)
      for i in code.indices {
        var broken = code
        broken[i] ^= UInt8(1 + random.next() % 255)
        _ = try? coder.decode(broken[...], base: base)
        _ = try? coder.decode(code[..<i], base: base)
      }
      for mode in [UInt8(8), 255] {
        #expect(throws: ChunkError.self) { try coder.decode(([mode] + code.dropFirst())[...], base: base) }
      }
      #expect(throws: ChunkError.self) { try coder.decode((code + [7, 7, 7, 7, 7])[...], base: base) }
    }
  }
}
