/// The Arrow types of columns that tables may have, by their format strings in the C data interface.
enum ArrowType: Equatable {
  case null
  case boolean
  /// Integers of `size` bytes.
  case integer(size: Int, isSigned: Bool)
  /// Floating-point numbers of `size` bytes.
  case float(size: Int)
  /// UTF-8 with offsets of `size` bytes; 0 for views.
  case text(size: Int)
  case decimal(digits: Int, scale: Int)
  /// Days in 4 bytes, or milliseconds in 8.
  case date(isDays: Bool)
  case time(TimeUnit)
  case timestamp(TimeUnit, zone: String)
  case duration(TimeUnit)

  /// The fraction of a second that times count.
  enum TimeUnit: Character {
    case seconds = "s"
    case milliseconds = "m"
    case microseconds = "u"
    case nanoseconds = "n"

    var digits: Int {
      switch self {
      case .seconds: 0
      case .milliseconds: 3
      case .microseconds: 6
      case .nanoseconds: 9
      }
    }

    var perSecond: Int64 { [1, 1000, 1_000_000, 1_000_000_000][digits / 3] }
  }

  /// Nil for types that tables may not have.
  init?(format: String) {
    switch format {
    case "n": self = .null
    case "b": self = .boolean
    case "c", "s", "i", "l":
      self = .integer(size: format == "c" ? 1 : format == "s" ? 2 : format == "i" ? 4 : 8, isSigned: true)
    case "C", "S", "I", "L":
      self = .integer(size: format == "C" ? 1 : format == "S" ? 2 : format == "I" ? 4 : 8, isSigned: false)
    case "e": self = .float(size: 2)
    case "f": self = .float(size: 4)
    case "g": self = .float(size: 8)
    case "u": self = .text(size: 4)
    case "U": self = .text(size: 8)
    case "vu": self = .text(size: 0)
    case "tdD": self = .date(isDays: true)
    case "tdm": self = .date(isDays: false)
    default:
      let unit = format.dropFirst(2).first.flatMap(TimeUnit.init)
      if format.hasPrefix("tt"), format.count == 3, let unit {
        self = .time(unit)
      } else if format.hasPrefix("tD"), format.count == 3, let unit {
        self = .duration(unit)
      } else if format.hasPrefix("ts"), let unit, format.dropFirst(3).first == ":" {
        self = .timestamp(unit, zone: String(format.dropFirst(4)))
      } else if format.hasPrefix("d:") {
        let numbers = format.dropFirst(2).split(separator: ",").map { Int($0) ?? -1 }
        // Decimals of 128 bits.
        guard numbers.count == 2 || numbers.count == 3 && numbers[2] == 128, (1...38).contains(numbers[0]),
          (0...38).contains(numbers[1])
        else { return nil }
        self = .decimal(digits: numbers[0], scale: numbers[1])
      } else {
        return nil
      }
    }
  }

  /// Whether the values are numbers that may lose precision where that is asked for.
  var isNumeric: Bool {
    switch self {
    case .integer, .float, .duration: true
    default: false
    }
  }

  /// Whether cells are written in quotes.
  var isQuoted: Bool { if case .text = self { true } else { false } }

  /// The size of a value in the second buffer in bytes; nil for bits, text and nothing.
  var size: Int? {
    switch self {
    case .integer(let size, _), .float(let size): size
    case .decimal: 16
    case .date(let isDays): isDays ? 4 : 8
    case .time(let unit): unit.digits < 6 ? 4 : 8
    case .timestamp, .duration: 8
    case .null, .boolean, .text: nil
    }
  }
}

/// A column of a table: its type as Arrow spells it.
struct ArrowColumn: Equatable {
  var name: String
  /// Of the values; of those in the dictionary if there is one.
  var format: String
  var type: ArrowType
  var isNullable = true
  /// The format of indices into a dictionary of text; nil if there is none.
  var indices: String?

  /// The column in the first line of the text.
  var token: String {
    let escaped = format.unicodeScalars.map { scalar in
      scalar == " " || scalar == "%" || scalar == "/" || scalar == "?" || scalar.value < 0x21
        ? "%" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16) : String(scalar)
    }.joined()
    return (indices.map { $0 + "/" } ?? "") + escaped + (isNullable ? "?" : "")
  }

  /// Nil if the token is not what ``token`` writes.
  init?(name: String, token: Substring) {
    var rest = token
    if rest.last == "?" { rest = rest.dropLast() } else { isNullable = false }
    if let slash = rest.firstIndex(of: "/") {
      let own = String(rest[..<slash])
      guard case .integer? = ArrowType(format: own) else { return nil }
      indices = own
      rest = rest[rest.index(after: slash)...]
    }
    var format = ""
    while let character = rest.popFirst() {
      guard character == "%" else {
        format.append(character)
        continue
      }
      guard let code = UInt8(rest.prefix(2), radix: 16) else { return nil }
      format.unicodeScalars.append(Unicode.Scalar(code))
      rest = rest.dropFirst(2)
    }
    guard let type = ArrowType(format: format) else { return nil }
    (self.name, self.format, self.type) = (name, format, type)
  }

  init(name: String, format: String, type: ArrowType, isNullable: Bool, indices: String?) {
    (self.name, self.format, self.type) = (name, format, type)
    (self.isNullable, self.indices) = (isNullable, indices)
  }
}
