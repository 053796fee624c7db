import CKernels
import Testing

@Suite("Mixing of predictions")
struct MixingTests {
  /// Arrays as the kernels want them.
  private final class Memory {
    private var blocks: [UnsafeMutableRawPointer] = []

    func room<Element>(_ type: Element.Type, _ count: Int) -> UnsafeMutablePointer<Element> {
      let bytes = count * MemoryLayout<Element>.stride
      let block = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
      block.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
      blocks.append(block)
      return block.bindMemory(to: type, capacity: count)
    }

    func copy<Element>(_ elements: [Element]) -> UnsafeMutablePointer<Element> {
      let pointer = room(Element.self, elements.count)
      pointer.update(from: elements, count: elements.count)
      return pointer
    }

    deinit { for block in blocks { block.deallocate() } }
  }

  /// The bits of all that a mixer has computed after some hundred bits.
  private func mixed(_ k: vaec_kernels) -> [UInt32] {
    let memory = Memory()
    var numbers = Numbers(seed: 5)
    let slotBits = 8
    let (slots, hashes) = (memory.room(UInt32.self, 12 << slotBits), memory.room(UInt32.self, 16))
    let (weights, inputs) = (memory.room(Float.self, 3 * 24), memory.room(Float.self, 24))
    let stretched = memory.copy(numbers.floats(4096, -8...8))
    var state = vaec_mixer(
      slots: slots, slot_bits: UInt32(slotBits), hashes: hashes, places: memory.room(UInt32.self, 16),
      stretched: stretched, trust: memory.copy(numbers.floats(1024, 0.2...1)),
      shares: memory.copy((0..<1024).map { UInt32(65536 / (Double($0) + 1.6)) }), inputs: inputs,
      start: memory.copy(numbers.floats(24, 0...0.3)), weights: (weights, weights + 24, weights + 48),
      sums: (0, 0, 0), steps: (0.01, -0.02, 0.005))
    var found: [UInt32] = []
    for _ in 0..<500 {
      for i in 0..<16 { hashes[i] = UInt32(truncatingIfNeeded: numbers.next() % 3) }
      let answers = numbers.doubles(8).map { $0 * 1e-5 + 0.5 } + [.nan]
      k.mix_answers(Array(answers[(answers.count - 8)...]), stretched, inputs)
      inputs[20] = numbers.float(-2...2)
      k.mix(&state, UInt32(truncatingIfNeeded: numbers.next() & 0x3FF))
      found += [state.sums.0.bitPattern, state.sums.1.bitPattern, state.sums.2.bitPattern]
      k.mix_learn(&state, UInt32(truncatingIfNeeded: numbers.next() & 1))
    }
    return found + (0..<72).map { weights[$0].bitPattern } + (0..<12 << slotBits).map { slots[$0] }
  }

  /// The bits of predictions by least squares, and whether each adaptation went well; a last one does not.
  private func predicted(_ k: vaec_kernels, inputs: Int) -> [UInt64] {
    let memory = Memory()
    var numbers = Numbers(seed: UInt64(inputs))
    let padded = (inputs + 3) & ~3
    let (weights, spread) = (memory.room(Double.self, padded), memory.room(Double.self, padded * inputs))
    for i in 0..<inputs { spread[i * padded + i] = 30 }
    let x = memory.room(Double.self, padded)
    var state = vaec_least_squares(
      inputs: inputs, vectors: padded / 4, memory: 0.998, weights: weights, spread: spread)
    var found: [UInt64] = []
    for _ in 0..<100 {
      for i in 0..<inputs { x[i] = Double(numbers.float(-1...1)) }
      let truth = x[0] - 0.5 * x[inputs - 1]
      let own = k.least_squares_predict(&state, x)
      found += [own.bitPattern, k.least_squares_learn(&state, x, truth - own) ? 1 : 0]
    }
    #expect(abs(Double(bitPattern: found[found.count - 2]) - (x[0] - 0.5 * x[inputs - 1])) < 0.01)
    #expect(!k.least_squares_learn(&state, x, .nan))
    return found
  }

  @Test("all variants mix alike", arguments: Variant.all.dropLast())
  func mixing(variant: Variant) throws {
    let plain = try #require(Variant.all.last)
    #expect(mixed(variant.kernels) == mixed(plain.kernels))
  }

  @Test("all variants predict alike, and well", arguments: Variant.all, [2, 4, 7, 31, 48])
  func leastSquares(variant: Variant, inputs: Int) throws {
    let plain = try #require(Variant.all.last)
    #expect(predicted(variant.kernels, inputs: inputs) == predicted(plain.kernels, inputs: inputs))
  }

  @Test("tails are those of Student's t with 4 degrees of freedom", arguments: Variant.all)
  func tails(variant: Variant) {
    let centers = [Double](repeating: 1, count: 8)
    let inverses = [1, 0.5, 0.25, 2, 4, 1e300, .nan, .infinity]
    var (above, below) = ([Double](repeating: 0, count: 8), [Double](repeating: 0, count: 8))
    variant.kernels.tails(centers, inverses, 2, 1, &above)
    variant.kernels.tails(centers, inverses, 2, -1, &below)
    // P(t > 1), P(t > 1/2), P(t > 2) with 4 degrees of freedom.
    for (place, known) in [(0, 0.186950483), (1, 0.321664983), (3, 0.058058262)] {
      #expect(abs(above[place] - known) < 1e-8)
    }
    for place in 0..<5 { #expect(abs(above[place] + below[place] - 1) < 1e-15) }
    for tail in above + below { #expect(tail >= 0 && tail <= 1) }
  }
}
