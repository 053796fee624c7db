import ByteIO
import Container
import EntropyCoding
import Records
import Transform

/// Encodes and decodes chunks for one worker: from samples to a frame, and back.
///
/// It owns all buffers of a chunk, which grow with the largest chunk so far, so that a header that announces large
/// chunks costs nothing. Values are held for one block of rows at a time, symbols for the whole chunk.
final class ChunkCodec {
  private let plan: ChunkCodingContext
  private let description: SampleDescription
  /// The error bound of decoded samples.
  let errorBound: ErrorBound?
  /// Only for chunks with corrections.
  private(set) lazy var correctionCoder: any CorrectionCoding =
    if elementType.isWide {
      IntegerCorrectionCoder(description, errorBound, known: known)
    } else if case .byColumn(let bounds) = errorBound {
      ColumnCorrectionCoder(description.type, bounds, types: description.columnTypes)
    } else {
      CorrectionCoder(description, errorBound, known: known)
    }
  /// Which values are not missing to the model.
  private(set) lazy var known = KnownValues(of: plan.model)
  let memory: MemoryLimit
  /// Nil if no text is kept.
  let textCoding: TextSection?
  private let samples: SampleCoder
  private let encoder: ChunkEncoder
  private let decoder: ChunkDecoder
  /// A block of samples, and its reconstruction by the network and the linear layers: rows x values.
  private var block: [Float]
  private var base: [Float]
  /// For encoding: the values of a block.
  private lazy var valueEncoder = ValueCoder(
    plan.model, rows: samples.blockRows, effort: plan.effort, kernels: plan.kernels)
  private lazy var chunk = ChunkSymbols(
    planes: plan.planes, contextCodedPlanes: plan.contextCodedPlanes, rows: 0)
  /// For decoding: the values of a chunk, and the symbols of the planes before them.
  private var valueDecoder: ValueCoder?
  private var symbols: [Int32] = []
  private var symbolStride = 0

  /// The maximum number of rows processed at once.
  static let blockRows = 128

  init(
    _ plan: ChunkCodingContext, _ description: SampleDescription, _ errorBound: ErrorBound?,
    rans: (encoder: RANSEncoder, decoder: RANSDecoder), memory: MemoryLimit
  ) {
    self.plan = plan
    self.memory = memory
    self.description = description
    self.errorBound = errorBound
    textCoding = description.format.kept.map { TextSection($0, isPrecise: errorBound != nil) }
    samples = SampleCoder(
      plan.model, at: plan.point, blockRows: min(Self.blockRows, plan.chunkRows), effort: plan.effort,
      kernels: plan.kernels)
    encoder = ChunkEncoder(rans.encoder)
    decoder = ChunkDecoder(rans.decoder)
    block = [Float](repeating: 0, count: samples.blockRows * plan.model.values)
    base = plan.hasValues ? block : []
  }

  /// The type of decoded samples.
  var elementType: ElementType { description.elementType }
  /// The number of values in a sample.
  var width: Int { plan.model.values }
  /// The maximum number of rows in a chunk.
  var chunkRows: Int { plan.chunkRows }

  /// An encoded chunk.
  struct Encoded {
    var frame: [UInt8]
    /// What a decoder returns for it; nil if it was not requested and there is no error bound.
    var decoded: SampleBatch?
  }

  /// Encodes a chunk.
  ///
  /// - Parameters:
  ///   - batch: at least one row, and at most ``chunkRows``.
  ///   - prefix: the start of the frame's content.
  ///   - decodes: whether to return the decoded samples as well.
  ///   - isTrial: whether only the size matters; then the error bound is not verified by decoding.
  func encode(
    _ batch: SampleBatch, after prefix: [UInt8] = [], decodes: Bool = false, isTrial: Bool = false
  ) -> Encoded {
    let hasExceptions = setSymbols(of: batch)
    // Text takes equally many bytes in every trial.
    let suffix = isTrial ? [] : textCoding?.encode(batch) ?? []
    guard errorBound != nil || hasExceptions else {
      return Encoded(
        frame: encoder.encode(chunk, after: prefix, before: suffix), decoded: decodes ? reconstruction() : nil
      )
    }
    return corrected(
      batch, symbols: encoder.packed(chunk), after: prefix, before: suffix, isTrial: isTrial)
  }

