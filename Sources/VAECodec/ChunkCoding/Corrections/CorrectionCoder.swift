import EntropyCoding
import Records
import Tensor

/// Codes what the values of a chunk are, given what the model makes of them: the part of a stream that keeps a
/// ``ErrorBound``, or that keeps values that are no finite numbers or beyond the model's reach.
///
/// Each value is one of a ``BoundedQuantizer``. It is predicted from the model's reconstruction b and from what the values before
/// it turned out to be: p = b + sum w (x - b) over 8 neighbours, with weights that follow the errors (normalized least
/// mean squares, Widrow and Hoff 1960). The integer that names it is coded bit by bit, each foreseen from contexts of
/// neighbours, of position and of the reconstruction: see ``ContextMixer``. All is learned anew in each chunk, so that chunks
/// stand alone.
///
/// It owns its buffers; used by one task at a time.
final class CorrectionCoder {
  private let elementType: ElementType
  private let width: Int
  private let lattice: BoundedQuantizer?
  private let ordered: OrderedBits
  private let reach: Float
  private let contexts: Contexts
  private let state: RowState
  private var mixer: (mixer: ContextMixer, slotBits: Int)?

  /// - Parameters:
  ///   - guarantee: nil where only values that are missing to the model are kept.
  ///   - reach: for encoding alone: see ``Model/reach``.
  init(_ description: SampleDescription, _ errorBound: ErrorBound?, reach: Float = Matrix.greatestKnown) {
    self.reach = reach
    elementType = description.elementType
    width = description.valuesPerSample
    lattice = errorBound.map { BoundedQuantizer(description.elementType, $0) }
    ordered = OrderedBits(elementType)
    let neighbours = Neighbours(shape: description.sampleShape)
    contexts = Contexts(lattice, neighbours, width: width)
    state = RowState(width: width, neighbours)
  }

  /// Whether a value is coded by itself where there is no lattice.
  func isException(_ value: Double) -> Bool { Self.isException(value, beyond: reach) }

  @inline(__always)
  fileprivate static func isException(_ value: Double, beyond reach: Float) -> Bool {
    !(Float(value).magnitude <= reach)
  }

  /// What decodes to `batch`, or to values as near to them as the guarantee says.
  ///
  /// - Parameter base: the model's reconstruction, rows x values.
  func encode(_ batch: SampleBatch, base: [Float]) -> [UInt8] {
    precondition(batch.valuesPerSample == width && base.count == batch.valueCount)
    return batch.bytes.withUnsafeBytes { bytes in
      var input = Input(elementType: elementType, reach: reach, bytes: bytes)
      // An anchored lattice shows only on the way whether it holds a value.
      for hasEscapes in lattice == nil ? [true] : [false, true] {
        var coder = BitEncoder()
        if run(base, hasEscapes: hasEscapes, &input, &coder) { return [hasEscapes ? 1 : 0] + coder.finish() }
      }
      preconditionFailure("with escapes, every value has a code")
    }
  }

  /// The samples that `bytes` and the model's reconstruction make.
  func decode(_ bytes: ArraySlice<UInt8>, base: [Float]) throws(ChunkError) -> SampleBatch {
    precondition(base.count % width == 0)
    guard let flags = bytes.first, flags <= 1 else { throw .corrupt }
    var samples =
      lattice == nil
      ? SampleBatch(floats: base, elementType: elementType, valuesPerSample: width).bytes
      : [UInt8](repeating: 0, count: base.count * elementType.size)
    var coder = BitDecoder(bytes.dropFirst())
    samples.withUnsafeMutableBytes { samples in
      var output = Output(elementType: elementType, bytes: samples)
      _ = run(base, hasEscapes: flags == 1, &output, &coder)
    }
    guard coder.isAtEnd else { throw .corrupt }
    return SampleBatch(elementType: elementType, valuesPerSample: width, bytes: samples)
  }

