import EntropyCoding

/// Codes the name of a value by questions, each whether the number is above a boundary, which the distributions answer; in either
/// direction.
struct NameQuestions {
  var mixer: DistributionMixer
  var distributions = TailDistributions()
  /// The octaves by which the expected error exceeds a step of names.
  var octaves = 0

  /// Nodes: of the first questions, without and with an expected error; of magnitudes; of the digits after the leading one; and of
  /// trees.
  private static let (isZero, sign, signAbove) = (0, 1, 16)
  private static let (smallMagnitudes, magnitudes, largeMagnitudes) = (1, 18, 288)
  private static let (firstDigits, treeNodes) = (352, 864)
  /// Digits after the leading one that are mixed; and that distributions alone tell after those.
  private static let (digits, furtherDigits) = (2, 5)
  /// Octaves from which the sign is asked first.
  private static let asksSign = 3
  private static let little = 1e-12

  /// Below this doubt, distributions decide alone; and how often they were wrong: 22 bits of fraction.
  private static let doubt = 0.004
  private static let firstDoubt: UInt32 = 1 << 22
  private let doubts: UnsafeMutablePointer<UInt32>
  private let saved: UnsafeMutablePointer<UInt32>
  private let owners: [AnyObject]

  /// The probability of each distribution beyond a boundary.
  @inline(__always)
  private func beyond(_ boundary: Double, sign: Double) -> SIMD8<Double> {
    distributions.tails(boundary, sign: sign, mixer.kernels)
  }

  init(_ mixer: DistributionMixer) {
    self.mixer = mixer
    let (doubts, saved) = (ZeroedMemory<UInt32>(count: 128), ZeroedMemory<UInt32>(count: 16))
    (self.doubts, self.saved, owners) = (doubts.pointer, saved.pointer, [doubts, saved])
    self.doubts.update(repeating: Self.firstDoubt, count: 128)
  }

  /// Where names lie: by a grid, or by steps from the prediction.
  struct Lattice {
    var grid: ValueGrid
    /// The prediction and the step, where names are steps from it.
    var free: (origin: Double, step: Double)?
    /// The name that is expected.
    var expected: Int64

    /// The boundary between the name `distance` from the expected one, and the name below.
    @inline(__always)
    func lower(_ distance: Int64) -> Double {
      if let free { return free.origin + (Double(distance) - 0.5) * free.step }
      return grid.lower(expected &+ distance)
    }
  }

  /// Codes the distance of a name from the expected one.
  ///
  /// - Parameter matches: the distances that matches expect.
  mutating func code<Coder: BitCoding>(
    distance: Int64, _ lattice: Lattice, _ matches: (Int64, Int64), _ coder: inout Coder
  ) -> Int64 {
    if octaves < Self.asksSign {
      let (above, below) = (
        beyond(lattice.lower(1), sign: 1), beyond(lattice.lower(0), sign: -1)
      )
      mixer.answer(above + below)
      mixer.expected = (matches.0 != 0 ? 1 : 0, matches.1 != 0 ? 1 : 0)
      guard code(distance != 0, Self.isZero, &coder) else { return 0 }
      mixer.answer((below + Self.little) / (above + below + 2 * Self.little))
      mixer.expected = (matches.0 < 0 ? 1 : 0, matches.1 < 0 ? 1 : 0)
      let isBelow = code(distance < 0, Self.sign, &coder)
      let size = code(
        magnitude: distance.magnitude &- 1, Side(isBelow: isBelow, startsBeyond: true), lattice,
        isBelow ? below : above,
        matches, &coder)
      let whole = Int64(bitPattern: size &+ 1)
      return isBelow ? 0 &- whole : whole
    }
    let below = beyond(lattice.lower(0), sign: -1)
    mixer.answer(below)
    mixer.expected = (matches.0 < 0 ? 1 : 0, matches.1 < 0 ? 1 : 0)
    let isBelow = code(distance < 0, Self.signAbove, &coder)
    let size = code(
      magnitude: UInt64(bitPattern: isBelow ? ~distance : distance),
      Side(isBelow: isBelow, startsBeyond: false), lattice,
      isBelow ? below : 1 - below, matches, &coder)
    return isBelow ? ~Int64(bitPattern: size) : Int64(bitPattern: size)
  }

