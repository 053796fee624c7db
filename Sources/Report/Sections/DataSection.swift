import VAECodec

extension ReportPage {
  /// The numbers as JSON.
  var dataSection: Section {
    let body: HTML = """
      <p>This page carries its numbers twice more: the element <code>script#evaluation</code> is the JSON object that \
      <code>vaec eval --json</code> prints, and <code>script#plots</code> has the points of each plot. Tables are under \
      the plots.</p>
      <details><summary>Numbers: the evaluation as JSON</summary>
      \(scrolling("<pre>\(json)</pre>", label: "The evaluation as JSON"))</details>

      """
    return Section(id: "data", title: "All numbers", body: body)
  }
}
