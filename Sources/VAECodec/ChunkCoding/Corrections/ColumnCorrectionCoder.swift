import EntropyCoding
import Records

/// Codes the values of a table's rows, within an error bound per column, given the model's reconstruction.
///
/// It works as ``CorrectionCoder`` does, but column by column. Each column has its own ``ColumnQuantizer``, unit, and
/// prediction from the preceding rows and columns (``ColumnState``). Contexts include the column.
///
/// It owns its buffers; only one task may use it at a time.
final class ColumnCorrectionCoder: CorrectionCoding {
  let elementType: ElementType
  let width: Int
  let ordered: OrderedBits
  private let columns: [Column]
  private let known: KnownValues
  private let state: ColumnState
  private var mixer = ReusedMixer(contexts: 8)

  /// A column.
  private struct Column {
    let quantizer: ColumnQuantizer
    let unit: Double
    let inverseUnit: Double
    /// The type of its values, and their order, where they are stored in another.
    let own: (type: ElementType, ordered: OrderedBits)?
  }

  /// - Parameters:
  ///   - types: those of the columns, where they are not that of the samples.
  ///   - known: numbers that stand for missing values.
  init(
    _ type: ValueType, _ bounds: ColumnBounds, types: [ElementType]? = nil, known: KnownValues = KnownValues()
  ) {
    self.known = known
    let storage = type.elementType
    elementType = storage
    width = bounds.columns.count
    columns = bounds.columns.enumerated().map { place, bound in
      let unit = Double(sign: .plus, exponent: bound.exponent, significand: 1)
      let own = types?[place]
      return Column(
        quantizer: ColumnQuantizer(type, own: own, bound: bound.bound, decimals: bound.decimals), unit: unit,
        inverseUnit: 1 / unit, own: own == storage ? nil : own.map { ($0, OrderedBits($0)) })
    }
    ordered = OrderedBits(storage)
    state = ColumnState(width: width)
  }

  func accepts(_ mode: UInt8) -> Bool { mode <= 1 }

  func modes(for batch: SampleBatch, base: [Double]) -> [UInt8] { [0, 1] }

  func base(of reconstruction: SampleBatch) -> [Double] { reconstruction.doubles() }

  func run<Values: CorrectedValues, Coder: BitCoding>(
    _ base: [Double], mode: UInt8, _ values: inout Values, _ coder: inout Coder
  ) -> Bool {
    let hasEscapes = mode == 1
    let mixer = mixer.empty(values: base.count)
    state.reset()
    var last: Int64 = 0
    return columns.withUnsafeBufferPointer { columns in
      for r in 0..<base.count / width {
        state.begin(row: r)
        for i in 0..<width {
          let place = r * width + i
          let (column, own) = (columns[i], base[place])
          state.predict(i)
          let sum = own + column.unit * state.correction
          let prediction = sum.isFinite ? sum : 0
          let anchor = column.quantizer.anchor(prediction)
          setContexts(mixer.hashes, i, anchor: anchor, prediction: prediction, column.quantizer)
          let bits: UInt64
          let difference: Int64
          if column.quantizer.kind == .exact {
            if let own = column.own {
              (bits, difference) = codeExact(own, place, prediction, mixer, values, &coder)
            } else {
              (bits, difference) = codeExact(place, prediction, mixer, values, &coder)
            }
          } else {
            let isMark = Values.isKnown && known.isMark(bits: values.bits(place), elementType)
            let wanted: Int64? =
              isMark
              ? nil : Values.isKnown ? column.quantizer.difference(values.bits(place), anchor: anchor) : 0
            if hasEscapes,
              let own = codeEscape(wanted == nil, place, after: &last, mixer, &values, &coder)
            {
              state.skip(i, bits: own)
              continue
            }
            guard let wanted else { return false }
            difference = mixer.code(free: wanted, first: 0, &coder)
            bits = column.quantizer.bits(anchor: anchor, difference)
          }
          values.set(place, bits: bits)
          let error = (elementType.value(bits: bits) - own) * column.inverseUnit
          if error.isFinite {
            state.settle(i, error: error, difference: difference, bits: bits)
          } else {
            state.skip(i, bits: bits)
          }
        }
      }
      return true
    }
  }

  /// Codes a value of a type of the column's own without error: see ``codeExact(_:_:_:_:_:)``.
  @inline(__always)
  private func codeExact<Values: CorrectedValues, Coder: BitCoding>(
    _ own: (type: ElementType, ordered: OrderedBits), _ place: Int, _ prediction: Double,
    _ mixer: ContextMixer,
    _ values: Values, _ coder: inout Coder
  ) -> (bits: UInt64, difference: Int64) {
    let predicted = own.ordered.number(own.type.bits(nearest: prediction))
    let value = Values.isKnown ? own.type.narrowed(Double(bitPattern: values.bits(place))) : 0
    let difference = mixer.code(free: own.ordered.number(value) &- predicted, first: 0, &coder)
    return (own.type.widened(own.ordered.bits(predicted &+ difference)).bitPattern, difference)
  }

  /// Sets the hashes of the contexts of column `i`.
  @inline(__always)
  private func setContexts(
    _ hashes: UnsafeMutablePointer<UInt32>, _ i: Int, anchor: Double, prediction: Double,
    _ quantizer: ColumnQuantizer
  ) {
    let above = state.lastDifferences[i]
    let left = i > 0 ? state.differences[i - 1] : 0
    let farther = i > 1 ? state.differences[i - 2] : 0
    let usual = Contexts.level(state.means[i])
    let sizes = 2 * Contexts.size(above) + Contexts.size(state.olderDifferences[i]) + Contexts.size(left)
    let around = Contexts.level(sizes << 6)
    let escaped = Int(state.wasEscape[i])
    // The position of a prediction between two grid points, in eighths; and the nearest grid point.
    let hasGrid = quantizer.kind == .grid
    let distance = quantizer.distance(prediction, anchor: anchor)
    let fraction = hasGrid ? Int(max(-4, min(4, (distance * 8).rounded(.down)))) + 4 : 0
    let value = hasGrid ? Int(max(-0x1p40, min(0x1p40, anchor))) : 0
    let bits = state.lastBits[i]
    hashes[0] = Contexts.hash(0, i, escaped, 0)
    hashes[1] = Contexts.hash(1, i, usual, escaped)
    hashes[2] = Contexts.hash(2, i, around, 0)
    hashes[3] = Contexts.hash(3, i, Contexts.sign(above) * 7 + Contexts.sign(left), Contexts.sign(farther))
    hashes[4] = Contexts.hash(4, i, fraction, usual / 2)
    hashes[5] = Contexts.hash(
      5, i, Contexts.level(Contexts.size(left) << 8), Contexts.level(Contexts.size(above) << 8))
    hashes[6] = Contexts.hash(6, usual, around, fraction)
    hashes[7] = Contexts.hash(7, i, value, Int(truncatingIfNeeded: bits ^ bits >> 29))
  }
}
