import CKernels
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite("Element by element")
struct ElementTests {
  @Test("hard-swish is x min(max(x + 3, 0), 6) / 6", arguments: Variant.all)
  func hardSwish(variant: Variant) {
    var numbers = Numbers(seed: 1)
    let x: [Float] = [-1e30, -4, -3, -2.5, -1, 0, 1, 2.9, 3, 4, 1e30] + numbers.floats(50, -5...5)
    var y = [Float](repeating: 0, count: x.count)
    variant.kernels.hard_swish(x, &y, x.count)
    for (x, y) in zip(x, y) {
      let exact = Double(x) * min(max(Double(x) + 3, 0), 6) / 6
      #expect(abs(Double(y) - exact) <= 3e-7 * max(abs(exact), abs(Double(x)) * 0x1p-1))
      #expect(y.bitPattern == (x * min(max(x + 3, 0), 6) * (1 / 6 as Float)).bitPattern)
    }
  }

  @Test("the gradient of hard-swish is its slope times what comes from above", arguments: Variant.all)
  func hardSwishGradient(variant: Variant) {
    var numbers = Numbers(seed: 2)
    let x: [Float] = [-100, -3.01, -2.99, 0, 2.99, 3.01, 100] + numbers.floats(60, -4...4)
    let dy = numbers.floats(x.count, -2...2)
    var dx = [Float](repeating: 0, count: x.count)
    variant.kernels.hard_swish_gradient(x, dy, &dx, x.count)
    func swish(_ x: Double) -> Double { x * min(max(x + 3, 0), 6) / 6 }
    for i in x.indices where abs(abs(x[i]) - 3) > 1e-4 {
      let slope = (swish(Double(x[i]) + 1e-6) - swish(Double(x[i]) - 1e-6)) / 2e-6
      #expect(abs(Double(dx[i]) - slope * Double(dy[i])) < 2e-6)
    }
  }

  @Test("the logistic function is 1 / (1 + exp(-x)), from 0 to 1", arguments: Variant.all)
  func logistic(variant: Variant) {
    var numbers = Numbers(seed: 4)
    let x: [Float] = [-1000, -87, -20, 0, 20, 87, 1000] + numbers.floats(60, -12...12)
    var y = [Float](repeating: -1, count: x.count)
    variant.kernels.logistic(x, &y, x.count)
    for (x, y) in zip(x, y) {
      let exact = 1 / (1 + exp(-Double(x)))
      #expect(abs(Double(y) - exact) <= 4e-7 * exact + 1e-37)
      #expect(y >= 0 && y <= 1)
    }
    #expect(y[3] == 0.5)
  }

  @Test("the exponential is within 2 units in the last place", arguments: Variant.all)
  func exponential(variant: Variant) {
    var numbers = Numbers(seed: 3)
    var x: [Float] = [0, -0.0, 1, -1, 87.99, -86.99, 0x1p-30, -0x1p-30, 0.346_573_6, -0.346_573_6]
    x += numbers.floats(1500, -87...88) + numbers.floats(1500, -1...1)
    var y = [Float](repeating: 0, count: x.count)
    variant.kernels.exponential(x, &y, x.count)
    var worst = 0.0
    for (x, y) in zip(x, y) {
      let exact = exp(Double(x))
      worst = max(worst, abs(Double(y) - exact) / Double(Float(exact).ulp))
    }
    #expect(worst <= 2)
    #expect(y[0] == 1 && y[1] == 1)
  }

  @Test("the exponential clamps what it is given to -87 ... 88", arguments: Variant.all)
  func exponentialClamps(variant: Variant) {
    let x: [Float] = [-87, -1000, -.infinity, 88, 1000, .infinity]
    var y = [Float](repeating: 0, count: x.count)
    variant.kernels.exponential(x, &y, x.count)
    #expect(y[1] == y[0] && y[2] == y[0] && y[0] >= Float.leastNormalMagnitude)
    #expect(y[4] == y[3] && y[5] == y[3] && y[3].isFinite)
  }

