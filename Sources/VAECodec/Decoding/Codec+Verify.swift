import ByteIO
import Container
import EntropyCoding
import Records

/// The content of a `.vaec` stream's header, and the counts from reading the stream to its end.
public struct StreamSummary: Sendable {
  /// The version of the stream format.
  public var formatVersion: Int
  /// The fingerprint of its model; nil if it needs none.
  public var fingerprint: String?
  /// Counted in numbers.
  public var sampleShape: [Int]
  /// The shape of the array, counted in numbers.
  public var arrayShape: [Int]
  /// How the array is cut into samples; nil if its rows are samples.
  public var layout: LayoutRule?
  /// The type of the values.
  public var type: ValueType
  public var elementType: ElementType { type.elementType }
  /// "npy", "idx", "csv", "vecs" or "raw".
  public var format: String
  /// 0 ... 100; nil if the stream has its own operating point.
  public var quality: Double?
  /// The error bound; nil if there is none.
  public var errorBound: ErrorBound?
  /// The target and its outcome; nil if a quality was given. A PSNR is that of the rows that the choice was based on.
  public var target: TargetOutcome?
  /// The number of samples in its chunks.
  public var samples: Int
  /// The maximum number of rows in a chunk.
  public var chunkRows: Int
  /// The number of chunks.
  public var chunks: Int
  /// The bytes of the model that the file embeds before the stream; 0 if there is none.
  public var modelBytes: Int
  /// The size of the stream in bytes, without an embedded model.
  public var streamBytes: Int
}

extension Codec {
  /// Reads a `.vaec` file from start to end and verifies every checksum without decoding. No model is needed.
  ///
  /// - Returns: one summary per stream.
  package func verify(_ source: any ByteSource, name: String) throws(CodecError) -> [StreamSummary] {
    let counting = CountingSource(source)
    let reader = StreamReader(counting, memory: memory)
    let decoder = ChunkDecoder(RANSDecoder(TableSet([])))
    var summaries: [StreamSummary] = []
    var begun: StreamMetadata?
    var lastRows: Int?
    var carried: ModelFile?
    while let part = try nextPart(reader, name) {
      switch part {
      case .model(let bytes): carried = try ModelFile(bytes: bytes, name: name, memory: memory)
      case .header(let header):
        let details = try StreamMetadata(header.content, name: name)
        begun = details
        lastRows = nil
        summaries.append(
          StreamSummary(
            details, formatVersion: Int(header.version), carried: carried, streamBytes: header.frame.count))
      case .chunk(let chunk):
        guard var summary = summaries.popLast() else { continue }
        let rows: Int
        do throws(ChunkError) {
          let content = try decoder.unframe(chunk.frame[...], limit: 1 << 31, memory: memory)
          rows = try ChunkDecoder.rows(ofContent: content[...], limit: summary.chunkRows)
        } catch {
          throw CodecError(error, name: name, chunk: chunk.index + 1)
        }
        try begun?.checkFull(lastRows, before: chunk.index + 1, name: name)
        lastRows = rows
        summary.samples += rows
        summary.chunks += 1
        summary.streamBytes += chunk.frame.count
        summaries.append(summary)
      case .end:
        // The seek table: an entry for the header and each chunk, between its header and footer.
        guard let last = summaries.indices.last else { continue }
        summaries[last].streamBytes += 8 * (summaries[last].chunks + 1) + 17
        try StreamMetadata.check(announced: begun?.rows, found: summaries[last].samples, name: name)
        summaries[last].tell(of: begun?.target)
      case .compact(let compact):
        let (details, _) = try StreamMetadata.compact(compact.content, name: name)
        var summary = StreamSummary(
          details, formatVersion: Int(compact.version), carried: carried, streamBytes: compact.size)
        summary.samples = details.chunkRows
        summary.chunks = 1
        summary.tell(of: details.target)
        summaries.append(summary)
      }
      try admit(summaries.count, name: name)
    }
    return summaries
  }
}

extension Codec {
  /// Decodes a `.vaec` file and discards the samples, which also verifies the checksums of rows.
  ///
  /// - Parameter model: for streams whose model the file does not embed.
  /// - Returns: false if a model is missing, or the streams differ in shape or column names; true if all were decoded.
  package func decodes(
    _ source: any ByteSource, name: String, model: FittedModel?
  ) throws(CodecError) -> Bool {
    do throws(CodecError) {
      _ = try decode(source, name: name, model: model) { (_) throws(CodecError) in DroppedSamples() }
      return true
    } catch .needsModel, .wrongModel, .mixedShapes, .renamedInStream {
      return false
    }
  }

  /// A writer that discards its samples.
  private final class DroppedSamples: SampleWriter {
    func write(_ samples: SampleBatch) {}
    func finish() {}
  }

  /// Throws if the summaries of `streams` streams take too much memory.
  private func admit(_ streams: Int, name: String) throws(CodecError) {
    try withFileContext(name) { () throws(ByteIOError) in
      try memory.admit(MemoryLimit.sum((streams, 2 * MemoryLayout<StreamSummary>.stride)))
    }
  }
}

extension StreamSummary {
  /// The content of a header, before anything is counted.
  fileprivate init(
    _ details: StreamMetadata, formatVersion: Int, carried: ModelFile?, streamBytes: Int
  ) {
    self.init(
      formatVersion: formatVersion, fingerprint: details.model?.text,
      sampleShape: details.description.sampleShape,
      arrayShape: details.description.array?.layout.shape ?? [details.rows ?? 0]
        + details.description.sampleShape,
      layout: details.description.array?.layout.rule, type: details.description.type,
      format: (details.description.array?.format ?? details.description.format).name,
      quality: details.quality,
      errorBound: details.errorBound, samples: 0,
      chunkRows: details.chunkRows, chunks: 0,
      modelBytes: carried.map { $0.digest == details.model ? $0.bytes.count : 0 } ?? 0,
      streamBytes: streamBytes)
  }

  /// Sets the outcome of the target, once everything is counted.
  fileprivate mutating func tell(of record: TargetRecord?) {
    if layout == nil { arrayShape[0] = samples }
    target = record?.outcome(rows: samples, chunkRows: chunkRows, streamBytes: streamBytes)
  }
}

extension StreamMetadata {
  /// The quality, if the setting is one.
  fileprivate var quality: Double? {
    if case .quality(let quality) = setting { Double(quality) } else { nil }
  }
}

extension SampleFormat {
  /// The name of the format, as in command line options.
  var name: String {
    switch self {
    case .npy: "npy"
    case .idx: "idx"
    case .delimited: "csv"
    case .vecs: "vecs"
    case .raw: "raw"
    case .records(let layout): layout.formatName.rawValue
    }
  }
}
