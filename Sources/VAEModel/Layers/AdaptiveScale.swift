/// How large the coefficients of a row are against what is usual: learned from those before, one after another.
///
/// Where the network serves a row worse than most, all that it leaves is larger. So the scale of a coefficient is the
/// mean size m of its component times a factor of the row: the mean, over the coefficients before, of the symbol's size
/// against what it is on average. Scale and step choose the level (see ``ScaleLevel``), hence the frequency table. A
/// decoder knows the factor, because it knows the symbols before: backward adaptation, as in adaptive lossless coders of
/// audio and images, and no hyperprior has to be sent.
///
/// With t = m / step, a symbol's size is e = t^3 / (t^2 + 0.045) on average (nearly, for a Laplace density). A row's sum s
/// and a count n, the same for all rows, begin at 6; after each coefficient with symbol y,
///
///     s = 0.95 s + |y| min(1, 1 / e)        n = 0.95 n + min(1, e)
///
/// and the scale of the next is m s / (n step). A component with a density of its own has a level of its own, after those
/// of scale: one for each, in their order. All in binary32, rounded after each operation: a decoder computes it.
package struct AdaptiveScale: Sendable {
  /// s and n before the first coefficient.
  @usableFromInline static let start: Float = 6
  /// What the past keeps of its weight.
  @usableFromInline static let decay: Float = 0.95
  /// t is cut off here: only absurd steps reach it.
  private static let largest: Float = 1e9

  /// m / (n step), and min(1, 1 / e), of each component.
  @usableFromInline let factors: [Float]
  @usableFromInline let gains: [Float]
  /// The level of a component with a density of its own; 0 for the others.
  @usableFromInline let own: [UInt8]

  /// - Parameters:
  ///   - magnitudes: m of each component.
  ///   - shapes: components with a density of their own.
  ///   - step: of the layer, positive.
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

  /// What is known of one component.
  package struct Component {
    @usableFromInline var factor: Float
    @usableFromInline var gain: Float
    @usableFromInline var own: UInt8

    @inlinable
    init(factor: Float, gain: Float, own: UInt8) {
      (self.factor, self.gain, self.own) = (factor, gain, own)
    }

    /// The level in a row whose sum is `sum`.
    @inlinable @inline(__always)
    func level(_ sum: Float) -> UInt8 { own > 0 ? own : ScaleLevel.of(sum * factor) }

    /// The row's sum after a symbol of this size.
    @inlinable @inline(__always)
    func sum(after sum: Float, size: Float) -> Float {
      let kept = sum * AdaptiveScale.decay
      return kept + size * gain
    }
  }

  @inlinable @inline(__always)
  subscript(c: Int) -> Component { Component(factor: factors[c], gain: gains[c], own: own[c]) }

  /// Rows that ``forEach(first:rows:_:)`` goes through side by side: those after one another would wait for each other.
  @usableFromInline static let sideBySide = 8

  /// Goes through the first `count` components of each of `rows` rows.
  ///
  /// - Parameter code: gets row, component and level; returns the size of the symbol.
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

  /// Goes through the first `count` components of a row.
  ///
  /// - Parameter code: gets each component with its level; returns the size of its symbol.
  @inlinable @inline(__always)
  package func forEach(first count: Int, _ code: (_ component: Int, _ level: Int) -> Float) {
    var sum = Self.start
    for c in 0..<count {
      let own = self[c]
      sum = own.sum(after: sum, size: code(c, Int(own.level(sum))))
    }
  }
}

/// The levels of one linear layer's coefficients, for a decoder: plane after plane, all rows of a chunk at once.
package struct CoefficientLevels: Sendable {
  /// Planes of the layer.
  package let components: Int
  private let scale: AdaptiveScale
  private let firstLevel: UInt8

  init(_ layer: KLTLayer, step: Float, firstLevel: Int) {
    components = layer.components
    scale = layer.scale(step: step)
    self.firstLevel = UInt8(firstLevel)
  }

  /// What is known of each row before its first coefficient.
  package func startSums(rows: Int) -> [Float] { [Float](repeating: AdaptiveScale.start, count: rows) }

  /// The level of coefficient `c` in each row, of which `sums` knows the coefficients before.
  package func levels(of c: Int, _ sums: [Float], into levels: inout [UInt8]) {
    precondition(levels.count >= sums.count)
    let own = scale[c]
    levels.withUnsafeMutableBufferPointer { levels in
      for r in sums.indices { levels[r] = own.level(sums[r]) &+ firstLevel }
    }
  }

  /// Takes in the symbols of coefficient `c`, one a row.
  package func add(_ symbols: UnsafeBufferPointer<Int32>, of c: Int, to sums: inout [Float]) {
    precondition(symbols.count >= sums.count)
    let own = scale[c]
    sums.withUnsafeMutableBufferPointer { sums in
      for r in sums.indices { sums[r] = own.sum(after: sums[r], size: Float(symbols[r]).magnitude) }
    }
  }
}

extension KLTLayer {
  /// What chooses the levels of a row's coefficients.
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
