/// The bit histories of several contexts, and their predictions.
///
/// Each context has a probability for each history, learned wherever that history occurs (indirect context models, as
/// in Mahoney's paq6 and zpaq).
struct ContextHistories: ~Copyable {
  /// The hash of each context; set them before coding a byte.
  let hashes: FixedBuffer<UInt32>

  private let contexts: Int
  private let histories = BitHistories()
  private let table: HistoryTable
  /// The probabilities by context and history.
  private let slots: FixedBuffer<UInt32>
  /// The hashes combined with the preceding half bytes of the current byte, followed by an element for prefetched
  /// bytes.
  private let extended: FixedBuffer<UInt32>
  private let buckets: FixedBuffer<UnsafeMutablePointer<UInt8>>
  private let nodes: FixedBuffer<UnsafeMutablePointer<UInt8>>
  private let places: FixedBuffer<Int>
  private let empty = FixedBuffer<UInt8>(repeating: 0, count: 16)

  /// - Parameter tableBits: the table has 2^tableBits bytes.
  init(contexts: Int, tableBits: Int) {
    self.contexts = contexts
    table = HistoryTable(bits: tableBits)
    slots = FixedBuffer(repeating: 0, count: contexts << 8)
    for i in 0..<slots.count {
      slots[i] = AdaptiveProbability.initial(histories.probabilities[i & 255], uses: 6)
    }
    hashes = FixedBuffer(repeating: 0, count: contexts)
    extended = FixedBuffer(repeating: 0, count: contexts + 1)
    buckets = FixedBuffer(repeating: empty.base, count: contexts)
    nodes = FixedBuffer(repeating: empty.base, count: contexts)
    places = FixedBuffer(repeating: 0, count: contexts)
  }

  /// Looks up the contexts for the next half byte.
  ///
  /// - Parameter path: the preceding half bytes of the byte, after a leading 1.
  @inline(__always)
  func find(_ path: UInt32) {
    var touched: UInt8 = 0
    var i = 0
    while i < contexts {
      let hash = mixed(hashes[i], path)
      extended[i] = hash
      touched |= table.touch(hash)
      i &+= 1
    }
    // The prefetched bytes must be used, or the compiler would remove the reads.
    extended[contexts] = UInt32(touched)
    i = 0
    while i < contexts {
      buckets[i] = table.bucket(extended[i], histories.counts)
      i &+= 1
    }
  }

  /// Sets two inputs per context for the next bit; zeros if the context is new.
  ///
  /// - Parameter node: 1 followed by the preceding bits of the half byte.
  @inline(__always)
  func predict(_ node: Int, _ curves: borrowing LogisticCurves, _ values: UnsafeMutablePointer<Int16>) {
    var i = 0
    while i < contexts {
      let history = buckets[i] + node
      let place = i << 8 | Int(history.pointee)
      nodes[i] = history
      places[i] = place
      let p = AdaptiveProbability.value(slots[place])
      let known: Int32 = history.pointee == 0 ? 0 : -1
      values[2 &* i] = Int16(truncatingIfNeeded: curves.stretch(p) & known)
      values[2 &* i &+ 1] = Int16(truncatingIfNeeded: (p &- 2048) >> 1 & known)
      i &+= 1
    }
  }

  @inline(__always)
  func learn(_ bit: UInt32, _ probabilities: borrowing AdaptiveProbability) {
    let next = histories.next.base + Int(bit) << 8
    var i = 0
    while i < contexts {
      let place = places[i]
      probabilities.learn(slots.base + place, bit)
      nodes[i].pointee = next[place & 255]
      i &+= 1
    }
  }
}
