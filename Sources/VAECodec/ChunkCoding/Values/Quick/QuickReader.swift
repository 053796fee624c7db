import EntropyCoding

/// The states of two interleaved rANS coders (Duda, "Asymmetric numeral systems", 2013; Giesen, "Interleaved entropy coders",
/// 2014), with words of 16 bits. Values take the states by turns.
enum QuickStates {
  static let least: UInt32 = 1 << 16
  static let wordBits: UInt32 = 16
  /// The bytes of both states.
  static let bytes = 8
}

/// Decodes errors. Bytes that no encoder writes give other errors, and are found out at the end.
struct QuickReader: QuickSymbols {
  static let isKnown = false

  private let clusters: UnsafePointer<UInt8>
  /// Where tokens begin, and the first token that ends beyond each 256th of a distribution.
  private let starts: UnsafePointer<UInt16>
  private let buckets: UnsafePointer<UInt16>
  private let stride: Int
  private var state: UInt32
  private var other: UInt32
  private var next: UnsafeRawPointer
  private let end: UnsafeRawPointer
  /// The last word; or what precedes the words, if there are none.
  private let last: UnsafeRawPointer
  /// Raw bits: from these bytes, and how many are left of them.
  private let raw: UnsafeRawPointer
  private var rawPosition = 0
  private let rawBits: Int
  private var isWhole = true
  private let owners: [AnyObject]

  private static let bucketBits: UInt32 = 8
  private static let mask: UInt32 = 0x7FFF

  /// - Parameters:
  ///   - raw: raw bits, and at least 8 bytes after them.
  ///   - words: the states, and words to the end.
  init?(_ tables: QuickTables, raw: UnsafeRawBufferPointer, rawBytes: Int, words: UnsafeRawBufferPointer) {
    guard words.count >= QuickStates.bytes, words.count % 2 == 0, let first = words.baseAddress,
      let rawFirst = raw.baseAddress, raw.count >= rawBytes + 8
    else { return nil }
    state = UInt32(littleEndian: first.loadUnaligned(as: UInt32.self))
    other = UInt32(littleEndian: first.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
    guard state >= QuickStates.least, other >= QuickStates.least else { return nil }
    (next, end, last) = (first + QuickStates.bytes, first + words.count, first + words.count - 2)
    (self.raw, rawBits) = (rawFirst, 8 * rawBytes)
    stride = tables.tokens + 1
    let clusters = ZeroedMemory<UInt8>(count: tables.clusters.count)
    for (place, cluster) in tables.clusters.enumerated() { clusters.pointer[place] = cluster }
    let starts = ZeroedMemory<UInt16>(count: tables.count * stride)
    for (place, start) in tables.starts().enumerated() { starts.pointer[place] = start }
    let buckets = ZeroedMemory<UInt16>(count: tables.count << Int(Self.bucketBits))
    for cluster in 0..<tables.count {
      var token = 0
      for bucket in 0..<1 << Int(Self.bucketBits) {
        let begin = bucket << Int(QuickTables.precision - Self.bucketBits)
        while Int(starts.pointer[cluster * stride + token + 1]) <= begin { token += 1 }
        buckets.pointer[cluster << Int(Self.bucketBits) + bucket] = UInt16(token)
      }
    }
    (self.clusters, self.starts, self.buckets) = (
      UnsafePointer(clusters.pointer), UnsafePointer(starts.pointer), UnsafePointer(buckets.pointer)
    )
    owners = [clusters, starts, buckets]
  }

  @inline(__always)
  mutating func code(_ error: Int64, _ context: Int) -> Int64 {
    let cluster = Int(clusters[context])
    let starts = starts + cluster &* stride
    let place = state & Self.mask
    var token = Int(
      buckets[
        cluster &<< Int(Self.bucketBits) &+ Int(place &>> (QuickTables.precision &- Self.bucketBits))])
    while place >= UInt32(starts[token &+ 1]) { token = token &+ 1 }
    let start = UInt32(starts[token])
    var advanced =
      (UInt32(starts[token &+ 1]) &- start) &* (state &>> QuickTables.precision) &+ place &- start
    // Without a branch, because it would be foreseen badly.
    let takes: UInt32 = advanced < QuickStates.least ? 1 : 0
    let word = UInt16(littleEndian: min(next, last).loadUnaligned(as: UInt16.self))
    advanced = advanced &<< (takes &* QuickStates.wordBits) | UInt32(word) & (0 &- takes)
    next += 2 &* Int(takes)
    (state, other) = (other, advanced)
    if QuickToken.isPlain(token) { return QuickToken.error(plain: token) }
    return QuickToken.error(token, raw: takeRaw(QuickToken.rawBits(token)))
  }

  /// The next raw bits, the lowest first.
  @inline(__always)
  private mutating func takeRaw(_ count: Int) -> UInt64 {
    guard count <= rawBits &- rawPosition else {
      isWhole = false
      return 0
    }
    let bytes = raw + rawPosition &>> 3
    let shift = UInt64(truncatingIfNeeded: rawPosition & 7)
    var found = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self)) &>> shift
    // Up to 62 bits lie in up to 9 bytes.
    if count &+ Int(shift) > 64 {
      found |= UInt64(bytes.load(fromByteOffset: 8, as: UInt8.self)) &<< (64 &- shift)
    }
    rawPosition = rawPosition &+ count
    return found & ((1 &<< UInt64(truncatingIfNeeded: count)) &- 1)
  }

  /// Whether an encoder may have written these bytes: all are used, to the first state of an encoder.
  var isAtEnd: Bool {
    defer { withExtendedLifetime(owners) {} }
    return isWhole && next == end && state == QuickStates.least && other == QuickStates.least
      && rawBits - rawPosition < 8
  }
}
