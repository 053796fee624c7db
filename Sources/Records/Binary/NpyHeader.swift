// The header of NumPy's format: a magic number, a version, a length, and a Python dictionary as text.
// Reference: numpy.lib.format, versions 1.0 to 3.0.

import ByteIO

/// The header of an npy file.
struct NpyHeader {
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// The maximum length of a header.
  static let maximumLength = 1 << 16

  var version: UInt8
  /// The name of the type of values; for a structured one, its text.
  var typeName: String
  /// The type as it is written, quotes included.
  var descr: [UInt8]
  var isStructured: Bool
  var fortranOrder: Bool
  /// The lengths of all axes, with the sample axis first.
  var shape: [Int]

  /// Reads the header at the start of `source`.
  init(from source: any ByteSource, name: String) throws(SampleIOError) {
    func take(_ count: Int) throws(SampleIOError) -> [UInt8] {
      let bytes = try moving(name) { () throws(ByteIOError) in try source.read(upTo: count) }
      guard bytes.count == count else {
        throw .badHeader(name: name, format: "npy", reason: "the file ends inside it")
      }
      return bytes
    }
    let start = try take(8)
    guard start.starts(with: Self.magic) else {
      throw .badHeader(name: name, format: "npy", reason: "it does not start with \\x93NUMPY")
    }
    version = start[6]
    guard (1...3).contains(version), start[7] == 0 else {
      throw .badHeader(name: name, format: "npy", reason: "version \(version).\(start[7]) is unknown")
    }
    var length = 0
    for (position, byte) in try take(version == 1 ? 2 : 4).enumerated() {
      length |= Int(byte) << (8 * position)
    }
    guard length <= Self.maximumLength else {
      throw .badHeader(name: name, format: "npy", reason: "it exceeds \(Self.maximumLength) bytes")
    }
    var dictionary = NpyDictionary(try take(length), name: name)
    try dictionary.parse()
    typeName = dictionary.type
    descr = dictionary.descr
    isStructured = dictionary.isStructured
    fortranOrder = dictionary.fortranOrder
    shape = dictionary.shape
  }

  /// The byte order and the type of values, where these are of one type.
  func type(name: String) throws(SampleIOError) -> (bigEndian: Bool, ValueType) {
    let type = typeName
    let order = type.first
    let short = String(type.dropFirst())
    guard let value = ValueType(named: short), value.name == short else {
      throw .unsupportedType(name: name, type: type)
    }
    switch order {
    case "<": return (false, value)
    case ">": return (true, value)
    case "=": return (hostIsBigEndian, value)
    case "|" where value.size == 1: return (false, value)
    default: throw .unsupportedType(name: name, type: type)
    }
  }

  /// The header for `rows` samples in C order, byte for byte as numpy writes it.
  static func bytes(
    version: UInt8, bigEndian: Bool, type: ValueType, sampleShape: [Int], rows: Int
  ) -> [UInt8] {
    bytes(version: version, descr: descr(type, bigEndian: bigEndian), sampleShape: sampleShape, rows: rows)
  }

  /// A type as a header has it.
  static func descr(_ type: ValueType, bigEndian: Bool) -> [UInt8] {
    Array("'\(type.size == 1 ? "|" : bigEndian ? ">" : "<")\(type.name)'".utf8)
  }

  /// The same for a type that is written as `descr`, which takes no more than ``maximumLength`` bytes.
  ///
  /// numpy leaves room for 21 digits of the first axis, so the length does not depend on `rows`.
  static func bytes(version: UInt8, descr: [UInt8], sampleShape: [Int], rows: Int) -> [UInt8] {
    let shape = ([rows] + sampleShape).map(String.init)
    let tuple = shape.count == 1 ? "(\(shape[0]),)" : "(" + shape.joined(separator: ", ") + ")"
    var text = Array("{'descr': ".utf8) + descr + Array(", 'fortran_order': False, 'shape': \(tuple), }".utf8)
    text += repeatElement(0x20, count: 21 - shape[0].utf8.count)
    // The part before the values is padded to a multiple of 64 bytes; numpy adds 64 where 0 would do.
    let version = max(text.count > 65_000 ? 2 : 1, min(3, version))
    let before = version == 1 ? 10 : 12
    text += repeatElement(0x20, count: 64 - (before + text.count + 1) % 64) + [0x0A]
    var writer = ByteWriter()
    writer.append(magic)
    writer.append(version)
    writer.append(0 as UInt8)
    if version == 1 {
      writer.append(UInt16(text.count))
    } else {
      writer.append(UInt32(text.count))
    }
    writer.append(text)
    return writer.bytes
  }
}
