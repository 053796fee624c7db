import CKernels
import Tensor
import VAEModel

// Sampling from a mixture, and its density.

extension GaussianMixture {
  /// Draws x: selects a component by its weight, and adds L times standard normal numbers to its mean.
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

  /// The log density of each row.
  ///
  /// - Parameter x: rows x latents or more; only the first ``latents`` columns are used.
  package func logDensities(of x: Matrix, kernels: Kernels, workers: Workers) -> [Double] {
    let terms = FloatBuffer(count: x.rows * components.count)
    Whitening(self, kernels: kernels).logDensities(of: x, into: terms, kernels, workers)
    return (0..<x.rows).map { r in
      logSum((0..<components.count).map { Double(terms.pointer[$0 * x.rows + r]) })
    }
  }
}

/// log(sum(exp(x))), for finite numbers.
func logSum(_ x: [Double]) -> Double {
  let top = x.max() ?? 0
  return top + logarithm(x.reduce(0) { $0 + exponential($1 - top) })
}

/// The maps that turn each component of a mixture into a standard normal density, as products: y = L^-1 (x - mean).
package struct Whitening {
  private let latents: Int
  /// For each component: L^-T, in panels; -L^-1 mean; and the logarithm of weight / ((2 pi)^(n/2) det L).
  private let parts: [(weights: Weights, bias: FloatBuffer, constant: Double)]

  /// Computes the maps from the components' Cholesky factors.
  package init(_ mixture: GaussianMixture, kernels: Kernels) {
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
  package func logDensities(of x: Matrix, into target: FloatBuffer, _ kernels: Kernels, _ workers: Workers) {
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
