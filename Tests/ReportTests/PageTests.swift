import ByteIO
import Foundation
import Testing
import VAECodec

@testable import Records
@testable import Report
@testable import Tensor
@testable import Training

@Suite("Report pages")
struct PageTests {
  private static let sections = [
    "summary", "rate", "samples", "error", "latents", "rows", "training", "sizes", "data",
  ]

  /// Rows in memory: bumps at any place of a ring, which no linear map follows.
  struct Rows {
    var shape: [Int]
    var type = ElementType.f4
    var count = 160
    var seed: UInt64 = 1
    /// Replaces values by their row and place.
    var change: (Int, Int, Double) -> Double = { $2 }

    var values: [Double] {
      var random = RandomSource(seed: seed)
      let width = shape.reduce(1, *)
      return (0..<count).flatMap { row in
        let centre = Double(random.uniform()) * Double(width)
        return (0..<width).map { place in
          let distance = (Double(place) - centre).magnitude
          let d = min(distance, Double(width) - distance) / Double(width) * 10
          return change(row, place, 100 / (1 + d * d * d * d) + 0.5 * Double(random.normal()))
        }
      }
    }

    func reader() throws -> any SampleReader {
      let batch = SampleBatch(
        doubles: values, elementType: type, valuesPerSample: max(1, shape.reduce(1, *)))
      let description = try SampleDescription(
        elementType: type, sampleShape: shape, format: .raw, rows: batch.rows)
      return Reader(description, batch)
    }

    private final class Reader: SampleReader {
      let description: SampleDescription
      private var batch: SampleBatch?

      init(_ description: SampleDescription, _ batch: SampleBatch) {
        self.description = description
        self.batch = batch
      }

      func read(maxRows: Int) -> SampleBatch? {
        guard let rest = batch else { return nil }
        let count = min(maxRows, rest.rows)
        batch = count < rest.rows ? rest.rows(count..<rest.rows) : nil
        return rest.rows(0..<count)
      }
    }
  }

  static func model(_ rows: Rows, epochs: Int = 2) throws -> FittedModel {
    var options = FitOptions()
    options.hidden = [8]
    options.epochs = epochs
    return try Codec(threads: 1).fit([(name: "data", reader: try rows.reader())], options: options).model
  }

  static func page(
    _ rows: Rows, _ model: FittedModel, qualities: [Double] = [0, 30, 60, 100], name: String = "data.npy"
  ) throws -> String {
    let evaluation = try Codec(threads: 1).evaluate(
      try rows.reader(), name: name, model: model, qualities: qualities, keepsRows: true)
    return ReportPage(
      source: .data(name), modelName: "m.vae", model: model.summary, evaluation: evaluation,
      rows: try #require(evaluation.rows), json: "{\"samples\": \(evaluation.samples)}"
    ).html
  }

