import EntropyCoding

/// Codes which values are kept by their bits, and these: how many are not, how many are, and so on, column by column.
struct QuickExceptions {
  /// The places of values within the chunk, in the order of coding, and their bits.
  private(set) var places: [Int] = []
  private(set) var bits: [UInt64] = []

  init() {}

  /// Adds the values without a name among the first rows of a field.
  ///
  /// - Parameters:
  ///   - first: the number of the first row in the chunk.
  ///   - bits: those of the value at a place in the chunk.
  mutating func add(
    _ field: QuickField, _ namings: [QuickNaming], rows: Int, first: Int, _ bits: (Int) -> UInt64
  ) {
    let shape = field.layout.shape
    for (column, naming) in namings.enumerated() {
      let source = naming.kind == .scaled ? field.names : field.positions
      for row in 0..<rows {
        let start = field.layout.start(row)
        for j in shape.isNarrow ? column..<column + 1 : 0..<shape.width
        where source[start + j] == QuickPass.nameless {
          places.append((first + row) * shape.width + j)
          self.bits.append(bits((first + row) * shape.width + j))
        }
      }
    }
  }

  /// Brings the exceptions into the order of coding.
  mutating func sort(_ shape: ValueShape) {
    guard shape.isNarrow, shape.width > 1 else { return }
    let order = places.indices.sorted {
      let (a, b) = (places[$0], places[$1])
      return (a % shape.width, a) < (b % shape.width, b)
    }
    (places, bits) = (order.map { places[$0] }, order.map { bits[$0] })
  }

  /// Codes the exceptions of a chunk; a decoder's are empty before.
  ///
  /// - Parameter size: the bits of a value.
  /// - Returns: false if the bits are those of none.
  mutating func code<Coder: BitCoding>(
    isKnown: Bool, _ layout: QuickLayout, size: Int, _ integers: inout QuickIntegers, _ coder: inout Coder
  ) -> Bool {
    let (shape, known) = (layout.shape, (places, bits))
    (places, bits) = ([], [])
    let total = layout.rows * shape.width
    // A place in the order of coding as one in the chunk.
    func place(_ number: Int) -> Int {
      guard shape.isNarrow else { return number }
      let (column, row) = number.quotientAndRemainder(dividingBy: layout.rows)
      return row * shape.width + column
    }
    var (number, next) = (0, 0)
    var last: UInt64 = 0
    while number < total {
      var run = 0
      if isKnown {
        while number + run < total, next >= known.0.count || known.0[next] != place(number + run) { run += 1 }
      }
      let kept = integers.code(UInt64(run), .exceptions, &coder)
      guard kept <= UInt64(total - number) else { return false }
      number += Int(kept)
      guard number < total else { break }
      run = 0
      if isKnown {
        while number + run < total, next + run < known.0.count, known.0[next + run] == place(number + run) {
          run += 1
        }
      }
      // At least one follows.
      let lost = integers.code(UInt64(max(1, run) - 1), .exceptions, &coder)
      guard lost < UInt64(total - number) else { return false }
      for _ in 0...lost {
        let own = isKnown ? known.1[next] : 0
        let isRepeated = integers.code(own == last ? 0 : 1, .repeats, &coder) == 0
        if !isRepeated {
          var found: UInt64 = 0
          for rest in (0..<UInt64(size)).reversed() {
            found = found << 1 | UInt64(coder.code(UInt32(truncatingIfNeeded: own >> rest) & 1, 1 << 15))
          }
          last = found
        }
        places.append(place(number))
        bits.append(last)
        number += 1
        next += 1
      }
    }
    return true
  }
}
