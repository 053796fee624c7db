import ByteIO
import Testing

@testable import Records

/// A file below Fixtures/formats.
func fixturePath(_ name: String) -> String {
  let parts = #filePath.split(separator: "/").dropLast(3)
  return "/" + parts.joined(separator: "/") + "/Fixtures/formats/" + name
}

/// A source that gives at most `piece` bytes at once, as pipes do.
final class SlowSource: ByteSource {
  private let source: any ByteSource
  private let piece: Int

  init(_ bytes: [UInt8], piece: Int) {
    source = MemorySource(bytes)
    self.piece = piece
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ByteIOError) -> Int {
    try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(piece)))
  }
}

/// Everything that a reader gives, in batches of at most `batch` rows.
func readAll(_ reader: any SampleReader, batch: Int = 1000) throws(SampleIOError) -> SampleBatch {
  var bytes: [UInt8] = []
  while let next = try reader.read(maxRows: batch) {
    precondition(next.rows > 0 && next.rows <= batch)
    bytes += next.bytes
  }
  let description = reader.description
  return SampleBatch(
    elementType: description.elementType, valuesPerSample: description.valuesPerSample, bytes: bytes)
}

/// Opens bytes in memory.
func open(
  _ bytes: [UInt8], name: String = "data", options: ReadOptions = ReadOptions()
) throws(SampleIOError) -> any SampleReader {
  try SampleInput.open(MemorySource(bytes), name: name, options: options)
}

/// All values in bytes in memory, or the error.
@discardableResult
func values(
  _ bytes: [UInt8], name: String = "data", options: ReadOptions = ReadOptions()
) throws(SampleIOError) -> [Double] {
  try readAll(try open(bytes, name: name, options: options)).doubles()
}

/// All values in a text, or the error.
@discardableResult
func values(_ text: String, options: ReadOptions = ReadOptions()) throws(SampleIOError) -> [Double] {
  try values(Array(text.utf8), options: options)
}

/// What a writer makes of `batches`.
func written(
  _ description: SampleDescription, _ batches: [SampleBatch], canPatch: Bool = true
) throws(SampleIOError) -> [UInt8] {
  let sink = MemorySink(canPatch: canPatch)
  let writer = try SampleOutput.make(description, to: sink)
  for batch in batches { try writer.write(batch) }
  try writer.finish()
  return sink.bytes
}

/// Numbers that are the same every time.
struct Random {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (state ^ state >> 29) &* 0xBF58_476D_1CE4_E5B9
  }

  mutating func next(below bound: Int) -> Int { Int((next() >> 8) % UInt64(bound)) }

  mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: next() >> 20) }
  }
}

/// The header of an npy file around a dictionary, with no more padding than needed.
func npy(_ dictionary: String, _ body: [UInt8] = [], version: UInt8 = 1) -> [UInt8] {
  var text = dictionary
  while (10 + text.utf8.count + 1) % 16 != 0 { text += " " }
  text += "\n"
  var writer = ByteWriter()
  writer.append([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, version, 0])
  if version == 1 { writer.append(UInt16(text.utf8.count)) } else { writer.append(UInt32(text.utf8.count)) }
  writer.append(text.utf8)
  writer.append(body)
  return writer.bytes
}

extension ReadOptions {
  /// Options that keep text, and what of records is exact, beside the numbers.
  static var keepingText: ReadOptions {
    var options = ReadOptions()
    options.keepsText = true
    return options
  }
}

/// What is written of all that is read of a file, by what a decoder knows of it.
///
/// - Parameter knowsRows: whether the writer is told the number of rows.
func rewritten(_ file: [UInt8], batch: Int = 1000, knowsRows: Bool = true) throws -> [UInt8] {
  let reader = try open(file, options: .keepingText)
  var coded = ByteWriter()
  reader.description.encode(into: &coded)
  var bytes = ByteReader(coded.bytes)
  var description = try SampleDescription(from: &bytes)
  if knowsRows {
    description.rows = reader.description.rows
    #expect(description == reader.description)
  }
  let sink = MemorySink(canPatch: true)
  let writer = try SampleOutput.make(description, to: sink)
  while let batch = try reader.read(maxRows: batch) {
    if let text = batch.text, let kept = description.format.kept {
      let (skeleton, numbers) = kept.split(text)
      #expect(kept.join(skeleton, numbers: numbers, rows: batch.rows, isPrecise: true) == text)
    }
    try writer.write(batch)
  }
  try writer.finish()
  return sink.bytes
}
