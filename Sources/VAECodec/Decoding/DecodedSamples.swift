import Records

/// Where the samples of a file's streams go, one stream after the other: to one writer, if they are of one shape and type.
final class DecodedSamples {
  private let codec: Codec
  private let name: String
  private let model: DecodingModel?
  /// The model that the file carries for the streams that follow.
  var carried: DecodingModel?
  /// Of all samples so far.
  private(set) var rows = 0
  private(set) var valuesPerSample = 0
  private(set) var rawBytes = 0
  /// What errors are measured in, by the last model; a peak of 0 where none was needed.
  private(set) var errorScale = ErrorScale()
  /// What decoding has taken so far, about, and the bytes that it was for.
  private var operations = 0
  private var readBytes = 0
  private var output: (writer: any SampleWriter, description: SampleDescription)?

  /// - Parameters:
  ///   - name: the input in messages.
  ///   - model: nil where the user named none.
  init(_ codec: Codec, name: String, model: FittedModel?) {
    self.codec = codec
    self.name = name
    self.model = model?.decoding
  }

  /// Makes the writer for a stream's samples, or checks that they fit what it has.
  func open(
    _ description: SampleDescription,
    makeWriter: (SampleDescription) throws(CodecError) -> any SampleWriter
  ) throws(CodecError) {
    valuesPerSample = description.valuesPerSample
    guard let output else {
      output = (try makeWriter(description), description)
      return
    }
    guard output.description.sampleShape == description.sampleShape,
      output.description.type == description.type
    else {
      throw .mixedShapes(
        name: name, found: description.sampleShape, expected: output.description.sampleShape)
    }
    if let column = description.renamedColumn(after: output.description) {
      throw .renamedInStream(name: name, column, rows: rows)
    }
  }

  /// What decodes a stream's chunks. Throws where the model is not the right one.
  func codecs(for details: StreamMetadata) throws(CodecError) -> ChunkCodecs {
    let coding = try details.coding(by: model, or: carried, name: name, memory: codec.memory)
    errorScale = details.model(named: model, or: carried)?.errorScale ?? ErrorScale()
    let plan = ChunkCodingContext(
      coding.model, at: coding.point, chunkRows: details.chunkRows, kernels: codec.kernels)
    return ChunkCodecs(
      plan, details.description, details.errorBound, decodingWith: codec.workers.count, memory: codec.memory)
  }

  /// Counts a chunk that is about to be decoded. Throws where that is more work than is allowed.
  ///
  /// - Parameters:
  ///   - bytes: of its frame.
  ///   - codecs: those of its stream.
  func admit(_ bytes: Int, rows: Int, _ codecs: ChunkCodecs) throws(CodecError) {
    readBytes += bytes
    operations = MemoryLimit.sum((operations, 1), (rows, codecs.operationsOfRow))
    guard codec.work.admits(operations, bytes: readBytes) else {
      throw .work(name: name, needs: operations, limit: codec.work)
    }
  }

  /// Writes samples; there is a writer for them.
  func write(_ batch: SampleBatch) throws(CodecError) {
    if let output { try writing(batch, to: output.writer) }
    rows += batch.rows
    rawBytes += batch.bytes.count
  }

  /// Writes rows that are lost: NaN, 0 in integers, or no time.
  func fill(_ count: Int, _ description: SampleDescription) throws(CodecError) {
    let width = description.valuesPerSample
    let piece = max(1, Self.filledValues / width)
    for first in stride(from: 0, to: count, by: piece) {
      try write(SampleBatch(unknown: min(piece, count - first), of: description))
    }
  }

  /// Values that are filled in at once.
  private static let filledValues = 1 << 16

  /// Completes the output.
  func finish() throws(CodecError) {
    if let output { try finishing(output.writer) }
  }
}
