import EntropyCoding
import Records

// Chunks of values as bytes.

extension GridCoder {
  /// The values of a trial; and what a plan has to be smaller by to be taken, as a share.
  private static let (trialValues, gain) = (1 << 16, 0.0015)

  /// The first byte, for other ways to come.
  private static let mode: UInt8 = 0

  /// Whether all values come back exactly.
  var isLossless: Bool { bounds.allSatisfy { $0 == 0 } }

  /// The bytes that decode to the values of `batch`, or to others within the bounds.
  ///
  /// - Parameter tries: whether several plans are tried on some of the values.
  func encode(_ batch: SampleBatch, tries: Bool = true) -> [UInt8] {
    let choice = ValuePlanChoice(self, batch.doubles())
    var plan = best(choice, batch, tries: tries)
    if let bytes = encode(batch, plan) { return [Self.mode] + bytes }
    plan.hasExceptions = true
    // With exceptions, every value has a code.
    return [Self.mode] + (encode(batch, plan) ?? [])
  }

  /// The plan that takes the fewest bytes.
  private func best(_ choice: ValuePlanChoice, _ batch: SampleBatch, tries: Bool) -> ValuePlan {
    let trials = ValuePlanChoice.trials(elementType, isLossless: isLossless)
    guard tries else { return choice.plan(trials[0]) }
    let rows = max(1, min(batch.rows, Self.trialValues / max(1, batch.valuesPerSample)))
    let some = batch.rows(0..<rows)
    let share = Double(batch.rows) / Double(rows)
    var best: (plan: ValuePlan, bytes: Double)?
    var seen: [ValuePlan] = []
    func consider(_ plan: ValuePlan, isFirst: Bool) {
      guard !seen.contains(plan) else { return }
      seen.append(plan)
      var own = plan
      own.hasExceptions = true
      let head = headBytes(plan, values: some.valueCount)
      guard let bytes = encode(some, own)?.count else { return }
      let size = Double(head) + Double(max(0, bytes - head)) * share
      if let known = best, size >= known.bytes * (1 - (isFirst ? Self.gain : 0)) { return }
      best = (plan, size)
    }
    for trial in trials { consider(choice.plan(trial), isFirst: true) }
    if let found = best?.plan, shape.columns > 1 || shape.width > 1 {
      var other = found
      other.hasColumnContexts.toggle()
      consider(other, isFirst: false)
    }
    return best?.plan ?? choice.plan(trials[0])
  }

  /// The bytes of a plan alone.
  private func headBytes(_ plan: ValuePlan, values: Int) -> Int {
    var (coder, coding) = (BitEncoder(), ValuePlanCoding(types, values: values))
    _ = coding.code(plan, &coder)
    return coder.finish().count
  }

  private func encode(_ batch: SampleBatch, _ plan: ValuePlan) -> [UInt8]? {
    batch.bytes.withUnsafeBytes { bytes in
      var input = EncodedValues(elementType: elementType, bytes: bytes)
      var coder = BitEncoder()
      return run(plan, count: batch.valueCount, &input, &coder) ? coder.finish() : nil
    }
  }

  /// The values that `bytes` stand for.
  func decode(_ bytes: ArraySlice<UInt8>, rows: Int, valuesPerSample: Int) throws(ChunkError) -> SampleBatch {
    guard bytes.first == Self.mode else { throw .corrupt }
    var samples = [UInt8](repeating: 0, count: rows * valuesPerSample * elementType.size)
    var coder = BitDecoder(bytes.dropFirst())
    let isWhole = samples.withUnsafeMutableBytes { samples in
      var output = DecodedValues(elementType: elementType, bytes: samples)
      return run(nil, count: rows * valuesPerSample, &output, &coder)
    }
    guard isWhole, coder.isAtEnd else { throw .corrupt }
    return SampleBatch(elementType: elementType, valuesPerSample: valuesPerSample, bytes: samples)
  }
}
