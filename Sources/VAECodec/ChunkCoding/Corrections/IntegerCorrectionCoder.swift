import EntropyCoding
import Records

/// Codes 64-bit integers given the model's reconstruction: of arrays and of tables, losslessly or within a bound for
/// all values or for each column.
///
/// It works as ``CorrectionCoder`` does, but in integer arithmetic: values are ordinals, predictions come from
/// ``IntegerPredictors``, and an ``IntegerLattice`` names the decoded values. No value passes through binary64.
///
/// It owns its buffers; only one task may use it at a time.
final class IntegerCorrectionCoder: CorrectionCoding {
  let elementType: ElementType
  let width: Int
  let ordered: OrderedBits
  /// One lattice for all values, or one per value of a sample; empty to preserve only values that are missing to the
  /// model.
  private let lattices: [IntegerLattice]
  private let known: KnownValues
  private let neighbours: Neighbours
  private let predictors: IntegerPredictors
  private let history: DifferenceHistory
  private var mixer = ReusedMixer(contexts: DifferenceHistory.contexts)

  /// The number of values that rules are chosen by.
  private static let triedValues = 4096

  /// - Parameters:
  ///   - errorBound: nil to preserve only values that are missing to the model.
  ///   - known: the values that the model knows.
  init(
    _ description: SampleDescription, _ errorBound: ErrorBound?, known: KnownValues = KnownValues()
  ) {
    elementType = description.elementType
    width = description.valuesPerSample
    ordered = OrderedBits(elementType)
    let least = elementType.leastOrdinal
    lattices =
      switch errorBound {
      case nil: []
      case .byColumn(let bounds): bounds.columns.map { IntegerLattice(bound: $0.bound, least: least) }
      case .maxError(let bound): [IntegerLattice(bound: bound, least: least)]
      case .lossless: [IntegerLattice(bound: 0, least: least)]
      }
    self.known = known
    neighbours = Neighbours(shape: description.sampleShape)
    predictors = IntegerPredictors(width: width, neighbours)
    history = DifferenceHistory(width: width)
  }

  func base(of reconstruction: SampleBatch) -> [Int64] { reconstruction.ordinals() }

  func accepts(_ mode: UInt8) -> Bool {
    lattices.isEmpty ? mode == 1 : Int(mode >> 1) < IntegerPredictors.sets.count
  }

  /// The set of rules that codes the first values best, and whether some values are escapes.
  func modes(for batch: SampleBatch, base: [Int64]) -> [UInt8] {
    guard !lattices.isEmpty else { return [1] }
    let ordinals = batch.ordinals()
    let escapes: UInt8 = ordinals.contains { $0 < elementType.leastOrdinal || isMark($0) } ? 1 : 0
    let some = min(ordinals.count, Self.triedValues)
    let sizes = IntegerPredictors.sets.indices.map { set in
      var coder = BitEncoder()
      var values = KnownOrdinals(elementType: elementType, ordinals: ordinals)
      let mode = UInt8(set) << 1 | escapes
      _ = run(base, some, mode: mode, &values, &coder)
      return (bytes: coder.finish().count, mode: mode)
    }
    return sizes.min { $0.bytes < $1.bytes }.map { [$0.mode] } ?? []
  }

  func run<Values: CorrectedValues, Coder: BitCoding>(
    _ base: [Int64], mode: UInt8, _ values: inout Values, _ coder: inout Coder
  ) -> Bool {
    run(base, base.count, mode: mode, &values, &coder)
  }

  /// Codes the first `count` values.
  private func run<Values: CorrectedValues, Coder: BitCoding>(
    _ base: [Int64], _ count: Int, mode: UInt8, _ values: inout Values, _ coder: inout Coder
  ) -> Bool {
    let (rules, hasEscapes) = (IntegerPredictors.sets[Int(mode >> 1)], mode & 1 == 1)
    let mixer = mixer.empty(values: base.count)
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
      let prediction = lattices.isEmpty ? own : own &+ predictors.predict(i, by: rules)
      history.setContexts(mixer.hashes, i, neighbours, prediction: prediction, rule: predictors.chosen)
      let ordinal = elementType.ordinal(bits: values.bits(place))
      if hasEscapes,
        let bits = codeEscape(
          Values.isKnown && isEscape(ordinal, i), place, after: &last, mixer, &values, &coder)
      {
        predictors.skip(i)
        history.skip(i, value: elementType.ordinal(bits: bits), isEscape: true)
      } else if lattices.isEmpty {
        history.skip(i, value: own, isEscape: false)
      } else {
        let lattice = lattices[lattices.count == 1 ? 0 : i]
        let difference = mixer.code(deep: lattice.difference(ordinal, from: prediction), first: 0, &coder)
        let value = lattice.value(difference, from: prediction)
        values.set(place, bits: elementType.bits(ordinal: value))
        predictors.settle(i, error: value &- own)
        history.settle(i, value: value, difference: difference)
      }
      place += 1
    }
    return true
  }

  /// Whether a value has to be coded as an escape.
  @inline(__always)
  private func isEscape(_ ordinal: Int64, _ i: Int) -> Bool {
    ordinal < elementType.leastOrdinal || isMark(ordinal)
      || lattices.isEmpty && known.isMissing(ordinal, i, elementType)
  }

  /// Whether a value stands for a missing one.
  @inline(__always)
  private func isMark(_ ordinal: Int64) -> Bool {
    known.isMark(bits: elementType.bits(ordinal: ordinal), elementType)
  }

  /// The size in bytes of the state per value of a sample.
  static let stateBytes = 96
}

/// The values of a trial.
private struct KnownOrdinals: CorrectedValues {
  static let isKnown = true
  let elementType: ElementType
  let ordinals: [Int64]

  @inline(__always)
  func bits(_ place: Int) -> UInt64 { elementType.bits(ordinal: ordinals[place]) }

  func set(_ place: Int, bits: UInt64) {}
}
