import EntropyCoding
import Records
import Tensor
import VAEModel

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
final class CorrectionCoder: CorrectionCoding {
  private let elementType: ElementType
  private let width: Int
  private let lattice: BoundedQuantizer?
  private let ordered: OrderedBits
  private let known: KnownValues
  private let offset: Double
  private let contexts: Contexts
  private let state: RowState
  private var mixer: (mixer: ContextMixer, slotBits: Int)?

  /// - Parameters:
  ///   - errorBound: nil where only values that are missing to the model are kept.
  ///   - known: what is not missing to the model; its offset is subtracted before values become binary32.
  init(
    _ description: SampleDescription, _ errorBound: ErrorBound?, known: KnownValues = KnownValues()
  ) {
    self.known = known
    offset = known.scales.scales.count == 1 ? known.scales[0].offset : 0
    elementType = description.elementType
    width = description.valuesPerSample
    lattice = errorBound.map { BoundedQuantizer(description.elementType, $0) }
    ordered = OrderedBits(elementType)
    let neighbours = Neighbours(shape: description.sampleShape)
    contexts = Contexts(lattice, neighbours, width: width)
    state = RowState(width: width, neighbours)
  }

  func encode(_ batch: SampleBatch, base: SampleBatch) -> [UInt8] {
    precondition(batch.valuesPerSample == width && base.valueCount == batch.valueCount)
    let base = base.floats(less: offset)
    return batch.bytes.withUnsafeBytes { bytes in
      var input = Input(elementType: elementType, known: known, width: width, bytes: bytes)
      // An anchored lattice shows only on the way whether it holds a value.
      for hasEscapes in lattice == nil ? [true] : [false, true] {
        var coder = BitEncoder()
        if run(base, hasEscapes: hasEscapes, &input, &coder) { return [hasEscapes ? 1 : 0] + coder.finish() }
      }
      preconditionFailure("with escapes, every value has a code")
    }
  }

  func decode(_ bytes: ArraySlice<UInt8>, base reconstruction: SampleBatch) throws(ChunkError) -> SampleBatch
  {
    precondition(reconstruction.valuesPerSample == width)
    guard let flags = bytes.first, flags <= 1 else { throw .corrupt }
    var samples =
      lattice == nil ? reconstruction.bytes : [UInt8](repeating: 0, count: reconstruction.bytes.count)
    let base = reconstruction.floats(less: offset)
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
          let prediction = state.prediction + offset
          contexts.set(mixer.hashes, i, row, state)
          if hasEscapes {
            let escapes = mixer.code(
              values.isEscape(place, lattice, prediction) ? 1 : 0, node: ContextMixer.isEscape, &coder)
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
            let predicted = lattice.small(prediction, step: step, names)
            let name =
              names.lowerBound
              + mixer.code(
                lattice.small(values.value(place), step: step, names) - names.lowerBound,
                to: names.upperBound - names.lowerBound, &coder)
            let value = lattice.value(anchor: 0, name, step: Double(step))
            values.set(place, bits: elementType.bits(nearest: value))
            state.settle(
              i, row, value: value - offset, name: name, difference: name - predicted, unit: Double(step))
          case .anchored(let step):
            let anchor = lattice.anchor(prediction)
            guard let wanted = values.difference(place, lattice, anchor: anchor, step: step) else {
              return false
            }
            let difference = mixer.code(free: wanted, first: 0, &coder)
            let value = lattice.value(anchor: anchor, difference, step: step)
            values.set(place, bits: elementType.bits(nearest: value))
            state.settle(i, row, value: value - offset, name: difference, difference: difference, unit: step)
          case .exact:
            let predicted = ordered.number(elementType.bits(nearest: prediction))
            let difference = mixer.code(
              free: ordered.number(values.bits(place)) &- predicted, first: 0, &coder)
            let bits = ordered.bits(predicted &+ difference)
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

/// Codes what the values of a chunk are, given what the model makes of them.
protocol CorrectionCoding: AnyObject {
  /// What decodes to `batch`, or to values as near to them as is promised.
  ///
  /// - Parameter base: what the model's symbols stand for.
  func encode(_ batch: SampleBatch, base: SampleBatch) -> [UInt8]
  /// The samples that `bytes` and what the model's symbols stand for make.
  func decode(_ bytes: ArraySlice<UInt8>, base: SampleBatch) throws(ChunkError) -> SampleBatch
}

/// Which values a model knows: the others are missing to it.
struct KnownValues {
  var scales = ValueScales()
  /// The largest number that is known.
  var reach = Matrix.greatestKnown

  init() {}

  init(of model: Model) { (scales, reach) = (model.scales, model.reach) }

  /// - Parameter place: of the value within a sample.
  @inline(__always)
  func isMissing(_ value: Double, _ place: Int) -> Bool {
    let number = scales.isIdentity ? Float(value) : scales[place].number(value)
    return !(number.magnitude <= reach)
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
    let known: KnownValues
    let width: Int
    let bytes: UnsafeRawBufferPointer

    @inline(__always)
    func bits(_ place: Int) -> UInt64 { elementType.bits(place, of: bytes) }

    @inline(__always)
    func value(_ place: Int) -> Double { elementType.value(bits: bits(place)) }

    @inline(__always)
    func isEscape(_ place: Int, _ lattice: BoundedQuantizer?, _ prediction: Double) -> Bool {
      guard let lattice else { return known.isMissing(value(place), place % width) }
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
