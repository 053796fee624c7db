import ByteIO

/// The format of the MNIST files: two zeros, a type, the number of axes, their lengths and the values, all
/// big-endian. Reference: http://yann.lecun.com/exdb/mnist, "the IDX file format".
enum Idx {
  private static let types: [(code: UInt8, type: ElementType)] = [
    (0x08, .u1), (0x09, .i1), (0x0B, .i2), (0x0C, .i4), (0x0D, .f4), (0x0E, .f8),
  ]

  /// Whether `prefix`, the first bytes of a file, looks like a header: a known type, and axes of a plausible size.
  static func recognizes(_ prefix: ArraySlice<UInt8>) -> Bool {
    guard let (type, shape) = try? parse(prefix, name: ""), !shape.isEmpty else { return false }
    let description = try? SampleDescription(
      elementType: type, sampleShape: Array(shape.dropFirst()), format: .idx)
    return description != nil
  }

  static func reader(from source: any ByteSource, name: String) throws(SampleIOError) -> any SampleReader {
    var bytes = try moving(name) { () throws(ByteIOError) in try source.read(upTo: 4) }
    if bytes.count == 4 {
      bytes += try moving(name) { () throws(ByteIOError) in try source.read(upTo: 4 * Int(bytes[3])) }
    }
    let (elementType, shape) = try parse(bytes[...], name: name)
    guard let rows = shape.first else { throw .scalar(name: name) }
    let description = try SampleDescription(
      elementType: elementType, sampleShape: Array(shape.dropFirst()), format: .idx, rows: rows, name: name)
    return FixedSizeReader(description, from: source, name: name, bigEndian: true)
  }

  static func writer(
    _ description: SampleDescription, to sink: any ByteSink, clips: Bool
  ) throws(SampleIOError) -> any SampleWriter {
    guard let code = types.first(where: { $0.type == description.elementType })?.code else {
      throw .cannotWrite(format: "idx", reason: "it has no type \(description.elementType.name)")
    }
    guard description.sampleShape.allSatisfy({ $0 <= UInt32.max }) else {
      throw .cannotWrite(format: "idx", reason: "the length of an axis exceeds 32 bits")
    }
    return try FixedSizeWriter(description, to: sink, bigEndian: true, clips: clips) {
      (rows) throws(SampleIOError) in
      guard rows <= UInt32.max else {
        throw .cannotWrite(format: "idx", reason: "the number of samples exceeds 32 bits")
      }
      var header = ByteWriter()
      header.append([0, 0, code, UInt8(1 + description.sampleShape.count)])
      for length in [rows] + description.sampleShape { header.append(UInt32(length).byteSwapped) }
      return header.bytes
    }
  }

  private static func parse(
    _ bytes: ArraySlice<UInt8>, name: String
  ) throws(SampleIOError) -> (ElementType, shape: [Int]) {
    var reader = ByteReader(bytes)
    do throws(ByteReader.Failure) {
      let start: UInt16 = try reader.integer()
      let code: UInt8 = try reader.integer()
      let axes: UInt8 = try reader.integer()
      var shape: [Int] = []
      for _ in 0..<axes { shape.append(Int(try reader.bigEndian(UInt32.self))) }
      if let type = types.first(where: { $0.code == code })?.type, start == 0 {
        return (type, shape)
      }
    } catch {
      throw .badHeader(name: name, format: "idx", reason: "the file ends inside it")
    }
    throw .badHeader(name: name, format: "idx", reason: "the first four bytes are not an IDX type")
  }
}
