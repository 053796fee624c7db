import Records

/// The numbers that the values of a column, or of all columns, can have, and the integers that name them in their order.
///
/// - `affine`: (offset + k step) / 10^decimals. Whole numbers, decimals, and multiples of any step.
/// - `digits`: 0 and all numbers of so many significant decimal digits with a magnitude from 10^-12.
/// - `ordered`: all numbers of a type, by their bits.
///
/// A dictionary names some of these numbers again, from 0 on.
struct ValueGrid: Equatable, Sendable {
  enum Kind: Equatable, Sendable {
    case affine(offset: Double, step: Double, decimals: Int)
    case digits(Int)
    case ordered(ElementType)
  }

  let kind: Kind
  /// The type of decoded values.
  let elementType: ElementType
  /// The names of the numbers in the dictionary, ascending; empty if there is none.
  let dictionary: [Int64]
  private let numbers: [Double]
  /// 10^decimals of an affine grid.
  private let power: Double

  /// The largest name of an affine grid that values are found by.
  static let largestName = 0x1p51
  static let maximumDecimals = 15
  /// The numbers of significant digits.
  static let digits = 2...14
  /// The exponents of numbers with few digits.
  private static let (leastExponent, greatestExponent) = (-12, 9)

  init(_ kind: Kind, _ elementType: ElementType, dictionary: [Int64] = []) {
    self.init(kind, elementType, [], [])
    guard !dictionary.isEmpty else { return }
    let plain = self
    self = ValueGrid(
      kind, elementType, dictionary, dictionary.map { elementType.rounded(plain.plainValue($0)) })
  }

  private init(_ kind: Kind, _ elementType: ElementType, _ dictionary: [Int64], _ numbers: [Double]) {
    (self.kind, self.elementType, self.dictionary, self.numbers) = (kind, elementType, dictionary, numbers)
    if case .affine(_, _, let decimals) = kind { power = powersOfTen[decimals] } else { power = 1 }
  }

  /// The number with a name.
  @inline(__always)
  func value(_ name: Int64) -> Double {
    guard !numbers.isEmpty else { return plainValue(name) }
    if name >= 0, name < numbers.count { return numbers[Int(name)] }
    // Names that nothing has lie at the distance of all the numbers.
    let (low, high) = (numbers[0], numbers[numbers.count - 1])
    let beyond = name < 0 ? Double(name) : Double(name &- Int64(numbers.count) &+ 1)
    return (name < 0 ? low : high) + beyond * (high - low + 1)
  }

  /// The name of the number nearest to one.
  @inline(__always)
  func name(near number: Double) -> Int64 {
    guard !numbers.isEmpty else { return plainName(number) }
    let place = lowerBound(number)
    if place == 0 { return 0 }
    if place == numbers.count { return Int64(place - 1) }
    return number - numbers[place - 1] < numbers[place] - number ? Int64(place - 1) : Int64(place)
  }

  /// The first place in the dictionary whose number is not below one.
  private func lowerBound(_ number: Double) -> Int {
    var (low, high) = (0, numbers.count)
    while low < high {
      let middle = (low + high) / 2
      if numbers[middle] < number { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The boundary between a name and the one below it.
  @inline(__always)
  func lower(_ name: Int64) -> Double {
    if numbers.isEmpty, case .affine(let offset, let step, _) = kind {
      return (offset + (Double(name) - 0.5) * step) / power
    }
    return 0.5 * (value(name &- 1) + value(name))
  }

  /// The distance between the numbers of an affine grid without a dictionary; otherwise 1.
  var spacing: Double {
    if case .affine(_, let step, _) = kind { step / power } else { 1 }
  }

  /// Whether names lie close to each other: those of bits and digits do not.
  var isDense: Bool { if case .affine = kind { true } else { !dictionary.isEmpty } }

  /// A name without the dictionary, for contexts.
  @inline(__always)
  func plain(_ name: Int64) -> Int64 {
    guard !dictionary.isEmpty else { return name }
    return dictionary[Int(max(0, min(Int64(dictionary.count - 1), name)))]
  }

  /// The name with a name without the dictionary; nil if the dictionary lacks it.
  @inline(__always)
  func name(plain: Int64) -> Int64? {
    guard !dictionary.isEmpty else { return plain }
    var (low, high) = (0, dictionary.count)
    while low < high {
      let middle = (low + high) / 2
      if dictionary[middle] < plain { low = middle + 1 } else { high = middle }
    }
    return low < dictionary.count && dictionary[low] == plain ? Int64(low) : nil
  }

  @inline(__always)
  private func plainValue(_ name: Int64) -> Double {
    switch kind {
    case .affine(let offset, let step, _): (offset + Double(name) * step) / power
    case .digits(let digits): Self.value(name, digits: digits)
    case .ordered(let type): type.value(bits: OrderedBits(type).bits(name))
    }
  }

  @inline(__always)
  private func plainName(_ number: Double) -> Int64 {
    switch kind {
    case .affine(let offset, let step, _): Self.whole((number * power - offset) / step)
    case .digits(let digits): Self.name(near: number, digits: digits)
    case .ordered(let type): OrderedBits(type).number(type.bits(nearest: number))
    }
  }

  /// The nearest integer within ``largestName``; any number is defined.
  @inline(__always)
  static func whole(_ number: Double) -> Int64 {
    guard number > -largestName else { return Int64(-largestName) }
    return number < largestName ? Int64((number + 0.5).rounded(.down)) : Int64(largestName)
  }

  /// Mantissas of a number of digits: 10^(D-1) to 10^D - 1.
  private static func mantissas(_ digits: Int) -> (first: Int64, count: Int64) {
    let first = Int64(powersOfTen[digits - 1])
    return (first, 9 * first)
  }

  private static func value(_ name: Int64, digits: Int) -> Double {
    guard name != 0 else { return 0 }
    let (first, count) = mantissas(digits)
    let place = Int64(bitPattern: name.magnitude &- 1) & .max
    let mantissa = Double(place % count + first)
    let exponent = min(Int(place / count), 400) + leastExponent - digits + 1
    let value =
      exponent >= 0
      ? mantissa * powersOfTen[min(exponent, 22)]
      : exponent >= -22
        ? mantissa / powersOfTen[-exponent]
        : mantissa / powersOfTen[22] / powersOfTen[min(22, -exponent - 22)]
    return name < 0 ? -value : value
  }

  private static func name(near number: Double, digits: Int) -> Int64 {
    let size = min(number.magnitude, 0.999 * powersOfTen[greatestExponent + 1])
    guard size >= 1e-12 else { return 0 }
    var exponent = leastExponent
    while exponent < greatestExponent,
      size >= (exponent + 1 < 0 ? 1 / powersOfTen[-exponent - 1] : powersOfTen[exponent + 1])
    { exponent += 1 }
    let shift = digits - 1 - exponent
    let scaled =
      shift < 0
      ? size / powersOfTen[-shift]
      : shift > 22 ? size * (powersOfTen[22] * powersOfTen[shift - 22]) : size * powersOfTen[shift]
    let (first, count) = mantissas(digits)
    let mantissa = max(0, Int64((scaled + 0.5).rounded(.down)) - first)
    let name = Int64(exponent - leastExponent) * count + mantissa + 1
    return number < 0 ? -name : name
  }
}
