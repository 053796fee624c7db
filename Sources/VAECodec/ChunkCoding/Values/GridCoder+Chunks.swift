import EntropyCoding
import Records

// Chunks of values as bytes.

extension GridCoder {
  /// The values of a trial, and the pieces of a chunk that it has, because a chunk's end may be unlike its beginning; and what a
  /// plan has to be smaller by to be taken, as a share.
  private static let (trialValues, trialPieces, gain) = (1 << 16, 8, 0.0015)

  /// The share of a column's variance that the errors of a model have to stay below.
  private static let leastExplained = 0.95

  /// Flags of the first byte: that ``QuickCoder`` follows, instead of mixing; and that values are in the order of the
  /// array that samples were cut from.
  private static let (quick, inArrayOrder): (UInt8, UInt8) = (1, 2)

  /// Whether ``QuickCoder`` knows such columns: all have the same names, or each is a column of the shape.
  private var hasQuickCoder: Bool { columns == shape.columns && !hasScales }

  /// Whether all values come back exactly.
  var isLossless: Bool { bounds.allSatisfy(\.isExact) }

  /// A chunk's bytes; and the values that they decode to, if these are asked for. Nil if they are none.
  typealias Encoded = (bytes: [UInt8], decoded: SampleBatch?)

  /// The bytes that decode to the values of `batch`, or to others within the bounds.
  ///
  /// - Parameters:
  ///   - base: what the model expects of each value; nil without a model.
  ///   - tries: whether several plans are tried on some of the values.
  ///   - isQuick: whether the quick coder codes them, if it can.
  func encode(
    _ batch: SampleBatch, base: [Double]? = nil, tries: Bool = true, isQuick: Bool = false
  ) -> [UInt8] {
    encoded(batch, base: base, tries: tries, isQuick: isQuick, decodes: false).bytes
  }

  /// The same.
  ///
  /// - Parameter decodes: whether the decoded values are asked for.
  func encoded(
    _ batch: SampleBatch, base: [Double]?, tries: Bool, isQuick: Bool, decodes: Bool
  ) -> Encoded {
    func inOrder(_ coder: GridCoder, _ batch: SampleBatch, _ base: [Double]?, tries: Bool, decodes: Bool)
      -> Encoded
    {
      coder.encodeInOrder(batch, base: base, tries: tries, isQuick: isQuick, decodes: decodes)
    }
    guard let order = arrayOrder, order.applies(to: batch.rows) else {
      return inOrder(self, batch, base, tries: tries, decodes: decodes)
    }
    // The order that takes fewer bytes for the first bands.
    let some = batch.rows(0..<min(batch.rows, order.wholeBands(values: Self.trialValues)))
    let someBase = base.map { Array($0.prefix(some.valueCount)) }
    let ofArray = ofArray(order)
    // The trial is the result if it had all values, and there is no other plan to try.
    let isWhole = some.rows == batch.rows && (!tries || isQuick)
    let own = inOrder(self, some, someBase, tries: false, decodes: decodes && isWhole)
    let other = inOrder(
      ofArray, order.rows(of: some), someBase.map(order.array), tries: false, decodes: decodes && isWhole)
    guard other.bytes.count < own.bytes.count else {
      return isWhole ? own : inOrder(self, batch, base, tries: tries, decodes: decodes)
    }
    var result =
      isWhole
      ? other
      : inOrder(ofArray, order.rows(of: batch), base.map(order.array), tries: tries, decodes: decodes)
    result.bytes[0] |= Self.inArrayOrder
    result.decoded = result.decoded.map(order.samples)
    return result
  }

