/// Chooses between the two integers next to a number by rate and distortion, and not by distance alone.
///
/// A uniform quantizer of step s and high rate leaves an error of s^2 / 12 and halves it twice a bit, so the price of a
/// bit is s^2 ln 2 / 6: in units of the step, bits weigh ln 2 / 6 of squared errors. The farther integer is taken where it
/// saves more bits than its error costs at that price (entropy-constrained quantization: Chou, Lookabaugh and Gray,
/// IEEE Trans. ASSP 37, 1989). Only encoders choose: a decoder takes what it is given.
struct SymbolChoice: Sendable {
  /// Bits that one unit (the step) of squared error is worth: 6 / ln 2.
  static let bitsPerError: Float = 8.656_170
  /// Nearer than this to an integer, no other is ever worth its error.
  private static let certain: Float = 0.12

  private var costs: [SymbolCost]

  /// - Parameter weights: what the frequency tables are made of.
  init(_ weights: [LogisticMixture.SymbolWeights]) { costs = weights.map { SymbolCost($0) } }

  /// The symbol for `x`, a number in units of the step, under table `table`.
  @inline(__always)
  func callAsFunction(_ x: Float, table: Int) -> Float {
    let nearest = x.rounded(.toNearestOrEven)
    let off = x - nearest
    // The other neighbour is at a distance of 1 - |off|: the errors differ by 1 - 2 |off|.
    guard off.magnitude > Self.certain, nearest.magnitude < 0x1p29 else { return nearest }
    let other = off > 0 ? nearest + 1 : nearest - 1
    let cost = costs[table]
    let saved = cost(Int32(nearest)) - cost(Int32(other))
    return saved > Self.bitsPerError * (1 - 2 * off.magnitude) ? other : nearest
  }

  /// The same with more tables after its own.
  func adding(_ weights: [LogisticMixture.SymbolWeights]) -> SymbolChoice {
    var copy = self
    copy.costs += weights.map { SymbolCost($0) }
    return copy
  }

  /// Bits of a symbol.
  func bits(_ symbol: Int32, table: Int) -> Float { costs[table](symbol) }

  /// Bits of a symbol, at most 2^30 in magnitude.
  func bits(_ symbol: Float, table: Int) -> Float { bits(Int32(symbol), table: table) }

  /// Bits and weighed error of the better integer next to `x`; and by how much that rises with `x`, from half a step below
  /// to half a step above.
  func cost(_ x: Float, table: Int) -> (bits: Float, slope: Float) {
    guard x.magnitude < 0x1p29 else { return (.infinity, 0) }
    let first = (x - 0.5).rounded(.down)
    let cost = costs[table]
    // x - 1/2 is between the first and the second symbol, x + 1/2 between the second and the third.
    let bits = (cost(Int32(first)), cost(Int32(first) + 1), cost(Int32(first) + 2))
    let u = x - first
    func error(_ distance: Float) -> Float { Self.bitsPerError * distance * distance }
    let below = min(bits.0 + error(u - 0.5), bits.1 + error(u - 1.5))
    let above = min(bits.1 + error(u - 0.5), bits.2 + error(u - 1.5))
    let here = min(u < 1 ? bits.0 + error(u) : bits.2 + error(u - 2), bits.1 + error(u - 1))
    return (here, above - below)
  }
}
