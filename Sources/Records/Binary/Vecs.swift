import ByteIO

/// fvecs, bvecs and ivecs, the formats of the SIFT and GIST data sets. Each row is its length, as 32 bits
/// little-endian, followed by its values, little-endian. Reference: http://corpus-texmex.irisa.fr.
final class VecsReader: SampleReader {
  private(set) var description: SampleDescription
  private let source: any ByteSource
  private let name: String
  private var rowsRead = 0
  private var ended = false

  /// Reads the length of the first row; ``read(maxRows:)`` then returns the rows.
  init(_ source: PeekingSource, elementType: ElementType, name: String) throws(SampleIOError) {
    self.source = source
    self.name = name
    let first = try moving(name) { () throws(ByteIOError) in try source.peek(4) }
    guard first.count == 4 else { throw .truncatedRow(name: name, row: 1) }
    let length = Self.length(in: Array(first), at: 0)
    guard length > 0 else {
      throw .badHeader(name: name, format: "vecs", reason: "the first row has \(length) values")
    }
    description = try SampleDescription(
      elementType: elementType, sampleShape: [length], format: .vecs, name: name)
  }

  func read(maxRows: Int) throws(SampleIOError) -> SampleBatch? {
    precondition(maxRows > 0)
    if ended { return nil }
    let rowBytes = description.sampleBytes
    let stored = rowBytes + 4
    let wanted = min(maxRows, Int.max / stored) * stored
    let input = try moving(name) { () throws(ByteIOError) in try source.read(upTo: wanted) }
    let rows = input.count / stored
    guard input.count % stored == 0 else { throw .truncatedRow(name: name, row: rowsRead + rows + 1) }
    if input.count < wanted {
      ended = true
      description.rows = rowsRead + rows
      if rows == 0 { return nil }
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(rows * rowBytes)
    for row in 0..<rows {
      let length = Self.length(in: input, at: row * stored)
      guard length == description.valuesPerSample else {
        throw .rowLength(
          name: name, row: rowsRead + row + 1, found: length, expected: description.valuesPerSample)
      }
      bytes.append(contentsOf: input[row * stored + 4..<(row + 1) * stored])
    }
    rowsRead += rows
    if hostIsBigEndian { reverseBytes(&bytes, size: description.elementType.size) }
    return SampleBatch(
      elementType: description.elementType, valuesPerSample: description.valuesPerSample, bytes: bytes)
  }

  private static func length(in bytes: [UInt8], at position: Int) -> Int {
    var value: UInt32 = 0
    for index in 0..<4 { value |= UInt32(bytes[position + index]) << UInt32(8 * index) }
    return Int(Int32(bitPattern: value))
  }
}

/// Writes the formats that ``VecsReader`` reads.
final class VecsWriter: SampleWriter {
  private let description: SampleDescription
  private let sink: any ByteSink
  private var check: NarrowingCheck?

  /// - Parameter clips: whether values that the type cannot hold are clipped, with NaN as 0; otherwise they are an
  ///   error.
  init(_ description: SampleDescription, to sink: any ByteSink, clips: Bool) throws(SampleIOError) {
    guard [.f4, .u1, .i4].contains(description.elementType) else {
      throw .cannotWrite(
        format: "fvecs", reason: "it has no type \(description.elementType.name)")
    }
    self.description = description
    self.sink = sink
    check = clips ? nil : NarrowingCheck(description.elementType, width: description.valuesPerSample)
  }

  func write(_ batch: SampleBatch) throws(SampleIOError) {
    try check?.add(batch)
    var bytes = batch.converted(to: description.elementType).bytes
    if hostIsBigEndian { reverseBytes(&bytes, size: description.elementType.size) }
    let rowBytes = description.sampleBytes
    // The length fits: a sample takes at most 2^31 bytes.
    let length = withUnsafeBytes(of: UInt32(description.valuesPerSample).littleEndian) { Array($0) }
    var output: [UInt8] = []
    output.reserveCapacity(batch.rows * (rowBytes + 4))
    for row in 0..<batch.rows {
      output.append(contentsOf: length)
      output.append(contentsOf: bytes[row * rowBytes..<(row + 1) * rowBytes])
    }
    try moving("") { () throws(ByteIOError) in try sink.write(output) }
  }

  func finish() throws(SampleIOError) {
    try moving("") { () throws(ByteIOError) in try sink.finish() }
  }
}
