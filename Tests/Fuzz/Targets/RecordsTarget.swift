@testable import ByteIO
@testable import Records

/// Files of records: structured npy, and npz.
///
/// The first byte says how many rows are read at once; the file follows. What was read whole is written as a decoder would,
/// from a description in bytes, and read again, and must be the same.
enum RecordsTarget: FuzzTarget {
  static let name = "records"

  /// Files are read up to so many bytes of numbers and text.
  private static let maximumBytes = 1 << 21

  static func run(_ input: [UInt8]) throws {
    var choices = Choices(input)
    let rows = Int(choices.byte()) + 1
    guard let (description, batches) = read(Array(choices.rest), rows: rows) else {
      // The bytes of a description may be anything as well.
      var bytes = ByteReader(choices.rest)
      _ = try? SampleDescription(from: &bytes)
      return
    }
    guard case .records = description.format else { return }
    var coded = ByteWriter()
    description.encode(into: &coded)
    var bytes = ByteReader(coded.bytes)
    var known = try SampleDescription(from: &bytes)
    known.rows = description.rows
    try BrokenPromise.unless(known == description && bytes.remaining == 0, "the description differs")
    let sink = MemorySink(canPatch: true)
    let writer = try SampleOutput.make(known, to: sink)
    for batch in batches { try writer.write(batch) }
    try writer.finish()
    guard let again = read(sink.bytes, rows: rows) else { throw BrokenPromise("what is written is not read") }
    try BrokenPromise.unless(again.batches == batches, "the copy differs")
    let table = try SampleOutput.make(try description.reformatted(as: .csv), to: MemorySink())
    for batch in batches { try table.write(batch) }
    try table.finish()
  }

  /// All rows of a file; nil if it is damaged, or too large to read whole here.
  private static func read(
    _ file: [UInt8], rows: Int
  ) -> (description: SampleDescription, batches: [SampleBatch])? {
    var options = ReadOptions()
    options.keepsText = true
    options.memory = MemoryLimit(bytes: 1 << 26)
    guard let reader = try? SampleInput.open(MemorySource(file), name: "file", options: options) else {
      return nil
    }
    var (batches, bytes): ([SampleBatch], Int) = ([], 0)
    do {
      while let batch = try reader.read(maxRows: rows) {
        batches.append(batch)
        bytes += batch.bytes.count + (batch.text?.bytes.count ?? 0)
        if bytes > maximumBytes { return nil }
      }
    } catch {
      return nil
    }
    return (reader.description, batches)
  }

  static func seeds() throws -> [[UInt8]] {
    let descr =
      "[('a', '<f4'), ('b', '>i8', (2,)), ('c', [('d', '<U2'), ('', '|V1')], (2,)), ('e', '|S3'), ('z', '<c8')]"
    let body: [UInt8] = (0..<2 * 49).map { UInt8($0) }
    let records = NpyHeader.bytes(version: 1, descr: Array(descr.utf8), sampleShape: [], rows: 2) + body
    let arrays: [(name: String, descr: String, axes: [Int], rows: Int, bytes: Int)] = [
      ("x", "'<f4'", [2], 2, 16), ("y", "'<U1'", [], 2, 8), ("z", "'|u1'", [3], 1, 3),
    ]
    let sink = MemorySink()
    let zip = ZipWriter(sink)
    for array in arrays {
      let head = NpyHeader.bytes(
        version: 1, descr: Array(array.descr.utf8), sampleShape: array.axes, rows: array.rows)
      let file: [UInt8] = head + body.prefix(array.bytes)
      try zip.add(Array("\(array.name).npy".utf8), size: file.count, checksum: Checksum.crc32(file)) {
        (sink) throws(ByteIOError) in
        try sink.write(file)
      }
    }
    try zip.finish()
    let (packed, reader) = (sink.bytes, MemorySource(sink.bytes))
    var options = ReadOptions()
    options.keepsText = true
    var description = ByteWriter()
    try SampleInput.open(reader, name: "file", options: options).description.encode(into: &description)
    return [[1] + records, [0] + packed, [0] + description.bytes]
  }
}
