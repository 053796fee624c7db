/// Predicts the bits of a text that is a table, and adapts to them (context mixing, as in Mahoney's paq8).
///
/// The predictions come from the histories of contexts, in the text and in the table around the current cell, and from
/// matches with earlier occurrences of these contexts. Weight sets, selected by the position of the byte, mix them; a
/// second mixer combines the results; and three refinements correct its output. All arithmetic is in integers, so that
/// a decoder adapts identically.
struct TextModel: ~Copyable {
  /// The number of contexts; see ``setContexts()``.
  static let contexts = 25
  private static let matches = 3
  private static let inputs = 2 * (contexts + matches) + 1
  /// The number of weight sets of each selector of the mixer.
  private static let sets = [64, 2048, 256, 2048, 1280, 512]
  /// The number of columns distinguished where contexts are not hashed.
  static let columns = 256
  /// The logarithm of the number of contexts of hashed refinements.
  private static let refinementBits = 12
  /// The logarithm of the size of the histories in bytes.
  private static let tableBits = 25

  let codes: NibbleCode
  private let curves = LogisticCurves()
  private let probabilities = AdaptiveProbability()
  let histories: ContextHistories
  private let mixer: InputMixer
  private let outer: InputMixer
  /// The output of each set of both mixers, in units of 1 / 65536.
  private let results = FixedBuffer<Int32>(repeating: 0, count: sets.count + 2)
  private var byColumn: Refinement
  private var byText: Refinement
  private var byAbove: Refinement
  var cursor: TableCursor
  var steps = FieldSteps()
  var recent: MatchModel
  var beside: MatchModel
  var below: MatchModel
  /// The eight preceding bytes.
  var text: UInt64 = 0
  /// The comparison of the current cell with the one above.
  var comparison = CellComparison()
  var selectors = Selectors()
  private var bitsCoded = 0

  /// The selectors of weights and refinements for a byte.
  struct Selectors {
    var column = 0
    var above = 0
    var kinds = 0
    var agreement = 0
  }

  /// - Parameters:
  ///   - frequent: see ``NibbleCode``.
  ///   - text: room for all bytes, which are written as they are coded.
  ///   - count: their number.
  init(_ layout: TextLayout, frequent: [UInt8], text: UnsafeMutablePointer<UInt8>, count: Int) {
    codes = NibbleCode(frequent: frequent)
    var bits = 16
    while bits < Self.tableBits, 1 << bits < count << 5 { bits += 1 }
    histories = ContextHistories(contexts: Self.contexts, tableBits: bits)
    let count = Self.sets.count
    mixer = InputMixer(inputs: Self.inputs, sets: Self.sets, weight: InputMixer.one / 8)
    outer = InputMixer(inputs: count + 1, sets: [64, Self.columns], weight: InputMixer.one / Int32(count))
    // The last input of a mixer is constant.
    mixer.values[Self.inputs - 1] = 256
    outer.values[count] = 256
    byColumn = Refinement(contexts: Self.columns << 6, curves)
    byText = Refinement(contexts: 1 << Self.refinementBits, curves)
    byAbove = Refinement(contexts: 1 << Self.refinementBits, curves)
    cursor = TableCursor(layout, text: text)
    recent = MatchModel(text: text, seeksNearer: false)
    beside = MatchModel(text: text, seeksNearer: true)
    below = MatchModel(text: text, seeksNearer: true)
  }

  /// Codes the next byte of the text.
  @inline(__always)
  mutating func code<Coder: BitCoding>(_ byte: UInt8, _ coder: inout Coder) {
    setContexts()
    let code = codes.code(byte)
    var path: UInt32 = 1
    var bits: UInt32 = 0
    var level = 0
    while true {
      histories.find(path)
      var node = 1
      while node < 16 {
        let bit = self.code(code >> (15 &- bits) & 1, path: path, bits: bits, node: level << 4 | node, &coder)
        path = path << 1 | bit
        node = node << 1 | Int(bit)
        bits &+= 1
      }
      if let byte = codes.byte(path, level: level) { return take(byte) }
      level &+= 1
    }
  }

