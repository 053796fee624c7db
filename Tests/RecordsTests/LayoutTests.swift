import ByteIO
import Testing

@testable import Records

/// An array of random shape, with the numbers of its places as values, and a rule that cuts it.
struct CutCase: CustomTestStringConvertible {
  let shape: [Int]
  let rule: LayoutRule

  var testDescription: String { "\(shape), \(rule.name)" }
  var values: Int { shape.reduce(1, *) }
  var layout: ArrayLayout? { ArrayLayout(rule, rows: shape[0], rowShape: Array(shape.dropFirst())) }

  /// Cases of all kinds; the same in each run.
  static let all: [CutCase] = {
    var random = SystemLikeRandom(state: 7)
    var cases: [CutCase] = []
    for _ in 0..<60 {
      let axes = Int.random(in: 1...4, using: &random)
      let shape = (0..<axes).map { _ in Int.random(in: 1...9, using: &random) }
      let length = Int.random(in: 1...12, using: &random)
      cases.append(CutCase(shape: shape, rule: .window(length: length, step: length)))
      if axes > 1 {
        let tile = (0..<Int.random(in: 2...min(3, axes), using: &random)).map { _ in
          Int.random(in: 1...5, using: &random)
        }
        cases.append(CutCase(shape: shape, rule: .tile(tile)))
        let counting = (0..<axes).filter { _ in Bool.random(using: &random) }
        if !counting.isEmpty {
          cases.append(
            CutCase(shape: shape, rule: .axes(counting.map { Bool.random(using: &random) ? $0 : $0 - axes })))
        }
      }
    }
    return cases
  }()
}

/// A generator with a seed (splitmix64).
struct SystemLikeRandom: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// Reads rows of an array in memory, a few at a time, with or without knowing how many there are.
private final class Rows: SampleReader {
  private(set) var description: SampleDescription
  private let values: [Int32]
  private let count: Int
  private var next = 0

  init(_ cut: CutCase, knowsRows: Bool) throws {
    values = (0..<Int32(cut.values)).map { $0 }
    count = cut.shape[0]
    description = try SampleDescription(
      elementType: .i4, sampleShape: Array(cut.shape.dropFirst()), format: .raw,
      rows: knowsRows ? cut.shape[0] : nil)
  }

  func read(maxRows: Int) -> SampleBatch? {
    let rows = min(maxRows, 3, count - next)
    guard rows > 0 else {
      description.rows = count
      return nil
    }
    defer { next += rows }
    let width = description.valuesPerSample
    return SampleBatch(
      bits: values[next * width..<(next + rows) * width].map { UInt64($0) }, elementType: .i4,
      valuesPerSample: width)
  }
}

/// Keeps what is written.
private final class Kept: SampleWriter {
  var values: [Int] = []

  func write(_ batch: SampleBatch) { values += batch.doubles().map { Int($0) } }
  func finish() {}
}

@Suite("layouts")
struct LayoutTests {
  private func samples(_ cut: CutCase, maxRows: Int = 5, knowsRows: Bool = true) throws -> [SampleBatch] {
    let reader = try LayoutReader(
      try Rows(cut, knowsRows: knowsRows), cut.rule, name: "x", memory: .standard)
    var batches: [SampleBatch] = []
    while let batch = try reader.read(maxRows: maxRows) { batches.append(batch) }
    #expect(reader.description.rows == batches.reduce(0) { $0 + $1.rows })
    return batches
  }

  @Test(
    "each place of an array is in exactly one sample, and no other place is in any", arguments: CutCase.all)
  func bijection(cut: CutCase) throws {
    let layout = try #require(cut.layout)
    let samples = try #require(layout.samples)
    var seen = [Int](repeating: 0, count: cut.values)
    var inside = 0
    for sample in 0..<samples {
      let (band, place) = sample.quotientAndRemainder(dividingBy: layout.samplesPerBand)
      var own = 0
      layout.forEachRun(ofSample: place, band: band, in: cut.shape.map { 0..<$0 }) { from, to, count in
        #expect(from >= 0 && from + count <= layout.valuesPerSample)
        for value in to..<to + count { seen[value] += 1 }
        own += count
      }
      #expect(layout.isPadded(sample: sample) == (own < layout.valuesPerSample))
      #expect(own > 0)
      inside += own
    }
    #expect(seen.allSatisfy { $0 == 1 } && inside == cut.values)
  }

  @Test(
    "samples have the values of their block, and the nearest value beyond the edge", arguments: CutCase.all)
  func blocks(cut: CutCase) throws {
    let layout = try #require(cut.layout)
    let found = try samples(cut).flatMap { $0.doubles().map { Int($0) } }
    let grid = zip(cut.shape, layout.block).map { ($0 + $1 - 1) / $1 }
    func places(_ lengths: [Int]) -> [[Int]] {
      lengths.reduce([[]]) { all, length in all.flatMap { place in (0..<length).map { place + [$0] } } }
    }
    var expected: [Int] = []
    for cell in places(grid) {
      for inner in places(layout.block) {
        var place = 0
        for axis in cut.shape.indices {
          let own = min(cell[axis] * layout.block[axis] + inner[axis], cut.shape[axis] - 1)
          place = place * cut.shape[axis] + own
        }
        expected.append(place)
      }
    }
    #expect(found == expected)
    #expect(layout.sampleShape.reduce(1, *) == layout.valuesPerSample)
  }

