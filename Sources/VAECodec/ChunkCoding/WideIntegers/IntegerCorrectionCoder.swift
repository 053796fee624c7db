import EntropyCoding
import Records

/// Codes 64-bit integers given the model's reconstruction: of arrays and of tables, losslessly or within a bound for
/// all values or for each column.
///
/// It works in integer arithmetic, because no value may pass through binary64: values are ordinals, predictions come from
/// ``IntegerPredictors``, and an ``IntegerLattice`` names the decoded values.
///
/// It owns its buffers; only one task may use it at a time.
final class IntegerCorrectionCoder {
  let elementType: ElementType
  /// The number of values in a sample.
  let width: Int
  private let ordered: OrderedBits
  /// One lattice for all values, or one per value of a sample.
  private let lattices: [IntegerLattice]
  /// The names of integers with relative bounds, which are coded in place of the integers; nil for others.
  private let names: [RelativeIntegers?]
  private let known: KnownValues
  private let neighbours: Neighbours
  private let predictors: IntegerPredictors
  private let history: DifferenceHistory
  private var made: (mixer: ContextMixer, slotBits: Int)?

  /// The number of values that rules are chosen by.
  private static let triedValues = 4096

  /// - Parameter known: the values that the model knows.
  init(_ description: SampleDescription, _ errorBound: ErrorBound, known: KnownValues = KnownValues()) {
    elementType = description.elementType
    width = description.valuesPerSample
    ordered = OrderedBits(elementType)
    let least = elementType.leastOrdinal
    let bounds = errorBound.bounds
    lattices = bounds.map { IntegerLattice(bound: $0.isRelative ? 0 : $0.size, least: least) }
    let useful = bounds.map { [elementType] in RelativeScale.isUseful($0, elementType) ? $0.size : nil }
    let integers = RelativeIntegers.all(useful.compactMap { $0 })
    names = useful.map { $0.flatMap { integers[$0] } }
    self.known = known
    neighbours = Neighbours(shape: description.sampleShape)
    predictors = IntegerPredictors(width: width, neighbours)
    history = DifferenceHistory(width: width)
  }

  /// The bytes that decode to `batch`, or to values within the error bound of it.
  ///
  /// - Parameter reconstruction: the samples that the model's symbols represent.
  func encode(_ batch: SampleBatch, base reconstruction: SampleBatch) -> [UInt8] {
    precondition(batch.valuesPerSample == width && reconstruction.valueCount == batch.valueCount)
    let base = named(reconstruction.ordinals())
    var values = KnownOrdinals(elementType: elementType, ordinals: batch.ordinals())
    let mode = mode(for: values, base: base)
    var coder = BitEncoder()
    run(base, base.count, mode: mode, &values, &coder)
    return [mode] + coder.finish()
  }

  /// The samples for `bytes`, given those that the model's symbols represent.
  func decode(_ bytes: ArraySlice<UInt8>, base reconstruction: SampleBatch) throws(ChunkError) -> SampleBatch
  {
    precondition(reconstruction.valuesPerSample == width)
    guard let mode = bytes.first, Int(mode >> 1) < IntegerPredictors.sets.count else { throw .corrupt }
    var samples = reconstruction.bytes
    let base = named(reconstruction.ordinals())
    var coder = BitDecoder(bytes.dropFirst())
    samples.withUnsafeMutableBytes { samples in
      var output = DecodedValues(elementType: elementType, bytes: samples)
      run(base, base.count, mode: mode, &output, &coder)
    }
    guard coder.isAtEnd else { throw .corrupt }
    return SampleBatch(elementType: elementType, valuesPerSample: width, bytes: samples)
  }

  /// What is coded in place of ordinals: their names, where they have some.
  private func named(_ ordinals: [Int64]) -> [Int64] {
    guard names.contains(where: { $0 != nil }) else { return ordinals }
    return ordinals.enumerated().map { names[$0 % names.count]?.name(ordinal: $1, elementType) ?? $1 }
  }

