import CKernels
import Testing

/// A sum of products C = start + A B + ... over random numbers, in one of the layouts that callers use.
struct ProductCase: Sendable, CustomTestStringConvertible {
  var rows: Int
  var inner: Int
  var panels: Int
  var start: Int
  var isTransposed = false
  /// B and C in panels (a weight matrix), else row major (activations).
  var isPanelled = true
  var octaves = 3
  /// The inner dimensions of further terms.
  var further: [Int] = []
  var isActivated = false
  var hasSlope = false
  /// Whether the activation is max(x, 0), not hard-swish.
  var isRectified = false

  static let panel = Int(VAEC_PANEL)
  static let starts = [Int(VAEC_FROM_ZERO), Int(VAEC_FROM_OUTPUT), Int(VAEC_FROM_BIAS)]
  var columns: Int { panels * Self.panel }
  var testDescription: String {
    "\(rows)x\(inners)x\(columns) from \(start)\(isTransposed ? " A^T" : "")\(isPanelled ? "" : " row major")"
      + "\(isActivated ? " activated" : "")\(hasSlope ? " slope" : "")\(isRectified ? " rectified" : "")"
  }

  private var inners: [Int] { [inner] + further }
  private var cPanel: Int { isPanelled ? rows * Self.panel : Self.panel }
  private var cRow: Int { isPanelled ? Self.panel : columns + 7 }

  /// One term: where its operands are in one array of numbers, and how they lie there.
  private struct Term {
    var inner, a, aRow, aColumn, b, bPanel, bRow: Int
  }

  private var terms: (list: [Term], count: Int) {
    var (list, end): ([Term], Int) = ([], 0)
    for inner in inners {
      // Numbers from one row of A to the next as it lies in memory: more than it needs.
      let stride = (isTransposed ? rows : inner) + 3
      let b = end + stride * max(rows, inner)
      list.append(
        Term(
          inner: inner, a: end, aRow: isTransposed ? 1 : stride, aColumn: isTransposed ? stride : 1, b: b,
          bPanel: isPanelled ? inner * Self.panel : Self.panel, bRow: isPanelled ? Self.panel : columns + 5))
      end = b + (inner + 1) * (columns + 5)
    }
    return (list, end)
  }

  /// What the terms' operands, C, the bias and the arguments of the slope are before the product.
  private func operands() -> (ab: [Float], c: [Float], bias: [Float], before: [Float]) {
    var numbers = Numbers(seed: UInt64(rows * 1009 + inner * 31 + panels))
    let count = (rows + 1) * (columns + 7)
    return (
      numbers.wild(terms.count, octaves: octaves), numbers.wild(count, octaves: octaves),
      numbers.wild(columns, octaves: octaves), numbers.floats(count, -4...4)
    )
  }

  /// All of C's memory, gaps included, and what is activated.
  func result(_ kernels: vaec_kernels) -> [Float] {
    var (ab, c, bias, before) = operands()
    var activated = [Float](repeating: -7, count: c.count)
    ab.withUnsafeMutableBufferPointer { ab in
      guard let base = ab.baseAddress else { return }
      let terms = terms.list.map {
        vaec_term(
          inner: $0.inner, a: base + $0.a, a_row: $0.aRow, a_column: $0.aColumn, b: base + $0.b,
          b_panel: $0.bPanel, b_row: $0.bRow)
      }
      c.withUnsafeMutableBufferPointer { c in
        bias.withUnsafeMutableBufferPointer { bias in
          before.withUnsafeMutableBufferPointer { before in
            activated.withUnsafeMutableBufferPointer { activated in
              var p = vaec_product()
              (p.rows, p.panels, p.term_count) = (rows, panels, Int32(terms.count))
              p.terms.0 = terms[0]
              if terms.count > 1 { p.terms.1 = terms[1] }
              if terms.count > 2 { p.terms.2 = terms[2] }
              p.start = Int32(start)
              p.bias = start == Int(VAEC_FROM_BIAS) ? UnsafePointer(bias.baseAddress) : nil
              (p.c, p.c_panel, p.c_row) = (c.baseAddress, cPanel, cRow)
              p.activation = Int32(isRectified ? VAEC_RELU : VAEC_HARD_SWISH)
              p.activated = isActivated ? activated.baseAddress : nil
              p.before = hasSlope ? UnsafePointer(before.baseAddress) : nil
              kernels.product(&p)
            }
          }
        }
      }
    }
    return c + activated
  }