  @Test("noise is uniform between -0.5 and 0.5, and a function of key and index", arguments: Variant.all)
  func noise(variant: Variant) {
    let count = 20_000
    var y = [Float](repeating: 0, count: count)
    variant.kernels.noise(77, &y, count)
    #expect(y.allSatisfy { $0 > -0.5 && $0 < 0.5 })
    let mean = y.reduce(0) { $0 + Double($1) } / Double(count)
    let square = y.reduce(0) { $0 + Double($1) * Double($1) } / Double(count)
    let neighbours = zip(y, y.dropFirst()).reduce(0) { $0 + Double($1.0) * Double($1.1) } / Double(count)
    // Five standard errors each.
    #expect(abs(mean) < 5 * (1 / 12.0 / Double(count)).squareRoot())
    #expect(abs(square - 1 / 12.0) < 5 * (1 / 180.0 / Double(count)).squareRoot())
    #expect(abs(neighbours) < 5 / 12.0 / Double(count).squareRoot())
    var tenths = [Int](repeating: 0, count: 10)
    for value in y { tenths[min(9, Int((value + 0.5) * 10))] += 1 }
    #expect(tenths.allSatisfy { abs($0 - count / 10) < 5 * 43 })
    var again = [Float](repeating: 0, count: 100)
    variant.kernels.noise(77, &again, 100)
    #expect(again == Array(y[..<100]))
    variant.kernels.noise(78, &again, 100)
    #expect(zip(again, y).count { $0 == $1 } < 3)
  }

  @Test("clipping keeps what lies within, and takes an infinite bound for none", arguments: Variant.all)
  func clip(variant: Variant) {
    let x: [Float] = [-2, -1, 0, 1, 2, 5, -5]
    let low: [Float] = [-1, -1, -1, -1, -1, -.infinity, -.infinity]
    let high: [Float] = [1, 1, 1, 1, 1, .infinity, .infinity]
    var y = [Float](repeating: 0, count: x.count)
    variant.kernels.clip(x, low, high, &y, x.count)
    #expect(y == [-1, -1, 0, 1, 1, 5, -5])
    variant.kernels.output_gradient(x, [0, 0, 0, 0, 0.5, 0, 0], low, high, 2, &y, x.count)
    #expect(y == [-2, -2, 0, 2, 1, 10, -10])
  }

  @Test("scaled sums take one rounding", arguments: Variant.all)
  func scaledSums(variant: Variant) {
    var numbers = Numbers(seed: 5)
    let (x, a, b) = (numbers.wild(70, octaves: 8), numbers.wild(70, octaves: 8), numbers.wild(70, octaves: 8))
    let s: Float = -1.7
    var y = [Float](repeating: 0, count: 70)
    variant.kernels.add_scaled(x, s, b, &y, 70)
    #expect(y.bits == zip(x, b).map { $0.addingProduct(s, $1) }.bits)
    variant.kernels.add_scaled_magnitude(x, s, b, &y, 70)
    #expect(y.bits == zip(x, b).map { $0.addingProduct(s, abs($1)) }.bits)
    variant.kernels.add_scaled_distance(x, s, a, b, &y, 70)
    #expect(y.bits == x.indices.map { x[$0].addingProduct(s, abs(a[$0] - b[$0])) }.bits)
    variant.kernels.scale(x, s, &y, 70)
    #expect(y.bits == x.map { s * $0 }.bits)
    variant.kernels.multiply(a, b, &y, 70)
    #expect(y.bits == zip(a, b).map { $0 * $1 }.bits)
    y = a
    variant.kernels.average(&y, b, 0.25, 70)
    #expect(y.bits == zip(a, b).map { $0.addingProduct(0.25, $1 - $0) }.bits)
  }

