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
  let plan: ChunkCodingContext
  private let description: SampleDescription
  /// The error bound of decoded samples.
  let errorBound: ErrorBound?
  /// Only for chunks with corrections.
  private(set) lazy var corrections: Corrections =
    if let errorBound {
      elementType.isWide
        ? .integers(IntegerCorrectionCoder(description, errorBound, known: known))
        : .values(GridCoder(description, errorBound, known, plan.kernels).reporting(to: reported))
    } else {
      .missing(MissingValueCoder(description, known))
    }
  /// Which values are not missing to the model.
  private(set) lazy var known = KnownValues(
    of: plan.model, missing: errorBound?.isLossless == true ? [] : description.missing)
  /// Counts the values of a chunk that is not done yet; nil if nobody is told.
  private let reported: CodedValues?
  let memory: MemoryLimit
  /// Nil if no text is kept.
  let textCoding: TextSection?
  private let samples: SampleCoder
  private let encoder: ChunkEncoder
  private let decoder: ChunkDecoder
  /// For encoding alone.
  private lazy var analysis = ChunkAnalysis(plan, samples, missing: description.missing)
  private lazy var synthesis = ChunkSynthesis(plan, samples, description)

  /// The maximum number of rows processed at once.
  static let blockRows = 128

  init(
    _ plan: ChunkCodingContext, _ description: SampleDescription, _ errorBound: ErrorBound?,
    rans: (encoder: RANSEncoder, decoder: RANSDecoder), memory: MemoryLimit
  ) {
    self.plan = plan
    reported = plan.progress.map(CodedValues.init)
    self.memory = memory
    self.description = description
    self.errorBound = errorBound
    textCoding = description.format.kept.map { TextSection($0, isPrecise: errorBound != nil) }
    samples = SampleCoder(
      plan.model, at: plan.point, blockRows: min(Self.blockRows, plan.chunkRows), effort: plan.effort,
      kernels: plan.kernels)
    encoder = ChunkEncoder(rans.encoder)
    decoder = ChunkDecoder(rans.decoder)
  }

  /// The number of values of the last chunk that have been reported.
  func takeReported() -> Int { reported?.take() ?? 0 }

  /// The type of decoded samples.
  var elementType: ElementType { description.elementType }
  /// The number of values in a sample.
  var width: Int { plan.model.values }
  /// The effort of the encoder's search.
  var effort: Effort { plan.effort }
  /// The maximum number of rows in a chunk.
  var chunkRows: Int { plan.chunkRows }

  /// What codes the corrections of a chunk.
  enum Corrections {
    case values(GridCoder)
    /// Integers of 64 bits.
    case integers(IntegerCorrectionCoder)
    /// Without an error bound.
    case missing(MissingValueCoder)
  }

  /// An encoded chunk.
  struct Encoded {
    var frame: [UInt8]
    /// What a decoder returns for it; nil if it was not requested and there is no error bound.
    var decoded: SampleBatch?
  }

  /// Encodes a chunk.
  ///
  /// - Parameters:
  ///   - batch: at least one row and at most the plan's.
  ///   - prefix: what the frame's content begins with.
  ///   - decodes: whether what a decoder makes of it is wanted.
  ///   - text: what the frame says of the chunk's text: see ``text(of:)``. It takes the same bytes in all trials.
  ///   - isTrial: whether only its size matters: then it is not decoded to see that it keeps what is promised.
  func encode(
    _ batch: SampleBatch, after prefix: [UInt8] = [], text: [UInt8] = [], decodes: Bool = false,
    isTrial: Bool = false
  ) -> Encoded {
    let hasExceptions = analysis.setSymbols(of: batch)
    guard errorBound != nil || hasExceptions else {
      return Encoded(
        frame: pack(after: prefix, before: text), decoded: decodes ? reconstruction() : nil)
    }
    return corrected(batch, after: prefix, before: text, isTrial: isTrial)
  }

  /// What a frame says of the text of a chunk.
  func text(of batch: SampleBatch) -> [UInt8] { textCoding?.encode(batch) ?? [] }

  /// Bits of the symbols of each row of a batch, by the tables that code them.
  func rowBits(of batch: SampleBatch) -> [Double] {
    _ = analysis.setSymbols(of: batch)
    return plan.tables.rowBits(of: analysis.chunk)
  }

  /// What a decoder makes of the symbols that were found last, without the way through bytes.
  func reconstruction() -> SampleBatch { synthesis.samples(of: analysis.chunk) }

  /// The frame of the symbols that were found last; its content begins with `prefix` and ends with `suffix`.
  func pack(after prefix: [UInt8], before suffix: [UInt8]) -> [UInt8] {
    encoder.encode(analysis.chunk, after: prefix, before: suffix)
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

  /// What a decoder expects of each value by the symbols that were found last; nil without a model.
  func expectations() -> [Double]? { plan.model.isEmpty ? nil : synthesis.expectations(of: analysis.chunk) }

  /// The samples that a content of symbols represents.
  func decode(contentOfSymbols content: ArraySlice<UInt8>) throws(ChunkError) -> SampleBatch {
    try synthesis.samples(from: open(contentOfSymbols: content))
  }

  /// The same for a content of `rows` rows.
  func decode(contentOfSymbols content: ArraySlice<UInt8>, rows: Int) throws(ChunkError) -> SampleBatch {
    let batch = try decode(contentOfSymbols: content)
    guard batch.rows == rows else { throw .corrupt }
    return batch
  }

  /// What is expected of each value by a content of the symbols of `rows` rows; nil without a model.
  func expectations(fromSymbols content: ArraySlice<UInt8>, rows: Int) throws(ChunkError) -> [Double]? {
    var reader = try open(contentOfSymbols: content)
    guard reader.rows == rows else { throw .corrupt }
    guard plan.model.isEmpty else { return try synthesis.expectations(from: reader) }
    try reader.finish()
    return nil
  }

  private func open(contentOfSymbols content: ArraySlice<UInt8>) throws(ChunkError) -> ChunkSymbolReader {
    let reader = try decoder.open(
      content: content, maxRows: plan.chunkRows, contextCodedPlanes: plan.contextCodedPlanes)
    try admit(reader.rows)
    return reader
  }

  /// Throws if a chunk of `rows` rows takes more memory than the limit.
  func admit(_ rows: Int) throws(ChunkError) {
    do {
      try memory.admit(plan.decodingBytes(rows: rows, description, isCorrected: errorBound != nil))
    } catch {
      throw .frame(error)
    }
  }
}
