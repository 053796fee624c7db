import CKernels
import Testing

/// A kernel that works on arrays of any length, over random numbers.
enum Operation: String, CaseIterable, Sendable {
  case hardSwish, hardSwishGradient, exponential, logistic, multiply, addScaled, scale, negate, clip,
    outputGradient
  case addScaledMagnitude, addScaledDistance, scaleLevels, applyRule, applyIntegerRule, quantize, dequantize
  case round, noise, adam, average, squaredError, sum, addScaledDouble, rotateDouble

  /// The bits of its results for `count` numbers.
  func bits(_ k: vaec_kernels, count: Int, seed: UInt64) -> [UInt64] {
    var numbers = Numbers(seed: seed)
    let (a, b, c, d) = (
      numbers.wild(count), numbers.wild(count), numbers.wild(count), numbers.floats(count, -5...5)
    )
    let s = numbers.float(-3...3)
    let key = UInt32(truncatingIfNeeded: numbers.next())
    var y = [Float](repeating: -7, count: count + 5)
    var doubles = [numbers.doubles(count), numbers.doubles(count)]
    var rule = vaec_output_rule(lowest: -100, highest: 1000, is_integer: self == .applyIntegerRule)
    var levels = [UInt8](repeating: 0xEE, count: count + 5)
    var symbols = [Int32](repeating: -7, count: count + 5)
    switch self {
    case .hardSwish: k.hard_swish(d, &y, count)
    case .hardSwishGradient: k.hard_swish_gradient(d, a, &y, count)
    case .exponential:
      k.exponential(a, &y, count)
      y += [Float](repeating: -7, count: count + 5)
      y.withUnsafeMutableBufferPointer { y in
        guard let base = y.baseAddress else { return }
        k.exponential(d, base + count + 5, count)
      }
    case .logistic: k.logistic(d, &y, count)
    case .multiply: k.multiply(a, b, &y, count)
    case .addScaled: k.add_scaled(a, s, b, &y, count)
    case .scale: k.scale(a, s, &y, count)
    case .negate: k.negate(a, &y, count)
    case .clip: k.clip(a, zip(b, c).map(min), zip(b, c).map(max), &y, count)
    case .outputGradient: k.output_gradient(a, d, zip(b, c).map(min), zip(b, c).map(max), s, &y, count)
    case .addScaledMagnitude: k.add_scaled_magnitude(a, s, b, &y, count)
    case .addScaledDistance: k.add_scaled_distance(a, s, b, c, &y, count)
    case .scaleLevels: k.scale_levels(a, abs(s), &levels, count)
    case .applyRule, .applyIntegerRule: k.apply_rule(a, &rule, &y, count)
    case .quantize: k.quantize(a, b, abs(s), &rule, &symbols, count)
    case .dequantize: k.dequantize(a, b.map { Int32(max(-1e6, min(1e6, $0))) }, s, &rule, &y, count)
    case .round: k.round(a + [0.5], &y, count)
    case .noise: k.noise(key, &y, count)
    case .adam:
      var (weight, first, second) = (a, b, c.map(abs))
      weight.withUnsafeMutableBufferPointer { weight in
        first.withUnsafeMutableBufferPointer { first in
          second.withUnsafeMutableBufferPointer { second in
            d.withUnsafeBufferPointer { d in
              var step = vaec_adam_step(
                weight: weight.baseAddress, first_moment: first.baseAddress,
                second_moment: second.baseAddress,
                gradient: d.baseAddress, count: count, beta1: 0.9, beta2: 0.999, rate: 0.01,
                second_correction: 3, epsilon: 1e-8, decay: 0.001)
              k.adam(&step)
            }
          }
        }
      }
      y = weight + first + second
    case .average:
      y = a + [-7, -7, -7, -7, -7]
      k.average(&y, b, s, count)
    case .squaredError: y = [k.squared_error(a, b, count)]
    case .sum: y = [k.sum(a, count)]
    case .addScaledDouble: k.add_scaled_double(&doubles[0], Double(s), doubles[1], count)
    case .rotateDouble:
      var (left, right) = (doubles[0], doubles[1])
      k.rotate_double(&left, &right, 0.6, 0.8, count)
      doubles = [left, right]
    }
    return y.map { UInt64($0.bitPattern) } + levels.map(UInt64.init)
      + symbols.map { UInt64(UInt32(bitPattern: $0)) }
      + doubles.joined().map(\.bitPattern)
  }
}

@Suite("Variants")
struct VariantTests {
  @Test("the plain variant is always there, and the best comes first")
  func choice() {
    #expect(Variant.all.last?.name == "plain")
    #expect(String(cString: vaec_kernels_best().pointee.name) == Variant.all.first?.name)
    for variant in Variant.all { #expect(String(cString: variant.kernels.name) == variant.name) }
    #expect(vaec_kernels_named("abacus") == nil)
    #expect(vaec_kernels_named("") == nil)
  }

  @Test(
    "a kernel gives the same bits in all variants, and writes nothing beyond its numbers",
    arguments: Operation.allCases)
  func sameBits(operation: Operation) {
    let plain = Variant.all[Variant.all.count - 1].kernels
    for count in [0, 1, 3, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 64, 100, 257] {
      let expected = operation.bits(plain, count: count, seed: UInt64(count))
      for variant in Variant.all.dropLast() {
        #expect(
          operation.bits(variant.kernels, count: count, seed: UInt64(count)) == expected,
          "\(variant.name) \(count)")
      }
      switch operation {
      case .adam, .squaredError, .sum, .scaleLevels, .quantize, .addScaledDouble, .rotateDouble, .exponential:
        break
      default: #expect(expected[count..<count + 5].allSatisfy { $0 == UInt64(Float(-7).bitPattern) })
      }
    }
  }

  @Test("results may replace their operands", arguments: Variant.all)
  func inPlace(variant: Variant) {
    let k = variant.kernels
    var numbers = Numbers(seed: 8)
    let (x, b) = (numbers.floats(45, -4...4), numbers.floats(45, -4...4))
    func apart(_ f: (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void) -> [UInt32] {
      var y = [Float](repeating: 0, count: 45)
      f(x, &y)
      return y.bits
    }
    func together(_ f: (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void) -> [UInt32] {
      var y = x
      y.withUnsafeMutableBufferPointer { y in
        guard let base = y.baseAddress else { return }
        f(base, base)
      }
      return y.bits
    }
    for f: (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void in [
      { k.exponential($0, $1, 45) }, { k.logistic($0, $1, 45) }, { k.multiply($0, b, $1, 45) },
      { k.add_scaled($0, 2, b, $1, 45) },
      { k.scale($0, 3, $1, 45) }, { k.negate($0, $1, 45) }, { k.round($0, $1, 45) },
      { k.hard_swish_gradient(b, $0, $1, 45) }, { k.add_scaled_magnitude($0, 2, b, $1, 45) },
    ] {
      #expect(apart(f) == together(f))
    }
  }
}
