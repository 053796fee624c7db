import ByteIO

/// Text for a page. What is interpolated as a string is escaped: names of files and columns are anybody's. Only text
/// that is HTML already is taken as it is.
struct HTML: ExpressibleByStringInterpolation, Equatable {
  private(set) var text: String

  /// HTML that stands in the sources.
  init(stringLiteral value: String) { text = value }

  init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

  /// Parts, one a line.
  init(lines parts: [HTML]) { text = parts.map(\.text).joined(separator: "\n") }

  /// Data inside a script element: JSON, in which "<" is written otherwise, so that nothing ends the element.
  init(scriptData json: String) { text = json.replacing("<", with: "\\u003c") }

  /// A style sheet that stands in the sources.
  init(styleSheet: String) { text = styleSheet }

  struct StringInterpolation: StringInterpolationProtocol {
    var text = ""

    init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity) }

    mutating func appendLiteral(_ literal: String) { text += literal }
    mutating func appendInterpolation(_ string: String) { text += HTML.escaped(string) }
    mutating func appendInterpolation(_ number: Int) { text += "\(number)" }
    mutating func appendInterpolation(_ html: HTML) { text += html.text }
    mutating func appendInterpolation(_ parts: [HTML]) { for part in parts { text += part.text } }
  }

  static func += (a: inout HTML, b: HTML) { a.text += b.text }

  /// `string` as it may stand in text and in quoted attributes. Characters that no page may hold become U+FFFD.
  static func escaped(_ string: String) -> String {
    var text = ""
    for scalar in ByteText.withoutBytes(string).unicodeScalars {
      switch scalar {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"": text += "&quot;"
      case "'": text += "&#39;"
      case "\t", "\n": text.unicodeScalars.append(scalar)
      case "\0"..<" ", "\u{7F}"..."\u{9F}": text += "\u{FFFD}"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}
