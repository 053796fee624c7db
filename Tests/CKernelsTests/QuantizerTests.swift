import CKernels
import Testing

@Suite("Rules, levels and quantizers")
struct QuantizerTests {
  static let rules: [vaec_output_rule] = [
    vaec_output_rule(lowest: -.infinity, highest: .infinity, is_integer: false),
    vaec_output_rule(lowest: 0, highest: 255, is_integer: true),
    vaec_output_rule(lowest: -3.5, highest: .infinity, is_integer: false),
    vaec_output_rule(lowest: -.infinity, highest: .infinity, is_integer: true),
  ]

  private func within(_ x: Float, _ rule: vaec_output_rule) -> Float {
    let v = max(rule.lowest, min(rule.highest, x))
    return rule.is_integer ? v.rounded(.toNearestOrEven) : v
  }

  @Test("rounding takes ties to even", arguments: Variant.all)
  func round(variant: Variant) {
    let x: [Float] = [
      0.5, 1.5, 2.5, -0.5, -1.5, 0.49999997, 0x1p23, 0x1p24, 8_388_609, -2.5, 3e20, 0.3, -0.3,
    ]
    var y = [Float](repeating: 0, count: x.count)
    variant.kernels.round(x, &y, x.count)
    #expect(y.bits == x.map { $0.rounded(.toNearestOrEven) }.bits)
  }

  @Test("a rule clips and then rounds", arguments: Variant.all)
  func rule(variant: Variant) {
    var numbers = Numbers(seed: 1)
    let x: [Float] =
      [-1e30, -3.6, -0.5, 0.5, 1.5, 254.5, 255.5, 1e30, .infinity, -.infinity] + numbers.wild(40, octaves: 9)
    var y = [Float](repeating: 0, count: x.count)
    for rule in Self.rules {
      var rule = rule
      variant.kernels.apply_rule(x, &rule, &y, x.count)
      for (x, y) in zip(x, y) { #expect(y == within(x, rule)) }
    }
  }

  @Test("a rule makes a number that is none the highest value, never a value outside", arguments: Variant.all)
  func ruleOfNaN(variant: Variant) {
    var rule = Self.rules[1]
    var y: [Float] = [0]
    variant.kernels.apply_rule([.nan], &rule, &y, 1)
    #expect(y == [255])
  }

  @Test("levels are two an octave from 2^-7 on, at octaves and half way up", arguments: Variant.all)
  func levels(variant: Variant) {
    var levels = [UInt8](repeating: 0, count: 1)
    func level(_ deviation: Float, step: Float = 1) -> Int {
      variant.kernels.scale_levels([deviation], 1 / step, &levels, 1)
      return Int(levels[0])
    }
    for octave in 0..<20 {
      let start = Float(sign: .plus, exponent: octave - 7, significand: 1)
      #expect(level(start) == 2 * octave)
      #expect(level((1.5 * start).nextDown) == 2 * octave)
      #expect(level(1.5 * start) == 2 * octave + 1)
      #expect(level((2 * start).nextDown) == 2 * octave + 1)
    }
    #expect(level(0) == 0)
    #expect(level(-5) == 0)
    #expect(level(.nan) == 0)
    #expect(level(1e-30) == 0)
    #expect(level(8192) == Int(VAEC_LEVELS) - 1)
    #expect(level(.infinity) == Int(VAEC_LEVELS) - 1)
    #expect(level(6, step: 4) == level(1.5))
  }

  @Test("symbols are the rounded quotients, and give values back within half a step", arguments: Variant.all)
  func quantize(variant: Variant) {
    let count = 83
    for rule in Self.rules {
      var rule = rule
      for step: Float in [1, 0.125, 3, 0.7] {
        var numbers = Numbers(seed: UInt64(step * 100))
        let range: ClosedRange<Float> = max(rule.lowest, -90)...min(rule.highest, 300)
        let x = numbers.floats(count, range).map { rule.is_integer ? $0.rounded() : $0 }
        let prediction = numbers.floats(count, -120...350)
        var symbols = [Int32](repeating: 0, count: count)
        variant.kernels.quantize(x, prediction, step, &rule, &symbols, count)
        var y = [Float](repeating: 0, count: count)
        variant.kernels.dequantize(prediction, symbols, step, &rule, &y, count)
        for i in 0..<count {
          let from = within(prediction[i], rule)
          #expect(Float(symbols[i]) == ((x[i] - from) * (1 / step)).rounded(.toNearestOrEven))
          #expect(y[i] == within(from.addingProduct(Float(symbols[i]), step), rule))
          // Rounding to integers moves a value by as much again at the most.
          let bound = rule.is_integer && step != step.rounded() ? step / 2 + 0.5 : step / 2
          #expect(abs(y[i] - x[i]) <= bound + 1e-4)
          if rule.is_integer && step == 1 { #expect(y[i] == x[i]) }
        }
      }
    }
  }

  @Test("no quotient is too large for a symbol", arguments: Variant.all)
  func largest(variant: Variant) {
    let x: [Float] = [1e30, -1e30, .infinity, -.infinity, .nan, 0x1p30, 3]
    var rule = Self.rules[0]
    var symbols = [Int32](repeating: 0, count: x.count)
    variant.kernels.quantize(x, [Float](repeating: 0, count: x.count), 1, &rule, &symbols, x.count)
    let most: Int32 = 1 << 30
    #expect(symbols == [most, -most, most, -most, -most, most, 3])
  }
}