  /// The bits of each row's symbols, by the frequency tables that code them.
  func rowBits(of batch: SampleBatch) -> [Double] {
    _ = setSymbols(of: batch)
    return plan.tables.rowBits(of: chunk)
  }

  /// Computes and keeps the symbols of a chunk.
  ///
  /// - Returns: whether some values are missing to the model, and have to be stored beside the symbols.
  private func setSymbols(of batch: SampleBatch) -> Bool {
    precondition(batch.valuesPerSample == plan.model.values)
    precondition(batch.rows >= 1 && batch.rows <= plan.chunkRows)
    if batch.rows > chunk.planeStride {
      chunk = ChunkSymbols(planes: plan.planes, contextCodedPlanes: plan.contextCodedPlanes, rows: batch.rows)
    }
    chunk.rows = batch.rows
    let stride = chunk.planeStride
    var hasExceptions = false
    // Swapped out of the property, so that both arrays can be accessed at once.
    var (symbols, levels): ([Int32], [UInt8]) = ([], [])
    swap(&symbols, &chunk.symbols)
    swap(&levels, &chunk.levels)
    symbols.withUnsafeMutableBufferPointer { symbols in
      levels.withUnsafeMutableBufferPointer { levels in
        for first in Swift.stride(from: 0, to: batch.rows, by: samples.blockRows) {
          let rows = first..<min(first + samples.blockRows, batch.rows)
          if encodeBlock(batch.rows(rows), at: first, stride, symbols, levels) { hasExceptions = true }
        }
      }
    }
    swap(&symbols, &chunk.symbols)
    swap(&levels, &chunk.levels)
    return hasExceptions
  }

  /// The frame of the last encoded symbols; its content starts with `prefix` and ends with `suffix`.
  func repack(after prefix: [UInt8], before suffix: [UInt8]) -> [UInt8] {
    encoder.encode(chunk, after: prefix, before: suffix)
  }

  /// Computes symbols and levels of the chunk's rows from `first` on.
  ///
  /// - Returns: whether some values are missing to the model, and have to be stored beside the symbols.
  private func encodeBlock(
    _ batch: SampleBatch, at first: Int, _ stride: Int, _ symbols: UnsafeMutableBufferPointer<Int32>,
    _ levels: UnsafeMutableBufferPointer<UInt8>
  ) -> Bool {
    let count = batch.rows * plan.model.values
    let rows = batch.rows
    let hasExceptions = block.withUnsafeMutableBufferPointer { block in
      batch.copyNumbers(in: plan.model.scales, into: block)
      return plan.model.replaceMissing(in: UnsafeMutableBufferPointer(rebasing: block[..<count])) > 0
    }
    block.withUnsafeBufferPointer { block in
      let numbers = UnsafeBufferPointer(rebasing: block[..<count])
      // Without planes nothing is written, and the pointers may be those of empty arrays.
      var (noSymbol, noLevel): (Int32, UInt8) = (0, 0)
      withUnsafeMutablePointer(to: &noSymbol) { noSymbol in
        withUnsafeMutablePointer(to: &noLevel) { noLevel in
          samples.encode(
            numbers, rows: rows,
            symbols: symbols.isEmpty ? noSymbol : symbols.baseAddress.map { $0 + first } ?? noSymbol,
            levels: levels.isEmpty ? noLevel : levels.baseAddress.map { $0 + first } ?? noLevel,
            planeStride: stride)
        }
      }
      guard plan.hasValues, let symbols = symbols.baseAddress, let levels = levels.baseAddress else { return }
      let firstValueLevel = UInt8(plan.firstValueLevel)
      let firstPlane = plan.coefficientPlanes * stride + first
      let isKnown = samples.copyLastValues(
        rows: rows, symbols: symbols + plan.planes * stride + firstPlane, levels: levels + firstPlane,
        planeStride: stride)
      if isKnown { return }
      base.withUnsafeMutableBufferPointer { base in
        let base = UnsafeMutableBufferPointer(rebasing: base[..<count])
        samples.lastBase(rows: rows, into: base)
        valueEncoder.encode(
          numbers, base: UnsafeBufferPointer(base), rows: rows, step: plan.point.valueStep
        ) { value, own, ownLevels in
          let plane = firstPlane + value * stride
          own.withUnsafeBufferPointer {
            guard let own = $0.baseAddress else { return }
            (symbols + plan.planes * stride + plane).update(from: own, count: rows)
          }
          ownLevels.withUnsafeBufferPointer { own in
            for r in 0..<rows { levels[plane + r] = own[r] &+ firstValueLevel }
          }
        }
      }
    }
    return hasExceptions
  }

