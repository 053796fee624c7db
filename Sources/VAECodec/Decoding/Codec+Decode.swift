import ByteIO
import CodeStream
import SampleIO
import VAE

/// What decoding gave.
public struct DecodeReport: Sendable {
  public var samples: Int
  public var valuesPerSample: Int
  public var streamBytes: Int
  /// Bytes of the samples as plain numbers of their type.
  public var rawBytes: Int
  public var seconds: Double
}

extension Codec {
  /// Decodes a `.vaec` file: one stream, or several one after another. Memory is bounded by a chunk for each thread.
  ///
  /// - Parameters:
  ///   - name: the input in messages.
  ///   - model: the model that the streams were made with; nil where the user named none, which is an error at the first
  ///     header, that says which is needed.
  ///   - makeWriter: called once, with what the samples are (`rows` where the first stream knows them); streams that
  ///     follow must hold samples of the same shape and type. The writer is finished in the end.
  public func decode(
    _ source: any ByteSource, name: String, model: FittedModel?,
    makeWriter: (SampleDescription) throws(CodecError) -> any SampleWriter
  ) throws(CodecError) -> DecodeReport {
    let clock = ContinuousClock()
    let start = clock.now
    let counting = CountingSource(source)
    let reader = StreamReader(counting)
    var report = DecodeReport(samples: 0, valuesPerSample: 0, streamBytes: 0, rawBytes: 0, seconds: 0)
    var output: (writer: any SampleWriter, description: SampleDescription)?
    var stream: DecodingStream?

    /// Checks that the model is the right one, and makes the writer or checks that the samples fit what it has.
    func begin(_ details: StreamDetails) throws(CodecError) -> DecodingStream {
      let coding = try details.coding(by: model, name: name)
      if let output {
        guard output.description.sampleShape == details.description.sampleShape,
          output.description.elementType == details.description.elementType
        else {
          throw .mixedShapes(
            name: name, found: details.description.sampleShape, expected: output.description.sampleShape)
        }
      } else {
        output = (try makeWriter(details.description), details.description)
      }
      report.valuesPerSample = details.description.valuesPerSample
      let plan = StreamPlan(
        coding.model, at: coding.point, chunkRows: details.chunkRows, kernels: kernels)
      return DecodingStream(ChunkCodecs(plan, workers: workers), details)
    }

    while let part = try nextPart(reader, name) {
      switch part {
      case .header(let header):
        stream = try begin(try StreamDetails(header.content, name: name))
      case .chunk(let chunk):
        stream?.frames.append(chunk.frame)
        if let current = stream, current.frames.count == current.codecs.count {
          try writeFrames(of: &stream, to: output?.writer, name, &report)
        }
      case .end:
        try writeFrames(of: &stream, to: output?.writer, name, &report)
        if let stream {
          try StreamDetails.check(announced: stream.details.rows, found: stream.samples, name: name)
        }
        stream = nil
      case .compact(let compact):
        let (details, chunk) = try StreamDetails.compact(compact.content, name: name)
        var whole = try begin(details)
        if let writer = output?.writer {
          try write([whole.codecs.decode(only: chunk)], of: &whole, to: writer, name, &report)
        }
      }
    }
    do {
      try output?.writer.finish()
    } catch {
      throw .samples(error)
    }
    report.streamBytes = counting.count
    report.seconds = (clock.now - start) / .seconds(1)
    return report
  }

  /// A stream that is being decoded: frames wait until there is one for each worker.
  private struct DecodingStream {
    let codecs: ChunkCodecs
    let details: StreamDetails
    var frames: [[UInt8]] = []
    var chunks = 0
    var samples = 0

    init(_ codecs: ChunkCodecs, _ details: StreamDetails) {
      self.codecs = codecs
      self.details = details
    }
  }

  /// Decodes the frames that wait, and writes their samples.
  private func writeFrames(
    of stream: inout DecodingStream?, to writer: (any SampleWriter)?, _ name: String,
    _ report: inout DecodeReport
  ) throws(CodecError) {
    guard var current = stream, let writer else { return }
    try write(current.codecs.decode(current.frames), of: &current, to: writer, name, &report)
    current.frames.removeAll(keepingCapacity: true)
    stream = current
  }

  /// Writes the samples of the next chunks.
  private func write(
    _ chunks: [Result<[Float], ChunkError>], of stream: inout DecodingStream, to writer: any SampleWriter,
    _ name: String, _ report: inout DecodeReport
  ) throws(CodecError) {
    let description = stream.details.description
    for chunk in chunks {
      stream.chunks += 1
      let numbers: [Float]
      switch chunk {
      case .success(let found): numbers = found
      case .failure(let error): throw .chunk(error, name: name, chunk: stream.chunks)
      }
      let batch = SampleBatch(
        floats: numbers, elementType: description.elementType, valuesPerSample: description.valuesPerSample)
      do {
        try writer.write(batch)
      } catch {
        throw .samples(error)
      }
      stream.samples += batch.rows
      report.samples += batch.rows
      report.rawBytes += batch.bytes.count
    }
  }
}

extension StreamDetails {
  /// What codes the samples, of the model that is given, where it is the one that is needed and has what the stream asks
  /// for.
  fileprivate func coding(
    by given: FittedModel?, name: String
  ) throws(CodecError) -> (model: Model, point: OperatingPoint) {
    let needed = Fingerprint.text(fingerprint)
    guard let given else { throw .needsModel(name: name, needs: needed) }
    guard Fingerprint.ofStreams(given.fingerprintNumber) == fingerprint else {
      throw .wrongModel(name: name, needs: needed, given: given.fingerprint)
    }
    guard description.valuesPerSample == given.summary.valuesPerSample,
      let coding = coding(in: given.model)
    else {
      throw .badHeader(name: name, reason: "it asks for what the model does not have")
    }
    return coding
  }
}

/// The next part of a stream.
func nextPart(_ reader: StreamReader, _ name: String) throws(CodecError) -> StreamReader.Part? {
  do {
    return try reader.next()
  } catch {
    throw .stream(error, name: name)
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
