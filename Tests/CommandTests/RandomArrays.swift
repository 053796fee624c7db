import Records
import Tensor

/// Random numbers by SplitMix64 (Steele, Lea and Flood 2014): the same for a seed on every machine.
struct RandomNumbers {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Uniform in 0 ..< 1.
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Uniform in a range.
  mutating func number(_ range: ClosedRange<Double>) -> Double {
    range.lowerBound + unit() * (range.upperBound - range.lowerBound)
  }

  mutating func integer(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(next() % UInt64(range.count))
  }

  mutating func element<T>(of list: [T]) -> T { list[Int(next() % UInt64(list.count))] }

  mutating func chance(_ share: Double) -> Bool { unit() < share }

  /// Nearly normal, of deviation 1.
  mutating func normal() -> Double { (0..<6).reduce(0) { sum, _ in sum + unit() } * 1.414 - 4.243 }
}

/// An array such as people have, and such as nobody should: of any type, scale, offset and shape, with all that can stand
/// in place of a number.
struct RandomArray {
  let type: ValueType
  /// With the axis of samples, in values.
  let shape: [Int]
  let batch: SampleBatch

  /// - Parameters:
  ///   - sampleShape: of each sample; nil for any.
  ///   - shareOfFew: of arrays of too few rows for a fit, which takes nearly all of the time.
  init(_ random: inout RandomNumbers, sampleShape: [Int]? = nil, shareOfFew: Double = 0.15) {
    // Complex numbers have an axis more.
    let others = ["b1", "M8[ns]", "m8[D]"] + (sampleShape == nil ? ["c8", "c16"] : [])
    let types = ElementType.allCases.map { ValueType($0) } + others.compactMap { ValueType(named: $0) }
    let type = random.element(of: types)
    self.type = type
    let axes = random.integer(0...4)
    let own = (0..<axes).map { _ in random.integer(1...(axes < 2 ? 12 : axes < 3 ? 5 : 3)) }
    let sample = sampleShape ?? own
    let rows = random.chance(shareOfFew) ? random.integer(0...20) : random.integer(16...60)
    shape = [rows] + sample
    let width = sample.reduce(type.numbersPerValue, *)
    let numbers = Self.numbers(&random, type.elementType, rows: rows, width: width)
    batch = SampleBatch(
      bits: numbers.map { type.elementType.bits(nearest: $0) }, elementType: type.elementType,
      valuesPerSample: width
    ).clamped(to: type)
  }

  /// As an npy file.
  var npy: [UInt8] {
    NpyFile.bytes(type: (type.size == 1 ? "|" : "<") + type.name, shape: shape, batch.bytes)
  }

  /// Scales from the least number of binary32 to its greatest, most of them usual ones; offsets to 2^52; and for each
  /// column its own, or all alike.
  private static func numbers(
    _ random: inout RandomNumbers, _ type: ElementType, rows: Int, width: Int
  ) -> [Double] {
    let isWide = random.chance(0.3)
    let exponents: ClosedRange<Double> = random.chance(0.5) ? -45...38.5 : -3...4
    let common = tenTo(random.number(exponents))
    let scales = (0..<width).map { _ in
      random.chance(0.1) ? 0 : isWide ? tenTo(random.number(exponents)) : common
    }
    let offset = random.chance(0.3) ? power(random.integer(0...52)) * (random.chance(0.5) ? 1 : -1) : 0
    let kind = random.integer(0...7)
    let ends = [-3.4028234663852886e38, 3.4028234663852886e38]
    let fills = [1e20, 9.97e36, -9999, 1e30, -32768, 65504, 1e300, 0x1p-1074] + ends
    let (fill, fillShare) = (random.element(of: fills), random.element(of: [0, 0, 0, 0.02, 0.5, 0.95]))
    let strange = [Double.nan, .infinity, -.infinity]
    let strangeShare = random.element(of: [0, 0, 0, 0.01, 0.3, 0.9, 1])
    var walk = 0.0
    return (0..<rows * width).map { place in
      let scale = scales[place % width]
      walk += random.normal() * 0.3
      let number: Double =
        switch kind {
        case 0: random.normal()
        case 1: random.unit()
        case 2: walk
        case 3: random.chance(0.5) ? 1 : 0
        case 4: Double(random.integer(0...9))
        case 5: random.chance(0.05) ? random.normal() * 1e6 : random.normal()
        case 6: tenTo(random.number(-20...20))
        default: Double(bitPattern: random.next())
        }
      let (isFill, isStrange) = (random.chance(fillShare), random.chance(strangeShare))
      if isStrange { return random.element(of: strange) }
      return isFill ? fill : number * scale + offset
    }
  }

  private static func power(_ exponent: Int) -> Double {
    Double(sign: .plus, exponent: exponent, significand: 1)
  }

  /// 10^x, nearly.
  private static func tenTo(_ x: Double) -> Double {
    let octaves = x * 3.321928094887362
    return power(Int(octaves.rounded(.down))) * (1 + octaves - octaves.rounded(.down))
  }
}