  /// Decodes a chunk's frame.
  func decode(_ frame: [UInt8]) throws(ChunkError) -> SampleBatch {
    guard textCoding == nil else {
      // Only the text section knows the size of the text.
      return try decode(content: decoder.unframe(frame[...], limit: memory.bytes, memory: memory)[...])
    }
    return try decode(
      content: decoder.content(
        of: frame[...], maxRows: plan.chunkRows, contextCodedPlanes: plan.contextCodedPlanes,
        sampleBytes: width * elementType.size, memory: memory)[...])
  }

  /// The samples that a content of symbols represents.
  func decode(contentOfSymbols content: ArraySlice<UInt8>) throws(ChunkError) -> SampleBatch {
    try decode(
      decoder.open(content: content, maxRows: plan.chunkRows, contextCodedPlanes: plan.contextCodedPlanes))
  }

  private func decode(_ opened: ChunkSymbolReader) throws(ChunkError) -> SampleBatch {
    var reader = opened
    let rows = reader.rows
    try admit(rows)
    makeRoom(for: rows)
    try reader.planes(into: &symbols, planeStride: symbolStride)
    try readCoefficients(&reader, rows: rows)
    let batch = try synthesize(rows: rows) { values throws(ChunkError) in
      try readValues(&reader, rows: rows, by: values)
    }
    try reader.finish()
    return batch
  }

  /// What a decoder returns for the chunk whose symbols are held, without going through bytes.
  private func reconstruction() -> SampleBatch {
    let (rows, stride) = (chunk.rows, chunk.planeStride)
    makeRoom(for: rows)
    let planes = plan.planes + plan.coefficientPlanes
    for plane in 0..<planes {
      for r in 0..<rows { symbols[plane * symbolStride + r] = chunk.symbols[plane * stride + r] }
    }
    return synthesize(rows: rows) { values in
      var plane = planes
      values.decode(step: plan.point.valueStep) { _, symbols in
        for r in 0..<rows { symbols[r] = chunk.symbols[plane * stride + r] }
        plane += 1
      }
    }
  }

  /// Makes room for the symbols of `rows` rows.
  private func makeRoom(for rows: Int) {
    guard rows > symbolStride else { return }
    symbolStride = rows
    symbols = [Int32](repeating: 0, count: (plan.planes + plan.coefficientPlanes) * rows)
    if plan.hasValues { valueDecoder = ValueCoder(plan.model, rows: rows, kernels: plan.kernels) }
  }

