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
    let namings = settings.namings(values)
    let field = QuickField(layout, hasBase: base != nil)
    base?.withUnsafeBufferPointer { if let first = $0.baseAddress { field.setBase(first, namings) } }
    let columns = QuickColumns(layout, namings, settings.predictors)
    let pass = QuickPass(field: field, columns: columns, surroundings: settings.surroundings)
    let padded = Array(raw) + [UInt8](repeating: 0, count: 8)
    let isWhole = padded.withUnsafeBytes { padded in
      words.withUnsafeBytes { words in
        guard var symbols = QuickReader(tables, raw: padded, rawBytes: raw.count, words: words) else {
          return false
        }
        pass.run(&symbols)
        return symbols.isAtEnd
      }
    }
    guard isWhole else { throw .corrupt }
    let elementType = values.elementType
    var samples = [UInt8](repeating: 0, count: rows * perSample * elementType.size)
    samples.withUnsafeMutableBytes { samples in
      field.write(samples, elementType, namings, swaps: settings.plan.swapsBytes)
      for (place, bits) in zip(exceptions.places, exceptions.bits) {
        elementType.store(bits, place, of: samples)
      }
    }
    return SampleBatch(elementType: elementType, valuesPerSample: perSample, bytes: samples)
  }
}
