/// The scale of a row's coefficients relative to the usual one, adapted from the preceding coefficients.
///
/// If the network serves a row worse than most, all of its residual is larger. The scale of a coefficient is therefore
/// the mean magnitude m of its component times a factor of the row: the mean, over the preceding coefficients, of the
/// symbol's magnitude relative to its expectation. Scale and step select the level (see ``ScaleLevel``), and thus the
/// frequency table. A decoder computes the factor from the preceding symbols: this is backward adaptation, as in
/// adaptive lossless coders of audio and images, and no hyperprior is transmitted.
///
/// With t = m / step, the expected magnitude of a symbol is about e = t^3 / (t^2 + 0.045) for a Laplace density. A
/// row's sum s, and a count n that is the same for all rows, start at 6; after each coefficient with symbol y,
///
///     s = 0.95 s + |y| min(1, 1 / e)        n = 0.95 n + min(1, e)
///
/// and the scale of the next is m s / (n step). A component with its own density has its own level; these follow the
/// levels of scale, in the order of the components. All arithmetic is in binary32 with rounding after each operation,
/// so that a decoder computes the same.
package struct AdaptiveScale: Sendable {
  /// The initial s and n.
  @usableFromInline static let start: Float = 6
  /// The decay of s and n per coefficient.
  @usableFromInline static let decay: Float = 0.95
  /// The limit of t; only absurd steps reach it.
  private static let largest: Float = 1e9

  /// m / (n step) and min(1, 1 / e) of each component.
  @usableFromInline let factors: [Float]
  @usableFromInline let gains: [Float]
  /// The level of a component with its own density; 0 for the others.
  @usableFromInline let own: [UInt8]

  /// - Parameters:
  ///   - magnitudes: m of each component.
  ///   - shapes: the components with their own density.
  ///   - step: the layer's step, positive.
  init(magnitudes: [Float], shapes: [Int] = [], step: Float) {
    var own = [UInt8](repeating: 0, count: magnitudes.count)
    for (i, component) in shapes.enumerated() { own[component] = UInt8(ScaleLevel.count + i) }
    self.own = own
    var (factors, gains): ([Float], [Float]) = ([], [])
    factors.reserveCapacity(magnitudes.count)
    gains.reserveCapacity(magnitudes.count)
    var count = Self.start
    for magnitude in magnitudes {
      let quotient = magnitude / step
      let t = quotient < Self.largest ? quotient : Self.largest
      let square = t * t
      let size = t * square / (square + 0.045)
      factors.append(t / count)
      gains.append(size > 1 ? 1 / size : 1)
      count = count * Self.decay
      count = count + (size < 1 ? size : 1)
    }
    (self.factors, self.gains) = (factors, gains)
  }

  /// The constants of one component.
  package struct Component {
    @usableFromInline var factor: Float
    @usableFromInline var gain: Float
    @usableFromInline var own: UInt8

    @inlinable
    init(factor: Float, gain: Float, own: UInt8) {
      (self.factor, self.gain, self.own) = (factor, gain, own)
    }

    /// The level in a row with sum `sum`.
    @inlinable @inline(__always)
    func level(_ sum: Float) -> UInt8 { own > 0 ? own : ScaleLevel.of(sum * factor) }

    /// The row's sum after a symbol of magnitude `size`.
    @inlinable @inline(__always)
    func sum(after sum: Float, size: Float) -> Float {
      let kept = sum * AdaptiveScale.decay
      return kept + size * gain
    }
  }

  @inlinable @inline(__always)
  subscript(c: Int) -> Component { Component(factor: factors[c], gain: gains[c], own: own[c]) }

  /// The number of rows that ``forEach(first:rows:_:)`` interleaves, because consecutive steps within a row depend on
  /// each other.
  @usableFromInline static let sideBySide = 8

  /// Visits the first `count` components of each of `rows` rows.
  ///
  /// - Parameter code: receives row, component and level; returns the magnitude of the symbol.
  @inlinable @inline(__always)
  package func forEach(
    first count: Int, rows: Int, _ code: (_ row: Int, _ component: Int, _ level: UInt8) -> Float
  ) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.sideBySide) { sums in
      guard let sums = sums.baseAddress else { return }
      var first = 0
      while first < rows {
        let beside = min(Self.sideBySide, rows - first)
        for i in 0..<Self.sideBySide { (sums + i).initialize(to: Self.start) }
        for c in 0..<count {
          let own = self[c]
          for i in 0..<beside {
            sums[i] = own.sum(after: sums[i], size: code(first + i, c, own.level(sums[i])))
          }
        }
        first += beside
      }
    }
  }

  /// Visits the first `count` components of a row.
  ///
  /// - Parameter code: receives each component with its level; returns the magnitude of its symbol.
  @inlinable @inline(__always)
  package func forEach(first count: Int, _ code: (_ component: Int, _ level: Int) -> Float) {
    var sum = Self.start
    for c in 0..<count {
      let own = self[c]
      sum = own.sum(after: sum, size: code(c, Int(own.level(sum))))
    }
  }
}

/// The levels of one linear layer's coefficients for a decoder: plane after plane, for all rows of a chunk at once.
package struct CoefficientLevels: Sendable {
  /// The number of planes of the layer.
  package let components: Int
  private let scale: AdaptiveScale
  private let firstLevel: UInt8

  init(_ layer: KLTLayer, step: Float, firstLevel: Int) {
    components = layer.components
    scale = layer.scale(step: step)
    self.firstLevel = UInt8(firstLevel)
  }

  /// The sum of each row before its first coefficient.
  package func startSums(rows: Int) -> [Float] { [Float](repeating: AdaptiveScale.start, count: rows) }

  /// Computes the level of coefficient `c` in each row; `sums` covers the coefficients before it.
  package func levels(of c: Int, _ sums: [Float], into levels: inout [UInt8]) {
    precondition(levels.count >= sums.count)
    let own = scale[c]
    levels.withUnsafeMutableBufferPointer { levels in
      for r in sums.indices { levels[r] = own.level(sums[r]) &+ firstLevel }
    }
  }

  /// Updates the sums with the symbols of coefficient `c`, one per row.
  package func add(_ symbols: UnsafeBufferPointer<Int32>, of c: Int, to sums: inout [Float]) {
    precondition(symbols.count >= sums.count)
    let own = scale[c]
    sums.withUnsafeMutableBufferPointer { sums in
      for r in sums.indices { sums[r] = own.sum(after: sums[r], size: Float(symbols[r]).magnitude) }
    }
  }
}

extension KLTLayer {
  /// The adaptive scale of the layer at a step.
  package func scale(step: Float) -> AdaptiveScale {
    AdaptiveScale(magnitudes: magnitudes, shapes: shapes.map(\.component), step: step)
  }
}

extension Model {
  /// The levels of the linear layers that a point uses, in the order of their planes.
  package func coefficientLevels(at point: OperatingPoint) -> [CoefficientLevels] {
    var first = 0
    return coefficientLayers(at: point).map { layer, step in
      defer { first += layer.levels }
      return CoefficientLevels(layer, step: step, firstLevel: first)
    }
  }
}
