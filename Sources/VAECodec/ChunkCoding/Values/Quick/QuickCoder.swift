import ByteIO
import EntropyCoding
import Records

/// Codes the values of a chunk at tens of megabytes per second, exactly or within error bounds.
///
/// Values have the names that a ``ValuePlan`` gives them, as in ``GridCoder``. A name is predicted by a fixed weighted sum of its
/// neighbours (``QuickPredictor``), whose weights the encoder finds; the error is coded by rANS, by a distribution that depends on
/// the size of the errors around it. Both are known before the first value, so that a value takes a few dozen cycles.
struct QuickCoder {
  /// What values are, and how they lie.
  let values: GridCoder

  init(_ values: GridCoder) { self.values = values }

  /// The values of `bytes`.
  ///
  /// - Parameters:
  ///   - base: the model's reconstruction; nil without a model.
  /// - Throws: `corrupt` if no encoder writes such bytes.
  func decode(_ bytes: ArraySlice<UInt8>, rows: Int, base: [Double]? = nil) throws(ChunkError) -> SampleBatch
  {
    let perSample = values.valuesPerSample
    guard rows > 0, perSample > 0, base.map({ $0.count == rows * perSample }) ?? true else { throw .corrupt }
    var reader = ByteReader(bytes)
    let head: ArraySlice<UInt8>
    let (raw, words): (ArraySlice<UInt8>, ArraySlice<UInt8>)
    do {
      head = try reader.take(reader.count())
      raw = try reader.take(reader.count())
      words = try reader.take(reader.remaining)
    } catch { throw .corrupt }
    let layout = QuickLayout(values.shape, rows: rows * perSample / values.shape.width)
    var (bits, integers) = (BitDecoder(head), QuickIntegers())
    guard
      let settings = QuickSettings.code(nil, values, layout, hasBase: base != nil, &integers, &bits)
    else { throw .corrupt }
    var exceptions = QuickExceptions()
    if settings.plan.hasExceptions {
      let isGood = exceptions.code(
        isKnown: false, layout, size: 8 * values.elementType.size, &integers, &bits)
      guard isGood else { throw .corrupt }
    }
    let contexts = QuickPass.contexts * values.shape.columns
    guard
      let tables = QuickTables.code(nil, used: [], contexts: contexts, &integers, &bits), bits.isAtEnd
    else { throw .corrupt }
    let padded = Array(raw) + [UInt8](repeating: 0, count: 8)
    var samples = [UInt8](repeating: 0, count: rows * perSample * values.elementType.size)
    let isWhole = padded.withUnsafeBytes { padded in
      words.withUnsafeBytes { words in
        guard var symbols = QuickReader(tables, raw: padded, rawBytes: raw.count, words: words) else {
          return false
        }
        return samples.withUnsafeMutableBytes { samples in
          run(settings, layout, base, &symbols, samples)
          for (place, bits) in zip(exceptions.places, exceptions.bits) {
            values.elementType.store(bits, place, of: samples)
          }
          return symbols.isAtEnd
        }
      }
    }
    guard isWhole else { throw .corrupt }
    return SampleBatch(elementType: values.elementType, valuesPerSample: perSample, bytes: samples)
  }

  /// Decodes all values, a window of rows at a time.
  private func run(
    _ settings: QuickSettings, _ layout: QuickLayout, _ base: [Double]?, _ symbols: inout QuickReader,
    _ samples: UnsafeMutableRawBufferPointer
  ) {
    let (namings, elementType) = (settings.namings(values), values.elementType)
    let field = QuickField(layout.window(), hasBase: base != nil)
    let columns = QuickColumns(field.layout, namings, settings.predictors)
    let pass = QuickPass(field: field, columns: columns, surroundings: settings.surroundings)
    let (width, window) = (layout.shape.width, field.layout.rows)
    for first in stride(from: 0, to: layout.rows, by: window) {
      let rows = min(window, layout.rows - first)
      base?.withUnsafeBufferPointer { numbers in
        if let start = numbers.baseAddress { field.setBase(start + first * width, namings, rows: rows) }
      }
      pass.run(&symbols, rows: rows)
      field.write(
        UnsafeMutableRawBufferPointer(rebasing: samples[(first * width * elementType.size)...]), elementType,
        namings, swaps: settings.plan.swapsBytes, rows: rows)
      field.advance(rows)
    }
  }
}
