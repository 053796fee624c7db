/// The contexts that predict the bits of a value.
struct Contexts {
  private let lattice: BoundedQuantizer?
  private let neighbours: Neighbours
  private let width: Int
  /// 1 / step of the quantizer; 0 without steps.
  private let inverseStep: Double
  private let hasFractions: Bool

  /// - Parameter width: the number of values in a sample.
  init(_ lattice: BoundedQuantizer?, _ neighbours: Neighbours, width: Int) {
    self.lattice = lattice
    self.neighbours = neighbours
    self.width = width
    let step = lattice?.step ?? 0
    inverseStep = step > 0 ? 1 / step : 0
    hasFractions = lattice?.elementType.isInteger ?? false
  }

  /// The number of contexts.
  var count: Int {
    if case .small = lattice?.kind { return 12 }
    return 7
  }

  /// Sets the hashes of the contexts of value `i`, which `state` has predicted.
  @inline(__always)
  func set(_ hashes: UnsafeMutablePointer<UInt32>, _ i: Int, _ base: UnsafePointer<Float>, _ state: RowState)
  {
    let (left, above) = (neighbours.left, neighbours.above)
    let d = (
      left: before(i, left, state.differences), left2: before(i, 2 * left, state.differences),
      above: before(i, above, state.differences)
    )
    let sizes =
      above > 0
      ? 2 * Self.size(d.left) + 2 * Self.size(d.above) + Self.size(d.left2)
        + Self.size(before(i, above + left, state.differences))
        + Self.size(before(i, above - left, state.differences))
      : 3 * Self.size(d.left) + 2 * Self.size(d.left2) + Self.size(before(i, 3 * left, state.differences))
        + Self.size(before(i, 4 * left, state.differences))
    // Mean magnitudes, in units of 1 / 256.
    let around = Self.level(sizes << 8 / 7)
    let usual = Self.level(state.means[i])
    if let lattice, case .small(let step, let names) = lattice.kind {
      setSmall(hashes, i, base, state, around: around) {
        lattice.small($0, step: step, names)
      } shade: {
        Int(($0 - names.lowerBound) * 255 / max(1, names.upperBound - names.lowerBound))
      }
      return
    }
    let slope = Self.level(slope(i, base))
    let earlier = Self.sign(state.earlier[i])
    hashes[0] = Self.hash(0, i, 0, 0)
    hashes[1] = Self.hash(1, around, 0, 0)
    hashes[2] = Self.hash(2, usual, around / 3, 0)
    hashes[3] = Self.hash(3, Self.sign(d.left), Self.sign(d.above), Self.sign(d.left2))
    hashes[4] = Self.hash(4, usual, slope, 0)
    hashes[5] = Self.hash(5, around, slope, fraction(state.prediction))
    hashes[6] = Self.hash(6, earlier, around / 2, usual / 3)
  }

  /// The same for a `small` quantizer, whose contexts hold the values themselves, scaled to 0 ... 255.
  @inline(__always)
  private func setSmall(
    _ hashes: UnsafeMutablePointer<UInt32>, _ i: Int, _ base: UnsafePointer<Float>, _ state: RowState,
    around: Int, name: (Double) -> Int64, shade: (Int64) -> Int
  ) {
    let (left, above) = (neighbours.left, neighbours.above)
    func decoded(_ offset: Int) -> Int {
      offset > 0 && i >= offset ? shade(state.names[i - offset]) : 0
    }
    func expected(_ offset: Int) -> Int {
      i + offset < width ? shade(name(Double(base[i + offset]))) : 0
    }
    let (l, a) = (decoded(left), decoded(above))
    let (al, ar) = (decoded(above > 0 ? above + left : 0), decoded(above > 0 ? above - left : 0))
    let (ll, aa) = (decoded(2 * left), decoded(2 * above))
    let (here, right, below) = (expected(0), expected(left), above > 0 ? expected(above) : 0)
    let predicted = shade(name(state.prediction))
    func q(_ shade: Int, _ bits: Int) -> Int { shade == 0 ? 0 : shade >= 253 ? 31 : 1 + shade >> (8 - bits) }
    hashes[0] = Self.hash(0, i, q(here, 2), 0)
    hashes[1] = Self.hash(1, predicted, around / 4, 0)
    hashes[2] = Self.hash(2, q(here, 4), q(l, 3), q(a, 3))
    hashes[3] = Self.hash(3, q(l, 4), q(a, 4), q(al, 2) << 5 | q(ar, 2))
    hashes[4] = Self.hash(4, q(here, 3), q(l, 2) << 5 | q(a, 2), q(al, 2) << 5 | q(ar, 2))
    hashes[5] = Self.hash(5, q(here, 3), q(right, 2) << 5 | q(below, 2), q(l, 2) << 5 | q(a, 2))
    hashes[6] = Self.hash(6, here, around / 3, 0)
    hashes[7] = Self.hash(7, q(predicted, 5), q(here, 3), Self.level(slope(i, base)) / 3)
    hashes[8] = Self.hash(8, q(l, 3), q(ll, 3), q(here, 3))
    hashes[9] = Self.hash(9, q(a, 3), q(aa, 3) << 5 | q(ar, 3), q(here, 2))
    hashes[10] = Self.hash(10, q((l + a) / 2, 5), q(here, 4), 0)
    hashes[11] = Self.hash(
      11, q(l, 1) << 5 | q(a, 1), q(al, 1) << 5 | q(ar, 1),
      (q(ll, 1) << 5 | q(aa, 1)) << 10 | q(here, 2) << 5 | q(right, 1))
  }