  /// Codes all values in order, in either direction.
  ///
  /// - Returns: false where a value would have to be coded by itself, which `hasEscapes` has ruled out.
  private func run<Values: CorrectedValues, Coder: BitCoding>(
    _ base: [Float], hasEscapes: Bool, _ values: inout Values, _ coder: inout Coder
  ) -> Bool {
    guard lattice != nil || hasEscapes else { return true }
    let mixer = emptyMixer(values: base.count)
    state.reset()
    var last: Int64 = 0
    return base.withUnsafeBufferPointer { base in
      guard let start = base.baseAddress else { return true }
      for r in 0..<base.count / width {
        let row = start + r * width
        state.begin(row: r)
        for i in 0..<width {
          let place = r * width + i
          state.predict(i, row)
          contexts.set(mixer.hashes, i, row, state)
          if hasEscapes {
            let escapes = mixer.code(
              values.isEscape(place, lattice, state.prediction) ? 1 : 0, node: ContextMixer.isEscape, &coder)
            if escapes == 1 {
              let change = mixer.code(
                free: ordered.number(values.bits(place)) &- last, first: ContextMixer.escapeNodes, &coder)
              last = last &+ change
              values.set(place, bits: ordered.bits(last))
              state.skip(i)
              continue
            }
          }
          guard let lattice else {
            state.skip(i)
            continue
          }
          switch lattice.kind {
          case .small(let step, let names):
            let predicted = lattice.small(state.prediction, step: step, names)
            let name =
              names.lowerBound
              + mixer.code(
                lattice.small(values.value(place), step: step, names) - names.lowerBound,
                to: names.upperBound - names.lowerBound, &coder)
            let value = lattice.value(anchor: 0, name, step: Double(step))
            values.set(place, bits: elementType.bits(nearest: value))
            state.settle(i, row, value: value, name: name, difference: name - predicted, unit: Double(step))
          case .anchored(let step):
            let anchor = lattice.anchor(state.prediction)
            guard let wanted = values.difference(place, lattice, anchor: anchor, step: step) else {
              return false
            }
            let difference = mixer.code(free: wanted, first: 0, &coder)
            let value = lattice.value(anchor: anchor, difference, step: step)
            values.set(place, bits: elementType.bits(nearest: value))
            state.settle(i, row, value: value, name: difference, difference: difference, unit: step)
          case .exact:
            let predicted = ordered.number(elementType.bits(nearest: state.prediction))
            let difference = mixer.code(
              free: ordered.number(values.bits(place)) &- predicted, first: 0, &coder)
            let bits = ordered.bits(predicted &+ difference)
            values.set(place, bits: bits)
            state.settle(
              i, row, value: elementType.value(bits: bits), name: difference, difference: difference, unit: 0)
          }
        }
      }
      return true
    }
  }

  /// A mixer that knows nothing yet, with slots for so many values.
  private func emptyMixer(values: Int) -> ContextMixer {
    let bits = max(12, min(18, 65 - values.leadingZeroBitCount))
    if let made = mixer, made.slotBits == bits {
      made.mixer.reset()
      return made.mixer
    }
    let made = ContextMixer(contexts: contexts.count, slotBits: bits)
    mixer = (made, bits)
    return made
  }
}

/// The values of a chunk: what an encoder looks at, or what a decoder finds out.
protocol CorrectedValues {
  func bits(_ place: Int) -> UInt64
  func value(_ place: Int) -> Double
  /// Whether a value has to be coded by itself.
  func isEscape(_ place: Int, _ lattice: BoundedQuantizer?, _ prediction: Double) -> Bool
  /// What names a value in an anchored lattice; nil where nothing does.
  func difference(_ place: Int, _ lattice: BoundedQuantizer, anchor: Double, step: Double) -> Int64?
  mutating func set(_ place: Int, bits: UInt64)
}

extension CorrectionCoder {
  /// For an encoder.
  private struct Input: CorrectedValues {
    let elementType: ElementType
    let reach: Float
    let bytes: UnsafeRawBufferPointer

    @inline(__always)
    func bits(_ place: Int) -> UInt64 { elementType.bits(place, of: bytes) }

    @inline(__always)
    func value(_ place: Int) -> Double { elementType.value(bits: bits(place)) }

    @inline(__always)
    func isEscape(_ place: Int, _ lattice: BoundedQuantizer?, _ prediction: Double) -> Bool {
      guard let lattice else { return CorrectionCoder.isException(value(place), beyond: reach) }
      guard case .anchored(let step) = lattice.kind else { return false }
      return difference(place, lattice, anchor: lattice.anchor(prediction), step: step) == nil
    }

    @inline(__always)
    func difference(_ place: Int, _ lattice: BoundedQuantizer, anchor: Double, step: Double) -> Int64? {
      let value = value(place)
      return value.isFinite ? lattice.difference(value, anchor: anchor, step: step) : nil
    }

    func set(_ place: Int, bits: UInt64) {}
  }

  /// For a decoder, which asks for nothing.
  private struct Output: CorrectedValues {
    let elementType: ElementType
    let bytes: UnsafeMutableRawBufferPointer

    func bits(_ place: Int) -> UInt64 { 0 }
    func value(_ place: Int) -> Double { 0 }
    func isEscape(_ place: Int, _ lattice: BoundedQuantizer?, _ prediction: Double) -> Bool { false }
    func difference(_ place: Int, _ lattice: BoundedQuantizer, anchor: Double, step: Double) -> Int64? { 0 }

    @inline(__always)
    mutating func set(_ place: Int, bits: UInt64) { elementType.store(bits, place, of: bytes) }
  }
}