  @inline(__always)
  private mutating func code<Coder: BitCoding>(_ bit: Bool, _ node: Int, _ coder: inout Coder) -> Bool {
    mixer.code(bit ? 1 : 0, node: node, slot: node, &coder) == 1
  }

  /// A side of the expected name; and whether the expected name itself is excluded.
  private struct Side {
    let isBelow: Bool
    let startsBeyond: Bool

    var sign: Double { isBelow ? -1 : 1 }

    /// The boundary before the name at a magnitude.
    @inline(__always)
    func boundary(_ magnitude: UInt64, _ lattice: Lattice) -> Double {
      let whole = Int64(bitPattern: magnitude)
      return lattice.lower(isBelow ? 0 &- whole : startsBeyond ? whole &+ 1 : whole)
    }

    /// The magnitude plus 1 that a match expects; nil on the other side.
    @inline(__always)
    func expected(_ distance: Int64) -> UInt64? {
      let size = isBelow ? 0 &- distance : startsBeyond ? distance : distance &+ 1
      return size > 0 ? UInt64(size) : nil
    }
  }

  /// Codes a magnitude on one side: the place of the leading bit of the magnitude plus 1, from the expected one on; and the
  /// digits after it.
  ///
  /// - Parameter tail: the probabilities of that side.
  private mutating func code<Coder: BitCoding>(
    magnitude: UInt64, _ side: Side, _ lattice: Lattice, _ tail: SIMD8<Double>, _ matches: (Int64, Int64),
    _ coder: inout Coder
  ) -> UInt64 {
    let number = magnitude &+ 1
    let wanted = 63 - number.leadingZeroBitCount
    let expected = (side.expected(matches.0), side.expected(matches.1))
    if expected.0 == nil { mixer.isMatching.0 = false }
    if expected.1 == nil { mixer.isMatching.1 = false }
    let numbers = (expected.0 ?? 1, expected.1 ?? 1)
    // The probabilities beyond what is known to lie below, and beyond what is known to lie above.
    var (low, high) = (tail, SIMD8<Double>(repeating: 0))
    var (least, most) = (0, 63)
    func asks(_ place: Int) -> Bool {
      let middle = beyond(side.boundary(1 << UInt64(place) &- 1, lattice), sign: side.sign)
      mixer.answer((middle - high + Self.little) / (low - high + 2 * Self.little))
      mixer.expected = (numbers.0 >> UInt64(place) != 0 ? 1 : 0, numbers.1 >> UInt64(place) != 0 ? 1 : 0)
      let node =
        side.startsBeyond
        ? Self.smallMagnitudes + min(place, 13)
        : place > 13 ? Self.largeMagnitudes + min(place, 60) : Self.magnitudes + place
      let isAbove = code(wanted >= place, node, &coder)
      if isAbove { (least, low) = (place, middle) } else { (most, high) = (place - 1, middle) }
      return isAbove
    }
    if asks(max(1, octaves)) {
      while least < most { if !asks(least + 1) { break } }
    } else {
      while most > least { if asks(most) { break } }
    }
    let leading = least
    return codeDigits(number, leading, side, lattice, (low, high), numbers, &coder) &- 1
  }

  /// Codes the digits after the leading one.
  private mutating func codeDigits<Coder: BitCoding>(
    _ number: UInt64, _ leading: Int, _ side: Side, _ lattice: Lattice,
    _ tails: (SIMD8<Double>, SIMD8<Double>), _ matches: (UInt64, UInt64), _ coder: inout Coder
  ) -> UInt64 {
    var (low, high) = tails
    var found: UInt64 = 1
    for i in 0..<leading {
      let rest = UInt64(leading - 1 - i)
      let bit = UInt32(truncatingIfNeeded: number >> rest) & 1
      guard i < Self.digits + Self.furtherDigits else {
        found = found << 1 | UInt64(coder.code(bit, 1 << 15))
        continue
      }
      let middle = beyond(side.boundary((found << 1 | 1) << rest &- 1, lattice), sign: side.sign)
      let answer = (middle - high + Self.little) / (low - high + 2 * Self.little)
      let coded: UInt32
      if i < Self.digits {
        mixer.answer(answer)
        mixer.expected = (
          UInt32(truncatingIfNeeded: matches.0 >> rest) & 1, UInt32(truncatingIfNeeded: matches.1 >> rest) & 1
        )
        let node = Self.firstDigits + min(leading, 15) * 16 + Int(found) + (side.startsBeyond ? 0 : 8)
        coded = mixer.code(bit, node: node, slot: node, &coder)
      } else {
        let sum = (answer[0] + answer[1]) + (answer[2] + answer[3])
        let sixteenth = sum * 16384
        coded = coder.code(bit, sixteenth > 64 ? (sixteenth < 65472 ? UInt32(sixteenth) : 65472) : 64)
      }
      if coded == 1 { low = middle } else { high = middle }
      found = found << 1 | UInt64(coded)
    }
    return found
  }

