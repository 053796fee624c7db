import VAECodec

/// A table of numbers, which scrolls within itself where it is too wide.
struct NumberTable {
  var caption: String
  var head: [String]
  /// The first cell of each row says what the row is.
  var rows: [[String]]

  init(_ caption: String, _ head: [String], _ rows: [[String]]) {
    self.caption = caption
    self.head = head
    self.rows = rows
  }

  var html: HTML {
    let heads: [HTML] = head.map { "<th scope=\"col\">\($0)</th>" }
    let body: [HTML] = rows.map { row in
      let cells: [HTML] = row.enumerated().map { i, cell in
        i == 0 ? "<th scope=\"row\">\(cell)</th>" : "<td>\(cell)</td>"
      }
      return "<tr>\(cells)</tr>\n"
    }
    return scrolling(
      """
      <table><caption>\(caption)</caption><thead><tr>\(heads)</tr></thead>
      <tbody>\(body)</tbody></table>
      """, label: caption)
  }

  /// The same, closed at first.
  var details: HTML { "<details><summary>Numbers: \(caption)</summary>\n\(html)</details>\n" }
}

/// Something wide that scrolls within itself, also by the keyboard.
func scrolling(_ content: HTML, label: String) -> HTML {
  "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"\(label)\">\(content)</div>\n"
}

/// Something with what it is below it.
func figure(_ content: HTML, _ caption: HTML) -> HTML {
  "<figure>\n\(content)\n<figcaption>\(caption)</figcaption></figure>\n"
}

/// A value of the data: whole numbers without decimals.
func text(ofValue value: Double) -> String {
  guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-infinity" : "infinity" }
  return value == value.rounded() && value.magnitude < 1e9 ? value.fixed(0) : value.significant(4)
}

/// A count with its thousands set apart: 1,234,567.
func grouped(_ count: Int) -> String {
  let digits = String(count.magnitude)
  var text = ""
  for (i, digit) in digits.enumerated() {
    if i > 0, (digits.count - i) % 3 == 0 { text += "," }
    text.append(digit)
  }
  return (count < 0 ? "-" : "") + text
}

/// "1 sample", "1,234 samples".
func many(_ count: Int, _ thing: String) -> String { "\(grouped(count)) \(thing)\(count == 1 ? "" : "s")" }