  /// The same in the order of samples.
  private func encodeInOrder(
    _ batch: SampleBatch, base: [Double]?, tries: Bool, isQuick: Bool, decodes: Bool
  ) -> Encoded {
    if isQuick, hasQuickCoder {
      let bytes = [Self.quick] + QuickCoder(self).encode(batch, base: base)
      guard decodes else { return (bytes, nil) }
      return (bytes, try? QuickCoder(self).decode(bytes.dropFirst(), rows: batch.rows, base: base))
    }
    let numbers = batch.doubles()
    var coder = self
    if elementType.size > 1 { coder.known.missing += FillValueSearch.setAside(numbers, columns: columns) }
    let used = base.flatMap { explains($0, numbers) ? $0 : nil }
    let (bytes, decoded) = coder.mix(
      batch, numbers, base: used, tries: tries && !isQuick, decodes: decodes)
    return ([0] + bytes, decoded)
  }

  /// Whether what a model expects of values tells more of some column than its mean.
  private func explains(_ base: [Double], _ numbers: [Double]) -> Bool {
    (0..<columns).contains { column in
      var (count, sum, squares, errors) = (0.0, 0.0, 0.0, 0.0)
      // The first value stands for the mean, so that squares stay small.
      let origin = column < numbers.count && numbers[column].isFinite ? numbers[column] : 0
      for place in stride(from: column, to: numbers.count, by: columns) where numbers[place].isFinite {
        let (value, error) = (numbers[place] - origin, numbers[place] - base[place])
        (count, sum) = (count + 1, sum + value)
        (squares, errors) = (squares + value * value, errors + error * error)
      }
      return errors < Self.leastExplained * (squares - sum * sum / max(1, count))
    }
  }

  /// The same by mixing, after the flags.
  private func mix(
    _ batch: SampleBatch, _ numbers: [Double], base: [Double]?, tries: Bool, decodes: Bool
  ) -> Encoded {
    var plan = best(ValuePlanChoice(self, numbers), batch, base: base, tries: tries)
    if let result = encode(batch, base, plan, decodes: decodes) { return result }
    plan.hasExceptions = true
    // With exceptions, every value has a code.
    return encode(batch, base, plan, decodes: decodes) ?? ([], nil)
  }

  /// The plan that takes the fewest bytes.
  private func best(_ choice: ValuePlanChoice, _ batch: SampleBatch, base: [Double]?, tries: Bool)
    -> ValuePlan
  {
    let trials = ValuePlanChoice.trials(
      elementType, isLossless: isLossless, isRelative: hasScales, hasBase: base != nil)
    func units(_ plan: ValuePlan) -> [ValueUnit?]? {
      base.map { self.units(of: positions($0, scales(plan.scales))) }
    }
    func plan(_ trial: ValuePlanChoice.Trial) -> ValuePlan {
      var plan = choice.plan(trial)
      guard let units = units(plan) else { return plan }
      plan.usesBase = true
      for place in plan.columns.indices {
        plan.columns[place].unit = units[place] ?? plan.columns[place].unit
      }
      return plan
    }
    guard tries else { return plan(trials[0]) }
    let pieces = trialPieces(of: batch)
    let some = SampleBatch(joining: pieces.map { batch.rows($0) }) ?? batch
    let someBase = base.map { base in
      pieces.flatMap { base[$0.lowerBound * valuesPerSample..<$0.upperBound * valuesPerSample] }
    }
    let share = Double(batch.rows) / Double(max(1, some.rows))
    var best: (plan: ValuePlan, bytes: Double)?
    var seen: [ValuePlan] = []
    func consider(_ plan: ValuePlan, isFirst: Bool) {
      guard !seen.contains(plan) else { return }
      seen.append(plan)
      var own = plan
      own.hasExceptions = true
      let head = headBytes(plan, values: some.valueCount, units: units(plan))
      guard let bytes = encode(some, someBase, own, decodes: false)?.bytes.count else { return }
      let size = Double(head) + Double(max(0, bytes - head)) * share
      if let known = best, size >= known.bytes * (1 - (isFirst ? Self.gain : 0)) { return }
      best = (plan, size)
    }
    for trial in trials { consider(plan(trial), isFirst: true) }
    if let found = best?.plan, shape.width > 1 {
      var other = found
      other.hasColumnContexts.toggle()
      consider(other, isFirst: false)
    }
    if let found = best?.plan, found.usesBase {
      consider(choice.withoutBase(found), isFirst: false)
    }
    return best?.plan ?? plan(trials[0])
  }

