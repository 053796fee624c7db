/// Mixes stretched probabilities: each of several selectors chooses one of its weight sets (gated logistic mixing, as
/// in Mahoney's paq8; Mattern, "Mixing strategies in data compression", 2012).
struct InputMixer: ~Copyable {
  /// Weights are in units of 2^-28. Sums use their upper 15 bits.
  static let one: Int32 = 1 << 28

  /// The inputs, in groups of eight; those beyond the last input stay 0.
  let values: FixedBuffer<Int16>
  /// The first weight set of each selector, and the chosen one, as positions among all sets.
  private let first: FixedBuffer<Int>
  private let chosen: FixedBuffer<Int>
  private let weights: FixedBuffer<Int32>
  private let groups: Int
  /// Eight copies of a set's error. It is reloaded at each step, so that the compiler knows that it has 16 bits.
  private let error = FixedBuffer<SIMD8<Int16>>(repeating: SIMD8(repeating: 0), count: 1)

  /// - Parameters:
  ///   - sets: the number of weight sets of each selector.
  ///   - weight: the initial weight of all inputs.
  init(inputs: Int, sets: [Int], weight: Int32) {
    groups = (inputs + 7) / 8
    values = FixedBuffer(repeating: 0, count: groups * 8)
    chosen = FixedBuffer(repeating: 0, count: sets.count)
    first = FixedBuffer(repeating: 0, count: sets.count)
    weights = FixedBuffer(repeating: weight, count: groups * 8 * sets.reduce(0, +))
    for i in 1..<sets.count { first[i] = first[i - 1] + sets[i - 1] }
  }

  /// Chooses a weight set for a selector.
  @inline(__always)
  func choose(_ selector: Int, _ set: Int) { chosen[selector] = first[selector] &+ set }

  @inline(__always)
  private func set(_ selector: Int) -> UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(weights.base + chosen[selector] &* groups &* 8)
  }

  /// The weighted sum of the inputs by the selector's chosen set, in the unit of the inputs.
  @inline(__always)
  func sum(_ selector: Int) -> Int32 {
    let set = set(selector)
    let values = UnsafeRawPointer(self.values.base)
    var sum = SIMD8<Int32>(repeating: 0)
    var group = 0
    while group < groups {
      let weight = set.load(fromByteOffset: group &* 32, as: SIMD8<Int32>.self)
      let value = values.load(fromByteOffset: group &* 16, as: SIMD8<Int16>.self)
      let high = SIMD8<Int16>(truncatingIfNeeded: weight &>> 17)
      sum &+= SIMD8<Int32>(truncatingIfNeeded: high) &* SIMD8<Int32>(truncatingIfNeeded: value)
      group &+= 1
    }
    return (sum &>> 4).wrappedSum() >> 7
  }

  /// Adds `error` times the inputs to the weights of the selector's chosen set.
  @inline(__always)
  func learn(_ selector: Int, error: Int32) {
    let set = set(selector)
    let values = UnsafeRawPointer(self.values.base)
    self.error[0] = SIMD8(repeating: Int16(truncatingIfNeeded: max(-32767, min(32767, error))))
    var group = 0
    while group < groups {
      let weight = set.load(fromByteOffset: group &* 32, as: SIMD8<Int32>.self)
      let value = values.load(fromByteOffset: group &* 16, as: SIMD8<Int16>.self)
      let step = SIMD8<Int32>(truncatingIfNeeded: value) &* SIMD8<Int32>(truncatingIfNeeded: self.error[0])
      set.storeBytes(of: weight &+ step, toByteOffset: group &* 32, as: SIMD8<Int32>.self)
      group &+= 1
    }
  }
}
