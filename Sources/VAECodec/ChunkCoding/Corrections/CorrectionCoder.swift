import EntropyCoding
import Records
import Tensor
import VAEModel

/// Codes the values of a chunk given the model's reconstruction. This part of a stream keeps an ``ErrorBound``, or
/// preserves values that are not finite or beyond the model's reach.
///
/// A ``BoundedQuantizer`` names each value. The prediction combines the model's reconstruction b with the errors of
/// preceding values: p = b + sum w (x - b) over 8 neighbours, with weights adapted by normalized least mean squares
/// (Widrow and Hoff, Adaptive Switching Circuits, 1960; Nagumo and Noda, A Learning Method for System Identification,
/// IEEE Trans. Automatic Control 12, 1967). The name is coded bit by bit; each bit is predicted from contexts of
/// neighbours, position and reconstruction, see ``ContextMixer``. The state is reset for each chunk, so that chunks are
/// independent.
///
/// It owns its buffers; only one task may use it at a time.
final class CorrectionCoder: CorrectionCoding {
  let elementType: ElementType
  let width: Int
  let ordered: OrderedBits
  private let lattice: BoundedQuantizer?
  private let known: KnownValues
  private let offset: Double
  private let contexts: Contexts
  private let state: RowState
  private var mixer: ReusedMixer

  /// - Parameters:
  ///   - errorBound: nil to preserve only values that are missing to the model.
  ///   - known: the values that the model knows; its offset is subtracted before conversion to binary32.
  init(
    _ description: SampleDescription, _ errorBound: ErrorBound?, known: KnownValues = KnownValues()
  ) {
    self.known = known
    offset = known.scales.scales.count == 1 ? known.scales[0].offset : 0
    elementType = description.elementType
    width = description.valuesPerSample
    lattice = errorBound.map { BoundedQuantizer(description.type, $0) }
    ordered = OrderedBits(elementType)
    let neighbours = Neighbours(shape: description.sampleShape)
    contexts = Contexts(lattice, neighbours, width: width)
    mixer = ReusedMixer(contexts: contexts.count)
    state = RowState(width: width, neighbours)
  }

  func accepts(_ mode: UInt8) -> Bool { mode <= 1 }

  func modes(for batch: SampleBatch, base: [Float]) -> [UInt8] { lattice == nil ? [1] : [0, 1] }

  func base(of reconstruction: SampleBatch) -> [Float] { reconstruction.floats(less: offset) }

  func run<Values: CorrectedValues, Coder: BitCoding>(
    _ base: [Float], mode: UInt8, _ values: inout Values, _ coder: inout Coder
  ) -> Bool {
    let hasEscapes = mode == 1
    guard lattice != nil || hasEscapes else { return true }
    let mixer = mixer.empty(values: base.count)
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
          let prediction = state.prediction + offset
          contexts.set(mixer.hashes, i, row, state)
          if !hasEscapes, Values.isKnown, known.isMark(bits: values.bits(place), elementType) { return false }
          if hasEscapes {
            let escapes = Values.isKnown && isEscape(values.bits(place), i, prediction)
            if codeEscape(escapes, place, after: &last, mixer, &values, &coder) != nil {
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
            let predicted = lattice.small(prediction, step: step, names)
            let name =
              names.lowerBound
              + mixer.code(
                lattice.small(elementType.value(bits: values.bits(place)), step: step, names)
                  - names.lowerBound,
                to: names.upperBound - names.lowerBound, &coder)
            let value = lattice.value(anchor: 0, name, step: Double(step))
            values.set(place, bits: elementType.bits(nearest: value))
            state.settle(
              i, row, value: value - offset, name: name, difference: name - predicted, unit: Double(step))
          case .anchored(let step):
            let anchor = lattice.anchor(prediction)
            let wanted: Int64? =
              Values.isKnown ? lattice.difference(values.bits(place), anchor: anchor, step: step) : 0
            guard let wanted else { return false }
            let difference = mixer.code(free: wanted, first: 0, &coder)
            let value = lattice.value(anchor: anchor, difference, step: step)
            values.set(place, bits: elementType.bits(nearest: value))
            state.settle(i, row, value: value - offset, name: difference, difference: difference, unit: step)
          case .exact:
            let (bits, difference) = codeExact(place, prediction, mixer, values, &coder)
            values.set(place, bits: bits)
            state.settle(
              i, row, value: elementType.value(bits: bits) - offset, name: difference, difference: difference,
              unit: 0)
          }
        }
      }
      return true
    }
  }

  /// Whether a value has to be coded as an escape.
  ///
  /// - Parameter i: its position within the sample.
  @inline(__always)
  private func isEscape(_ bits: UInt64, _ i: Int, _ prediction: Double) -> Bool {
    guard let lattice else { return known.isMissing(elementType.value(bits: bits), i) }
    if known.isMark(bits: bits, elementType) { return true }
    guard case .anchored(let step) = lattice.kind else { return false }
    return lattice.difference(bits, anchor: lattice.anchor(prediction), step: step) == nil
  }
}

/// The values that a model knows; all others are missing to it.
struct KnownValues {
  var scales = ValueScales()
  /// The largest known magnitude.
  var reach = Matrix.greatestKnown

  init() {}

  /// Numbers that stand for missing values, whatever is promised of others.
  var missing: [Double] = []

  init(of model: Model, missing: [Double] = []) {
    (scales, reach, self.missing) = (model.scales, model.reach, missing)
  }

  /// Whether a value stands for a missing one.
  @inline(__always)
  func isMark(bits: UInt64, _ elementType: ElementType) -> Bool {
    !missing.isEmpty && missing.contains(elementType.value(bits: bits))
  }

  /// Whether a value is missing to the model.
  ///
  /// - Parameter place: the position of the value within a sample.
  @inline(__always)
  func isMissing(_ value: Double, _ place: Int) -> Bool {
    let number = scales.isIdentity ? Float(value) : scales[place].number(value)
    return !(number.magnitude <= reach) || missing.contains(value)
  }

  /// The same for 64-bit integers.
  @inline(__always)
  func isMissing(_ ordinal: Int64, _ place: Int, _ elementType: ElementType) -> Bool {
    let number =
      scales.isIdentity
      ? Float(elementType.value(bits: elementType.bits(ordinal: ordinal)))
      : WideScale(scales[place], elementType).number(ordinal)
    return !(number.magnitude <= reach)
  }
}