  /// The rows of a trial.
  private func trialPieces(of batch: SampleBatch) -> [Range<Int>] {
    let rows = max(1, Self.trialValues / max(1, valuesPerSample))
    guard rows < batch.rows else { return [0..<batch.rows] }
    let count = min(Self.trialPieces, rows)
    return (0..<count).map { piece in
      let first = piece * (batch.rows / count) + (batch.rows / count - rows / count) / 2
      return first..<first + rows / count
    }
  }

  /// The bytes of a plan alone.
  private func headBytes(_ plan: ValuePlan, values: Int, units: [ValueUnit?]?) -> Int {
    var (coder, coding) = (
      BitEncoder(), ValuePlanCoding(namedTypes(plan.scales), values: values, units: units)
    )
    _ = coding.code(plan, &coder)
    return coder.finish().count
  }

  /// - Returns: nil if the plan has no exceptions where a value needs one.
  private func encode(
    _ batch: SampleBatch, _ base: [Double]?, _ plan: ValuePlan, decodes: Bool
  ) -> Encoded? {
    let count = batch.valueCount
    return batch.bytes.withUnsafeBytes { bytes -> Encoded? in
      guard decodes else {
        var (input, coder) = (EncodedValues(elementType: elementType, bytes: bytes), BitEncoder())
        return run(plan, count: count, base: base, &input, &coder) ? (coder.finish(), nil) : nil
      }
      // The pass of a decoder differs from this one only in where bits come from: these are decoded, and names are made of what was
      // coded.
      var (decoded, coder) = ([UInt8](repeating: 0, count: bytes.count), CheckedBitEncoder())
      let isWhole = decoded.withUnsafeMutableBytes { decoded in
        var values = CheckedValues(elementType: elementType, bytes: bytes, decoded: decoded)
        return run(plan, count: count, base: base, &values, &coder)
      }
      guard isWhole else { return nil }
      // Bytes that do not decode have no values.
      guard let coded = coder.finish() else { return ([], nil) }
      let samples = SampleBatch(
        elementType: elementType, valuesPerSample: batch.valuesPerSample, bytes: decoded)
      return (coded, samples)
    }
  }

  /// The values that `bytes` stand for.
  ///
  /// - Parameter base: what the model expects of each value; nil without a model.
  func decode(_ bytes: ArraySlice<UInt8>, rows: Int, base: [Double]? = nil) throws(ChunkError) -> SampleBatch
  {
    guard let flags = bytes.first else { throw .corrupt }
    guard flags & Self.inArrayOrder != 0 else {
      return try decodeInOrder(bytes.dropFirst(), flags: flags, rows: rows, base: base)
    }
    guard let order = arrayOrder, order.applies(to: rows) else { throw .corrupt }
    let array = try ofArray(order).decodeInOrder(
      bytes.dropFirst(), flags: flags & ~Self.inArrayOrder, rows: rows * valuesPerSample / order.valuesPerRow,
      base: base.map(order.array))
    return order.samples(of: array)
  }

  private func decodeInOrder(
    _ bytes: ArraySlice<UInt8>, flags: UInt8, rows: Int, base: [Double]?
  ) throws(ChunkError) -> SampleBatch {
    if flags == Self.quick, hasQuickCoder {
      return try QuickCoder(self).decode(bytes, rows: rows, base: base)
    }
    guard flags == 0 else { throw .corrupt }
    var samples = [UInt8](repeating: 0, count: rows * valuesPerSample * elementType.size)
    var coder = BitDecoder(bytes)
    let isWhole = samples.withUnsafeMutableBytes { samples in
      var output = DecodedValues(elementType: elementType, bytes: samples)
      return run(nil, count: rows * valuesPerSample, base: base, &output, &coder)
    }
    guard isWhole, coder.isAtEnd else { throw .corrupt }
    return SampleBatch(elementType: elementType, valuesPerSample: valuesPerSample, bytes: samples)
  }
}
