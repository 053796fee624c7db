import CKernels
import Testing

/// A step of Adam for a panel of weights, along the gradient x^T dy of random numbers.
struct DescentCase: Sendable, CustomTestStringConvertible {
  /// Rows of the panel, and rows of the batch.
  var rows: Int
  var batch: Int
  var testDescription: String { "\(rows) rows of \(batch)" }

  /// Weights and both moments after the step.
  ///
  /// - Parameter isWhole: in one call, else by a product and a step of Adam that follows it.
  func result(_ kernels: vaec_kernels, isWhole: Bool) -> [UInt32] {
    let width = Int(VAEC_PANEL)
    let count = rows * width
    var numbers = Numbers(seed: UInt64(rows * 131 + batch))
    // In memory the columns of x and dy are some more.
    let x = numbers.wild((rows + 3) * batch + rows, octaves: 4)
    let dy = numbers.wild((width + 9) * batch + width, octaves: 4)
    // After the panel: numbers that stay.
    var weights = numbers.floats(count + 40, -1...1)
    var (first, second) = (numbers.floats(count + 40, -1...1), numbers.floats(count + 40, 0...1))
    var gradient = [Float](repeating: 0, count: count)
    x.withUnsafeBufferPointer { x in
      dy.withUnsafeBufferPointer { dy in
        gradient.withUnsafeMutableBufferPointer { gradient in
          weights.withUnsafeMutableBufferPointer { weights in
            first.withUnsafeMutableBufferPointer { first in
              second.withUnsafeMutableBufferPointer { second in
                var p = vaec_product()
                (p.rows, p.panels, p.term_count) = (rows, 1, 1)
                p.terms.0 = vaec_term(
                  inner: batch, a: x.baseAddress, a_row: 1, a_column: rows + 3, b: dy.baseAddress,
                  b_panel: width, b_row: width + 9)
                var step = vaec_adam_step(
                  weight: weights.baseAddress, first_moment: first.baseAddress,
                  second_moment: second.baseAddress, gradient: nil, count: count, beta1: 0.9, beta2: 0.999,
                  rate: 0.01, second_correction: 3, epsilon: 1e-8, decay: 0.001)
                if isWhole {
                  kernels.descend(&p, &step)
                } else {
                  (p.c, p.c_panel, p.c_row) = (gradient.baseAddress, count, width)
                  kernels.product(&p)
                  step.gradient = UnsafePointer(gradient.baseAddress)
                  kernels.adam(&step)
                }
              }
            }
          }
        }
      }
    }
    return (weights + first + second).bits
  }
}

@Suite("Descent")
struct DescentTests {
  @Test(
    "a panel's step is that of its gradient in all variants, and touches nothing beyond the panel",
    arguments: (Array(1...13) + [32, 70]).flatMap { rows in
      [0, 1, 8, 9, 70].map { DescentCase(rows: rows, batch: $0) }
    } + [DescentCase(rows: 66, batch: 257)])
  func descent(descent: DescentCase) {
    let expected = descent.result(Variant.all[Variant.all.count - 1].kernels, isWhole: false)
    for variant in Variant.all {
      #expect(descent.result(variant.kernels, isWhole: true) == expected, "\(variant.name)")
    }
  }
}
