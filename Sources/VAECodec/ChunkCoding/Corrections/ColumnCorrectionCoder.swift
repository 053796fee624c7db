import EntropyCoding
import Records

/// Codes what the values of a table's rows are, within a bound for each column, given what the model makes of them.
///
/// As a ``CorrectionCoder`` does, but column by column: each has a ``ColumnQuantizer``, a unit, and a prediction of its own
/// from rows and columns before (``ColumnState``). Contexts know the column.
///
/// It owns its buffers; used by one task at a time.
final class ColumnCorrectionCoder: CorrectionCoding {
  private let elementType: ElementType
  private let width: Int
  private let columns: [Column]
  private let ordered: OrderedBits
  private let state: ColumnState
  private var mixer: (mixer: ContextMixer, slotBits: Int)?

  private static let contexts = 8

  /// A column.
  private struct Column {
    let quantizer: ColumnQuantizer
    let unit: Double
    let inverseUnit: Double
  }

  init(_ elementType: ElementType, _ bounds: ColumnBounds) {
    self.elementType = elementType
    width = bounds.columns.count
    columns = bounds.columns.map {
      let unit = Double(sign: .plus, exponent: $0.exponent, significand: 1)
      return Column(
        quantizer: ColumnQuantizer(elementType, bound: $0.bound, decimals: $0.decimals), unit: unit,
        inverseUnit: 1 / unit)
    }
    ordered = OrderedBits(elementType)
    state = ColumnState(width: width)
  }

  func encode(_ batch: SampleBatch, base: SampleBatch) -> [UInt8] {
    precondition(batch.valuesPerSample == width && base.valueCount == batch.valueCount)
    let base = base.doubles()
    return batch.bytes.withUnsafeBytes { bytes in
      var input = Input(elementType: elementType, bytes: bytes)
      // A quantizer shows only on the way whether it holds a value.
      for hasEscapes in [false, true] {
        var coder = BitEncoder()
        if run(base, hasEscapes: hasEscapes, &input, &coder) { return [hasEscapes ? 1 : 0] + coder.finish() }
      }
      preconditionFailure("with escapes, every value has a code")
    }
  }

  func decode(_ bytes: ArraySlice<UInt8>, base: SampleBatch) throws(ChunkError) -> SampleBatch {
    precondition(base.valuesPerSample == width)
    guard let flags = bytes.first, flags <= 1 else { throw .corrupt }
    var samples = [UInt8](repeating: 0, count: base.bytes.count)
    var coder = BitDecoder(bytes.dropFirst())
    samples.withUnsafeMutableBytes { samples in
      var output = Output(elementType: elementType, bytes: samples)
      _ = run(base.doubles(), hasEscapes: flags == 1, &output, &coder)
    }
    guard coder.isAtEnd else { throw .corrupt }
    return SampleBatch(elementType: elementType, valuesPerSample: width, bytes: samples)
  }

  /// Codes all values in order, in either direction.
  ///
  /// - Returns: false where a value would have to be coded by itself, which `hasEscapes` has ruled out.
  private func run<Values: ColumnValues, Coder: BitCoding>(
    _ base: [Double], hasEscapes: Bool, _ values: inout Values, _ coder: inout Coder
  ) -> Bool {
    let mixer = emptyMixer(values: base.count)
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
            let predicted = ordered.number(elementType.bits(nearest: prediction))
            difference = mixer.code(
              free: ordered.number(values.bits(place)) &- predicted, first: 0, &coder)
            bits = ordered.bits(predicted &+ difference)
          } else {
            let wanted = values.difference(place, column.quantizer, anchor: anchor)
            if hasEscapes {
              let escapes = mixer.code(wanted == nil ? 1 : 0, node: ContextMixer.isEscape, &coder)
              if escapes == 1 {
                let change = mixer.code(
                  free: ordered.number(values.bits(place)) &- last, first: ContextMixer.escapeNodes, &coder)
                last = last &+ change
                values.set(place, bits: ordered.bits(last))
                state.skip(i, bits: ordered.bits(last))
                continue
              }
            }
            guard let wanted = wanted ?? (Values.isKnown ? nil : 0) else { return false }
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
    let sizes = 2 * Self.size(above) + Self.size(state.olderDifferences[i]) + Self.size(left)
    let around = Contexts.level(sizes << 6)
    let escaped = Int(state.wasEscape[i])
    // Where between two places of a grid a prediction is, in eighths; and the nearest of them.
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
      5, i, Contexts.level(Self.size(left) << 8), Contexts.level(Self.size(above) << 8))
    hashes[6] = Contexts.hash(6, usual, around, fraction)
    hashes[7] = Contexts.hash(7, i, value, Int(truncatingIfNeeded: bits ^ bits >> 29))
  }

  /// A mixer that knows nothing yet, with slots for so many values.
  private func emptyMixer(values: Int) -> ContextMixer {
    let bits = max(12, min(18, 65 - values.leadingZeroBitCount))
    if let made = mixer, made.slotBits == bits {
      made.mixer.reset()
      return made.mixer
    }
    let made = ContextMixer(contexts: Self.contexts, slotBits: bits)
    mixer = (made, bits)
    return made
  }

  @inline(__always)
  private static func size(_ difference: Int64) -> Int64 { Int64(min(difference.magnitude, 1 << 24)) }
}

/// The values of a table's rows: what an encoder looks at, or what a decoder finds out.
private protocol ColumnValues {
  /// Whether values are known: to an encoder.
  static var isKnown: Bool { get }
  func bits(_ place: Int) -> UInt64
  /// What names a value; nil where nothing does.
  func difference(_ place: Int, _ quantizer: ColumnQuantizer, anchor: Double) -> Int64?
  mutating func set(_ place: Int, bits: UInt64)
}

extension ColumnCorrectionCoder {
  /// For an encoder.
  private struct Input: ColumnValues {
    static let isKnown = true
    let elementType: ElementType
    let bytes: UnsafeRawBufferPointer

    @inline(__always)
    func bits(_ place: Int) -> UInt64 { elementType.bits(place, of: bytes) }

    @inline(__always)
    func difference(_ place: Int, _ quantizer: ColumnQuantizer, anchor: Double) -> Int64? {
      quantizer.difference(bits(place), anchor: anchor)
    }

    func set(_ place: Int, bits: UInt64) {}
  }

  /// For a decoder, which asks for nothing.
  private struct Output: ColumnValues {
    static let isKnown = false
    let elementType: ElementType
    let bytes: UnsafeMutableRawBufferPointer

    func bits(_ place: Int) -> UInt64 { 0 }
    func difference(_ place: Int, _ quantizer: ColumnQuantizer, anchor: Double) -> Int64? { nil }

    @inline(__always)
    mutating func set(_ place: Int, bits: UInt64) { elementType.store(bits, place, of: bytes) }
  }
}
