import ByteIO

/// NumPy's format: a header and the values.
enum Npy {
  /// The maximum size in bytes of an array in Fortran order, which must be read whole.
  static let fortranLimit = 1 << 30

  /// - Parameter keepsText: whether the fields of records that are no numbers are kept.
  static func reader(
    from source: any ByteSource, name: String, fortranLimit: Int = Npy.fortranLimit, keepsText: Bool = false
  ) throws(SampleIOError) -> any SampleReader {
    let header = try NpyHeader(from: source, name: name)
    guard let rows = header.shape.first else { throw .scalar(name: name) }
    if header.isStructured {
      return try records(header, rows, from: source, name: name, keepsText: keepsText)
    }
    let (bigEndian, type) = try header.type(name: name)
    let description = try SampleDescription(
      type: type, sampleShape: type.shapeOfNumbers(Array(header.shape.dropFirst())),
      format: .npy(version: header.version, bigEndian: bigEndian), rows: rows, name: name)
    guard header.fortranOrder, header.shape.count > 1 else {
      return FixedSizeReader(description, from: source, name: name, bigEndian: bigEndian)
    }
    return try FortranReader(
      description, from: source, name: name, bigEndian: bigEndian, limit: fortranLimit)
  }

  private static func records(
    _ header: NpyHeader, _ rows: Int, from source: any ByteSource, name: String, keepsText: Bool
  ) throws(SampleIOError) -> any SampleReader {
    let layout = try RecordLayout(header, name: name)
    guard !header.fortranOrder || header.shape.count == 1 else {
      throw .badShape(name: name, shape: Array(header.shape.dropFirst()), reason: "records in Fortran order")
    }
    let description = try layout.description(rows: rows, name: name)
    let bytes = try SampleDescription(
      elementType: .u1, sampleShape: [layout.size], format: .raw, rows: rows, name: name)
    return RecordReader(
      FixedSizeReader(bytes, from: source, name: name, bigEndian: hostIsBigEndian), layout, description,
      keepsText: keepsText)
  }

  /// A writer of records.
  static func writer(
    _ layout: RecordLayout, _ records: RecordLayout.NpyRecords, _ description: SampleDescription,
    to sink: any ByteSink
  ) throws(SampleIOError) -> any SampleWriter {
    let bytes = try SampleDescription(
      elementType: .u1, sampleShape: [layout.size], format: .raw, rows: description.rows)
    let writer = try FixedSizeWriter(bytes, to: sink, bigEndian: hostIsBigEndian, clips: true) { rows in
      NpyHeader.bytes(version: records.version, descr: records.descr, sampleShape: records.axes, rows: rows)
    }
    return RecordWriter(writer, layout, description)
  }

  static func writer(
    _ description: SampleDescription, version: UInt8, bigEndian: Bool, to sink: any ByteSink, clips: Bool
  ) throws(SampleIOError) -> any SampleWriter {
    try FixedSizeWriter(description, to: sink, bigEndian: bigEndian, clips: clips) { rows in
      NpyHeader.bytes(
        version: version, bigEndian: bigEndian, type: description.type,
        sampleShape: description.type.shape(ofNumbers: description.sampleShape), rows: rows)
    }
  }
}

/// Reads an array in Fortran order. The sample axis varies fastest, so the values of a sample are spread over the whole
/// file. The array is read whole, and rows are gathered from it.
final class FortranReader: SampleReader {
  let description: SampleDescription
  private let bytes: [UInt8]
  private let rows: Int
  private var rowsRead = 0

  init(
    _ description: SampleDescription, from source: any ByteSource, name: String, bigEndian: Bool, limit: Int
  ) throws(SampleIOError) {
    self.description = description
    rows = description.rows ?? 0
    let (size, overflow) = rows.multipliedReportingOverflow(by: description.sampleBytes)
    guard !overflow, size <= limit else { throw .tooLarge(name: name, limit: limit) }
    var bytes = try moving(name) { () throws(ByteIOError) in try source.read(upTo: size + 1) }
    guard bytes.count >= size else {
      // No sample is complete until nearly all bytes have been read.
      throw .truncated(name: name, expectedRows: rows, gotRows: 0)
    }
    guard bytes.count == size else { throw .trailingBytes(name: name, rows: rows) }
    if bigEndian != hostIsBigEndian { reverseBytes(&bytes, size: description.elementType.size) }
    self.bytes = bytes
  }

  func read(maxRows: Int) throws(SampleIOError) -> SampleBatch? {
    precondition(maxRows > 0)
    let count = min(maxRows, rows - rowsRead)
    if count == 0 { return nil }
    defer { rowsRead += count }
    let gathered =
      switch description.type.size {
      case 1: gather(count, UInt8.self)
      case 2: gather(count, UInt16.self)
      case 4: gather(count, UInt32.self)
      case 8: gather(count, UInt64.self)
      default: gather(count, SIMD2<UInt64>.self)
      }
    return SampleBatch(
      elementType: description.elementType, valuesPerSample: description.valuesPerSample, bytes: gathered)
  }

  /// The next `count` rows, as values of `T`.
  private func gather<T: BitwiseCopyable>(_ count: Int, _ type: T.Type) -> [UInt8] {
    let width = MemoryLayout<T>.size
    let values = description.valuesPerSample / description.type.numbersPerValue
    let shape = description.type.shape(ofNumbers: description.sampleShape)
    // The distance between neighbours along an axis, in columns of `rows` values.
    var strides: [Int] = []
    var stride = 1
    for length in shape {
      strides.append(stride)
      stride *= length
    }
    let size = count * values * width
    return [UInt8](unsafeUninitializedCapacity: size) { output, filled in
      bytes.withUnsafeBytes { input in
        guard let from = input.baseAddress, let to = UnsafeMutableRawPointer(output.baseAddress) else {
          return
        }
        // Blocks of rows keep source and destination in the cache.
        for blockBegin in Swift.stride(from: 0, to: count, by: 64) {
          let block = blockBegin..<min(count, blockBegin + 64)
          var index = [Int](repeating: 0, count: shape.count)
          var column = 0
          for value in 0..<values {
            for row in block {
              let number = from.loadUnaligned(
                fromByteOffset: (column * rows + rowsRead + row) * width, as: T.self)
              to.storeBytes(of: number, toByteOffset: (row * values + value) * width, as: T.self)
            }
            // The next value in C order: the last axis varies fastest.
            var axis = shape.count - 1
            while axis >= 0 {
              index[axis] += 1
              column += strides[axis]
              if index[axis] < shape[axis] { break }
              column -= shape[axis] * strides[axis]
              index[axis] = 0
              axis -= 1
            }
          }
        }
      }
      filled = size
    }
  }
}
