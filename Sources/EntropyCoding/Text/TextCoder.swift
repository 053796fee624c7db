/// Codes text losslessly by context mixing; it works best on tables.
///
/// Each text is coded independently. A coder takes up to 64 MB of memory in addition to the text, and less for a short
/// one.
package enum TextCoder {
  /// The maximum number of bytes in a text.
  package static let maximumCount = 1 << 30
  /// From this size in bytes on, the coded text starts with its most frequent bytes.
  private static let statedCount = 4096

  /// Encodes a text.
  ///
  /// - Parameter text: at most ``maximumCount`` bytes.
  package static func encode(_ text: some Collection<UInt8>, _ layout: TextLayout) -> [UInt8] {
    let count = text.count
    precondition(count <= maximumCount)
    let frequent = count < statedCount ? usual(layout) : mostFrequent(in: text)
    var encoder = BitEncoder()
    let buffer = FixedBuffer<UInt8>(repeating: 0, count: count)
    var model = TextModel(layout, frequent: frequent, text: buffer.base, count: count)
    for byte in text { model.code(byte, &encoder) }
    let stated = count < statedCount ? [] : [UInt8(frequent.count)] + frequent
    return stated + encoder.finish()
  }

  /// Decodes a text of `count` bytes.
  ///
  /// - Parameters:
  ///   - limit: the maximum number of bytes in a text; a greater count is an error.
  ///   - layout: as for the encoder.
  /// - Throws: ``ChunkError/corrupt`` if no encoder writes such bytes. Other damage gives a different text.
  package static func decode(
    _ bytes: ArraySlice<UInt8>, count: Int, limit: Int, _ layout: TextLayout
  ) throws(ChunkError) -> [UInt8] {
    guard count >= 0, count <= min(limit, maximumCount) else { throw .corrupt }
    var coded = bytes
    var frequent = usual(layout)
    if count >= statedCount {
      let listed = coded.popFirst().map { Int($0) } ?? 0
      frequent = Array(coded.prefix(listed))
      guard (1...NibbleCode.frequentBytes).contains(listed), Set(frequent).count == listed else {
        throw .corrupt
      }
      coded = coded.dropFirst(listed)
    }
    var decoder = BitDecoder(coded)
    let text = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      guard let base = buffer.baseAddress else { return }
      var model = TextModel(layout, frequent: frequent, text: base, count: count)
      for _ in 0..<count { model.code(0, &decoder) }
      initialized = count
    }
    guard decoder.isAtEnd else { throw .corrupt }
    return text
  }

  /// The most frequent bytes, in the order of ``NibbleCode``: digits first, so that neighbouring digits share bits.
  private static func mostFrequent(in text: some Collection<UInt8>) -> [UInt8] {
    var counts = [Int](repeating: 0, count: 256)
    for byte in text { counts[Int(byte)] += 1 }
    let order = (0...255).filter { counts[$0] > 0 }.sorted { (counts[$0], $1) > (counts[$1], $0) }
    return [order.prefix(15), order.dropFirst(15).prefix(15)].flatMap { level in
      level.map { UInt8($0) }.sorted { $0 &- 0x30 < $1 &- 0x30 }
    }
  }

  /// The bytes that are likely to be frequent in a table of numbers.
  private static func usual(_ layout: TextLayout) -> [UInt8] {
    var bytes: [UInt8] = []
    let ends = [layout.separator ?? UInt8(ascii: "\t"), layout.rowEnd, layout.quote ?? UInt8(ascii: "\"")]
    for byte in Array("0123456789.-".utf8) + ends + Array(":\0\re NATaionrst/\"E+l,;_\t\n'".utf8)
    where !bytes.contains(byte) {
      bytes.append(byte)
    }
    return Array(bytes.prefix(NibbleCode.frequentBytes))
  }
}
