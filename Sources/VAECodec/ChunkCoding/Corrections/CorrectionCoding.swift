import EntropyCoding
import Records

/// Codes what the values of a chunk are, given what the model makes of them.
///
/// Both directions are one walk over the values, ``run(_:mode:_:_:)``: an encoder looks values up, and a decoder finds
/// them out.
protocol CorrectionCoding: AnyObject {
  /// What predictions start from, for each value.
  associatedtype Base

  var elementType: ElementType { get }
  /// Values of a sample.
  var width: Int { get }
  var ordered: OrderedBits { get }
  /// What predictions start from.
  func base(of reconstruction: SampleBatch) -> Base

  /// Whether a mode is one that there is: 1 if some values are coded by themselves, else 0; and what else a coder has.
  func accepts(_ mode: UInt8) -> Bool

  /// The modes to encode with, in order, until one serves; the last does.
  func modes(for batch: SampleBatch, base: Base) -> [UInt8]

  /// Codes all values in order, in either direction.
  ///
  /// - Returns: false where a value would have to be coded by itself, which the mode has ruled out.
  func run<Values: CorrectedValues, Coder: BitCoding>(
    _ base: Base, mode: UInt8, _ values: inout Values, _ coder: inout Coder
  ) -> Bool

  // Requirements, though no class has its own: so each class gets code of its own, in which `run` is specialized.

  /// What decodes to `batch`, or to values as near to them as is promised.
  ///
  /// - Parameter base: what the model's symbols stand for.
  func encode(_ batch: SampleBatch, base: SampleBatch) -> [UInt8]

  /// The samples that `bytes` and what the model's symbols stand for make.
  func decode(_ bytes: ArraySlice<UInt8>, base: SampleBatch) throws(ChunkError) -> SampleBatch
}

/// The values of a chunk: what an encoder looks at, or what a decoder finds out.
protocol CorrectedValues {
  /// Whether values are known: to an encoder.
  static var isKnown: Bool { get }
  /// The bits of a value; 0 where it is not known.
  func bits(_ place: Int) -> UInt64
  mutating func set(_ place: Int, bits: UInt64)
}

extension CorrectionCoding {
  func encode(_ batch: SampleBatch, base reconstruction: SampleBatch) -> [UInt8] {
    precondition(batch.valuesPerSample == width && reconstruction.valueCount == batch.valueCount)
    let base = base(of: reconstruction)
    return batch.bytes.withUnsafeBytes { bytes in
      var input = Input(elementType: elementType, bytes: bytes)
      // Whether every value has a name shows only on the way.
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
    // What is not coded stays as it is.
    var samples = reconstruction.bytes
    let base = base(of: reconstruction)
    var coder = BitDecoder(bytes.dropFirst())
    samples.withUnsafeMutableBytes { samples in
      var output = Output(elementType: elementType, bytes: samples)
      _ = run(base, mode: mode, &output, &coder)
    }
    guard coder.isAtEnd else { throw .corrupt }
    return SampleBatch(elementType: elementType, valuesPerSample: width, bytes: samples)
  }

  /// Codes whether a value is coded by itself, and the value where it is.
  ///
  /// - Parameter last: the last such value, as a number in order.
  /// - Returns: its bits; nil where it is not coded by itself.
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

  /// Codes a value of floating point without error, by its bits.
  ///
  /// - Returns: its bits, and how far they are from those of the prediction.
  @inline(__always)
  func codeExact<Values: CorrectedValues, Coder: BitCoding>(
    _ place: Int, _ prediction: Double, _ mixer: ContextMixer, _ values: Values, _ coder: inout Coder
  ) -> (bits: UInt64, difference: Int64) {
    let predicted = ordered.number(elementType.bits(nearest: prediction))
    let difference = mixer.code(free: ordered.number(values.bits(place)) &- predicted, first: 0, &coder)
    return (ordered.bits(predicted &+ difference), difference)
  }
}

/// For an encoder.
private struct Input: CorrectedValues {
  static let isKnown = true
  let elementType: ElementType
  let bytes: UnsafeRawBufferPointer

  @inline(__always)
  func bits(_ place: Int) -> UInt64 { elementType.bits(place, of: bytes) }

  func set(_ place: Int, bits: UInt64) {}
}

/// For a decoder, which asks for nothing.
private struct Output: CorrectedValues {
  static let isKnown = false
  let elementType: ElementType
  let bytes: UnsafeMutableRawBufferPointer

  func bits(_ place: Int) -> UInt64 { 0 }

  @inline(__always)
  mutating func set(_ place: Int, bits: UInt64) { elementType.store(bits, place, of: bytes) }
}

/// A context mixer for chunk after chunk: made anew only where a chunk calls for another number of slots.
struct ReusedMixer {
  private let contexts: Int
  private var made: (mixer: ContextMixer, slotBits: Int)?

  init(contexts: Int) { self.contexts = contexts }

  /// A mixer that knows nothing yet, with slots for n values.
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
