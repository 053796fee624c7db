import ByteIO
import EntropyCoding
import Records

extension QuickCoder {
  /// The bytes that decode to the values of `batch`, or to others within the bounds.
  ///
  /// - Parameters:
  ///   - base: the model's reconstruction; nil without a model.
  func encode(_ batch: SampleBatch, base: [Double]? = nil) -> [UInt8] {
    let sample = QuickSample(values, batch, base)
    var settings = sample.bestSettings()
    let rows = batch.valueCount / max(1, values.shape.width)
    let layout = QuickLayout(values.shape, rows: rows)
    var field = QuickField(layout, hasBase: base != nil)
    var namings = settings.namings(values)
    for attempt in 0...QuickSample.attempts {
      let found = set(
        field, batch, namings, swaps: settings.plan.swapsBytes, isLast: attempt == QuickSample.attempts)
      settings.plan.hasExceptions = found.nameless > 0
      guard !found.lost.isEmpty else { break }
      settings = sample.settings(settings, for: found.lost, isLast: attempt + 1 == QuickSample.attempts)
      namings = settings.namings(values)
      field = QuickField(layout, hasBase: base != nil)
    }
    base?.withUnsafeBufferPointer { if let first = $0.baseAddress { field.setBase(first, namings) } }
    var exceptions = QuickExceptions()
    if settings.plan.hasExceptions {
      exceptions = batch.bytes.withUnsafeBytes { bytes in
        QuickExceptions(field, namings) { values.elementType.bits($0, of: bytes) }
      }
    }
    let columns = QuickColumns(layout, namings, settings.predictors)
    let pass = QuickPass(field: field, columns: columns, surroundings: settings.surroundings)
    var symbols = QuickRecorder(
      values: batch.valueCount, contexts: QuickPass.contexts * values.shape.columns)
    pass.run(&symbols)
    let histogram = symbols.histogram()
    let tables = QuickClusters.tables(histogram)

    var (bits, integers) = (BitEncoder(), QuickIntegers())
    _ = QuickSettings.code(settings, values, layout, hasBase: base != nil, &integers, &bits)
    if settings.plan.hasExceptions {
      _ = exceptions.code(isKnown: true, layout, size: 8 * values.elementType.size, &integers, &bits)
    }
    _ = QuickTables.code(
      tables, used: histogram.used.map { $0 > 0 }, contexts: histogram.used.count, &integers, &bits)
    let (head, raw) = (bits.finish(), symbols.rawBytes())
    var writer = ByteWriter()
    writer.append(count: head.count)
    writer.append(head)
    writer.append(count: raw.count)
    writer.append(raw)
    writer.append(symbols.words(tables))
    return writer.bytes
  }

  private func set(
    _ field: QuickField, _ batch: SampleBatch, _ namings: [QuickNaming], swaps: Bool, isLast: Bool
  ) -> (nameless: Int, lost: [Int: [Double]]) {
    let (known, type) = (values.known, values.elementType)
    let perColumn = batch.valueCount / max(1, values.shape.columns)
    return batch.bytes.withUnsafeBytes { bytes in
      field.set(
        bytes, type, namings, swaps: swaps,
        isMark: known.missing.isEmpty ? nil : { known.isMark(bits: $0, type) },
        limit: isLast ? .max : 16 + perColumn / 200)
    }
  }
}
