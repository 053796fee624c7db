import Foundation

/// An array of bytes in memory: rows of a shape.
struct ByteArray: Equatable {
  var rows: Int
  var shape: [Int]
  var values: [UInt8]

  /// The images that no model has seen.
  static let digits: ByteArray = {
    guard let bytes = try? Data(contentsOf: Fixtures.url("digits-new.npy")),
      let array = ByteArray(npy: Array(bytes))
    else { return ByteArray(rows: 0, shape: [8, 8], values: []) }
    return array
  }()

  var columns: Int { shape.reduce(1, *) }

  init(rows: Int, shape: [Int], values: [UInt8]) {
    self.rows = rows
    self.shape = shape
    self.values = values
  }

  /// Reads an npy file of version 1 and type u1 in C order; nil for anything else.
  init?(npy bytes: [UInt8]) {
    guard let file = NpyFile(bytes), file.type == "|u1", let first = file.shape.first else { return nil }
    self.init(rows: first, shape: Array(file.shape.dropFirst()), values: Array(file.values))
  }

  var npy: [UInt8] { NpyFile.bytes(type: "|u1", shape: [rows] + shape, values) }

  var idx: [UInt8] {
    var bytes: [UInt8] = [0, 0, 8, UInt8(1 + shape.count)]
    for length in [rows] + shape {
      for shift in [24, 16, 8, 0] { bytes.append(UInt8(length >> shift & 0xFF)) }
    }
    return bytes + values
  }

  /// Lines of numbers below a line of names.
  var csv: String {
    var lines = [(0..<columns).map { "p\($0)" }.joined(separator: ",")]
    for row in 0..<rows {
      lines.append(values[row * columns..<(row + 1) * columns].map { "\($0)" }.joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The mean squared error of another array.
  func error(of other: ByteArray) -> Double {
    guard other.values.count == values.count else { return .infinity }
    var squares = 0
    for (a, b) in zip(values, other.values) { squares += (Int(a) - Int(b)) * (Int(a) - Int(b)) }
    return Double(squares) / Double(values.count)
  }

  func prefix(_ count: Int) -> ByteArray {
    ByteArray(rows: count, shape: shape, values: Array(values.prefix(count * columns)))
  }
}

/// An npy file of version 1, taken apart and put together.
struct NpyFile {
  var type: String
  var shape: [Int]
  var values: ArraySlice<UInt8>

  init?(_ bytes: [UInt8]) {
    guard bytes.count > 10, bytes[6] == 1 else { return nil }
    let size = 10 + Int(bytes[8]) + Int(bytes[9]) << 8
    guard size <= bytes.count else { return nil }
    let header = String(decoding: bytes[10..<size], as: UTF8.self)
    let quoted = header.split(separator: "'").map(String.init)
    guard let descr = quoted.firstIndex(of: "descr"), quoted.count > descr + 2, header.contains("False"),
      let open = header.lastIndex(of: "("), let close = header.lastIndex(of: ")")
    else { return nil }
    type = quoted[descr + 2]
    shape = header[open..<close].dropFirst().split(separator: ",").compactMap {
      Int($0.trimmingCharacters(in: .whitespaces))
    }
    values = bytes[size...]
  }

  static func bytes(type: String, shape: [Int], _ values: [UInt8]) -> [UInt8] {
    let lengths = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var header = Array("{'descr': '\(type)', 'fortran_order': False, 'shape': (\(lengths)), }".utf8)
    while (10 + header.count + 1) % 64 != 0 { header.append(0x20) }
    header.append(0x0A)
    let size = [UInt8(header.count & 0xFF), UInt8(header.count >> 8)]
    return [0x93] + Array("NUMPY".utf8) + [1, 0] + size + header + values
  }

  /// A file of type f4.
  static func floats(_ numbers: [Float], shape: [Int]) -> [UInt8] {
    bytes(
      type: "<f4", shape: shape,
      numbers.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) })
  }
}

/// The data that come with the sources.
enum Fixtures {
  static func url(_ name: String) -> URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Fixtures").appendingPathComponent(name)
  }

  static func path(_ name: String) -> String { url(name).path }
}