  /// The number `offset` positions before value `i`; 0 if there is none.
  @inline(__always)
  private func before(_ i: Int, _ offset: Int, _ numbers: UnsafeMutablePointer<Int64>) -> Int64 {
    offset > 0 && i >= offset ? numbers[i - offset] : 0
  }

  /// The limit of magnitudes.
  private static let largestSize: UInt64 = 1 << 24

  /// The magnitude of a difference, clamped.
  @inline(__always)
  static func size(_ difference: Int64) -> Int64 { Int64(min(difference.magnitude, largestSize)) }

  /// The local variation of the reconstruction around value `i`: a quarter of the sum of its differences from the
  /// neighbours, in units of 1 / 64 of the step; 0 without steps.
  @inline(__always)
  private func slope(_ i: Int, _ base: UnsafePointer<Float>) -> Int64 {
    func change(_ offset: Int) -> Float {
      guard offset > 0 else { return 0 }
      let back = i >= offset ? (base[i] - base[i - offset]).magnitude : 0
      return back + (i + offset < width ? (base[i + offset] - base[i]).magnitude : 0)
    }
    guard inverseStep > 0 else { return 0 }
    let steps = Double(change(neighbours.left) + change(neighbours.above)) * 16 * inverseStep
    return steps < 0x1p30 ? Int64(steps) : 1 << 30
  }

  /// The position of a prediction between two integers, in quarters.
  @inline(__always)
  private func fraction(_ value: Double) -> Int {
    guard hasFractions else { return 0 }
    let quotient = value * inverseStep
    let fraction = (quotient - quotient.rounded(.down)) * 4
    return fraction >= 0 && fraction < 4 ? Int(fraction) : 0
  }

  /// A logarithmic level, two per octave; 0 for 0.
  @inline(__always)
  static func level(_ size: Int64) -> Int {
    guard size > 0 else { return 0 }
    let place = 63 - size.leadingZeroBitCount
    return 2 * place + (place > 0 ? Int(size >> Int64(place - 1)) & 1 : 0) + 1
  }

  /// The sign and magnitude of a difference, in 7 classes.
  @inline(__always)
  static func sign(_ difference: Int64) -> Int {
    switch difference {
    case 0: 0
    case 1: 1
    case 2, 3: 2
    case 4...: 3
    case -1: 4
    case -3, -2: 5
    default: 6
    }
  }

  @inline(__always)
  static func hash(_ context: Int, _ a: Int, _ b: Int, _ c: Int) -> UInt32 {
    var h = UInt32(truncatingIfNeeded: context) &* 0x9E37_79B9 &+ UInt32(truncatingIfNeeded: a) &* 0x000F_4243
    h = (h &+ UInt32(truncatingIfNeeded: b)) &* 0x2545_F491
    h ^= h >> 13
    h = (h &+ UInt32(truncatingIfNeeded: c)) &* 0x85EB_CA6B
    return h ^ h >> 16
  }
}