  /// Checks what holds of every page.
  private func check(_ page: String) {
    for section in Self.sections { #expect(page.contains("<section id=\"\(section)\""), "\(section)") }
    #expect(page.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">") && page.hasSuffix("</html>\n"))
    #expect(!page.contains("http:") && !page.contains("https:") && !page.contains("src=\"/"))
    #expect(page.contains("prefers-color-scheme: dark") && page.contains("default-src 'none'"))
    #expect(page.components("<h1>") == 1 && page.components("<h2 ") == Self.sections.count)
    // Every element that is opened is closed.
    for name in [
      "section", "figure", "figcaption", "svg", "g", "table", "details", "div", "p", "ul", "script",
    ] {
      let opened = page.components("<\(name)>") + page.components("<\(name) ")
      #expect(opened == page.components("</\(name)>"), "\(name)")
    }
    #expect(page.components("<img ") == page.components(" alt=\""))
    for word in ["=\"nan", "=\"inf", ">inf", "Optional(", "MNaN", "HTML("] {
      #expect(!page.contains(word), "\(word)")
    }
  }

  @Test(
    "images are shown as pictures, and their errors as maps",
    arguments: [[9, 7], [3, 6, 6], [6, 6, 3], [2, 5, 5]])
  func images(shape: [Int]) throws {
    let rows = Rows(shape: shape, type: .u1)
    let page = try Self.page(rows, try Self.model(rows))
    check(page)
    #expect(page.contains("alt=\"row 20 at quality 30\"") && page.contains("<table class=\"pictures\">"))
    #expect(page.contains("RMSE of each value at quality 60, at most") && !page.contains("class=\"sketch\""))
    #expect(page.components("class=\"pair\"") == 10)
  }

  @Test("windows are shown as lines", arguments: [[40], [2, 30], [30, 2], [1, 25, 1]])
  func windows(shape: [Int]) throws {
    let rows = Rows(shape: shape, type: .i2)
    let page = try Self.page(rows, try Self.model(rows))
    check(page)
    #expect(page.components("class=\"sketch\"") == 4 * 4 + 10)
    #expect(page.contains("id=\"plot-error\""))
  }

  @Test("short rows are shown as numbers", arguments: [[], [1], [5], [4, 3]])
  func shortRows(shape: [Int]) throws {
    let rows = Rows(shape: shape)
    let page = try Self.page(rows, try Self.model(rows))
    check(page)
    #expect(page.contains("<th scope=\"row\">row 0, original</th>") && page.contains("id=\"plot-error\""))
  }

  @Test("a model without a network says so")
  func withoutNetwork() throws {
    let rows = Rows(shape: [20]) { _, _, _ in 7 }
    let model = try Self.model(rows)
    #expect(model.summary.latents.isEmpty)
    let page = try Self.page(rows, model)
    check(page)
    #expect(page.contains("The model has no latents") && page.contains("nothing was trained"))
    #expect(page.contains("All values came back exactly"))
    let others = try Self.page(Rows(shape: [20]), model)
    check(others)
  }

  @Test("one row, and one quality, make a page as well")
  func oneRow() throws {
    let rows = Rows(shape: [20])
    let model = try Self.model(rows)
    var one = rows
    one.count = 1
    check(try Self.page(one, model, qualities: [40]))
    check(try Self.page(one, model))
  }

  @Test("values that are no numbers are left out of drawings", arguments: [[20], [6, 6], [5]])
  func notNumbers(shape: [Int]) throws {
    let rows = Rows(shape: shape)
    let model = try Self.model(rows)
    var holes = rows
    holes.change = { row, place, value in
      place == 1 || row == 0 ? .nan : place == 2 && row == 1 ? .infinity : value
    }
    check(try Self.page(holes, model))
    holes.change = { _, _, _ in .nan }
    check(try Self.page(holes, model))
  }

  @Test("names of files are text, whatever they are")
  func names() throws {
    let rows = Rows(shape: [5])
    let page = try Self.page(rows, try Self.model(rows), name: "<img src=x onerror=alert(1)>&\".npy")
    check(page.replacing("&lt;img ", with: ""))
    #expect(
      !page.contains("<img src=x") && page.contains("&lt;img src=x onerror=alert(1)&gt;&amp;&quot;.npy"))
  }

  @Test("the page carries the evaluation's JSON and the points of its plots")
  func data() throws {
    let rows = Rows(shape: [6, 6])
    let page = try Self.page(rows, try Self.model(rows))
    #expect(page.contains("<script type=\"application/json\" id=\"evaluation\">{\"samples\": 160}</script>"))
    #expect(page.contains("<script type=\"application/json\" id=\"plots\">{\"plot-rate\": {\"vaec\": [["))
  }

  @Test("latents and training are drawn, where there are any")
  func network() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let path = folder.deletingLastPathComponent().appendingPathComponent("Fixtures/digits-fit.npy").path
    func reader() throws -> any SampleReader { try SampleInput.open(try FileSource(path: path), name: path) }
    var options = FitOptions()
    options.hidden = [32]
    options.epochs = 4
    let codec = try Codec(threads: 2)
    let fit = try codec.fit([(name: path, reader: try reader())], options: options)
    let summary = fit.model.summary
    #expect(!summary.latents.isEmpty)
    #expect(summary.trainingCurve.count > 3 && summary.trainingCurve.first?.epoch == 0)
    let evaluation = try codec.evaluate(
      fit.heldOutReader(), name: "held out", model: fit.model, qualities: [50], keepsRows: true)
    let page = ReportPage(
      source: .heldOut(of: ["a.npy", "b.npy"]), modelName: "m.vae", model: summary, evaluation: evaluation,
      rows: try #require(evaluation.rows), json: "{}"
    ).html
    check(page)
    for plot in ["latents", "scatter", "training-bits", "training-psnr"] {
      #expect(page.contains("<svg id=\"plot-\(plot)\""))
    }
    #expect(page.contains("held out") && page.contains("a.npy, b.npy"))
    // All rows, of which the costliest have a series of their own.
    #expect(page.components("class=\"mark\"") > summary.heldOutRows)
  }

  @Test("equal evaluations make equal pages but for speeds")
  func repeatable() throws {
    let rows = Rows(shape: [5])
    let model = try Self.model(rows)
    func plots() throws -> Substring? {
      try Self.page(rows, model).split(separator: "id=\"plots\">").last
    }
    let (first, second) = (try plots(), try plots())
    #expect(first == second)
  }
}

extension String {
  /// How often `part` is in it.
  fileprivate func components(_ part: String) -> Int { ranges(of: part).count }
}
