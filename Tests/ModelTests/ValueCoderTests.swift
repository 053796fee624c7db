import CKernels
import Testing

@testable import Tensor
@testable import Transform
@testable import VAEModel

@Suite("Value coder")
struct ValueCoderTests {
  static let rules: [OutputRule] = [
    OutputRule(), OutputRule(isInteger: true), OutputRule(lowest: 0, highest: 255, isInteger: true),
    OutputRule(lowest: -20, highest: 20), OutputRule(highest: 30),
  ]

  /// A chunk that is coded by a random layer, and what came of it.
  private struct Chunk {
    let layer: ValueLayer
    let rule: OutputRule
    let rows: Int
    let step: Float
    let samples: [Float]
    let base: [Float]
    var symbols: [[Int32]] = []
    var levels: [[UInt8]] = []
    var decoded: [Float] = []
    static let values = 14

    init(_ rule: OutputRule, rows: Int, step: Float, kernels: Kernels = Kernels(), coderRows: Int? = nil) {
      self.rule = rule
      self.rows = rows
      self.step = step
      var random = RandomSource(seed: UInt64(rows) * 7 + 1)
      layer = random.valueLayer(values: Self.values, rule: rule, terms: 4)
      let (low, high) = (max(-40, rule.lowest), min(290, rule.highest))
      let count = rows * Self.values
      samples = random.floats(count, low...high).map { rule.isInteger ? $0.rounded() : $0 }
      base = samples.map { max(rule.lowest, min(rule.highest, $0 + 6 * random.normal())) }
      let coder = ValueCoder(
        layer, values: Self.values, rule: rule, rows: coderRows ?? rows, kernels: kernels)
      var (symbols, levels) = ([[Int32]](), [[UInt8]]())
      samples.withUnsafeBufferPointer { samples in
        base.withUnsafeBufferPointer { base in
          coder.encode(samples, base: base, rows: rows, step: step) { value, s, l in
            #expect(value == symbols.count)
            symbols.append(Array(s.prefix(rows)))
            levels.append(Array(l.prefix(rows)))
          }
        }
      }
      (self.symbols, self.levels) = (symbols, levels)
      decoded = [Float](repeating: .nan, count: count)
      decoded.withUnsafeMutableBufferPointer { coder.copyDecoded(rows, into: $0) }
    }

    /// What a decoder makes of the symbols.
    func decode(kernels: Kernels = Kernels(), coderRows: Int? = nil) -> [Float] {
      let coder = ValueCoder(
        layer, values: Self.values, rule: rule, rows: coderRows ?? rows, kernels: kernels)
      var result = [Float](repeating: .nan, count: samples.count)
      base.withUnsafeBufferPointer { base in
        result.withUnsafeMutableBufferPointer { result in
          // In two parts, where there are two.
          let half = max(1, rows / 2)
          coder.load(UnsafeBufferPointer(rebasing: base[..<(half * Self.values)]), at: 0, of: rows)
          if half < rows {
            coder.load(UnsafeBufferPointer(rebasing: base[(half * Self.values)...]), at: half, of: rows)
          }
          var value = 0
          coder.decode(step: step) { found, taken in
            #expect(Array(found.prefix(rows)) == levels[value])
            for r in 0..<rows { taken[r] = symbols[value][r] }
            value += 1
          }
          coder.copyDecoded(rows, into: result)
        }
      }
      return result
    }
  }

  private func bits(_ x: [Float]) -> [UInt32] { x.map(\.bitPattern) }

  @Test("decoding gives exactly what the encoder decoded, for any number of rows", arguments: rules)
  func identity(rule: OutputRule) {
    for rows in 1...40 {
      let step: Float = [1, 0.3, 5][rows % 3]
      let chunk = Chunk(rule, rows: rows, step: step)
      #expect(bits(chunk.decode()) == bits(chunk.decoded), "\(rows) rows")
    }
  }

  @Test("every value is within half a step", arguments: rules, [0.01, 0.5, 1, 3, 16] as [Float])
  func bound(rule: OutputRule, step: Float) {
    let chunk = Chunk(rule, rows: 20, step: step)
    // A step that is not whole is rounded off on the grid of integers.
    let slack: Float = rule.isInteger && step != step.rounded() ? 0.5 : 0
    for (x, y) in zip(chunk.samples, chunk.decoded) {
      #expect((x - y).magnitude <= 0.5001 * step + slack + 1e-4)
      #expect(y >= rule.lowest && y <= rule.highest)
    }
  }

