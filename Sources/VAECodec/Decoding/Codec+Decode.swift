import ByteIO
import Container
import EntropyCoding
import Records
import VAEModel

/// What decoding gave.
public struct DecodeReport: Sendable {
  public var samples: Int
  public var valuesPerSample: Int
  /// Bytes that were read of the file.
  public var streamBytes: Int
  /// Bytes of the samples as plain numbers of their type.
  public var rawBytes: Int
  public var seconds: Double
  /// What was found to be damaged, where that was no error.
  public var damage: [StreamDamage] = []
  /// Samples that are lost, in whose place NaN or 0 was written.
  public var filledSamples = 0
  /// What errors of the samples are measured in, by the last model; a peak of 0 where none was needed.
  public var errorScale = ErrorScale()
  /// The type of the samples' values, where some are filled in.
  public var type: ValueType?
}

extension Codec {
  /// Decodes a `.vaec` file: one stream, or several one after another. Memory is bounded by a few chunks for each
  /// thread.
  ///
  /// - Parameters:
  ///   - source: the file from its first byte on.
  ///   - name: the input in messages.
  ///   - model: the model that the streams were made with; nil where the user named none, which is an error at the first
  ///     header that needs one which the file does not carry.
  ///   - makeWriter: called once, with what the samples are (`rows` where the first stream knows them); streams that
  ///     follow must hold samples of the same shape and type. The writer is finished in the end.
  package func decode(
    _ source: any ByteSource, name: String, model: FittedModel?,
    makeWriter: (SampleDescription) throws(CodecError) -> any SampleWriter
  ) throws(CodecError) -> DecodeReport {
    let clock = ContinuousClock()
    let start = clock.now
    let counting = CountingSource(source)
    let reader = StreamReader(counting, memory: memory)
    let output = DecodedSamples(self, name: name, model: model)

    /// Writes the samples of chunk `number` of a stream; returns how many there are.
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
  /// What codes the samples, of the model that is given, where it is the one that is needed and has what the stream asks
  /// for.
  func coding(
    by named: DecodingModel?, or carried: DecodingModel? = nil, name: String, memory: MemoryLimit = .standard
  ) throws(CodecError) -> (model: Model, point: OperatingPoint) {
    guard let needed = self.model else {
      // What stands in for a model, and what is at hand of a row and of the one before.
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
  /// The model that decodes the samples: the one that the user named where it is the one that is needed, or the one that the
  /// file carries; nil where none is needed.
  func model(named: DecodingModel?, or carried: DecodingModel?) -> DecodingModel? {
    [named, carried].compactMap { $0 }.first { $0.digest == model }
  }
}

/// The next part of a stream.
func nextPart(_ reader: StreamReader, _ name: String) throws(CodecError) -> StreamReader.Part? {
  try withFileContext(name) { () throws(StreamError) in try reader.next() }
}

/// The frame of a stream's next chunk; nil at the stream's end.
private func nextFrame(_ reader: StreamReader, _ name: String) throws(CodecError) -> [UInt8]? {
  switch try nextPart(reader, name) {
  case .chunk(let chunk): chunk.frame
  // A reader throws where a stream does not end before another begins, or before the input ends.
  case .end, .header, .compact, .model, nil: nil
  }
}

/// Counts the bytes that are read through it.
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
