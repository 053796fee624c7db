import ByteIO
import Container
import EntropyCoding
import Records
import VAEModel

/// The outcome of decoding.
public struct DecodeReport: Sendable {
  /// The number of samples written.
  public var samples: Int
  /// The number of values in a sample.
  public var valuesPerSample: Int
  /// The number of bytes read from the file.
  public var streamBytes: Int
  /// The size of the samples as plain values of their type, in bytes.
  public var rawBytes: Int
  /// The wall-clock time in seconds.
  public var seconds: Double
  /// The damage found, if it was tolerated.
  public var damage: [StreamDamage] = []
  /// The number of lost samples, which were written as NaN or 0.
  public var filledSamples = 0
  /// The units of errors of the samples, by the last model; the peak is 0 if no model was needed.
  public var errorScale = ErrorScale()
  /// The type of the samples' values, if some samples were filled in.
  public var type: ValueType?
}

extension Codec {
  /// Decodes a `.vaec` file: one stream, or several in a row. Memory is bounded by a few chunks per thread.
  ///
  /// - Parameters:
  ///   - source: the file from its first byte on.
  ///   - name: the input in messages.
  ///   - model: the model that the streams were made with; nil if none was given. Then the first header that needs a
  ///     model throws, unless the file embeds it.
  ///   - makeWriter: called once with the description of the samples (`rows` is set if the first stream records it).
  ///     The streams that follow must hold samples of the same shape and type. The writer is finished at the end.
  package func decode(
    _ source: any ByteSource, name: String, model: FittedModel?,
    makeWriter: (SampleDescription) throws(CodecError) -> any SampleWriter
  ) throws(CodecError) -> DecodeReport {
    let clock = ContinuousClock()
    let start = clock.now
    let counting = CountingSource(source)
    let reader = StreamReader(counting, memory: memory)
    let output = DecodedSamples(self, name: name, model: model)

    /// Writes the samples of chunk `number` of a stream; returns the number of samples.
    func write(_ chunk: Result<SampleBatch, ChunkError>, _ number: Int) throws(CodecError) -> Int {
      switch chunk {
      case .success(let batch):
        try output.write(batch)
        return batch.rows
      case .failure(let error): throw CodecError(error, name: name, chunk: number)
      }
    }

    while let part = try nextPart(reader, name) {
      switch part {
      case .header(let header):
        let details = try StreamMetadata(header.content, name: name)
        let codecs = try output.codecs(for: details)
        try output.open(details.description, makeWriter: makeWriter)
        try output.begin(details.description)
        let before = output.rows
        var chunks = 0
        var lastRows: Int?
        try ChunkPipeline(threads: codecs.workers).run(
          next: { () throws(CodecError) in
            guard let frame = try nextFrame(reader, name) else { return nil }
            try output.admit(frame.count, rows: min(details.chunkRows, details.rows ?? .max), codecs)
            return frame
          },
          work: { worker, frame in
            Result { () throws(ChunkError) in try codecs.decode(frame, worker: worker) }
          },
          use: { (chunk: Result<SampleBatch, ChunkError>) throws(CodecError) in
            chunks += 1
            try details.checkFull(lastRows, before: chunks, name: name)
            lastRows = try write(chunk, chunks)
          })
        try StreamMetadata.check(announced: details.rows, found: output.rows - before, name: name)
      case .compact(let compact):
        let (details, chunk) = try StreamMetadata.compact(compact.content, name: name)
        let codecs = try output.codecs(for: details)
        try output.open(details.description, makeWriter: makeWriter)
        try output.begin(details.description)
        try output.admit(compact.size, rows: details.chunkRows, codecs)
        _ = try write(
          Result { () throws(ChunkError) in try codecs.decode(content: chunk, worker: 0) }, 1)
      case .model(let bytes):
        output.carried = DecodingModel(carried: try ModelFile(bytes: bytes, name: name, memory: memory))
      case .chunk, .end: throw .stream(.damagedHeader, name: name)
      }
    }
    try output.finish()
    return DecodeReport(
      samples: output.rows, valuesPerSample: output.valuesPerSample, streamBytes: counting.count,
      rawBytes: output.rawBytes, seconds: (clock.now - start) / .seconds(1), errorScale: output.errorScale)
  }
}

extension StreamMetadata {
  /// The model and operating point that code the samples. Throws if `named` and `carried` are not the model that the
  /// stream needs, or the model lacks what the stream uses.
  func coding(
    by named: DecodingModel?, or carried: DecodingModel? = nil, name: String, memory: MemoryLimit = .standard
  ) throws(CodecError) -> (model: Model, point: OperatingPoint) {
    guard let needed = self.model else {
      // The stand-in for a model, and working memory for a block of rows.
      let bytes = Self.bytesOfValueWithoutModel(blockRows: min(ChunkCodec.blockRows, chunkRows))
      try withFileContext(name) { () throws(ByteIOError) in
        try memory.admit(MemoryLimit.sum((description.valuesPerSample, bytes)))
      }
      guard let coding = Self.codingWithoutModel(values: description.valuesPerSample) else {
        throw .badHeader(name: name, reason: "its samples have too many values")
      }
      return coding
    }
    guard let given = self.model(named: named, or: carried) else {
      guard let named else { throw .needsModel(name: name, needs: needed.text) }
      throw .wrongModel(name: name, needs: needed.text, given: named.digest.text)
    }
    guard description.valuesPerSample == given.model.values, let coding = coding(in: given.model) else {
      throw .badHeader(name: name, reason: "it needs a layer that the model lacks")
    }
    return coding
  }
}

extension StreamMetadata {
  /// The model that decodes the samples: the named or the carried one, whichever the stream needs; nil if neither is
  /// that, or none is needed.
  func model(named: DecodingModel?, or carried: DecodingModel?) -> DecodingModel? {
    [named, carried].compactMap { $0 }.first { $0.digest == model }
  }
}

/// Reads the next part of a stream.
func nextPart(_ reader: StreamReader, _ name: String) throws(CodecError) -> StreamReader.Part? {
  try withFileContext(name) { () throws(StreamError) in try reader.next() }
}

/// Reads the frame of a stream's next chunk; nil at the end of the stream.
private func nextFrame(_ reader: StreamReader, _ name: String) throws(CodecError) -> [UInt8]? {
  switch try nextPart(reader, name) {
  case .chunk(let chunk): chunk.frame
  // The reader throws if another stream begins, or the input ends, before this stream does.
  case .end, .header, .compact, .model, nil: nil
  }
}

/// A source that counts the bytes read from another.
final class CountingSource: ByteSource {
  private let source: any ByteSource
  private(set) var count = 0

  init(_ source: any ByteSource) { self.source = source }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ByteIOError) -> Int {
    let got = try source.read(into: buffer)
    count += got
    return got
  }
}
