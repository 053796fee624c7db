import EntropyCoding
import Records

/// Codes the values of a chunk given the model's reconstruction.
///
/// Encoding and decoding are the same pass over the values, ``run(_:mode:_:_:)``: an encoder looks each value up, and a
/// decoder determines it.
protocol CorrectionCoding: AnyObject {
  /// The starting point of predictions, for each value.
  associatedtype Base

  var elementType: ElementType { get }
  /// The number of values in a sample.
  var width: Int { get }
  var ordered: OrderedBits { get }
  /// The starting point of predictions for a reconstruction.
  func base(of reconstruction: SampleBatch) -> Base

  /// Whether a mode is valid: 1 if some values are escapes, otherwise 0; and any other modes of the coder.
  func accepts(_ mode: UInt8) -> Bool

  /// The modes to encode with, in order, until one succeeds; the last always does.
  func modes(for batch: SampleBatch, base: Base) -> [UInt8]

  /// Codes all values in order, in either direction.
  ///
  /// - Returns: false if a value has to be an escape, but the mode excludes escapes.
  func run<Values: CorrectedValues, Coder: BitCoding>(
    _ base: Base, mode: UInt8, _ values: inout Values, _ coder: inout Coder
  ) -> Bool

  // Requirements with default implementations only: each class gets its own copy, in which `run` is specialized.

  /// The bytes that decode to `batch`, or to values within the error bound of it.
  ///
  /// - Parameter base: the samples that the model's symbols represent.
  func encode(_ batch: SampleBatch, base: SampleBatch) -> [UInt8]

  /// The samples for `bytes`, given those that the model's symbols represent.
  func decode(_ bytes: ArraySlice<UInt8>, base: SampleBatch) throws(ChunkError) -> SampleBatch
}

extension CorrectionCoding {
  func encode(_ batch: SampleBatch, base reconstruction: SampleBatch) -> [UInt8] {
    precondition(batch.valuesPerSample == width && reconstruction.valueCount == batch.valueCount)
    let base = base(of: reconstruction)
    return batch.bytes.withUnsafeBytes { bytes in
      var input = EncodedValues(elementType: elementType, bytes: bytes)
      // Whether every value has a name is known only after coding.
      for mode in modes(for: batch, base: base) {
        var coder = BitEncoder()
        if run(base, mode: mode, &input, &coder) { return [mode] + coder.finish() }
      }
      preconditionFailure("with escapes, every value has a code")
    }
  }

  func decode(_ bytes: ArraySlice<UInt8>, base reconstruction: SampleBatch) throws(ChunkError) -> SampleBatch
  {
    precondition(reconstruction.valuesPerSample == width)
    guard let mode = bytes.first, accepts(mode) else { throw .corrupt }
    // Values that are not coded stay as they are.
    var samples = reconstruction.bytes
    let base = base(of: reconstruction)
    var coder = BitDecoder(bytes.dropFirst())
    samples.withUnsafeMutableBytes { samples in
      var output = DecodedValues(elementType: elementType, bytes: samples)
      _ = run(base, mode: mode, &output, &coder)
    }
    guard coder.isAtEnd else { throw .corrupt }
    return SampleBatch(elementType: elementType, valuesPerSample: width, bytes: samples)
  }

  /// Codes whether a value is an escape, and its bits if it is.
  ///
  /// - Parameter last: the last escape, as an ordered integer.
  /// - Returns: its bits; nil if it is not an escape.
  @inline(__always)
  func codeEscape<Values: CorrectedValues, Coder: BitCoding>(
    _ isEscape: Bool, _ place: Int, after last: inout Int64, _ mixer: ContextMixer, _ values: inout Values,
    _ coder: inout Coder
  ) -> UInt64? {
    guard mixer.code(isEscape ? 1 : 0, node: ContextMixer.isEscape, &coder) == 1 else { return nil }
    let change = mixer.code(
      free: ordered.number(values.bits(place)) &- last, first: ContextMixer.escapeNodes, &coder)
    last = last &+ change
    let bits = ordered.bits(last)
    values.set(place, bits: bits)
    return bits
  }

  /// Codes a floating-point value losslessly, by its bits.
  ///
  /// - Returns: its bits, and their distance from those of the prediction.
  @inline(__always)
  func codeExact<Values: CorrectedValues, Coder: BitCoding>(
    _ place: Int, _ prediction: Double, _ mixer: ContextMixer, _ values: Values, _ coder: inout Coder
  ) -> (bits: UInt64, difference: Int64) {
    let predicted = ordered.number(elementType.bits(nearest: prediction))
    let difference = mixer.code(free: ordered.number(values.bits(place)) &- predicted, first: 0, &coder)
    return (ordered.bits(predicted &+ difference), difference)
  }
}

/// A context mixer reused from chunk to chunk. It is recreated only if a chunk needs another number of slots.
struct ReusedMixer {
  private let contexts: Int
  private var made: (mixer: ContextMixer, slotBits: Int)?

  init(contexts: Int) { self.contexts = contexts }

  /// A mixer in its initial state, with slots for `n` values.
  mutating func empty(values n: Int) -> ContextMixer {
    let bits = max(12, min(18, 65 - n.leadingZeroBitCount))
    if let made, made.slotBits == bits {
      made.mixer.reset()
      return made.mixer
    }
    let mixer = ContextMixer(contexts: contexts, slotBits: bits)
    made = (mixer, bits)
    return mixer
  }
}
