import Records

// Samples in and out, with errors of this library.

/// The next batch of a reader.
func reading(_ reader: any SampleReader, _ rows: Int) throws(CodecError) -> SampleBatch? {
  do {
    return try reader.read(maxRows: rows)
  } catch {
    throw .samples(error)
  }
}

/// Writes a batch.
func writing(_ batch: SampleBatch, to writer: any SampleWriter) throws(CodecError) {
  do {
    try writer.write(batch)
  } catch {
    throw .samples(error)
  }
}

/// Completes what a writer writes.
func finishing(_ writer: any SampleWriter) throws(CodecError) {
  do {
    try writer.finish()
  } catch {
    throw .samples(error)
  }
}
