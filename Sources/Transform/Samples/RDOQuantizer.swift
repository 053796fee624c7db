import VAEModel

/// Rate-distortion optimized quantization: chooses between the two integers next to a number by rate and distortion,
/// not by distance alone.
///
/// A uniform quantizer of step s at high rate has the error s^2 / 12, which falls by a factor of 4 per bit. The price
/// of a bit is thus s^2 ln 2 / 6; in units of the step, a bit is worth a squared error of ln 2 / 6. The farther integer
/// is chosen if it saves more bits than its error costs at that price (entropy-constrained quantization: Chou,
/// Lookabaugh and Gray, IEEE Trans. ASSP 37, 1989). Only encoders choose; decoders take what they are given.
package struct RDOQuantizer: Sendable {
  /// The bits that a squared error of one step is worth: 6 / ln 2.
  static let bitsPerError: Float = 8.656_170

  /// The position of a table in `costs`.
  fileprivate struct Table {
    var first: Int
    package var count: Int
    var lowest: Int
    var rawBits: Int
    var cost: SymbolCost

    /// The costs of this table.
    @inline(__always)
    func costs(_ all: UnsafeBufferPointer<Float>) -> UnsafePointer<Float> {
      // There is at least one cost.
      all.baseAddress.unsafelyUnwrapped + first
    }
  }

  private var tables: [Table] = []
  /// The bits of the symbols of all tables, one table after another.
  private var costs: [Float] = []

  /// - Parameter weights: the weights of the frequency tables.
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

  /// The same quantizer with more tables after its own.
  func adding(_ weights: [LogisticMixture.SymbolWeights]) -> RDOQuantizer {
    var copy = self
    copy.add(weights)
    return copy
  }

  /// Gives access to all tables, for loops over many symbols.
  @inline(__always)
  func withTables<R>(_ body: (Tables) -> R) -> R {
    tables.withUnsafeBufferPointer { tables in
      costs.withUnsafeBufferPointer { costs in body(Tables(tables: tables, costs: costs)) }
    }
  }

  /// The symbol for `x`, a number in units of the step, with table `table`.
  package func callAsFunction(_ x: Float, table: Int) -> Float { withTables { $0.symbol(x, table) } }

  /// The bits of a symbol.
  package func bits(_ symbol: Int32, table: Int) -> Float { withTables { $0.bits(symbol, table) } }

  /// The bits of a symbol of magnitude up to 2^30.
  package func bits(_ symbol: Float, table: Int) -> Float { bits(Int32(symbol), table: table) }

  /// The bits and weighted error of the better integer next to `x`; and their increase with `x`, from half a step below
  /// to half a step above.
  func cost(_ x: Float, table: Int) -> (bits: Float, slope: Float) { withTables { $0.cost(x, table) } }

  /// The tables of a quantizer. Valid only within ``RDOQuantizer/withTables(_:)``.
  struct Tables {
    fileprivate let tables: UnsafeBufferPointer<Table>
    fileprivate let costs: UnsafeBufferPointer<Float>

    /// Closer than this to an integer, no other integer is worth its error.
    private static let certain: Float = 0.12

    /// The bits of a symbol.
    @inline(__always)
    package func bits(_ symbol: Int32, _ table: Int) -> Float {
      let own = self[table]
      let index = Int(symbol) &>> own.pointee.rawBits &- own.pointee.lowest
      guard UInt(bitPattern: index) < UInt(bitPattern: own.pointee.count) else {
        return escape(symbol, table)
      }
      return own.pointee.costs(costs)[index]
    }

    /// The bits of a symbol and of the next two.
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
      // There is at least one table.
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
      // The other neighbour is at distance 1 - |off|, so the errors differ by 1 - 2 |off|. Both are looked up in any
      // case, because a branch would be unpredictable.
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
  /// Logical and without a branch.
  @inline(__always)
  fileprivate func and(_ other: Bool) -> Bool { (self ? 1 : 0) & (other ? 1 : 0) == 1 as UInt8 }
}

// Rounding without a library call, which Swift's own rounding needs on the oldest processors. Zeros may lose their
// sign.
extension Float {
  /// The nearest integer, ties to even. Adding and subtracting 1.5 * 2^23 leaves no bits for a fraction.
  @inline(__always)
  var roundedToEven: Float {
    magnitude < 0x1p22 ? (self + 0x1.8p+23) - 0x1.8p+23 : rounded(.toNearestOrEven)
  }

  /// The largest integer that is not greater.
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