  /// The samples that ``symbols`` represent.
  ///
  /// - Parameter takeValues: decodes the planes of the value layer, if it is on; its base is loaded.
  private func synthesize<Failure: Error>(
    rows: Int, _ takeValues: (ValueCoder) throws(Failure) -> Void
  ) throws(Failure) -> SampleBatch {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(rows * plan.model.values * elementType.size)
    if let valueDecoder {
      forEachBlock(of: rows) { first, count in
        decodeBlock(at: first, rows: count)
        block.withUnsafeBufferPointer {
          valueDecoder.load(
            UnsafeBufferPointer(rebasing: $0[..<(count * plan.model.values)]), at: first, of: rows)
        }
      }
      try takeValues(valueDecoder)
    }
    forEachBlock(of: rows) { first, count in
      if let valueDecoder {
        block.withUnsafeMutableBufferPointer {
          valueDecoder.copyDecoded(
            first..<first + count,
            into: UnsafeMutableBufferPointer(rebasing: $0[..<(count * plan.model.values)]))
        }
      } else {
        decodeBlock(at: first, rows: count)
      }
      let numbers = count == samples.blockRows ? block : Array(block[..<(count * plan.model.values)])
      bytes +=
        SampleBatch(
          numbers: numbers, in: plan.model.scales, elementType: elementType,
          valuesPerSample: plan.model.values
        ).bytes
    }
    return description.settled(
      SampleBatch(elementType: elementType, valuesPerSample: plan.model.values, bytes: bytes))
  }

  /// Throws if a chunk of `rows` rows takes more memory than the limit.
  func admit(_ rows: Int) throws(ChunkError) {
    do {
      let state = errorBound != nil && elementType.isWide ? IntegerCorrectionCoder.stateBytes : 0
      try memory.admit(
        MemoryLimit.sum((plan.decodingBytes(rows: rows, elementSize: elementType.size), 1), (width, state)))
    } catch {
      throw .frame(error)
    }
  }

  private func forEachBlock(of rows: Int, _ body: (_ first: Int, _ count: Int) -> Void) {
    for first in Swift.stride(from: 0, to: rows, by: samples.blockRows) {
      body(first, min(samples.blockRows, rows - first))
    }
  }

  /// Computes the values of the rows from `first` on from their symbols, without the value layer.
  private func decodeBlock(at first: Int, rows: Int) {
    block.withUnsafeMutableBufferPointer { block in
      let block = UnsafeMutableBufferPointer(rebasing: block[..<(rows * plan.model.values)])
      symbols.withUnsafeBufferPointer { symbols in
        if let start = symbols.baseAddress, !symbols.isEmpty {
          samples.decode(
            start + first, planeStride: symbolStride, rows: rows, into: block, asBase: plan.hasValues)
        } else {
          withUnsafePointer(to: Int32(0)) {
            samples.decode($0, planeStride: 0, rows: rows, into: block, asBase: plan.hasValues)
          }
        }
      }
    }
  }

  /// Reads the planes of values, each from those before it.
  private func readValues(
    _ reader: inout ChunkSymbolReader, rows: Int, by values: ValueCoder
  ) throws(ChunkError) {
    let firstValueLevel = UInt8(plan.firstValueLevel)
    var shifted = [UInt8](repeating: 0, count: rows)
    try values.decode(step: plan.point.valueStep) { levels, symbols throws(ChunkError) in
      for r in 0..<rows { shifted[r] = levels[r] &+ firstValueLevel }
      try shifted.withUnsafeBufferPointer { levels throws(ChunkError) in
        try reader.contextCodedPlane(levels: levels, into: symbols)
      }
    }
  }

  /// Reads the planes of coefficients. The levels of each follow from those before it.
  private func readCoefficients(_ reader: inout ChunkSymbolReader, rows: Int) throws(ChunkError) {
    let stride = symbolStride
    var levels = [UInt8](repeating: 0, count: rows)
    try symbols.withUnsafeMutableBufferPointer { symbols throws(ChunkError) in
      var plane = plan.planes
      for layer in plan.layers {
        var sums = layer.startSums(rows: rows)
        for c in 0..<layer.components {
          let own = UnsafeMutableBufferPointer(rebasing: symbols[plane * stride..<plane * stride + rows])
          layer.levels(of: c, sums, into: &levels)
          try levels.withUnsafeBufferPointer { levels throws(ChunkError) in
            try reader.contextCodedPlane(levels: levels, into: own)
          }
          layer.add(UnsafeBufferPointer(own), of: c, to: &sums)
          plane += 1
        }
      }
    }
  }
}
