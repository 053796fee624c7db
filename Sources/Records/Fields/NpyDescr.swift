/// A type as an npy header describes it.
indirect enum NpyDescr {
  /// A name, as in "<f4".
  case plain(String)
  /// Members, each with a name, a type and the shape of a sub-array.
  case list([Member])

  struct Member {
    var name: String
    var type: NpyDescr
    var shape: [Int]
  }
}

/// Parses the text of a `descr`: Python strings, and lists of tuples.
struct NpyDescrParser {
  private let text: [UInt8]
  private let isUnicode: Bool
  private let name: String
  private var position = 0

  init(_ text: [UInt8], isUnicode: Bool, name: String) {
    (self.text, self.isUnicode, self.name) = (text, isUnicode, name)
  }

  /// The type that is all of the text.
  mutating func whole(depth: Int) throws(SampleIOError) -> NpyDescr {
    let type = try type(depth: depth)
    skipBlanks()
    guard position == text.count else { throw damaged("text after the type") }
    return type
  }

  private mutating func type(depth: Int) throws(SampleIOError) -> NpyDescr {
    guard accept("[") else {
      // A type with a shape stands in a tuple.
      guard accept("(") else { return .plain(try string()) }
      throw damaged("a sub-array without a name")
    }
    guard depth > 0 else { throw damaged("structures within structures, too deep") }
    var members: [NpyDescr.Member] = []
    while !accept("]") {
      guard members.count < NpyStructure.maximumFields else { throw damaged("too many fields") }
      members.append(try member(depth: depth - 1))
      if !accept(",") {
        try expect("]")
        break
      }
    }
    return .list(members)
  }

  private mutating func member(depth: Int) throws(SampleIOError) -> NpyDescr.Member {
    try expect("(")
    let own: String
    if accept("(") {
      // A title and a name.
      _ = try string()
      try expect(",")
      own = try string()
      _ = accept(",")
      try expect(")")
    } else {
      own = try string()
    }
    try expect(",")
    let type = try type(depth: depth)
    var shape: [Int] = []
    if accept(","), !peek(")") { shape = try axes() }
    _ = accept(",")
    try expect(")")
    return NpyDescr.Member(name: own, type: type, shape: shape)
  }

  /// A tuple of lengths, or a single one.
  private mutating func axes() throws(SampleIOError) -> [Int] {
    guard accept("(") else { return [try integer()] }
    var axes: [Int] = []
    while !accept(")") {
      guard axes.count < SampleDescription.maximumAxes else {
        throw damaged("a sub-array with too many axes")
      }
      axes.append(try integer())
      if !accept(",") {
        try expect(")")
        break
      }
    }
    return axes
  }

  private mutating func integer() throws(SampleIOError) -> Int {
    skipBlanks()
    let digits = text[position...].prefix { (0x30...0x39).contains($0) }
    guard !digits.isEmpty, digits.count <= 18, let value = Int(String(decoding: digits, as: UTF8.self)) else {
      throw damaged("a length is missing or too large")
    }
    position += digits.count
    if position < text.count, text[position] == UInt8(ascii: "L") { position += 1 }
    return value
  }

  /// A string, in which a backslash stands before the next character.
  private mutating func string() throws(SampleIOError) -> String {
    skipBlanks()
    guard position < text.count, [UInt8(ascii: "'"), UInt8(ascii: "\"")].contains(text[position]) else {
      throw damaged("a string is missing at byte \(position + 1)")
    }
    let quote = text[position]
    position += 1
    var content: [UInt8] = []
    while position < text.count, text[position] != quote {
      if text[position] == UInt8(ascii: "\\"), position + 1 < text.count { position += 1 }
      content.append(text[position])
      position += 1
    }
    guard position < text.count else { throw damaged("an unterminated string") }
    position += 1
    if isUnicode { return String(decoding: content, as: UTF8.self) }
    return String(String.UnicodeScalarView(content.map { Unicode.Scalar($0) }))
  }

  private mutating func skipBlanks() {
    while position < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[position]) { position += 1 }
  }

  private mutating func peek(_ character: Unicode.Scalar) -> Bool {
    skipBlanks()
    return position < text.count && text[position] == UInt8(ascii: character)
  }

  private mutating func accept(_ character: Unicode.Scalar) -> Bool {
    guard peek(character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(SampleIOError) {
    guard accept(character) else { throw damaged("'\(character)' is missing in the type") }
  }

  private func damaged(_ reason: String) -> SampleIOError {
    .badHeader(name: name, format: "npy", reason: reason)
  }
}