  /// The same, one fused multiply-add after another.
  func reference() -> [Float] {
    let (ab, c, bias, before) = operands()
    let terms = self.terms.list
    var (result, activated) = (c, [Float](repeating: -7, count: c.count))
    for i in 0..<rows {
      for j in 0..<columns {
        let place = j / Self.panel * cPanel + i * cRow + j % Self.panel
        var sum: Float =
          start == Int(VAEC_FROM_ZERO) ? 0 : start == Int(VAEC_FROM_OUTPUT) ? c[place] : bias[j]
        for t in terms {
          var (a, b) = (t.a + i * t.aRow, t.b + j / Self.panel * t.bPanel + j % Self.panel)
          for _ in 0..<t.inner {
            sum.addProduct(ab[a], ab[b])
            (a, b) = (a + t.aColumn, b + t.bRow)
          }
        }
        if hasSlope {
          let x = before[place]
          sum *=
            isRectified ? (x > 0 ? 1 : 0) : x <= -3 ? 0 : x >= 3 ? 1 : (0.5 as Float).addingProduct(x, 1 / 3)
        }
        result[place] = sum
        if isActivated {
          activated[place] = isRectified ? (sum > 0 ? sum : 0) : sum * min(max(sum + 3, 0), 6) * (1 / 6)
        }
      }
    }
    return result + activated
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
      // The inner dimension is worked on in blocks of 512: what a sum starts from must enter once.
      for inner in [511, 512, 513, 1030] {
        cases.append(ProductCase(rows: 2, inner: inner, panels: 1, start: start, octaves: 30))
      }
      // Terms that share a block, fill one, straddle two, or are empty; and what is done to the sums that are complete.
      for further in [[3], [0, 4], [507, 1], [509, 514]] {
        for isActivated in [false, true] {
          cases.append(
            ProductCase(
              rows: 2, inner: 5, panels: 1, start: start, isPanelled: further.count == 1, further: further,
              isActivated: isActivated, hasSlope: !isActivated))
        }
      }
      for isRectified in [false, true] {
        cases.append(
          ProductCase(
            rows: 2, inner: 0, panels: 2, start: start, isActivated: true, hasSlope: true,
            isRectified: isRectified))
        cases.append(
          ProductCase(
            rows: 9, inner: 6, panels: 1, start: start, further: [4], isActivated: true, hasSlope: true,
            isRectified: isRectified))
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

  @Test("a row's sums do not depend on the rows beside it, even where rows are too many for one pass")
  func manyRows() {
    let (rows, inner, panels, width) = (130, 1400, 2, Int(VAEC_PANEL))
    var numbers = Numbers(seed: 12)
    let (a, b) = (numbers.floats(rows * inner, -1...1), numbers.floats(inner * panels * width, -1...1))
    func product(_ kernels: vaec_kernels, rowsAtOnce: Int) -> [UInt32] {
      var c = [Float](repeating: 0, count: rows * panels * width)
      a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
          c.withUnsafeMutableBufferPointer { c in
            guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else { return }
            for first in stride(from: 0, to: rows, by: rowsAtOnce) {
              var p = vaec_product()
              (p.rows, p.panels, p.term_count) = (min(rowsAtOnce, rows - first), panels, 1)
              p.terms.0 = vaec_term(
                inner: inner, a: a + first * inner, a_row: inner, a_column: 1, b: b, b_panel: inner * width,
                b_row: width)
              (p.c, p.c_panel, p.c_row) = (c + first * panels * width, width, panels * width)
              kernels.product(&p)
            }
          }
        }
      }
      return c.bits
    }
    let expected = product(Variant.all[Variant.all.count - 1].kernels, rowsAtOnce: 1)
    for variant in Variant.all {
      #expect(product(variant.kernels, rowsAtOnce: rows) == expected, "\(variant.name)")
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
    for (inputs, outputs) in [
      (1, 1), (3, 33), (33, 3), (6, 39), (39, 6), (32, 64), (64, 32), (40, 70), (70, 40),
    ] {
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
