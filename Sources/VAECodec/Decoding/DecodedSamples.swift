import ByteIO
import Records

/// The destination of decoded samples: one writer for all streams of a file, if they have the same shape and type.
final class DecodedSamples {
  private let codec: Codec
  private let name: String
  private let model: DecodingModel?
  /// The embedded model for the streams that follow.
  var carried: DecodingModel?
  /// The totals over all samples so far.
  private(set) var rows = 0
  private(set) var valuesPerSample = 0
  private(set) var rawBytes = 0
  /// The units of errors, by the last model; the peak is 0 if no model was needed.
  private(set) var errorScale = ErrorScale()
  /// The estimated operations of decoding so far, and the bytes they were spent on.
  private var operations = 0
  private var readBytes = 0
  /// The writer of rows, and the description of the first array.
  private var output: (writer: any SampleWriter, description: SampleDescription)?
  /// Puts the samples of the current stream back into their array; nil if they are its rows.
  private var cut: LayoutWriter?

  /// - Parameters:
  ///   - name: the input in messages.
  ///   - model: nil if none was given.
  init(_ codec: Codec, name: String, model: FittedModel?) {
    self.codec = codec
    self.name = name
    self.model = model?.decoding
  }

  /// Creates the writer for a stream's samples, or checks that they match the earlier ones. Arrays of several streams join
  /// along their first axis.
  ///
  /// - Parameter rows: the number of rows to write; nil for that of the description.
  func open(
    _ samples: SampleDescription, rows: Int? = nil,
    makeWriter: (SampleDescription) throws(CodecError) -> any SampleWriter
  ) throws(CodecError) {
    valuesPerSample = samples.valuesPerSample
    var description = samples.ofArray
    description.rows = rows ?? description.rows
    guard let output else {
      output = (try makeWriter(description), description)
      return
    }
    guard output.description.sampleShape == description.sampleShape,
      output.description.type == description.type, output.description.hasSameFields(as: description)
    else {
      throw .mixedShapes(
        name: name, found: description.sampleShape, expected: output.description.sampleShape)
    }
    if let column = description.renamedColumn(after: output.description) {
      throw .renamedInStream(name: name, column, rows: self.rows)
    }
  }

  /// Begins the samples of a stream, whose description has been opened.
  ///
  /// - Parameter box: the part of the array to write, a range along each axis in numbers; nil for all of it.
  func begin(_ samples: SampleDescription, box: [Range<Int>]? = nil) throws(CodecError) {
    try finishArray()
    if let layout = samples.array?.layout { try begin(layout, samples.type, box: box) }
  }

  /// The same for the samples of a layout.
  func begin(_ layout: ArrayLayout, _ type: ValueType, box: [Range<Int>]?) throws(CodecError) {
    try finishArray()
    let rows = MemoryLimit.sum(
      (min(layout.block[0], layout.rows ?? layout.block[0]), 3 * type.elementType.size))
    try withFileContext(name) { () throws(ByteIOError) in
      try codec.memory.admit(MemoryLimit.sum((rows, layout.valuesPerRow)))
    }
    if let output { cut = LayoutWriter(output.writer, layout, type, box: box) }
  }

  /// Writes the rest of an array.
  private func finishArray() throws(CodecError) {
    guard let cut else { return }
    self.cut = nil
    do {
      try cut.finish()
    } catch {
      throw .samples(error)
    }
    rawBytes += cut.bytes
  }

  /// The decoders of a stream's chunks. Throws if the model is not the right one.
  func codecs(for details: StreamMetadata) throws(CodecError) -> ChunkCodecs {
    let coding = try details.coding(by: model, or: carried, name: name, memory: codec.memory)
    errorScale = details.model(named: model, or: carried)?.errorScale ?? ErrorScale()
    // The columns of a model of windows or tiles are none of the array.
    if details.description.array != nil, errorScale.isByColumn { errorScale = ErrorScale() }
    var plan = ChunkCodingContext(
      coding.model, at: coding.point, chunkRows: details.chunkRows, kernels: codec.kernels)
    if let progress = codec.progress {
      let description = details.description
      progress.begin(
        total: details.rows.map { MemoryLimit.sum(($0, description.valuesPerSample)) },
        valueBytes: description.elementType.size)
      plan.progress = progress
    }
    return ChunkCodecs(
      plan, details.description, details.errorBound, decodingWith: codec.workers.count, memory: codec.memory)
  }

  /// Counts a chunk about to be decoded. Throws if that exceeds the limit on work.
  ///
  /// - Parameters:
  ///   - bytes: the size of its frame.
  ///   - codecs: the decoders of its stream.
  func admit(_ bytes: Int, rows: Int, _ codecs: ChunkCodecs) throws(CodecError) {
    readBytes += bytes
    operations = MemoryLimit.sum((operations, 1), (rows, codecs.operationsOfRow))
    guard codec.work.admits(operations, bytes: readBytes) else {
      throw .work(name: name, needs: operations, limit: codec.work)
    }
  }

  /// Writes samples; the writer exists.
  ///
  /// - Parameter first: the number of the first in its stream; nil if they follow those written before.
  func write(_ batch: SampleBatch, from first: Int? = nil) throws(CodecError) {
    rows += batch.rows
    if let cut {
      do {
        if let first { try cut.write(batch, from: first) } else { try cut.write(batch) }
      } catch {
        throw .samples(error)
      }
      return
    }
    if let output { try writing(batch, to: output.writer) }
    rawBytes += batch.bytes.count
  }

  /// Writes lost rows: NaN, 0 for integers, or NaT for times.
  ///
  /// - Parameter start: the number of the first in its stream.
  func fill(_ count: Int, _ description: SampleDescription, from start: Int) throws(CodecError) {
    let width = description.valuesPerSample
    let piece = max(1, Self.filledValues / width)
    for first in stride(from: 0, to: count, by: piece) {
      try write(SampleBatch(unknown: min(piece, count - first), of: description), from: start + first)
    }
  }

  /// The number of values filled in at once.
  private static let filledValues = 1 << 16

  /// Completes the output.
  func finish() throws(CodecError) {
    try finishArray()
    if let output { try finishing(output.writer) }
  }
}
