import CKernels
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A row of priors and symbols, and what the kernel makes of it.
private struct MixtureRow {
  static let count = 2 * Int(VAEC_PANEL)
  static let components = Int(VAEC_MIXTURE)
  var mean: [Float]
  var logScale: [Float]
  var logit: [Float]
  var z: [Float]

  init(seed: UInt64, reach: Float = 6) {
    var numbers = Numbers(seed: seed)
    mean = numbers.floats(3 * Self.count, -3...3)
    logScale = numbers.floats(3 * Self.count, -2...2)
    logit = numbers.floats(3 * Self.count, -3...3)
    z = numbers.floats(Self.count, -reach...reach)
  }

  struct Result: Equatable {
    var bits = [Float](repeating: 0, count: count)
    var dz = [Float](repeating: 0, count: count)
    var dmean = [Float](repeating: 0, count: components * count)
    var dlogScale = [Float](repeating: 0, count: components * count)
    var dlogit = [Float](repeating: 0, count: components * count)

    var bitPatterns: [UInt32] { (bits + dz + dmean + dlogScale + dlogit).bits }
  }

  func run(_ kernels: vaec_kernels, weight: Float) -> Result {
    var result = Result()
    mean.withUnsafeBufferPointer { mean in
      logScale.withUnsafeBufferPointer { logScale in
        logit.withUnsafeBufferPointer { logit in
          var row = vaec_mixture_row(
            count: Self.count, stride: Self.count, mean: mean.baseAddress, log_scale: logScale.baseAddress,
            logit: logit.baseAddress)
          kernels.mixture_gradient(
            &row, z, weight, &result.bits, &result.dz, &result.dmean, &result.dlogScale, &result.dlogit)
        }
      }
    }
    return result
  }

  /// Bits of latent i, with its parameters in binary64: 3 means, 3 log scales, 3 logits, z.
  static func bits(_ p: [Double]) -> Double {
    let top = max(p[6], p[7], p[8])
    var (total, mass) = (0.0, 0.0)
    for m in 0..<components {
      let share = exp(p[6 + m] - top)
      let scale = exp(p[3 + m])
      // Both ends below the mean, where the difference does not cancel.
      let distance = -abs(p[9] - p[m])
      let upper = 1 / (1 + exp(-(distance + 0.5) / scale))
      let lower = 1 / (1 + exp(-(distance - 0.5) / scale))
      total += share
      mass += share * (upper - lower)
    }
    return -log2(mass / total + 0x1p-30)
  }

  func parameters(_ i: Int) -> [Double] {
    let places = (0..<3).map { i + $0 * Self.count }
    return (places.map { mean[$0] } + places.map { logScale[$0] } + places.map { logit[$0] } + [z[i]]).map(
      Double.init)
  }
}

@Suite("Mixtures of logistic densities")
struct MixtureTests {
  @Test("bits are those of the mass around a symbol", arguments: Variant.all)
  func bits(variant: Variant) {
    for (seed, reach) in [(1, 6), (2, 60), (3, 1)] as [(UInt64, Float)] {
      let row = MixtureRow(seed: seed, reach: reach)
      let result = row.run(variant.kernels, weight: 1)
      for i in 0..<MixtureRow.count {
        #expect(abs(Double(result.bits[i]) - MixtureRow.bits(row.parameters(i))) < 2e-4, "\(i)")
      }
    }
  }

  @Test("gradients are those of finite differences", arguments: Variant.all)
  func gradients(variant: Variant) {
    let row = MixtureRow(seed: 4)
    let weight = 0.25
    let result = row.run(variant.kernels, weight: Float(weight))
    let n = MixtureRow.count
    for i in 0..<n {
      let p = row.parameters(i)
      let found =
        (0..<3).map { result.dmean[i + $0 * n] } + (0..<3).map { result.dlogScale[i + $0 * n] }
        + (0..<3).map { result.dlogit[i + $0 * n] } + [result.dz[i]]
      // The absolute values meet at the mean: there the slope is 0 on both sides.
      for k in 0..<10 {
        let h = 1e-5
        var (up, down) = (p, p)
        up[k] += h
        down[k] -= h
        let slope = weight * (MixtureRow.bits(up) - MixtureRow.bits(down)) / (2 * h)
        #expect(abs(Double(found[k]) - slope) < 2e-4 * max(1, abs(slope)), "latent \(i), parameter \(k)")
      }
    }
  }

  @Test("an outlier costs 30 bits, and all variants agree on everything", arguments: [1, 2, 3] as [UInt64])
  func outliers(seed: UInt64) {
    var row = MixtureRow(seed: seed)
    row.z[0] = 1e6
    row.z[1] = -1e6
    row.logScale[2] = -60
    row.logScale[3] = 60
    row.logit[4] = 1e5
    row.mean[5] = 1e20
    row.z[6] = row.mean[6]
    let results = Variant.all.map { row.run($0.kernels, weight: 0.01) }
    for result in results {
      #expect(result.bitPatterns == results[0].bitPatterns)
      #expect(abs(result.bits[0] - 30) < 1e-3 && abs(result.bits[1] - 30) < 1e-3)
      #expect(result.bitPatterns.allSatisfy { Float(bitPattern: $0).isFinite })
    }
  }
}
