import Foundation
import Testing

/// `--report` of eval and fit.
@Suite("report pages")
struct ReportPageTests {
  private func text(_ scratch: Scratch, _ name: String) throws -> String {
    String(decoding: try scratch.read(name), as: UTF8.self)
  }

  @Test("eval writes a page that loads nothing, and prints its table as well")
  func eval() throws {
    let scratch = try Models.scratch()
    let outcome = try Program.run(
      ["eval", "-m", "m.vae", "new.npy", "--every", "50", "--report", "out.html"], in: scratch)
    #expect(outcome.code == 0 && outcome.text.contains("PSNR dB") && outcome.errors == "report: out.html\n")
    let page = try text(scratch, "out.html")
    #expect(page.hasPrefix("<!DOCTYPE html>") && page.hasSuffix("</html>\n"))
    #expect(page.contains("<title>new.npy by m.vae") && page.contains("data:image/png;base64,"))
    #expect(!page.contains("http://") && !page.contains("https://") && !page.contains("url("))
    #expect(page.contains("plot-training-bits"))
  }

  @Test("the page carries what --json prints")
  func json() throws {
    let scratch = try Models.scratch()
    let outcome = try Program.run(
      ["eval", "-m", "m.vae", "new.npy", "--every", "50", "--json", "--quiet", "--report", "out.html"],
      in: scratch)
    #expect(outcome.code == 0 && outcome.errors.isEmpty)
    let object = outcome.text.trimmingCharacters(in: .newlines)
    #expect(try outcome.json()["samples"] as? Int == 179)
    #expect(try text(scratch, "out.html").contains("id=\"evaluation\">\(object)</script>"))
  }

  @Test("a page is not overwritten without -f, which is told before the work")
  func overwriting() throws {
    let scratch = try Models.scratch()
    try scratch.write([1], to: "out.html")
    let refused = try Program.run(["eval", "-m", "m.vae", "new.npy", "--report", "out.html"], in: scratch)
    #expect(refused.isOneLineOfError && refused.errors.contains("out.html"))
    #expect(try scratch.read("out.html") == [1])
    let outcome = try Program.run(
      ["eval", "-f", "-q", "40", "-m", "m.vae", "new.npy", "--report", "out.html"], in: scratch)
    let size = try scratch.read("out.html").count
    #expect(outcome.code == 0 && size > 10_000)
  }

  @Test("a page is no input, and not the model", arguments: ["new.npy", "m.vae", "./new.npy"])
  func inputs(name: String) throws {
    let scratch = try Models.scratch()
    let before = try scratch.read(name)
    let outcome = try Program.run(["eval", "-f", "-m", "m.vae", "new.npy", "--report", name], in: scratch)
    #expect(outcome.isOneLineOfError && outcome.errors.contains("name another output"))
    #expect(try scratch.read(name) == before)
    let fit = try Program.run(["fit", "-f", "new.npy", "-o", "x.vae", "--report", "x.vae"], in: scratch)
    #expect(fit.isOneLineOfError && !scratch.contains("x.vae"))
  }

  @Test("- is standard output, in place of the table, and not beside JSON")
  func standardOutput() throws {
    let scratch = try Models.scratch()
    let outcome = try Program.run(
      ["eval", "-q", "40", "-m", "m.vae", "new.npy", "--report", "-"], in: scratch)
    #expect(outcome.code == 0 && outcome.errors.isEmpty)
    #expect(outcome.text.hasPrefix("<!DOCTYPE html>") && outcome.text.hasSuffix("</html>\n"))
    let refused = try Program.run(
      ["eval", "--json", "-m", "m.vae", "new.npy", "--report", "-"], in: scratch)
    #expect(refused.code == 64 && refused.output.isEmpty)
  }

  @Test("where the page cannot be written, nothing is left of it")
  func nowhere() throws {
    let scratch = try Models.scratch()
    let outcome = try Program.run(
      ["eval", "-q", "40", "-m", "m.vae", "new.npy", "--report", "nowhere/out.html"], in: scratch)
    #expect(outcome.isOneLineOfError)
    #expect(try scratch.names == ["m.vae", "new.npy"])
  }

  @Test("fit writes a page about the rows that it held out")
  func fit() throws {
    let scratch = try Models.scratch()
    let outcome = try Program.run(
      ["fit", "new.npy", "-o", "x.vae", "--epochs", "3", "--hidden", "8", "--report", "out.html", "--json"],
      in: scratch)
    #expect(outcome.code == 0)
    let page = try text(scratch, "out.html")
    #expect(page.contains("<h1><bdi>x.vae</bdi> on rows held out</h1>") && page.contains("17 rows"))
    let curve = try #require(try outcome.json()["training_curve"] as? [[String: Any]])
    #expect(curve.count > 1 && Set(curve[0].keys) == ["epoch", "bits_per_sample", "psnr_db"])
  }

  @Test("names of files and columns are text in the page, whatever they are")
  func names() throws {
    let scratch = try Scratch()
    var lines = ["\"<b>a&b</b>\",b,c"]
    for i in 0..<60 { lines.append("\(i * 3 % 7),\(i % 5 + i % 7),\(i % 3)") }
    try scratch.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: "<i>.csv")
    let outcome = try Program.run(
      ["fit", "<i>.csv", "-o", "m.vae", "--epochs", "2", "--hidden", "8", "--quiet"], in: scratch)
    #expect(outcome.code == 0)
    _ = try Program.run(["eval", "-m", "m.vae", "<i>.csv", "--report", "out.html", "--quiet"], in: scratch)
    let page = try text(scratch, "out.html")
    #expect(!page.contains("<i>") && page.contains("&lt;i&gt;.csv"))
    #expect(!page.contains("<b>") && page.contains("&lt;b&gt;a&amp;b&lt;/b&gt;"))
  }
}
