import Testing

@testable import Report

@Suite("HTML")
struct HTMLTests {
  @Test("strings are escaped, HTML is not")
  func escaping() {
    let name = "<script>alert('1 & 2')</script>\"\u{0}\u{1B}"
    let inner: HTML = "<b>\(name)</b>"
    let outer: HTML = "<p title=\"\(name)\">\(inner)\(7)</p>"
    let escaped = "&lt;script&gt;alert(&#39;1 &amp; 2&#39;)&lt;/script&gt;&quot;\u{FFFD}\u{FFFD}"
    #expect(outer.text == "<p title=\"\(escaped)\"><b>\(escaped)</b>7</p>")
  }

  @Test("letters of all scripts stay as they are")
  func scripts() {
    #expect(HTML.escaped("messwerte-größe-数据-😀.npy") == "messwerte-größe-数据-😀.npy")
  }

  @Test("JSON cannot end the element that it is in")
  func scriptData() {
    let html = HTML(scriptData: #"{"name": "</script><!--"}"#)
    #expect(html.text == #"{"name": "\u003c/script>\u003c!--"}"#)
  }

  @Test("counts have their thousands set apart")
  func counts() {
    #expect([0, 999, 1000, 1_234_567, -1000].map(grouped) == ["0", "999", "1,000", "1,234,567", "-1,000"])
    #expect(many(1, "sample") == "1 sample" && many(1500, "row") == "1,500 rows")
  }

  @Test("values are told as what they are")
  func values() {
    #expect(
      [3, 0.12345, .nan, .infinity, -.infinity].map(text(ofValue:)) == [
        "3", "0.1235", "NaN", "infinity", "-infinity",
      ])
  }

  @Test("a table names its columns and rows, and can be reached by the keyboard")
  func table() {
    let html = NumberTable("a & b", ["row", "<x>"], [["1", "2"]]).html.text
    #expect(
      html.contains("<th scope=\"col\">&lt;x&gt;</th>") && html.contains("<th scope=\"row\">1</th><td>2</td>")
    )
    #expect(html.contains("tabindex=\"0\" role=\"region\" aria-label=\"a &amp; b\""))
  }
}