  /// Codes a bit.
  ///
  /// - Parameters:
  ///   - path: 1 followed by the preceding bits of the byte's code, `bits` in number.
  ///   - node: the position in its half byte (1 to 15), and the number of half bytes before.
  @inline(__always)
  private mutating func code<Coder: BitCoding>(
    _ bit: UInt32, path: UInt32, bits: UInt32, node: Int, _ coder: inout Coder
  ) -> UInt32 {
    histories.predict(node & 15, curves, mixer.values.base)
    let column = selectors.column
    let matched = mixer.values.base + 2 * Self.contexts
    recent.predict(path, bits: bits, column: 0, curves, matched)
    beside.predict(path, bits: bits, column: column, curves, matched + 2)
    below.predict(path, bits: bits, column: column, curves, matched + 4)
    let place = Int(min(bits, 4 | bits & 3))
    mixer.choose(0, node)
    mixer.choose(1, column << 3 | place)
    mixer.choose(2, min(recent.length, 15) << 4 | min(beside.length, 15))
    mixer.choose(3, selectors.above << 3 | place)
    mixer.choose(4, selectors.agreement << 3 | place)
    mixer.choose(5, selectors.kinds << 3 | place)
    let count = Self.sets.count
    var i = 0
    while i < count {
      let sum = max(-LogisticCurves.bound, min(LogisticCurves.bound, mixer.sum(i)))
      results[i] = curves.squash(sum)
      outer.values[i] = Int16(truncatingIfNeeded: sum)
      i &+= 1
    }
    outer.choose(0, node)
    outer.choose(1, column)
    let (a, b) = (outer.sum(0), outer.sum(1))
    results[count] = curves.squash(a)
    results[count &+ 1] = curves.squash(b)
    let sum = (a &+ b) >> 1
    let last = UInt32(truncatingIfNeeded: text & 0xFFFF)
    let above = UInt32(truncatingIfNeeded: selectors.above | selectors.agreement << 8 | column << 16)
    let shift = UInt32(32 - Self.refinementBits)
    let p0 = curves.squash(sum)
    let p1 = byColumn.refine(sum, context: column << 6 | node)
    let p2 = byText.refine(sum, context: Int(mixed(path, last) >> shift))
    let p3 = byAbove.refine(sum, context: Int(mixed(path, above) >> shift))
    let p = (p0 &+ p1 &+ p2 &+ p3) >> 2
    let bit = coder.code(bit, UInt32(truncatingIfNeeded: max(1, min(65535, p))))
    learn(bit)
    return bit
  }

  @inline(__always)
  private mutating func learn(_ bit: UInt32) {
    byColumn.learn(bit)
    byText.learn(bit)
    byAbove.learn(bit)
    bitsCoded &+= 1
    let target = Int32(truncatingIfNeeded: bit << 16)
    let rate = Int32(truncatingIfNeeded: 24 &+ (160 << 10) / (1024 &+ bitsCoded &<< 1))
    let count = Self.sets.count
    var i = 0
    while i < count {
      mixer.learn(i, error: ((target &- results[i]) &* rate) >> 9)
      i &+= 1
    }
    outer.learn(0, error: ((target &- results[count]) &* 40) >> 9)
    outer.learn(1, error: ((target &- results[count &+ 1]) &* 40) >> 9)
    histories.learn(bit, probabilities)
    recent.learn(bit, probabilities)
    beside.learn(bit, probabilities)
    below.learn(bit, probabilities)
  }

  /// Advances by a byte that has been coded.
  @inline(__always)
  private mutating func take(_ byte: UInt8) {
    let offset = cursor.offset
    comparison.take(byte, above: UInt8(truncatingIfNeeded: cursor.byte(of: cursor.above, offset)))
    steps.check(byte, at: offset)
    text = text << 8 | UInt64(byte)
    if cursor.take(byte) {
      comparison = CellComparison()
      steps.begin(cursor)
    }
  }
}
