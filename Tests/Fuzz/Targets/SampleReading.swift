@testable import ByteIO
@testable import Records

/// Reads files of samples as the commands do, and writes what came of them.
enum SampleReading {
  /// Samples are read up to so many bytes: a few bytes of gzip can stand for any number.
  private static let maximumBytes = 1 << 21

  /// All samples of a file; nil where it is not whole, or too large to read to its end here.
  static func read(
    _ file: ArraySlice<UInt8>, name: String, options: ReadOptions, batchRows: Int
  ) throws -> (description: SampleDescription, bytes: [UInt8])? {
    do {
      let reader = try SampleInput.open(MemorySource(file), name: name, options: options)
      var bytes: [UInt8] = []
      while let batch = try reader.read(maxRows: batchRows) {
        try BrokenPromise.unless(
          batch.rows > 0 && batch.rows <= batchRows
            && batch.valuesPerSample == reader.description.valuesPerSample,
          "a batch is not what was asked for")
        bytes += batch.bytes
        if bytes.count > maximumBytes { return nil }
      }
      let sampleBytes = reader.description.sampleBytes
      try BrokenPromise.unless(
        reader.description.rows.map { $0 * sampleBytes == bytes.count } ?? false, "rows are miscounted")
      return (reader.description, bytes)
    } catch is SampleIOError {
      return nil
    }
  }

  /// The file that holds these samples in the format of their description; nil where that holds no such samples.
  static func write(_ description: SampleDescription, _ bytes: [UInt8]) throws -> [UInt8]? {
    let sink = MemorySink(canPatch: true)
    do throws(SampleIOError) {
      let writer = try SampleOutput.make(description, to: sink)
      if !bytes.isEmpty {
        try writer.write(
          SampleBatch(
            elementType: description.elementType, valuesPerSample: description.valuesPerSample, bytes: bytes))
      }
      try writer.finish()
    } catch {
      return nil
    }
    return sink.bytes
  }
}