  @Test(
    "the array comes back from its samples, whatever the pieces in which they are read",
    arguments: CutCase.all)
  func roundTrip(cut: CutCase) throws {
    let layout = try #require(cut.layout)
    for (pieces, knowsRows) in [(1, true), (7, false)] {
      let kept = Kept()
      let writer = LayoutWriter(kept, layout, ValueType(.i4))
      for batch in try samples(cut, maxRows: pieces, knowsRows: knowsRows) { try writer.write(batch) }
      try writer.finish()
      #expect(kept.values == Array(0..<cut.values))
    }
  }

  @Test("a box is a part of the array", arguments: CutCase.all)
  func boxes(cut: CutCase) throws {
    let layout = try #require(cut.layout)
    var random = SystemLikeRandom(state: UInt64(cut.values))
    let box = cut.shape.map { length in
      let first = Int.random(in: 0..<length, using: &random)
      return first..<Int.random(in: first + 1...length, using: &random)
    }
    let kept = Kept()
    let writer = LayoutWriter(kept, layout, ValueType(.i4), box: box)
    for batch in try samples(cut) { try writer.write(batch) }
    try writer.finish()
    var expected: [Int] = []
    for value in 0..<cut.values {
      var (rest, isInside) = (value, true)
      for axis in cut.shape.indices.reversed() {
        isInside = isInside && box[axis].contains(rest % cut.shape[axis])
        rest /= cut.shape[axis]
      }
      if isInside { expected.append(value) }
    }
    #expect(kept.values == expected)
  }

  @Test("numbers outside the array do not matter", arguments: CutCase.all)
  func edges(cut: CutCase) throws {
    let layout = try #require(cut.layout)
    let all = try #require(layout.samples)
    let joined = try samples(cut).flatMap { $0.doubles() }
    let batch = SampleBatch(doubles: joined, elementType: .i4, valuesPerSample: layout.valuesPerSample)
    var spoilt = batch.bytes
    for sample in 0..<all where layout.isPadded(sample: sample) {
      var isInside = [Bool](repeating: false, count: layout.valuesPerSample)
      let (band, place) = sample.quotientAndRemainder(dividingBy: layout.samplesPerBand)
      layout.forEachRun(ofSample: place, band: band, in: cut.shape.map { 0..<$0 }) { from, _, count in
        for value in from..<from + count { isInside[value] = true }
      }
      for value in isInside.indices where !isInside[value] {
        spoilt[4 * (sample * layout.valuesPerSample + value)] ^= 0x5A
      }
    }
    let edges = layout.repeatingEdges(
      of: SampleBatch(elementType: .i4, valuesPerSample: layout.valuesPerSample, bytes: spoilt), from: 0)
    #expect(edges == batch)
  }

  @Test("windows overlap by their step, and the last one reaches the end", arguments: [1, 2, 3, 5])
  func overlap(step: Int) throws {
    for length in 1...23 {
      let cut = CutCase(shape: [length], rule: .window(length: 5, step: step))
      let windows = try samples(cut, knowsRows: false).flatMap { batch in
        (0..<batch.rows).map { batch.rows($0..<$0 + 1).doubles().map { Int($0) } }
      }
      for (number, window) in windows.enumerated() {
        #expect(window == (0..<5).map { min(number * step + $0, length - 1) })
      }
      #expect(windows.last?.last == length - 1)
      #expect(windows.dropLast().allSatisfy { $0.last ?? 0 < length - 1 })
    }
  }

  @Test("a description with a layout comes back from its bytes", arguments: CutCase.all)
  func coding(cut: CutCase) throws {
    var array = try SampleDescription(
      elementType: .i4, sampleShape: Array(cut.shape.dropFirst()), format: .raw)
    array.rows = cut.shape[0]
    let description = try SampleDescription(cutting: array, try #require(cut.layout))
    var writer = ByteWriter()
    description.encodeArray(into: &writer)
    description.encodeLayout(into: &writer)
    var reader = ByteReader(writer.bytes)
    #expect(try SampleDescription(cutFrom: &reader) == description)
    #expect(reader.remaining == 0 && description.ofArray == array)
    for count in writer.bytes.indices {
      var cut = ByteReader(Array(writer.bytes[..<count]))
      #expect(throws: SampleIOError.self) { try SampleDescription(cutFrom: &cut) }
    }
  }

  @Test("rules that do not apply to an array are refused")
  func refusals() {
    #expect(ArrayLayout(.tile([2, 2]), rows: 9, rowShape: []) == nil)
    #expect(ArrayLayout(.axes([1]), rows: 9, rowShape: []) == nil)
    #expect(ArrayLayout(.axes([0, -2]), rows: 9, rowShape: [3]) == nil)
    #expect(ArrayLayout(.axes([1]), rows: nil, rowShape: [3]) == nil)
    #expect(ArrayLayout(.axes([Int.min]), rows: 9, rowShape: [3]) == nil)
    #expect(ArrayLayout(.window(length: 0, step: 0), rows: 9, rowShape: [3]) == nil)
    #expect(ArrayLayout(.window(length: .max, step: .max), rows: 9, rowShape: [3]) == nil)
    #expect(ArrayLayout(.tile([.max, .max]), rows: .max, rowShape: [.max]) == nil)
    let complex = ArrayLayout(.tile([2, 2]), rows: 3, rowShape: [5, 2], numbersPerValue: 2)
    #expect(complex?.sampleShape == [2, 2, 2] && complex?.samples == 6)
  }
}