  /// The set of rules that codes the first values best, in the upper bits; and whether some values are escapes.
  private func mode(for values: KnownOrdinals, base: [Int64]) -> UInt8 {
    let escapes: UInt8 = values.ordinals.contains(where: isEscape) ? 1 : 0
    let some = min(values.ordinals.count, Self.triedValues)
    let sizes = IntegerPredictors.sets.indices.map { set in
      var coder = BitEncoder()
      var own = values
      let mode = UInt8(set) << 1 | escapes
      run(base, some, mode: mode, &own, &coder)
      return (bytes: coder.finish().count, mode: mode)
    }
    return sizes.min { $0.bytes < $1.bytes }?.mode ?? escapes
  }

  /// Codes the first `count` values, in either direction.
  private func run<Values: CorrectedValues, Coder: BitCoding>(
    _ base: [Int64], _ count: Int, mode: UInt8, _ values: inout Values, _ coder: inout Coder
  ) {
    let (rules, hasEscapes) = (IntegerPredictors.sets[Int(mode >> 1)], mode & 1 == 1)
    let mixer = mixer(values: base.count)
    predictors.reset()
    history.reset()
    var (last, place): (Int64, Int) = (0, 0)
    while place < count {
      let (row, i) = place.quotientAndRemainder(dividingBy: width)
      if i == 0 {
        predictors.begin(row: row)
        history.begin(row: row)
      }
      let own = base[place]
      let prediction = own &+ predictors.predict(i, by: rules)
      history.setContexts(mixer.hashes, i, neighbours, prediction: prediction, rule: predictors.chosen)
      let ordinal = elementType.ordinal(bits: values.bits(place))
      if hasEscapes,
        let bits = codeEscape(Values.isKnown && isEscape(ordinal), ordinal, after: &last, mixer, &coder)
      {
        values.set(place, bits: bits)
        predictors.skip(i)
        history.skip(i, value: elementType.ordinal(bits: bits), isEscape: true)
      } else {
        let column = lattices.count == 1 ? 0 : i
        let (lattice, names) = (lattices[column], names[column])
        let number = names?.name(ordinal: ordinal, elementType) ?? ordinal
        let difference = mixer.code(deep: lattice.difference(number, from: prediction), first: 0, &coder)
        let value = lattice.value(difference, from: prediction)
        values.set(
          place, bits: elementType.bits(ordinal: names?.ordinal(name: value, elementType) ?? value))
        predictors.settle(i, error: value &- own)
        history.settle(i, value: value, difference: difference)
      }
      place += 1
    }
  }

  /// Codes whether a value is an escape, and its bits if it is.
  ///
  /// - Parameter last: the last escape, as an ordered integer.
  /// - Returns: its bits; nil if it is not an escape.
  @inline(__always)
  private func codeEscape<Coder: BitCoding>(
    _ isEscape: Bool, _ ordinal: Int64, after last: inout Int64, _ mixer: ContextMixer, _ coder: inout Coder
  ) -> UInt64? {
    guard mixer.code(isEscape ? 1 : 0, node: ContextMixer.isEscape, &coder) == 1 else { return nil }
    last = last &+ mixer.code(free: ordinal &- last, first: ContextMixer.escapeNodes, &coder)
    return ordered.bits(last)
  }

  /// Whether a value has to be coded as an escape: one that stands for a missing value, or has no ordinal in its type.
  @inline(__always)
  private func isEscape(_ ordinal: Int64) -> Bool {
    ordinal < elementType.leastOrdinal || known.isMark(bits: elementType.bits(ordinal: ordinal), elementType)
  }

  /// A mixer in its initial state, with slots for `n` values.
  private func mixer(values n: Int) -> ContextMixer {
    let bits = max(12, min(18, 65 - n.leadingZeroBitCount))
    if let made, made.slotBits == bits {
      made.mixer.reset()
      return made.mixer
    }
    let mixer = ContextMixer(contexts: DifferenceHistory.contexts, slotBits: bits)
    made = (mixer, bits)
    return mixer
  }

  /// The size in bytes of the state per value of a sample.
  static let stateBytes = 96
}

/// The values of an encoder.
private struct KnownOrdinals: CorrectedValues {
  static let (isKnown, isTrial) = (true, true)
  let elementType: ElementType
  let ordinals: [Int64]

  @inline(__always)
  func bits(_ place: Int) -> UInt64 { elementType.bits(ordinal: ordinals[place]) }

  func set(_ place: Int, bits: UInt64) {}
}
