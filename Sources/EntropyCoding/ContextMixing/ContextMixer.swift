/// Predicts bits from several contexts at once, and adapts each (logistic mixing: Mahoney, "Adaptive weighing of
/// context models for lossless data compression", 2005).
///
/// A bit belongs to a node, which is a question about the coded value: "is it zero?", "is it negative?". Each context,
/// a hash of known data, has a slot for each node: a probability of 22 bits, and a use count of 10 bits. The stretched
/// probabilities ln(p / (1 - p)) are weighted by the node's weights, and the sum is squashed. All arithmetic is in
/// integers, so that a decoder adapts identically.
package final class ContextMixer {
  /// The maximum number of nodes.
  package static let nodes = 512
  /// The maximum number of contexts.
  package static let maximumContexts = 12
  /// The use count at which a slot's adaptation rate stops decreasing: it then averages about as many recent bits.
  @usableFromInline static let maximumUses: UInt32 = 255
  /// Weights are in units of 2^-16. Initially all slots have equal weight, and the constant input has none.
  @usableFromInline static let firstWeight: Int32 = 20_000
  @usableFromInline static let learningRate: Int32 = 6

  @usableFromInline let contexts: Int
  @usableFromInline let slots: UnsafeMutablePointer<UInt32>
  @usableFromInline let slotBits: UInt32
  @usableFromInline let weights: UnsafeMutablePointer<Int32>
  @usableFromInline let places: UnsafeMutablePointer<Int>
  @usableFromInline let stretched: UnsafeMutablePointer<Int32>
  @usableFromInline let squash: UnsafeMutablePointer<UInt32>
  @usableFromInline let stretch: UnsafeMutablePointer<Int16>
  @usableFromInline let shares: UnsafeMutablePointer<UInt32>
  /// The hash of each context; set them before coding the bits of a value.
  package let hashes: UnsafeMutablePointer<UInt32>

  /// - Parameters:
  ///   - contexts: 1 to ``maximumContexts``.
  ///   - slotBits: each context has 2^slotBits slots, 8 to 22.
  package init(contexts: Int, slotBits: Int) {
    precondition((1...Self.maximumContexts).contains(contexts) && (8...22).contains(slotBits))
    self.contexts = contexts
    self.slotBits = UInt32(slotBits)
    slots = .allocate(capacity: contexts << slotBits)
    weights = .allocate(capacity: Self.nodes * (contexts + 1))
    places = .allocate(capacity: contexts)
    places.initialize(repeating: 0, count: contexts)
    stretched = .allocate(capacity: contexts + 1)
    stretched.initialize(repeating: 0, count: contexts + 1)
    hashes = .allocate(capacity: contexts)
    hashes.initialize(repeating: 0, count: contexts)
    squash = .allocate(capacity: 2 * Self.domain)
    stretch = .allocate(capacity: 4096)
    shares = .allocate(capacity: Int(Self.maximumUses) + 1)
    // 2^16 / (uses + 1.5).
    for uses in 0...Int(Self.maximumUses) { (shares + uses).initialize(to: UInt32(131_072 / (2 * uses + 3))) }
    makeCurves()
    reset()
  }

  deinit {
    slots.deallocate()
    weights.deallocate()
    places.deallocate()
    stretched.deallocate()
    hashes.deallocate()
    squash.deallocate()
    stretch.deallocate()
    shares.deallocate()
  }

  /// Stretched probabilities are in units of 1 / 256, from -2047 to 2047.
  @usableFromInline static let domain = 2048

  /// Computes squash[d + 2048] = 65536 / (1 + e^(-d / 256)) and its inverse for probabilities of 12 bits: the smallest
  /// d whose squashed value is not below. Only multiplications and divisions are used, which give the same result on
  /// every machine.
  private func makeCurves() {
    var power = 1.0
    for d in 0..<Self.domain {
      let above = UInt32(65536 / (1 + power) + 0.5)
      (squash + Self.domain + d).initialize(to: above)
      (squash + Self.domain - d).initialize(to: 65536 - above)
      power *= 0.996_101_369_470_117_5
    }
    squash.initialize(to: squash[1])
    var d = 1 - Self.domain
    for p in 0..<4096 {
      while d < Self.domain - 1, squash[Self.domain + d] >> 4 < p { d += 1 }
      (stretch + p).initialize(to: Int16(d))
    }
  }

  /// Resets all state.
  package func reset() {
    slots.initialize(repeating: 1 << 31, count: contexts << Int(slotBits))
    weights.initialize(repeating: Self.firstWeight, count: Self.nodes * (contexts + 1))
    for node in 0..<Self.nodes { weights[node * (contexts + 1) + contexts] = 0 }
  }

  /// Codes the bit at `node`, and adapts to it.
  @inlinable @inline(__always)
  package func code<Coder: BitCoding>(_ bit: UInt32, node: Int, _ coder: inout Coder) -> UInt32 {
    let own = weights + node * (contexts + 1)
    let salt = UInt32(truncatingIfNeeded: node) &* 0x9E37_79B1
    var sum: Int64 = 0
    for i in 0..<contexts {
      var h = (hashes[i] &+ salt) &* 0x85EB_CA6B
      h ^= h >> 15
      h = h &* 0xC2B2_AE35
      let place = i << Int(slotBits) | Int(h >> (32 - slotBits))
      places[i] = place
      let s = Int32(stretch[Int(slots[place] >> 20)])
      stretched[i] = s
      sum &+= Int64(own[i]) &* Int64(s)
    }
    // The last input is constant: it learns the node's average.
    stretched[contexts] = 256
    sum &+= Int64(own[contexts]) &* 256
    let d = Int(max(-2047, min(2047, sum >> 16)))
    let p = max(1, min(65535, squash[Self.domain + d]))
    let bit = coder.code(bit, p)
    let error = (Int32(bit) << 12 &- Int32(p >> 4)) &* Self.learningRate
    for i in 0...contexts {
      let moved = Int64(own[i]) &+ (Int64(stretched[i]) &* Int64(error) &+ 0x2000) >> 14
      own[i] = Int32(truncatingIfNeeded: max(-0x4000_0000, min(0x4000_0000, moved)))
    }
    for i in 0..<contexts {
      let slot = slots[places[i]]
      let (p, uses) = (Int64(slot >> 10), slot & 1023)
      let target: Int64 = bit == 1 ? 1 << 22 - 1 : 0
      let moved = p &+ ((target &- p) &* Int64(shares[Int(uses)])) >> 16
      slots[places[i]] =
        UInt32(truncatingIfNeeded: moved) << 10 | (uses < Self.maximumUses ? uses &+ 1 : uses)
    }
    return bit
  }
}
