import ByteIO

/// Writes records as an npz file: a stored npy file for each array, in the order that they had.
///
/// Rows of each array wait in a temporary file of its own until all are there.
final class NpzWriter: SampleWriter {
  private let sink: any ByteSink
  private let npz: NpzRecords
  private let size: Int
  private var parts: [Part] = []
  private var rows = 0

  /// What has been written of an array.
  private struct Part {
    let spool: SpoolFile
    let offset: Int
    let size: Int
    var checksum: UInt32 = 0
  }

  /// - Parameter size: bytes of a record.
  init(_ npz: NpzRecords, size: Int, to sink: any ByteSink) throws(SampleIOError) {
    (self.sink, self.npz, self.size) = (sink, npz, size)
    var offset = 0
    for array in npz.rows {
      let own = try array.structure(name: "").size
      let spool = try moving("") { () throws(ByteIOError) in try SpoolFile() }
      parts.append(Part(spool: spool, offset: offset, size: own))
      offset += own
    }
  }

  /// Takes records as samples of bytes.
  func write(_ batch: SampleBatch) throws(SampleIOError) {
    rows += batch.rows
    for place in parts.indices {
      let part = parts[place]
      var own: [UInt8] = []
      own.reserveCapacity(batch.rows * part.size)
      for row in 0..<batch.rows {
        own += batch.bytes[row * size + part.offset..<row * size + part.offset + part.size]
      }
      parts[place].checksum = Checksum.crc32(own, continuing: part.checksum)
      try moving("") { () throws(ByteIOError) in try part.spool.write(own) }
    }
  }

  func finish() throws(SampleIOError) {
    try moving("") { () throws(ByteIOError) in
      let zip = ZipWriter(sink)
      var place = 0
      for member in npz.members {
        switch member {
        case .rows(let array):
          let part = parts[place]
          place += 1
          let header = NpyHeader.bytes(
            version: array.version, descr: array.descr, sampleShape: array.axes, rows: rows)
          let checksum = Checksum.combined(
            Checksum.crc32(header), part.checksum, count: rows * part.size)
          try zip.add(array.name, size: header.count + rows * part.size, checksum: checksum) {
            (sink) throws(ByteIOError) in
            try sink.write(header)
            try part.spool.drain(to: sink)
          }
        case .constant(let name, let packed, let size):
          let bytes = try ZstdFrame.decompress(packed[...], limit: size)
          guard bytes.count == size else {
            throw .corrupt(format: "npz", reason: "an array has another size")
          }
          try zip.add(name, size: size, checksum: Checksum.crc32(bytes)) { (sink) throws(ByteIOError) in
            try sink.write(bytes)
          }
        }
      }
      try zip.finish()
      try sink.finish()
    }
  }
}
