import CKernels
import Testing

/// A product C = start + A B over random numbers, in one of the layouts that callers use.
struct ProductCase: Sendable, CustomTestStringConvertible {
  var rows: Int
  var inner: Int
  var panels: Int
  var start: Int
  var isTransposed = false
  /// B and C in panels (a weight matrix), else row major (activations).
  var isPanelled = true
  var octaves = 3

  static let panel = Int(VAEC_PANEL)
  static let starts = [Int(VAEC_FROM_ZERO), Int(VAEC_FROM_OUTPUT), Int(VAEC_FROM_BIAS)]
  var columns: Int { panels * Self.panel }
  var testDescription: String {
    "\(rows)x\(inner)x\(columns) from \(start)\(isTransposed ? " A^T" : "")\(isPanelled ? "" : " row major")"
  }

  /// Numbers from one row of A to the next as it lies in memory: more than it needs.
  private var stride: Int { (isTransposed ? rows : inner) + 3 }
  private var aRow: Int { isTransposed ? 1 : stride }
  private var aColumn: Int { isTransposed ? stride : 1 }
  private var bPanel: Int { isPanelled ? inner * Self.panel : Self.panel }
  private var bRow: Int { isPanelled ? Self.panel : columns + 5 }
  private var cPanel: Int { isPanelled ? rows * Self.panel : Self.panel }
  private var cRow: Int { isPanelled ? Self.panel : columns + 7 }

  /// What A, B, C and the bias are before the product.
  private func operands() -> (a: [Float], b: [Float], c: [Float], bias: [Float]) {
    var numbers = Numbers(seed: UInt64(rows * 1009 + inner * 31 + panels))
    return (
      numbers.wild(stride * max(rows, inner), octaves: octaves),
      numbers.wild((inner + 1) * (columns + 5), octaves: octaves),
      numbers.wild((rows + 1) * (columns + 7), octaves: octaves), numbers.wild(columns, octaves: octaves)
    )
  }

  /// All of C's memory, gaps included.
  func result(_ kernels: vaec_kernels) -> [Float] {
    var (a, b, c, bias) = operands()
    a.withUnsafeMutableBufferPointer { a in
      b.withUnsafeMutableBufferPointer { b in
        c.withUnsafeMutableBufferPointer { c in
          bias.withUnsafeMutableBufferPointer { bias in
            var p = vaec_product(
              rows: rows, inner: inner, panels: panels, a: a.baseAddress, a_row: aRow, a_column: aColumn,
              b: b.baseAddress, b_panel: bPanel, b_row: bRow, c: c.baseAddress, c_panel: cPanel, c_row: cRow,
              start: Int32(start), bias: start == Int(VAEC_FROM_BIAS) ? bias.baseAddress : nil)
            kernels.product(&p)
          }
        }
      }
    }
    return c
  }

  /// The same, one fused multiply-add after another.
  func reference() -> [Float] {
    let (a, b, c, bias) = operands()
    var result = c
    for i in 0..<rows {
      for j in 0..<columns {
        let place = j / Self.panel * cPanel + i * cRow + j % Self.panel
        var sum: Float =
          start == Int(VAEC_FROM_ZERO) ? 0 : start == Int(VAEC_FROM_OUTPUT) ? c[place] : bias[j]
        for k in 0..<inner {
          sum.addProduct(a[i * aRow + k * aColumn], b[j / Self.panel * bPanel + k * bRow + j % Self.panel])
        }
        result[place] = sum
      }
    }
    return result
  }

  static let some: [ProductCase] = {
    var cases: [ProductCase] = []
    // Every remainder of every variant's tile.
    for rows in 1...13 { cases.append(ProductCase(rows: rows, inner: 5, panels: 1, start: rows % 3)) }
    for start in starts {
      for isTransposed in [false, true] {
        for isPanelled in [false, true] {
          cases.append(
            ProductCase(
              rows: 7, inner: 19, panels: 2, start: start, isTransposed: isTransposed, isPanelled: isPanelled)
          )
        }
      }
      cases.append(ProductCase(rows: 25, inner: 1, panels: 3, start: start))
      cases.append(ProductCase(rows: 3, inner: 0, panels: 2, start: start))
      cases.append(ProductCase(rows: 0, inner: 4, panels: 1, start: start))
      // The inner dimension is worked on in blocks of 256: what a sum starts from must enter once.
      for inner in [255, 256, 257, 520] {
        cases.append(ProductCase(rows: 2, inner: inner, panels: 1, start: start, octaves: 30))
      }
    }
    return cases
  }()
}

@Suite("Product")
struct ProductTests {
  @Test("each element is summed in ascending k by fused multiply-add", arguments: ProductCase.some)
  func ascending(product: ProductCase) {
    let expected = product.reference().bits
    for variant in Variant.all {
      #expect(product.result(variant.kernels).bits == expected, "\(variant.name)")
    }
  }

  @Test("a product that overflows or underflows does so alike in all variants")
  func extremes() {
    let product = ProductCase(rows: 5, inner: 40, panels: 1, start: 2, octaves: 62)
    let small = ProductCase(rows: 5, inner: 3, panels: 1, start: 0, octaves: 74)
    for variant in Variant.all {
      #expect(product.result(variant.kernels).bits == product.reference().bits, "\(variant.name)")
      #expect(small.result(variant.kernels).bits == small.reference().bits, "\(variant.name)")
    }
  }

  @Test("a transpose holds the same elements, and zeros beyond them", arguments: Variant.all)
  func transpose(variant: Variant) {
    let panel = Int(VAEC_PANEL)
    func index(_ inputs: Int, _ i: Int, _ j: Int) -> Int { (j / panel * inputs + i) * panel + j % panel }
    func panels(_ n: Int) -> Int { (n + panel - 1) / panel }
    var numbers = Numbers(seed: 3)
    for (inputs, outputs) in [(1, 1), (3, 33), (33, 3), (32, 64), (64, 32), (40, 70), (70, 40)] {
      var from = [Float](repeating: 0, count: panels(outputs) * inputs * panel)
      for i in 0..<inputs { for j in 0..<outputs { from[index(inputs, i, j)] = numbers.float(-1...1) } }
      var to = [Float](repeating: 0, count: panels(inputs) * outputs * panel)
      variant.kernels.transpose(from, inputs, outputs, 0, panels(outputs), &to)
      var expected = [Float](repeating: 0, count: to.count)
      for i in 0..<inputs {
        for j in 0..<outputs { expected[index(outputs, j, i)] = from[index(inputs, i, j)] }
      }
      #expect(to == expected, "\(inputs) x \(outputs)")
    }
  }

  @Test("a transpose of some panels leaves the outputs of the others alone", arguments: Variant.all)
  func transposeOfPanel(variant: Variant) {
    let panel = Int(VAEC_PANEL)
    let (inputs, outputs) = (5, 70)
    var numbers = Numbers(seed: 4)
    let from = numbers.floats(3 * inputs * panel, -1...1)
    var to = [Float](repeating: 9, count: outputs * panel)
    variant.kernels.transpose(from, inputs, outputs, 1, 2, &to)
    for j in 0..<outputs {
      for i in 0..<inputs {
        let expected = j / panel == 1 ? from[(inputs + i) * panel + j % panel] : 9
        #expect(to[j * panel + i] == expected)
      }
    }
  }
}
