import Records

// Reading and writing of samples, with errors of this library.

/// Reads the next batch of at most `rows` rows; nil at the end.
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

/// Completes the output of a writer.
func finishing(_ writer: any SampleWriter) throws(CodecError) {
  do {
    try writer.finish()
  } catch {
    throw .samples(error)
  }
}
