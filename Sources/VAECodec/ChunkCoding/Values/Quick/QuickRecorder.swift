import EntropyCoding

/// Records the tokens and contexts of a chunk, and writes them: distributions are known only after the last, and rANS codes the
/// last first.
struct QuickRecorder: QuickSymbols {
  static let isKnown = true

  private let memory: ZeroedMemory<UInt32>
  private let rawMemory: ZeroedMemory<UInt64>
  /// Contexts and tokens.
  private let symbols: UnsafeMutablePointer<UInt32>
  private var count = 0
  private let raw: UnsafeMutablePointer<UInt64>
  private var rawWords = 0
  private var pending: UInt64 = 0
  private var pendingBits: UInt64 = 0
  private let contexts: Int

  /// The bits of a token beside its context.
  private static let tokenBits: UInt32 = 9
  private static let tokenMask: UInt32 = 511
  /// The bytes that a value takes.
  static let bytesPerValue = 16

  /// - Parameters:
  ///   - values: the number of values.
  ///   - contexts: the number of contexts.
  init(values: Int, contexts: Int) {
    memory = ZeroedMemory(count: values)
    rawMemory = ZeroedMemory(count: values + 1)
    (symbols, raw) = (memory.pointer, rawMemory.pointer)
    self.contexts = contexts
  }

  @inline(__always)
  mutating func code(_ error: Int64, _ context: Int) -> Int64 {
    let (token, bits, width) = QuickToken.split(error)
    symbols[count] =
      UInt32(truncatingIfNeeded: context) &<< Self.tokenBits | UInt32(truncatingIfNeeded: token)
    count = count &+ 1
    guard width > 0 else { return error }
    let length = UInt64(truncatingIfNeeded: width)
    pending |= bits &<< pendingBits
    let all = pendingBits &+ length
    if all >= 64 {
      raw[rawWords] = pending.littleEndian
      rawWords = rawWords &+ 1
      // What did not fit; nothing if the word was empty before.
      pending = pendingBits == 0 ? 0 : bits &>> (64 &- pendingBits)
      pendingBits = all &- 64
    } else {
      pendingBits = all
    }
    return error
  }

  /// The raw bits, in as few bytes as hold them.
  func rawBytes() -> [UInt8] {
    defer { withExtendedLifetime(rawMemory) {} }
    raw[rawWords] = pending.littleEndian
    let bytes = rawWords * 8 + Int(pendingBits + 7) / 8
    return Array(UnsafeRawBufferPointer(start: raw, count: bytes))
  }

  /// The counts of tokens in each context.
  func histogram() -> QuickHistogram {
    var histogram = QuickHistogram(contexts: contexts)
    for i in 0..<count { histogram.used[Int(symbols[i] >> Self.tokenBits)] += 1 }
    histogram.makeRoom()
    for i in 0..<count {
      histogram.add(Int(symbols[i] >> Self.tokenBits), Int(symbols[i] & Self.tokenMask))
    }
    return histogram
  }

  /// The states and words of all tokens.
  func words(_ tables: QuickTables) -> [UInt8] {
    // Each value takes at most a word.
    let words = ZeroedMemory<UInt16>(count: count + 1)
    defer { withExtendedLifetime((words, self)) {} }
    let end = words.pointer + count
    var next = end
    var (state, other) = (QuickStates.least, QuickStates.least)
    let stride = tables.tokens + 1
    tables.starts().withUnsafeBufferPointer { starts in
      tables.clusters.withUnsafeBufferPointer { clusters in
        guard let starts = starts.baseAddress, let clusters = clusters.baseAddress else { return }
        for i in Swift.stride(from: count - 1, through: 0, by: -1) {
          let symbol = symbols[i]
          let cluster = Int(clusters[Int(symbol &>> Self.tokenBits)])
          let token = Int(symbol & Self.tokenMask)
          let place = starts + (cluster &* stride &+ token)
          let start = UInt32(place[0])
          let frequency = UInt32(place[1]) &- start
          (state, other) = (other, state)
          if UInt64(state) >= UInt64(frequency) &<< 17 {
            next -= 1
            next.pointee = UInt16(truncatingIfNeeded: state).littleEndian
            state = state &>> QuickStates.wordBits
          }
          let quotient = state / frequency
          state = quotient &<< QuickTables.precision &+ (state &- quotient &* frequency) &+ start
        }
      }
    }
    var bytes: [UInt8] = []
    for state in [state, other] {
      for shift: UInt32 in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: state >> shift)) }
    }
    bytes += UnsafeRawBufferPointer(start: next, count: 2 * (end - next))
    return bytes
  }
}

/// The counts of tokens in the contexts that occur.
struct QuickHistogram {
  /// The number of values in each context.
  var used: [UInt32]
  /// The place of each context's counts; -1 for contexts that do not occur.
  private(set) var places: [Int32] = []
  /// ``QuickToken/count`` counts for each context that occurs.
  private(set) var counts: [UInt32] = []
  /// The number of tokens, of which the last occurs.
  private(set) var tokens = 1

  init(contexts: Int) { used = [UInt32](repeating: 0, count: contexts) }

  /// Makes room for the contexts that are used.
  mutating func makeRoom() {
    var next: Int32 = 0
    places = used.map { count in
      guard count > 0 else { return -1 }
      next += 1
      return next - 1
    }
    counts = [UInt32](repeating: 0, count: Int(next) * QuickToken.count)
  }

  @inline(__always)
  mutating func add(_ context: Int, _ token: Int) {
    counts[Int(places[context]) &* QuickToken.count &+ token] &+= 1
    if token >= tokens { tokens = token + 1 }
  }
}
