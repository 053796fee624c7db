/// A strict parser for the Python dictionary in an npy header, such as `{'descr': '<f4', 'fortran_order': False,
/// 'shape': (6, 4), }`.
///
/// It accepts only what such a dictionary may hold: three keys in any order, strings, booleans and tuples of integers,
/// and a list as the type, which it skips.
struct NpyDictionary {
  /// The name of the type; for a structured one, the text of its list.
  private(set) var type = ""
  /// The type as it is written, quotes included.
  private(set) var descr: [UInt8] = []
  /// Whether the type is a list.
  private(set) var isStructured = false
  private(set) var fortranOrder = false
  private(set) var shape: [Int] = []

  private let text: [UInt8]
  private let name: String
  private var position = 0

  init(_ text: [UInt8], name: String) {
    self.text = text
    self.name = name
  }

  mutating func parse() throws(SampleIOError) {
    var seen: Set<String> = []
    try expect("{")
    while !accept("}") {
      let key = try string()
      guard seen.insert(key).inserted else { throw damaged("key '\(key)' is repeated") }
      try expect(":")
      switch key {
      case "descr": type = try typeName()
      case "fortran_order": fortranOrder = try boolean()
      case "shape": shape = try tuple()
      default: throw damaged("unknown key '\(key)'")
      }
      if !accept(",") {
        try expect("}")
        break
      }
    }
    skipBlanks()
    guard position == text.count else { throw damaged("text after the dictionary") }
    for key in ["descr", "fortran_order", "shape"] where !seen.contains(key) {
      throw damaged("key '\(key)' is missing")
    }
  }

  private func damaged(_ reason: String) -> SampleIOError {
    .badHeader(name: name, format: "npy", reason: reason)
  }

  private mutating func skipBlanks() {
    while position < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[position]) { position += 1 }
  }

  /// Skips the next character if it is `character`; returns whether it was.
  private mutating func accept(_ character: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard position < text.count, text[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(SampleIOError) {
    guard accept(character) else { throw damaged("'\(character)' is missing at byte \(position + 1)") }
  }

  private mutating func string() throws(SampleIOError) -> String {
    let quote: UInt8
    if accept("'") {
      quote = UInt8(ascii: "'")
    } else if accept("\"") {
      quote = UInt8(ascii: "\"")
    } else {
      throw damaged("a string is missing at byte \(position + 1)")
    }
    let begin = position
    while position < text.count, text[position] != quote { position += 1 }
    guard position < text.count else { throw damaged("an unterminated string") }
    defer { position += 1 }
    return String(decoding: text[begin..<position], as: UTF8.self)
  }

  private mutating func typeName() throws(SampleIOError) -> String {
    skipBlanks()
    let begin = position
    // A list describes a record, and a tuple a sub-array.
    if accept("(") { throw .unsupportedType(name: name, type: NumpyType.record) }
    if accept("[") {
      isStructured = true
      try skipList()
      descr = Array(text[begin..<position])
      return String(decoding: descr, as: UTF8.self)
    }
    let name = try string()
    descr = Array(text[begin..<position])
    return name
  }

  /// Skips what is left of a list, with the lists and strings in it.
  private mutating func skipList() throws(SampleIOError) {
    var depth = 1
    while depth > 0 {
      guard position < text.count else { throw damaged("a list without an end") }
      let byte = text[position]
      position += 1
      switch byte {
      case UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: "'"), UInt8(ascii: "\""):
        while position < text.count, text[position] != byte {
          position += text[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        position += 1
      default: break
      }
    }
  }

  private mutating func boolean() throws(SampleIOError) -> Bool {
    skipBlanks()
    for (word, value) in [("True", true), ("False", false)] where text[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    throw damaged("fortran_order is neither True nor False")
  }

  private mutating func tuple() throws(SampleIOError) -> [Int] {
    var numbers: [Int] = []
    try expect("(")
    while !accept(")") {
      numbers.append(try integer())
      if !accept(",") {
        // In Python, a single number in parentheses is not a tuple.
        guard numbers.count > 1 else { throw damaged("the shape is not a tuple") }
        try expect(")")
        break
      }
    }
    return numbers
  }

  private mutating func integer() throws(SampleIOError) -> Int {
    skipBlanks()
    var value = 0
    let begin = position
    while position < text.count, case 0x30...0x39 = text[position] {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(Int(text[position] - 0x30))
      guard !overflow, !carry else { throw damaged("a length that is too large") }
      value = sum
      position += 1
    }
    guard position > begin else { throw damaged("a length is missing in the shape") }
    // Python 2 wrote long integers as 6L.
    if position < text.count, text[position] == UInt8(ascii: "L") { position += 1 }
    return value
  }
}
