import EntropyCoding

/// Codes the weights of a model's matrices, one matrix after another: integers whose size is foretold by the mean size
/// of those before in their row and column, and by the neighbours to the left.
///
/// A size a is coded as a + 1: the position of its leading bit in unary, two bits after that by context, and the
/// others as they are. What bits have been in one matrix serves the next.
struct WeightCoding {
  /// A probability of a 1 in 16 bits, and how many bits it has seen.
  private struct Adaptive {
    var p: UInt16
    var seen: UInt8 = 0

    @inline(__always)
    mutating func code<Coder: BitCoding>(_ bit: UInt32, _ coder: inout Coder) -> UInt32 {
      let bit = coder.code(bit, UInt32(max(least, min(.max - least, p))))
      let (target, p) = (bit == 1 ? 65_535 : 0, Int(self.p))
      self.p = UInt16(p + (target - p) * 2 / (2 * Int(seen) + 3))
      if seen < most { seen += 1 }
      return bit
    }
  }

  /// The least probability, by which a weight takes at least a 2800th of a byte; and how many bits a mean is over.
  private static let (least, most): (UInt16, UInt8) = (128, 120)
  private static let (sizes, positions) = (50, 16)
  /// Kinds of left neighbours, relative to the mean size.
  private static let kinds = 4

  private var positionBits: [Adaptive]
  private var sizeBits: [Adaptive]
  private var signBits = [Adaptive](repeating: Adaptive(p: 1 << 15), count: 5 * 3 * 3)

  init() {
    positionBits = []
    // Sizes with the mean s, exponentially distributed, are at least 2^k - 1 with probability (s / (1 + s))^(2^k - 1).
    var mean = 0x1p-8
    for _ in 0..<Self.sizes {
      var share = mean / (1 + mean)
      mean *= 1.4142135623730951
      var bits: [Adaptive] = []
      for _ in 0..<Self.positions {
        bits.append(Adaptive(p: UInt16(share * 65_535)))
        share *= share
      }
      for _ in 0..<Self.kinds { positionBits += bits }
    }
    sizeBits = [Adaptive](repeating: Adaptive(p: 29_500), count: Self.sizes * Self.positions * 4)
  }

  /// Codes a matrix.
  ///
  /// - Parameters:
  ///   - codes: row after row; a decoder sets them.
  ///   - steps: the step of each row, or of all rows.
  /// - Returns: false if a decoder found a code of more than 16 bits.
  mutating func code<Coder: BitCoding>(
    _ codes: inout [Int16], columns: Int, steps: [Float] = [], _ coder: inout Coder
  ) -> Bool {
    guard columns > 0 else { return true }
    // Mean sizes in 256ths.
    var (ofRow, ofColumns) = (8 << 8, [Int](repeating: 0, count: columns))
    var (row, column, left, left2) = (0, 0, 0, 0)
    for i in codes.indices {
      let size = row == 0 ? Self.level(ofRow) * 2 : Self.level(ofRow) + Self.level(ofColumns[column])
      let context = Context(size: size / 4, mean: ofRow, left: left, left2: left2)
      guard let code = code(Int(codes[i]), context, &coder) else { return false }
      codes[i] = Int16(truncatingIfNeeded: code)
      let own = Int(code.magnitude) << 8
      ofRow += (own - ofRow) / 24
      ofColumns[column] = row == 0 ? (own + 3 * ofRow) / 4 : ofColumns[column] + (own - ofColumns[column]) / 8
      (left, left2) = (code, left)
      column += 1
      guard column == columns else { continue }
      (row, column, left, left2) = (row + 1, 0, 0, 0)
      guard row < steps.count else { continue }
      // Codes of a row with a larger step are smaller.
      let octaves = Int(steps[row - 1].exponentBitPattern) - Int(steps[row].exponentBitPattern)
      ofRow = Self.scaled(ofRow, by: octaves)
      for column in ofColumns.indices { ofColumns[column] = Self.scaled(ofColumns[column], by: octaves) }
    }
    return true
  }

  /// A mean size times a power of two, at most that of the largest codes.
  private static func scaled(_ mean: Int, by octaves: Int) -> Int {
    min(32_767 << 8, octaves < 0 ? mean >> min(31, -octaves) : mean << min(31, octaves))
  }

  /// What is known of a code before it.
  private struct Context {
    /// The mean size, two levels an octave from 1 / 256 on; the kind of the neighbours' sizes; and that of their signs.
    let size: Int
    let kind: Int
    let signs: Int
    private let mean: Int

    init(size: Int, mean: Int, left: Int, left2: Int) {
      (self.size, self.mean) = (size, mean)
      let neighbours = Int(left.magnitude + left2.magnitude) * 2560
      kind = neighbours < 7 * mean ? 0 : neighbours < 16 * mean ? 1 : neighbours < 30 * mean ? 2 : 3
      let isLarge = Int(left.magnitude) << 8 >= mean
      signs = (left.signum() * (isLarge ? 2 : 1) + 2) * 3 + left2.signum() + 1
    }

    /// The context of the sign of a code of this size.
    func sign(of size: Int) -> Int { signs * 3 + min(2, (size << 9) / (mean + 256)) }
  }

  /// Four levels an octave.
  @inline(__always)
  private static func level(_ mean: Int) -> Int {
    let number = UInt32(truncatingIfNeeded: mean + 25)
    let place = 31 - number.leadingZeroBitCount
    return 4 * place + Int(number >> UInt32(place - 2)) & 3
  }

  @inline(__always)
  private mutating func code<Coder: BitCoding>(
    _ code: Int, _ context: Context, _ coder: inout Coder
  ) -> Int? {
    let size = code.magnitude + 1
    let place = UInt.bitWidth - 1 - size.leadingZeroBitCount
    let first = (context.size * Self.kinds + context.kind) * Self.positions
    var leading = 0
    while leading < Self.positions - 1,
      positionBits[first + leading].code(leading < place ? 1 : 0, &coder) == 1
    { leading += 1 }
    let group = (context.size * Self.positions + leading) * 4
    var found: UInt = 1
    for depth in 0..<leading {
      let bit = UInt32(truncatingIfNeeded: size >> UInt(leading - 1 - depth)) & 1
      let known = depth < 2 ? sizeBits[group + Int(found)].code(bit, &coder) : coder.code(bit, 1 << 15)
      found = found << 1 | UInt(known)
    }
    let magnitude = Int(found) - 1
    guard magnitude > 0 else { return 0 }
    guard magnitude <= Int16.max else { return nil }
    let isNegative = signBits[context.sign(of: magnitude)].code(code < 0 ? 1 : 0, &coder) == 1
    return isNegative ? -magnitude : magnitude
  }
}
