import VAEModel

/// Chooses between the two integers next to a number by rate and distortion, and not by distance alone.
///
/// A uniform quantizer of step s and high rate leaves an error of s^2 / 12 and halves it twice a bit, so the price of a
/// bit is s^2 ln 2 / 6: in units of the step, bits weigh ln 2 / 6 of squared errors. The farther integer is taken where it
/// saves more bits than its error costs at that price (entropy-constrained quantization: Chou, Lookabaugh and Gray,
/// IEEE Trans. ASSP 37, 1989). Only encoders choose: a decoder takes what it is given.
package struct RDOQuantizer: Sendable {
  /// Bits that one unit (the step) of squared error is worth: 6 / ln 2.
  static let bitsPerError: Float = 8.656_170

  /// One table's place in `costs`.
  fileprivate struct Table {
    var first: Int
    package var count: Int
    var lowest: Int
    var rawBits: Int
    var cost: SymbolCost

    /// Those of the table, among all.
    @inline(__always)
    func costs(_ all: UnsafeBufferPointer<Float>) -> UnsafePointer<Float> {
      // A table has one at least.
      all.baseAddress.unsafelyUnwrapped + first
    }
  }

  private var tables: [Table] = []
  /// Bits of the symbols of all tables, one table after another.
  private var costs: [Float] = []

  /// - Parameter weights: what the frequency tables are made of.
  package init(_ weights: [LogisticMixture.SymbolWeights]) { add(weights) }

  private mutating func add(_ weights: [LogisticMixture.SymbolWeights]) {
    for one in weights {
      let cost = SymbolCost(one)
      tables.append(
        Table(
          first: costs.count, count: cost.bits.count, lowest: Int(one.lowest), rawBits: one.rawBits,
          cost: cost))
      costs += cost.bits
    }
  }

  /// The same with more tables after its own.
  func adding(_ weights: [LogisticMixture.SymbolWeights]) -> RDOQuantizer {
    var copy = self
    copy.add(weights)
    return copy
  }

  /// All tables at hand, for loops over many symbols.
  @inline(__always)
  func withTables<R>(_ body: (Tables) -> R) -> R {
    tables.withUnsafeBufferPointer { tables in
      costs.withUnsafeBufferPointer { costs in body(Tables(tables: tables, costs: costs)) }
    }
  }

  /// The symbol for `x`, a number in units of the step, under table `table`.
  package func callAsFunction(_ x: Float, table: Int) -> Float { withTables { $0.symbol(x, table) } }

  /// Bits of a symbol.
  package func bits(_ symbol: Int32, table: Int) -> Float { withTables { $0.bits(symbol, table) } }

  /// Bits of a symbol, at most 2^30 in magnitude.
  package func bits(_ symbol: Float, table: Int) -> Float { bits(Int32(symbol), table: table) }

  /// Bits and weighed error of the better integer next to `x`; and by how much that rises with `x`, from half a step below
  /// to half a step above.
  func cost(_ x: Float, table: Int) -> (bits: Float, slope: Float) { withTables { $0.cost(x, table) } }

  /// The tables of a choice, and what one asks them. Of use only within ``RDOQuantizer/withTables(_:)``.
  struct Tables {
    fileprivate let tables: UnsafeBufferPointer<Table>
    fileprivate let costs: UnsafeBufferPointer<Float>

    /// Nearer than this to an integer, no other is ever worth its error.
    private static let certain: Float = 0.12

    /// Bits of a symbol.
    @inline(__always)
    package func bits(_ symbol: Int32, _ table: Int) -> Float {
      let own = self[table]
      let index = Int(symbol) &>> own.pointee.rawBits &- own.pointee.lowest
      guard UInt(bitPattern: index) < UInt(bitPattern: own.pointee.count) else {
        return escape(symbol, table)
      }
      return own.pointee.costs(costs)[index]
    }

    /// Bits of a symbol and of the two after it.
    @inline(__always)
    private func bitsOfThree(_ symbol: Int32, _ table: Int) -> (Float, Float, Float) {
      let own = self[table]
      let index = Int(symbol) &- own.pointee.lowest
      guard own.pointee.rawBits == 0, index >= 0, index &+ 2 < own.pointee.count else {
        return (bits(symbol, table), bits(symbol &+ 1, table), bits(symbol &+ 2, table))
      }
      let costs = own.pointee.costs(costs) + index
      return (costs[0], costs[1], costs[2])
    }

    @inline(__always)
    private subscript(table: Int) -> UnsafePointer<Table> {
      precondition(table >= 0 && table < tables.count, "every symbol has a table")
      // There is one.
      return tables.baseAddress.unsafelyUnwrapped + table
    }

    @inline(never)
    private func escape(_ symbol: Int32, _ table: Int) -> Float { tables[table].cost(symbol) }

    /// The symbol for `x`, a number in units of the step.
    @inline(__always)
    func symbol(_ x: Float, _ table: Int) -> Float {
      let nearest = x.roundedToEven
      guard nearest.magnitude < 0x1p29 else { return nearest }
      let off = x - nearest
      // The other neighbour is at a distance of 1 - |off|: the errors differ by 1 - 2 |off|. Both are looked up, whether
      // it matters or not: a branch could not be foreseen.
      let other = nearest + (off > 0 ? 1 : -1)
      let symbol = Int32(nearest)
      let saved = bits(symbol, table) - bits(off > 0 ? symbol &+ 1 : symbol &- 1, table)
      let isWorthIt = saved > RDOQuantizer.bitsPerError * (1 - 2 * off.magnitude)
      return isWorthIt.and(off.magnitude > Self.certain) ? other : nearest
    }

    /// See ``RDOQuantizer/cost(_:table:)``.
    @inline(__always)
    func cost(_ x: Float, _ table: Int) -> (bits: Float, slope: Float) {
      guard x.magnitude < 0x1p29 else { return (.infinity, 0) }
      let first = (x - 0.5).roundedDown
      let symbol = Int32(first)
      // x - 1/2 is between the first and the second symbol, x + 1/2 between the second and the third.
      let bits = bitsOfThree(symbol, table)
      let u = x - first
      @inline(__always) func error(_ distance: Float) -> Float {
        RDOQuantizer.bitsPerError * distance * distance
      }
      @inline(__always) func least(_ a: Float, _ b: Float) -> Float { b < a ? b : a }
      let below = least(bits.0 + error(u - 0.5), bits.1 + error(u - 1.5))
      let above = least(bits.1 + error(u - 0.5), bits.2 + error(u - 1.5))
      let here = least(u < 1 ? bits.0 + error(u) : bits.2 + error(u - 2), bits.1 + error(u - 1))
      return (here, above - below)
    }
  }
}

extension Bool {
  /// Both, where both are known without a branch.
  @inline(__always)
  fileprivate func and(_ other: Bool) -> Bool { (self ? 1 : 0) & (other ? 1 : 0) == 1 as UInt8 }
}

// Rounding without a call of the mathematics library, which is what Swift's own comes to on the oldest processors. Zeros
// may lose their sign.
extension Float {
  /// The nearest integer, ties to even. Adding and taking away 1.5 * 2^23 leaves no bits for a fraction.
  @inline(__always)
  var roundedToEven: Float {
    magnitude < 0x1p22 ? (self + 0x1.8p+23) - 0x1.8p+23 : rounded(.toNearestOrEven)
  }

  /// The next integer that is not above it.
  @inline(__always)
  var roundedDown: Float {
    let nearest = roundedToEven
    return nearest > self ? nearest - 1 : nearest
  }

  /// The nearest integer to its magnitude, ties away from zero.
  @inline(__always)
  var roundedMagnitude: Float {
    let size = magnitude
    let nearest = size.roundedToEven
    return size - nearest == 0.5 ? nearest + 1 : nearest
  }
}
