/// Predicts bits from distributions of a number, contexts and matches, all weighed by mixing in the logistic domain (Mahoney,
/// "Adaptive weighing of context models for lossless data compression", 2005).
///
/// A bit belongs to a node, which is a question about the coded number: "is it above this boundary?". The inputs for a node
/// are, as ln(p / (1 - p)):
///
/// - the answer of each of 8 distributions of the number, see ``TailDistributions``;
/// - the average answer so far in each of 12 contexts, hashes of known data, weighed down while few answers are known;
/// - the answer that 2 matches expect, as far as they have been right.
///
/// Three sets of weights, each selected by other data, give a sum each; the mean of the sums is the prediction, refined by a
/// table of what followed such predictions. Weights and sums are IEEE-754 binary32 in a fixed order, so that a decoder adapts
/// identically.
package struct DistributionMixer {
  /// The number of nodes, contexts and matches.
  package static let (nodes, contexts, matches) = (1024, 12, 2)
  /// The sizes of the groups that the three sets of weights are selected from.
  package static let groups = (24, 64, 32)
  /// The number of contexts of the refining table.
  package static let refinements = 16

  /// Where the second and the third group begin; and the sets of all.
  @usableFromInline static let (secondGroup, thirdGroup) = (groups.0, groups.0 + groups.1)
  @usableFromInline static let allSets = groups.0 + groups.1 + groups.2
  /// Vectors of 8 weights for a node in a set: those of distributions, of 8 contexts, and of 4 contexts, matches and a constant.
  @usableFromInline static let vectors = 3
  @usableFromInline static let first = SIMD8<Float>(repeating: 0.13)
  @usableFromInline static let second = SIMD8<Float>(repeating: 0.04)
  @usableFromInline static let third = SIMD8<Float>(0.04, 0.04, 0.04, 0.04, 0.3, 0.3, 0, 0)
  @usableFromInline static let constant: Float = 0.3
  /// The learning rate starts at the greater one and falls to the other.
  @usableFromInline static let (fast, slow): (Float, Float) = (0.008, 0.002)
  @usableFromInline static let fallingBits: Float = 100_000
  /// The use count at which a slot's adaptation rate stops decreasing.
  @usableFromInline static let maximumUses: UInt32 = 400
  @usableFromInline static let initial: UInt32 = 1 << 31
  @usableFromInline static let bins = 33

  @usableFromInline let slotBits: Int
  /// Relative to ``initial``.
  @usableFromInline let slots: UnsafeMutablePointer<UInt32>
  /// Relative to the first weights.
  @usableFromInline let weights: UnsafeMutablePointer<SIMD8<Float>>
  @usableFromInline let expectations: UnsafeMutablePointer<UInt32>
  @usableFromInline let refining: UnsafeMutablePointer<UInt32>
  @usableFromInline let squashed: UnsafeMutablePointer<Float>
  @usableFromInline let stretched: UnsafeMutablePointer<Float>
  @usableFromInline let shares: UnsafeMutablePointer<UInt32>
  @usableFromInline let trust: UnsafeMutablePointer<Float>
  @usableFromInline let places: UnsafeMutablePointer<Int>
  /// What the pointers point into.
  private let owners: [AnyObject]
  @usableFromInline var bits = 0
  @usableFromInline var rate: Float = DistributionMixer.fast

  /// The hash of each context; set them before coding the bits of a number.
  package let hashes: UnsafeMutablePointer<UInt32>
  /// The answers of the distributions for the next bit.
  @usableFromInline var answers = SIMD8<Float>(repeating: 0)
  /// The chosen set of each group, and the context of the refining table.
  package var sets = (0, 0, 0)
  package var refinement = 0
  /// Whether each match expects a bit; the bit; and the row of its record, less than 64.
  package var isMatching = (false, false)
  package var expected: (UInt32, UInt32) = (0, 0)
  package var record = (0, 0)

  /// - Parameter slotBits: each context has 2^slotBits slots, 8 to 22.
  package init(slotBits: Int, curves: SmoothLogistic) {
    precondition((8...22).contains(slotBits))
    self.slotBits = slotBits
    var owners: [AnyObject] = []
    func room<Element: BitwiseCopyable>(_ count: Int) -> UnsafeMutablePointer<Element> {
      let memory = ZeroedMemory<Element>(count: count)
      owners.append(memory)
      return memory.pointer
    }
    slots = room(Self.contexts << slotBits)
    weights = room(Self.allSets * Self.nodes * Self.vectors)
    expectations = room(Self.matches * 64 * 64)
    squashed = room(curves.squashed.count)
    squashed.update(from: curves.squashed, count: curves.squashed.count)
    stretched = room(curves.stretched.count)
    stretched.update(from: curves.stretched, count: curves.stretched.count)
    refining = room(Self.refinements * 64 * Self.bins)
    for bin in 0..<Self.bins {
      let p = SmoothLogistic.squash((Float(bin) - 16) * 0.5, squashed)
      refining[bin] = UInt32(Double(p) * 4_294_967_295)
    }
    for row in 1..<Self.refinements * 64 {
      (refining + row * Self.bins).update(from: refining, count: Self.bins)
    }
    shares = room(1024)
    trust = room(1024)
    for uses in 0..<1024 {
      shares[uses] = UInt32(65536 / (Double(uses) + 1.6))
      trust[uses] = Float((Double(uses) + 0.3) / (Double(uses) + 1.5))
    }
    places = room(Self.contexts)
    hashes = room(Self.contexts)
    self.owners = owners
  }

  /// Sets what the distributions answer: the probability of a 1 from each.
  @inlinable @inline(__always)
  package mutating func answer(_ probabilities: SIMD8<Double>) {
    var clamped = probabilities
    clamped.replace(with: 0, where: .!(clamped .> 0))
    clamped.replace(with: 1, where: clamped .> 1)
    // The lowest bits of the sum are the number, rounded.
    let whole = clamped * 4095 + 0x1p52
    for k in 0..<TailDistributions.count { answers[k] = stretched[Int(whole[k].bitPattern & 0xFFF)] }
  }

  @inlinable @inline(__always)
  static func nodeClass(_ node: Int) -> Int { node < 63 ? node : node >= 864 ? 40 + min(node - 864, 20) : 63 }

  /// Mixes a number into a hash.
  @inlinable @inline(__always)
  package static func hash(_ a: UInt32, _ b: UInt32) -> UInt32 {
    var h = (a ^ b &* 0x9E37_79B1) &* 0x85EB_CA6B
    h ^= h >> 15
    return h &* 0xC2B2_AE35
  }

  /// Codes the bit at `node`, and adapts to it.
  ///
  /// - Parameter slot: the node as contexts know it; nodes of the same 16 lie side by side.
  @inlinable @inline(__always)
  package mutating func code<Coder: BitCoding>(_ bit: UInt32, node: Int, slot: Int, _ coder: inout Coder)
    -> UInt32
  {
    let high = Self.hash(UInt32(truncatingIfNeeded: slot >> 4), 0x0123_4567) & ~15
    let (low, mask) = (UInt32(truncatingIfNeeded: slot & 15), UInt32(1) << UInt32(slotBits) &- 1)
    var (second, third) = (SIMD8<Float>(repeating: 0), SIMD8<Float>(repeating: 0))
    for i in 0..<Self.contexts {
      var h = (hashes[i] &+ high) &* 0x2C1B_3C6D
      h ^= h >> 15
      let place = i << slotBits | Int((h << 4 | low) & mask)
      places[i] = place
      let slot = slots[place] ^ Self.initial
      let input = stretched[Int(slot >> 20)] * trust[Int(slot & 1023)]
      if i < 8 { second[i] = input } else { third[i - 8] = input }
    }
    let own = Self.nodeClass(node)
    let (one, other) = (record.0 * 64 + own, 4096 + record.1 * 64 + own)
    if isMatching.0 {
      let input = stretched[Int((expectations[one] ^ Self.initial) >> 20)]
      third[4] = expected.0 == 1 ? input : -input
    }
    if isMatching.1 {
      let input = stretched[Int((expectations[other] ^ Self.initial) >> 20)]
      third[5] = expected.1 == 1 ? input : -input
    }
    third[6] = Self.constant
    let first = answers
    let w0 = weights + (sets.0 * Self.nodes + node) * Self.vectors
    let w1 = weights + ((Self.secondGroup + sets.1) * Self.nodes + node) * Self.vectors
    let w2 = weights + ((Self.thirdGroup + sets.2) * Self.nodes + node) * Self.vectors
    let sums = (
      Self.sum(w0, first, second, third), Self.sum(w1, first, second, third),
      Self.sum(w2, first, second, third)
    )
    let mean = (sums.0 + sums.1 + sums.2) * (1 / 3)
    let p = SmoothLogistic.squash(mean, squashed)
    let place = (max(-7.99, min(7.99, mean)) + 8) * 2
    let bin = Int(place)
    let rest = place - Float(bin)
    let row = refining + (refinement * 64 + own) * Self.bins + bin
    let refined = (Float(row[0]) * (1 - rest) + Float(row[1]) * rest) * 0x1p-32
    let isSure = mean > 7.9 || mean < -7.9
    let final = isSure ? p : p * 0.7 + refined * 0.3
    let bit = coder.code(bit, UInt32(max(1, min(65535, final * 65536))))

    let near = row + (rest > 0.5 ? 1 : 0)
    near.pointee = bit == 1 ? near.pointee &+ (.max &- near.pointee) >> 6 : near.pointee &- near.pointee >> 6
    bits &+= 1
    if bits & 1023 == 0 {
      rate = Self.slow + (Self.fast - Self.slow) * (1 / (1 + Float(bits) * (1 / Self.fallingBits)))
    }
    let target = Float(bit)
    learn(w0, (target - SmoothLogistic.squash(sums.0, squashed)) * rate, first, second, third)
    learn(w1, (target - SmoothLogistic.squash(sums.1, squashed)) * rate, first, second, third)
    learn(w2, (target - SmoothLogistic.squash(sums.2, squashed)) * rate, first, second, third)
    for i in 0..<Self.contexts { count(bit, slots + places[i], limit: Self.maximumUses) }
    if isMatching.0 {
      count(bit == expected.0 ? 1 : 0, expectations + one, limit: 255)
      isMatching.0 = bit == expected.0
    }
    if isMatching.1 {
      count(bit == expected.1 ? 1 : 0, expectations + other, limit: 255)
      isMatching.1 = bit == expected.1
    }
    return bit
  }

  /// The weighted sum of the inputs.
  @inlinable @inline(__always)
  static func sum(
    _ weights: UnsafeMutablePointer<SIMD8<Float>>, _ a: SIMD8<Float>, _ b: SIMD8<Float>, _ c: SIMD8<Float>
  ) -> Float {
    var all = (weights[0] + first) * a
    all += (weights[1] + second) * b
    all += (weights[2] + third) * c
    let pairs = all.lowHalf + all.highHalf
    let sum = (pairs[0] + pairs[1]) + (pairs[2] + pairs[3])
    // Weights of a hostile stream may grow without limit.
    return max(-1e6, min(1e6, sum))
  }

  @inlinable @inline(__always)
  func learn(
    _ weights: UnsafeMutablePointer<SIMD8<Float>>, _ step: Float, _ a: SIMD8<Float>, _ b: SIMD8<Float>,
    _ c: SIMD8<Float>
  ) {
    weights[0] += a * step
    weights[1] += b * step
    weights[2] += c * step
  }

  /// Adapts a slot to a bit.
  @inlinable @inline(__always)
  func count(_ bit: UInt32, _ place: UnsafeMutablePointer<UInt32>, limit: UInt32) {
    let slot = place.pointee ^ Self.initial
    let (p, uses) = (Int64(slot >> 10), slot & 1023)
    let target: Int64 = bit == 1 ? 1 << 22 - 1 : 0
    let moved = p &+ ((target &- p) &* Int64(shares[Int(uses)])) >> 16
    place.pointee =
      (UInt32(truncatingIfNeeded: moved) << 10 | (uses < limit ? uses &+ 1 : uses)) ^ Self.initial
  }
}