  @Test("a step of 1 gives integers back exactly", arguments: rules.filter(\.isInteger))
  func lossless(rule: OutputRule) {
    let chunk = Chunk(rule, rows: 33, step: 1)
    #expect(chunk.decoded == chunk.samples)
  }

  @Test("neither the variant nor the room for rows change a bit", arguments: rules)
  func independence(rule: OutputRule) {
    for rows in [1, 7, 16, 37] {
      let first = Chunk(rule, rows: rows, step: 0.7)
      for kernels in Kernels.all {
        let other = Chunk(rule, rows: rows, step: 0.7, kernels: kernels, coderRows: rows + 50)
        #expect(other.symbols == first.symbols && other.levels == first.levels)
        #expect(bits(other.decoded) == bits(first.decoded))
        #expect(bits(first.decode(kernels: kernels, coderRows: 100)) == bits(first.decoded))
      }
    }
  }

  @Test("rows of a chunk do not know of each other")
  func neighbours() {
    let rule = Self.rules[2]
    let chunk = Chunk(rule, rows: 9, step: 2)
    let coder = ValueCoder(chunk.layer, values: Chunk.values, rule: rule, rows: 1, kernels: Kernels())
    for r in 0..<9 {
      let range = r * Chunk.values..<(r + 1) * Chunk.values
      let (sample, base) = (Array(chunk.samples[range]), Array(chunk.base[range]))
      sample.withUnsafeBufferPointer { sample in
        base.withUnsafeBufferPointer { base in
          coder.encode(sample, base: base, rows: 1, step: 2) { value, symbols, levels in
            #expect(symbols[0] == chunk.symbols[value][r] && levels[0] == chunk.levels[value][r])
          }
        }
      }
    }
  }

  @Test("predictions and levels are those of the formulas", arguments: rules)
  func formulas(rule: OutputRule) {
    let (rows, step) = (6, Float(0.75))
    let chunk = Chunk(rule, rows: rows, step: step)
    func within(_ x: Double) -> Double {
      let v = max(Double(rule.lowest), min(Double(rule.highest), x))
      return rule.isInteger ? v.rounded(.toNearestOrEven) : v
    }
    var (near, same) = (0, 0)
    for r in 0..<rows {
      func base(_ i: Int) -> Double { Double(chunk.base[r * Chunk.values + i]) }
      func error(_ i: Int) -> Double { Double(chunk.decoded[r * Chunk.values + i]) - base(i) }
      for (i, p) in chunk.layer.predictors.enumerated() {
        let prediction = p.prediction.reduce(base(i)) { $0 + Double($1.factor) * error($1.value) }
        var deviation = p.errors.reduce(Double(p.deviation)) {
          $0 + Double($1.factor) * error($1.value).magnitude
        }
        for term in p.contrasts { deviation += Double(term.factor) * (base(i) - base(term.value)).magnitude }
        if p.aboveLowest != 0 { deviation += Double(p.aboveLowest) * (base(i) - Double(rule.lowest)) }
        if p.belowHighest != 0 { deviation += Double(p.belowHighest) * (Double(rule.highest) - base(i)) }
        // Rounding in binary32 may tip what lies on a border.
        let symbol = (Double(chunk.samples[r * Chunk.values + i]) - within(prediction)) / Double(step)
        #expect((Double(chunk.symbols[i][r]) - symbol).magnitude <= (rule.isInteger ? 1.9 : 0.501))
        near += (Double(chunk.symbols[i][r]) - symbol).magnitude <= 0.501 ? 1 : 0
        let octave = (logarithm(deviation / Double(step)) / logarithm(2)).rounded(.down)
        let half = deviation / Double(step) / power(2, octave) >= 1.5 ? 1 : 0
        let level = max(0, min(39, Int(octave) * 2 + 14 + half))
        same += level == Int(chunk.levels[i][r]) ? 1 : 0
      }
    }
    #expect(near >= rows * Chunk.values - 2 && same >= rows * Chunk.values - 1)
  }
}
