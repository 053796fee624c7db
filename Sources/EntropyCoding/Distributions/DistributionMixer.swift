import CKernels

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
  package static let (nodes, contexts, matches) = (1024, Int(VAEC_CONTEXTS), 2)
  /// The sizes of the groups that the three sets of weights are selected from.
  package static let groups = (24, 64, 32)
  /// The number of contexts of the refining table.
  package static let refinements = 16

  /// Where the second and the third group begin; and the sets of all.
  @usableFromInline static let (secondGroup, thirdGroup) = (groups.0, groups.0 + groups.1)
  @usableFromInline static let allSets = groups.0 + groups.1 + groups.2
  /// The weights for a node in a set: those of distributions, of contexts, of matches and a constant, and one that is not used.
  @usableFromInline static let inputs = 24
  private static let first: [Float] =
    [Float](repeating: 0.13, count: 8) + [Float](repeating: 0.04, count: contexts) + [0.3, 0.3, 0, 0]
  /// The places of the inputs of matches, and of the constant one.
  @usableFromInline static let (firstMatch, secondMatch, constant) = (20, 21, 22)
  private static let constantInput: Float = 0.3
  /// The learning rate starts at the greater one and falls to the other.
  @usableFromInline static let (fast, slow): (Float, Float) = (0.008, 0.002)
  @usableFromInline static let fallingBits: Float = 100_000
  /// The use count at which the adaptation rate of a match's record stops decreasing.
  @usableFromInline static let maximumUses: UInt32 = 255
  @usableFromInline static let initial: UInt32 = VAEC_FIRST_SLOT
  @usableFromInline static let bins = 33

  package let kernels: UnsafePointer<vaec_kernels>
  @usableFromInline let state: UnsafeMutablePointer<vaec_mixer>
  /// Relative to the first weights.
  @usableFromInline let weights: UnsafeMutablePointer<Float>
  @usableFromInline let inputs: UnsafeMutablePointer<Float>
  /// Relative to ``initial``.
  @usableFromInline let expectations: UnsafeMutablePointer<UInt32>
  @usableFromInline let refining: UnsafeMutablePointer<UInt32>
  @usableFromInline let squashed: UnsafeMutablePointer<Float>
  @usableFromInline let stretched: UnsafeMutablePointer<Float>
  @usableFromInline let shares: UnsafeMutablePointer<UInt32>
  /// What the pointers point into.
  private let owners: [AnyObject]
  @usableFromInline var bits = 0
  @usableFromInline var rate: Float = DistributionMixer.fast

  /// The hash of each context; set them before coding the bits of a number.
  package let hashes: UnsafeMutablePointer<UInt32>
  /// The chosen set of each group, and the context of the refining table.
  package var sets = (0, 0, 0)
  package var refinement = 0
  /// Whether each match expects a bit; the bit; and the row of its record, less than 64.
  package var isMatching = (false, false)
  package var expected: (UInt32, UInt32) = (0, 0)
  package var record = (0, 0)

  /// - Parameters:
  ///   - slotBits: each context has 2^slotBits slots, 8 to 22.
  ///   - kernels: all variants give the same bits.
  package init(
    slotBits: Int, curves: SmoothLogistic, kernels: UnsafePointer<vaec_kernels> = vaec_kernels_best()
  ) {
    precondition((8...22).contains(slotBits))
    self.kernels = kernels
    var owners: [AnyObject] = []
    func room<Element: BitwiseCopyable>(_ count: Int) -> UnsafeMutablePointer<Element> {
      let memory = ZeroedMemory<Element>(count: count)
      owners.append(memory)
      return memory.pointer
    }
    func copied(_ numbers: [Float]) -> UnsafeMutablePointer<Float> {
      let pointer: UnsafeMutablePointer<Float> = room(numbers.count)
      pointer.update(from: numbers, count: numbers.count)
      return pointer
    }
    let slots: UnsafeMutablePointer<UInt32> = room(Self.contexts << slotBits)
    weights = room(Self.allSets * Self.nodes * Self.inputs)
    expectations = room(Self.matches * 64 * 64)
    squashed = copied(curves.squashed)
    stretched = copied(curves.stretched)
    refining = room(Self.refinements * 64 * Self.bins)
    for bin in 0..<Self.bins {
      let p = SmoothLogistic.squash((Float(bin) - 16) * 0.5, squashed)
      refining[bin] = UInt32(Double(p) * 4_294_967_295)
    }
    for row in 1..<Self.refinements * 64 {
      (refining + row * Self.bins).update(from: refining, count: Self.bins)
    }
    shares = room(1024)
    let trust: UnsafeMutablePointer<Float> = room(1024)
    for uses in 0..<1024 {
      shares[uses] = UInt32(65536 / (Double(uses) + 1.6))
      trust[uses] = Float((Double(uses) + 0.3) / (Double(uses) + 1.5))
    }
    hashes = room(16)
    inputs = room(Self.inputs)
    inputs[Self.constant] = Self.constantInput
    state = room(1)
    state.pointee = vaec_mixer(
      slots: slots, slot_bits: UInt32(slotBits), hashes: hashes, places: room(16), stretched: stretched,
      trust: trust, shares: shares, inputs: inputs, start: copied(Self.first),
      weights: (weights, weights, weights), sums: (0, 0, 0), steps: (0, 0, 0))
    self.owners = owners
  }

  /// Sets what the distributions answer for the next bit: the probability of a 1 from each.
  @inlinable @inline(__always)
  package func answer(_ probabilities: SIMD8<Double>) {
    withUnsafeBytes(of: probabilities) { bytes in
      guard let numbers = bytes.baseAddress?.assumingMemoryBound(to: Double.self) else { return }
      kernels.pointee.mix_answers(numbers, stretched, inputs)
    }
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
    let own = Self.nodeClass(node)
    let (one, other) = (record.0 * 64 + own, 4096 + record.1 * 64 + own)
    inputs[Self.firstMatch] = isMatching.0 ? input(one, expected.0) : 0
    inputs[Self.secondMatch] = isMatching.1 ? input(other, expected.1) : 0
    state.pointee.weights = (
      chosen(sets.0, node), chosen(Self.secondGroup + sets.1, node), chosen(Self.thirdGroup + sets.2, node)
    )
    kernels.pointee.mix(state, UInt32(truncatingIfNeeded: slot))
    let sums = state.pointee.sums
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
    state.pointee.steps = (
      (target - SmoothLogistic.squash(sums.0, squashed)) * rate,
      (target - SmoothLogistic.squash(sums.1, squashed)) * rate,
      (target - SmoothLogistic.squash(sums.2, squashed)) * rate
    )
    kernels.pointee.mix_learn(state, bit)
    if isMatching.0 {
      count(bit == expected.0 ? 1 : 0, expectations + one)
      isMatching.0 = bit == expected.0
    }
    if isMatching.1 {
      count(bit == expected.1 ? 1 : 0, expectations + other)
      isMatching.1 = bit == expected.1
    }
    return bit
  }

  /// The weights of a set for a node.
  @inlinable @inline(__always)
  func chosen(_ set: Int, _ node: Int) -> UnsafeMutablePointer<Float> {
    weights + (set * Self.nodes + node) * Self.inputs
  }

  /// What a match says that expects a bit.
  @inlinable @inline(__always)
  func input(_ record: Int, _ expected: UInt32) -> Float {
    let input = stretched[Int((expectations[record] ^ Self.initial) >> 20)]
    return expected == 1 ? input : -input
  }

  /// Adapts a match's record to whether it was right.
  @inlinable @inline(__always)
  func count(_ bit: UInt32, _ place: UnsafeMutablePointer<UInt32>) {
    let slot = place.pointee ^ Self.initial
    let (p, uses) = (Int64(slot >> 10), slot & 1023)
    let target: Int64 = bit == 1 ? 1 << 22 - 1 : 0
    let moved = p &+ ((target &- p) &* Int64(shares[Int(uses)])) >> 16
    place.pointee =
      (UInt32(truncatingIfNeeded: moved) << 10 | (uses < Self.maximumUses ? uses &+ 1 : uses)) ^ Self.initial
  }
}