  /// Codes a name from its leading bit on.
  ///
  /// - Parameters:
  ///   - place: the distance of the name from the least.
  ///   - expected: those that matches expect.
  mutating func code<Coder: BitCoding>(
    place: Int64, bits: Int, least: Int64, _ grid: ValueGrid, _ expected: (Int64, Int64), _ coder: inout Coder
  ) -> Int64 {
    var found: Int64 = 1
    var (low, high) = (SIMD8<Double>(repeating: 1), SIMD8<Double>(repeating: 0))
    for k in 0..<DistributionMixer.contexts { saved[k] = mixer.hashes[k] }
    var group = 0
    for depth in 0..<bits {
      let rest = Int64(bits - 1 - depth)
      let bit = UInt32(truncatingIfNeeded: place >> rest) & 1
      // The lowest place of the upper half.
      let middle = found << (rest + 1) - 1 << Int64(bits) + 1 << rest
      let tails = beyond(grid.lower(least &+ middle), sign: 1)
      let answer = (tails - high + 1e-9) / (low - high + 2e-9)
      let prefix = found - 1 << Int64(depth)
      if expected.0 >> (rest + 1) != prefix { mixer.isMatching.0 = false }
      if expected.1 >> (rest + 1) != prefix { mixer.isMatching.1 = false }
      mixer.expected = (
        UInt32(truncatingIfNeeded: expected.0 >> rest) & 1, UInt32(truncatingIfNeeded: expected.1 >> rest) & 1
      )
      let coded: UInt32
      if let (sure, doubt) = certainty(answer) {
        let counter = doubts + (min(depth, 15) * 2 + Int(sure)) * 4 + doubt
        let isOther = coder.code(bit == sure ? 0 : 1, max(1, counter.pointee >> 16))
        counter.pointee =
          isOther == 1
          ? counter.pointee &+ (.max &- counter.pointee) >> 8 : counter.pointee &- counter.pointee >> 8
        coded = sure ^ isOther
      } else {
        mixer.answer(answer)
        if depth & ~3 != group {
          group = depth & ~3
          let path = UInt32(truncatingIfNeeded: found >> Int64(depth & 3)) &+ 7
          for k in 0..<DistributionMixer.contexts { mixer.hashes[k] = DistributionMixer.hash(saved[k], path) }
        }
        let slot = 1 << (depth & 3) | Int(found) & (1 << (depth & 3) - 1)
        coded = mixer.code(bit, node: Self.treeNodes + depth, slot: slot, &coder)
      }
      if coded == 1 { low = tails } else { high = tails }
      found = found << 1 | Int64(coded)
    }
    return found - 1 << Int64(bits)
  }

  /// The bit that the first distributions are sure of, where no match expects another; and a class of their doubt, 0 to 3.
  @inline(__always)
  private func certainty(_ answer: SIMD8<Double>) -> (bit: UInt32, doubt: Int)? {
    let (some, least) = (answer.lowHalf, Self.doubt)
    // A hostile grid may give answers that are no probabilities.
    guard all((some .>= 0) .& (some .<= 1)) else { return nil }
    let (low, high) = (some.min(), some.max())
    guard high < least || low > 1 - least else { return nil }
    let (bit, doubt): (UInt32, Double) = high < least ? (0, high) : (1, 1 - low)
    if mixer.isMatching.0, mixer.expected.0 != bit { return nil }
    if mixer.isMatching.1, mixer.expected.1 != bit { return nil }
    return (bit, doubt < least / 64 ? 0 : doubt < least / 16 ? 1 : doubt < least / 4 ? 2 : 3)
  }
}
