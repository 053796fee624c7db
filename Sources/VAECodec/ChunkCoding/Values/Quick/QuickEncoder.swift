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
    var namings = settings.namings(values)
    // Names that all values have can be found a window at a time; others are found before.
    var whole: QuickField?
    for attempt in 0...QuickSample.attempts where namings.contains(where: \.mayLack) {
      let field = QuickField(layout, hasBase: base != nil)
      let isLast = attempt == QuickSample.attempts
      let perColumn = batch.valueCount / max(1, values.shape.columns)
      let found = set(
        field, batch, namings, settings, first: 0, rows: rows, limit: isLast ? .max : 16 + perColumn / 200)
      whole = field
      guard !found.lost.isEmpty else { break }
      settings = sample.settings(settings, for: found.lost, isLast: attempt + 1 == QuickSample.attempts)
      namings = settings.namings(values)
      whole = nil
    }
    let field = whole ?? QuickField(layout.window(), hasBase: base != nil)
    let columns = QuickColumns(field.layout, namings, settings.predictors)
    let pass = QuickPass(field: field, columns: columns, surroundings: settings.surroundings)
    var symbols = QuickRecorder(
      values: batch.valueCount, contexts: QuickPass.contexts * values.shape.columns)
    var exceptions = QuickExceptions()
    let (window, width, elementType) = (field.layout.rows, values.shape.width, values.elementType)
    for first in stride(from: 0, to: rows, by: window) {
      let count = min(window, rows - first)
      if whole == nil { _ = set(field, batch, namings, settings, first: first, rows: count, limit: .max) }
      base?.withUnsafeBufferPointer { numbers in
        if let start = numbers.baseAddress { field.setBase(start + first * width, namings, rows: count) }
      }
      batch.bytes.withUnsafeBytes { bytes in
        exceptions.add(field, namings, rows: count, first: first) { elementType.bits($0, of: bytes) }
      }
      pass.run(&symbols, rows: count)
      field.advance(count)
    }
    exceptions.sort(values.shape)
    settings.plan.hasExceptions = !exceptions.places.isEmpty
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

  /// Sets the positions of some rows.
  private func set(
    _ field: QuickField, _ batch: SampleBatch, _ namings: [QuickNaming], _ settings: QuickSettings,
    first: Int, rows: Int, limit: Int
  ) -> (nameless: Int, lost: [Int: [Double]]) {
    let (known, type) = (values.known, values.elementType)
    return batch.bytes.withUnsafeBytes { bytes in
      field.set(
        UnsafeRawBufferPointer(rebasing: bytes[(first * values.shape.width * type.size)...]), type, namings,
        swaps: settings.plan.swapsBytes,
        isMark: known.missing.isEmpty ? nil : { known.isMark(bits: $0, type) }, limit: limit, rows: rows)
    }
  }
}
