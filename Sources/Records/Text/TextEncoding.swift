import ByteIO

/// How the characters of a text are bytes, where that is not UTF-8 or one of the encodings of a byte a character.
package enum TextEncoding: UInt8, Sendable {
  /// Bytes as they are.
  case bytes = 0
  case utf16LittleEndian = 1
  case utf16BigEndian = 2

  /// Bytes that are looked at.
  static let prefixSize = 512

  /// The encoding of a text that begins so: by its byte order mark; or where most bytes at even or at odd places are zero, and
  /// hardly any at the others, as in UTF-16 of mostly Latin letters.
  init(_ prefix: ArraySlice<UInt8>) {
    let bytes = Array(prefix.prefix(Self.prefixSize))
    let zeros = bytes.indices.filter { bytes[$0] == 0 }
    let atOdd = zeros.count { $0 % 2 == 1 }
    let areMany = bytes.count >= 8 && zeros.count * 4 >= bytes.count
    let few = zeros.count / 8
    if bytes.starts(with: [0xFF, 0xFE]) || areMany && zeros.count - atOdd <= few {
      self = .utf16LittleEndian
    } else if bytes.starts(with: [0xFE, 0xFF]) || areMany && atOdd <= few {
      self = .utf16BigEndian
    } else {
      self = .bytes
    }
  }

  /// A sink of UTF-8 that ends up in `sink`.
  func encoding(to sink: any ByteSink) -> any ByteSink {
    self == .bytes ? sink : UTF16Sink(sink, isBigEndian: self == .utf16BigEndian)
  }

  /// `source` in UTF-8.
  func decoding(_ source: PeekingSource) -> PeekingSource {
    self == .bytes ? source : PeekingSource(UTF16Source(source, isBigEndian: self == .utf16BigEndian))
  }
}

/// Reads UTF-16 as UTF-8. Half of a surrogate pair becomes three bytes, as in WTF-8, so that all of it comes back.
final class UTF16Source: ByteSource {
  private let source: any ByteSource
  private let isBigEndian: Bool
  private var converted: [UInt8] = []
  private var position = 0
  /// Bytes at the end of what was read that wait for more: an odd one, and the first half of a pair.
  private var rest: [UInt8] = []
  private var hasEnded = false

  init(_ source: any ByteSource, isBigEndian: Bool) {
    (self.source, self.isBigEndian) = (source, isBigEndian)
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ByteIOError) -> Int {
    while position == converted.count, !hasEnded { try convert() }
    let count = min(buffer.count, converted.count - position)
    buffer.copyBytes(from: converted[position..<position + count])
    position += count
    return count
  }

  private func convert() throws(ByteIOError) {
    (converted, position) = ([], 0)
    let more = try source.read(upTo: 1 << 16)
    hasEnded = more.isEmpty
    let bytes = rest + more
    guard !hasEnded || bytes.count % 2 == 0 else { throw .truncated(format: "UTF-16") }
    converted.reserveCapacity(bytes.count + bytes.count / 2)
    var place = 0
    while let unit = unit(bytes, place) {
      var scalar = UInt32(unit)
      if unit & 0xFC00 == 0xD800 {
        let second = self.unit(bytes, place + 2)
        if second == nil, !hasEnded { break }
        if let second, second & 0xFC00 == 0xDC00 {
          scalar = 0x1_0000 + (UInt32(unit & 0x3FF) << 10 | UInt32(second & 0x3FF))
          place += 2
        }
      }
      place += 2
      converted.appendUTF8(scalar)
    }
    rest = Array(bytes[place...])
  }

  private func unit(_ bytes: [UInt8], _ place: Int) -> UInt16? {
    guard place + 1 < bytes.count else { return nil }
    let (first, second) = (UInt16(bytes[place]), UInt16(bytes[place + 1]))
    return isBigEndian ? first << 8 | second : second << 8 | first
  }
}

/// Writes UTF-8 as UTF-16: what ``UTF16Source`` read. Bytes that are no UTF-8 become U+FFFD.
final class UTF16Sink: ByteSink {
  private let sink: any ByteSink
  private let isBigEndian: Bool
  /// The beginning of a character whose other bytes are still to come.
  private var rest: [UInt8] = []

  init(_ sink: any ByteSink, isBigEndian: Bool) { (self.sink, self.isBigEndian) = (sink, isBigEndian) }

  func write(_ bytes: UnsafeRawBufferPointer) throws(ByteIOError) {
    try write(rest + Array(bytes), isEnd: false)
  }

  func finish() throws(ByteIOError) {
    try write(rest, isEnd: true)
    try sink.finish()
  }

  private func write(_ bytes: [UInt8], isEnd: Bool) throws(ByteIOError) {
    var converted: [UInt8] = []
    converted.reserveCapacity(2 * bytes.count)
    var place = 0
    while place < bytes.count {
      let first = bytes[place]
      let length =
        first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0
      if length > bytes.count - place, !isEnd { break }
      let others = bytes[place...].dropFirst().prefix(max(0, length - 1))
      var (scalar, taken): (UInt32, Int) = (0xFFFD, 1)
      if length > 0, others.count == length - 1, others.allSatisfy({ $0 & 0xC0 == 0x80 }) {
        let mask: UInt8 = length == 1 ? 0x7F : 0xFF >> UInt8(length + 1)
        let value = others.reduce(UInt32(first & mask)) { $0 << 6 | UInt32($1 & 0x3F) }
        // A longer form than needed, or more than UTF-16 holds.
        if length < 3 || (length == 3 ? 0x800...0xFFFF : 0x1_0000...0x10_FFFF).contains(value) {
          (scalar, taken) = (value, length)
        }
      }
      place += taken
      converted.appendUTF16(scalar, isBigEndian: isBigEndian)
    }
    rest = Array(bytes[place...])
    try sink.write(converted)
  }
}

extension [UInt8] {
  fileprivate mutating func appendUTF8(_ scalar: UInt32) {
    func tail(_ shift: UInt32) -> UInt8 { UInt8(0x80 | scalar >> shift & 0x3F) }
    switch scalar {
    case ..<0x80: append(UInt8(scalar))
    case ..<0x800: append(contentsOf: [UInt8(0xC0 | scalar >> 6), tail(0)])
    case ..<0x1_0000: append(contentsOf: [UInt8(0xE0 | scalar >> 12), tail(6), tail(0)])
    default: append(contentsOf: [UInt8(0xF0 | scalar >> 18), tail(12), tail(6), tail(0)])
    }
  }

  fileprivate mutating func appendUTF16(_ scalar: UInt32, isBigEndian: Bool) {
    func append(_ unit: UInt32) {
      let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
      self.append(isBigEndian ? high : low)
      self.append(isBigEndian ? low : high)
    }
    guard scalar >= 0x1_0000 else { return append(scalar) }
    append(0xD800 | (scalar - 0x1_0000) >> 10)
    append(0xDC00 | (scalar - 0x1_0000) & 0x3FF)
  }
}
