import Testing

@testable import Report

@Suite("Plots")
struct PlotTests {
  @Test(
    "linear axes end at round numbers, and have a few ticks",
    arguments: [
      ([0.0, 97], 0.0, 100.0), ([13.1, 31.2], 10, 35), ([-0.31, 0.28], -0.4, 0.4), ([5, 5], 4.4, 5.6),
    ])
  func linear(values: [Double], low: Double, high: Double) {
    let axis = Axis("x", covering: values)
    #expect(abs(axis.low - low) < 1e-9 && abs(axis.high - high) < 1e-9, "\(axis.low) \(axis.high)")
    #expect((3...7).contains(axis.ticks.count))
    for tick in axis.ticks { #expect(abs((Double(tick.text) ?? .nan) - tick.value) < 1e-9) }
  }

  @Test("logarithmic axes have powers of ten, and what fits between")
  func logarithmic() {
    #expect(Axis("x", covering: [1.5, 70], scale: .logarithmic).ticks.map(\.text) == ["3", "10", "30"])
    #expect(Axis("x", covering: [20, 90], scale: .logarithmic).ticks.map(\.text) == ["20", "50"])
    let wide = Axis("x", covering: [1e-9, 1e12], scale: .logarithmic).ticks
    #expect((4...7).contains(wide.count))
  }

  @Test("axes take what no axis can show", arguments: [Axis.Scale.linear, .logarithmic])
  func nothing(scale: Axis.Scale) {
    for values in [[], [Double.nan, .infinity], [0, 0], [1e300, 1e301], [1e-300, 2e-300]] {
      let axis = Axis("x", covering: values, scale: scale, fromZero: true)
      #expect(axis.low.isFinite && axis.high > axis.low)
      #expect(axis.ticks.count <= 30 && axis.position(axis.low) == 0)
    }
  }

  @Test("positions go from 0 to 1", arguments: [Axis.Scale.linear, .logarithmic])
  func positions(scale: Axis.Scale) {
    let axis = Axis("x", covering: [3, 400], scale: scale)
    #expect(axis.position(axis.low) == 0 && abs(axis.position(axis.high) - 1) < 1e-12)
    #expect(axis.position(20) < axis.position(21))
  }

  @Test("steps are 1, 2 or 5 times a power of ten")
  func steps() {
    #expect(
      Axis.niceStep(0.9) == 1 && Axis.niceStep(1.1) == 2 && Axis.niceStep(3) == 5 && Axis.niceStep(6) == 10)
    #expect(
      abs(Axis.niceStep(0.021) - 0.05) < 1e-12 && Axis.niceStep(0) == 1 && Axis.niceStep(.infinity) == 1)
  }

  @Test("ticks are written with as many decimals as they need")
  func tickText() {
    #expect(
      Axis.text(0.15, step: 0.05) == "0.15" && Axis.text(3, step: 1) == "3" && Axis.text(1, step: 1) == "1")
    #expect(Axis.text(20_000, step: 5000) == "20,000" && Axis.text(5e6, step: 5e6) == "5e6")
    #expect(Axis.text(0.00002, step: 0.00001) == "2e-5" && Axis.text(0, step: 1e-7) == "0")
  }

  private func plot(_ points: [Plot.Point]) -> Plot {
    Plot(
      id: "p", text: "t", x: Axis("x", covering: points.compactMap(\.x)),
      y: Axis("y", covering: points.compactMap(\.y)),
      series: [Plot.Series(name: "s", style: 0, mark: .linedPoints, points: points)])
  }

  @Test("points carry their numbers exactly, in the drawing and as JSON")
  func data() {
    let plot = plot([
      Plot.Point(x: 0.1, y: 1 / 3, title: "<a>"), Plot.Point(x: 2, y: 1e-7, title: "b"),
    ])
    let html = plot.html.text
    #expect(html.contains("data-x=\"0.1\" data-y=\"0.3333333333333333\"><title>&lt;a&gt;</title>"))
    #expect(Plot.json([plot]) == #"{"p": {"s": [[0.1, 0.3333333333333333], [2.0, 1e-07]]}}"#)
  }

  @Test("what is no number is not drawn, and is not in the JSON")
  func noNumbers() {
    let plot = plot([
      Plot.Point(x: 1, y: .nan, title: "a"), Plot.Point(x: .infinity, y: 1, title: "b"),
      Plot.Point(x: 1, y: 2, title: "c"),
    ])
    #expect(!plot.html.text.lowercased().contains("nan") && !plot.html.text.contains("inf"))
    #expect(Plot.json([plot]) == #"{"p": {"s": [[1.0, 2.0]]}}"#)
  }

  @Test("lines of samples stop where values are missing, and long ones are thinned out")
  func sketch() {
    let layout = SampleLayout(shape: [20])
    let values = (0..<20).map { $0 == 7 ? .nan : Double($0) }
    let text = Sketch(layout, covering: [values]).html(values, decoded: nil, text: "t").text
    #expect(text.count { $0 == "M" } == 2 && !text.contains("nan"))
    let long = (0..<60_000).map { Double($0 % 97) }
    let thin = Sketch(SampleLayout(shape: [60_000]), covering: [long]).html(long, decoded: nil, text: "t")
      .text
    #expect(thin.count { $0 == "L" } < 500)
  }
}
