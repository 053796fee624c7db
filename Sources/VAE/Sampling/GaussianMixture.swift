import CKernels

/// A mixture of Gaussian densities with full covariances: what latents look like together, where the prior knows
/// each by itself.
///
/// The density of x is sum_k w_k N(x; mean_k, L_k L_k^T). It describes the first latents, the strongest; those after
/// them are left to the prior.
public struct GaussianMixture: Equatable, Sendable {
  /// One Gaussian.
  struct Component: Equatable, Sendable {
    /// Its share, up to a factor that all have in common; positive.
    var weight: Float
    /// One number a latent.
    var mean: [Float]
    /// L, the lower triangle row after row: n (n + 1) / 2 numbers, those on the diagonal positive.
    var factor: [Float]
  }

  /// Latents that it describes.
  public let latents: Int
  let components: [Component]

  init(latents: Int, components: [Component]) {
    precondition(latents > 0 && !components.isEmpty)
    precondition(
      components.allSatisfy { $0.mean.count == latents && $0.factor.count == Self.triangle(latents) })
    self.latents = latents
    self.components = components
  }

  /// Gaussians that are mixed.
  public var count: Int { components.count }

  /// Numbers in the lower triangle of n rows, diagonal included.
  static func triangle(_ n: Int) -> Int { n * (n + 1) / 2 }

  /// Draws x: a component by its weight, and mean + L times standard normal numbers.
  ///
  /// - Parameter x: the first ``latents`` numbers are overwritten.
  func draw(_ random: inout RandomSource, into x: UnsafeMutablePointer<Float>) {
    var rest = Double(random.uniform()) * components.reduce(0) { $0 + Double($1.weight) }
    var chosen = 0
    while chosen < components.count - 1, rest >= Double(components[chosen].weight) {
      rest -= Double(components[chosen].weight)
      chosen += 1
    }
    let component = components[chosen]
    let normal = (0..<latents).map { _ in random.normal() }
    var place = 0
    for i in 0..<latents {
      var sum = component.mean[i]
      for j in 0...i {
        sum += component.factor[place] * normal[j]
        place += 1
      }
      x[i] = sum
    }
  }

  /// The logarithm of the density of each row.
  ///
  /// - Parameter x: rows x latents or more; the first ``latents`` columns count.
  func logDensities(of x: Matrix, kernels: Kernels, workers: Workers) -> [Double] {
    let terms = FloatBuffer(count: x.rows * components.count)
    Whitening(self, kernels: kernels).logDensities(of: x, into: terms, kernels, workers)
    return (0..<x.rows).map { r in
      logSum((0..<components.count).map { Double(terms.pointer[$0 * x.rows + r]) })
    }
  }

  /// Each latent times its own factor, and all numbers as a file keeps them.
  func scaled(by factors: [Float]) -> GaussianMixture {
    GaussianMixture(
      latents: latents,
      components: components.map { component in
        var result = component
        result.weight = storable(component.weight)
        var place = 0
        for i in 0..<latents {
          result.mean[i] = storable(component.mean[i] * factors[i])
          for _ in 0...i {
            result.factor[place] = storable(component.factor[place] * factors[i])
            place += 1
          }
        }
        return result
      })
  }
}

/// log(sum(exp(x))), of finite numbers.
func logSum(_ x: [Double]) -> Double {
  let top = x.max() ?? 0
  return top + logarithm(x.reduce(0) { $0 + exponential($1 - top) })
}

/// The maps that make each component of a mixture a standard normal density: y = L^-1 (x - mean), as products.
struct Whitening {
  private let latents: Int
  /// For each component L^-T, in panels; -L^-1 mean; and the logarithm of weight / ((2 pi)^(n/2) det L).
  private let parts: [(weights: Weights, bias: FloatBuffer, constant: Double)]

  init(_ mixture: GaussianMixture, kernels: Kernels) {
    let n = mixture.latents
    latents = n
    let all = mixture.components.reduce(0) { $0 + Double($1.weight) }
    parts = mixture.components.map { component in
      var l = [Double](repeating: 0, count: n * n)
      var (place, logDeterminant) = (0, 0.0)
      for i in 0..<n {
        for j in 0...i {
          l[i * n + j] = Double(component.factor[place])
          place += 1
        }
        logDeterminant += logarithm(l[i * n + i])
      }
      let inverse = Cholesky.inverse(ofLower: l, n: n)
      let weights = Weights(WeightShape(inputs: n, outputs: n))
      weights.shape.pack({ Float(inverse[$1 * n + $0]) }, into: weights.buffer.pointer)
      let bias = FloatBuffer(count: paddedToPanels(n))
      for j in 0..<n {
        var sum = 0.0
        for i in 0...j { sum -= inverse[j * n + i] * Double(component.mean[i]) }
        bias.pointer[j] = Float(sum)
      }
      let constant =
        logarithm(Double(component.weight) / all) - logDeterminant - 0.5 * Double(n)
        * logarithm(2 * Double.pi)
      return (weights, bias, constant)
    }
  }

  /// log(weight density) of each component for each row: target[component * rows + row].
  func logDensities(of x: Matrix, into target: FloatBuffer, _ kernels: Kernels, _ workers: Workers) {
    precondition(x.columns >= latents && target.count == x.rows * parts.count)
    let white = Matrix(rows: x.rows, columns: latents)
    let zeros = FloatBuffer(count: white.stride)
    let rows = x.rows
    let (latents, parts) = (self.latents, self.parts)
    workers.forEachRange(of: rows) { range in
      for (k, part) in parts.enumerated() {
        kernels.product(
          range, x, UnsafePointer(part.weights.buffer.pointer), part.weights.shape, into: white,
          from: .bias(UnsafePointer(part.bias.pointer)))
        for r in range {
          let square = kernels.table.pointee.squared_error(white.row(r), zeros.pointer, latents)
          target.pointer[k * rows + r] = Float(part.constant - 0.5 * Double(square))
        }
      }
    }
  }
}