  @Test("sums run in 16 interleaved lanes", arguments: Variant.all)
  func sums(variant: Variant) {
    for count in [0, 1, 15, 16, 17, 40, 333] {
      var numbers = Numbers(seed: UInt64(count))
      let (a, b) = (numbers.wild(count, octaves: 8), numbers.wild(count, octaves: 8))
      var (squares, plain) = ([Float](repeating: 0, count: 16), [Float](repeating: 0, count: 16))
      for i in 0..<count {
        squares[i % 16].addProduct(a[i] - b[i], a[i] - b[i])
        plain[i % 16] += a[i]
      }
      #expect(variant.kernels.squared_error(a, b, count) == squares.reduce(0, +))
      #expect(variant.kernels.sum(a, count) == plain.reduce(0, +))
    }
  }

  @Test("a step of Adam is that of the paper, after the weights' decay", arguments: Variant.all)
  func adam(variant: Variant) {
    let count = 37
    var numbers = Numbers(seed: 6)
    let start = numbers.floats(count, -1...1)
    var (weight, first, second) = (
      start, [Float](repeating: 0, count: count), [Float](repeating: 0, count: count)
    )
    var (exact, m, v) = (
      start.map(Double.init), [Double](repeating: 0, count: count), [Double](repeating: 0, count: count)
    )
    for t in 1...5 {
      let gradient = numbers.floats(count, -2...2)
      let decay1 = pow(0.9, Double(t))
      let decay2 = pow(0.99, Double(t))
      let before = (weight, first, second)
      let (rate, correction) = (Float(0.01 / (1 - decay1)), Float(1 / (1 - decay2)))
      weight.withUnsafeMutableBufferPointer { weight in
        first.withUnsafeMutableBufferPointer { first in
          second.withUnsafeMutableBufferPointer { second in
            gradient.withUnsafeBufferPointer { gradient in
              var step = vaec_adam_step(
                weight: weight.baseAddress, first_moment: first.baseAddress,
                second_moment: second.baseAddress,
                gradient: gradient.baseAddress, count: count, beta1: 0.9, beta2: 0.99, rate: rate,
                second_correction: correction, epsilon: 1e-8, decay: 0.002)
              variant.kernels.adam(&step)
            }
          }
        }
      }
      for i in 0..<count {
        // In binary32, operation by operation.
        let g = gradient[i]
        let mi = ((1 - 0.9 as Float) * g).addingProduct(0.9, before.1[i])
        let vi = ((1 - 0.99 as Float) * g * g).addingProduct(0.99, before.2[i])
        #expect(first[i] == mi && second[i] == vi)
        let kept = before.0[i].addingProduct(-0.002, before.0[i])
        #expect(weight[i] == kept - rate * mi / ((vi * correction).squareRoot() + 1e-8))
        // And as the paper has it.
        m[i] = 0.9 * m[i] + 0.1 * Double(g)
        v[i] = 0.99 * v[i] + 0.01 * Double(g) * Double(g)
        exact[i] *= 1 - 0.002
        exact[i] -= 0.01 * (m[i] / (1 - decay1)) / ((v[i] / (1 - decay2)).squareRoot() + 1e-8)
      }
    }
    for i in 0..<count { #expect(abs(Double(weight[i]) - exact[i]) < 1e-5) }
  }

  @Test("the binary64 kernels compute what they say", arguments: Variant.all)
  func doubles(variant: Variant) {
    var numbers = Numbers(seed: 7)
    let (a, b) = (numbers.doubles(13), numbers.doubles(13))
    var y = a
    variant.kernels.add_scaled_double(&y, 1.3, b, 13)
    #expect(y == zip(a, b).map { $0.addingProduct(1.3, $1) })
    var (left, right) = (a, b)
    variant.kernels.rotate_double(&left, &right, 0.28, 0.96, 13)
    #expect(left == zip(a, b).map { 0.28 * $0 - 0.96 * $1 })
    #expect(right == zip(a, b).map { 0.96 * $0 + 0.28 * $1 })
  }
}
