import Records

/// Samples as pictures in a page, all with one range of values.
struct Picture {
  let layout: SampleLayout
  let palette: Palette
  let low: Double
  let high: Double

  /// - Parameter samples: what is shown: their values are the range.
  init(_ layout: SampleLayout, _ samples: [[Double]], elementType: ElementType) {
    self.layout = layout
    let isUnsigned = (elementType.range?.lowerBound ?? -1) >= 0
    palette = isUnsigned ? .grey : .viridis
    let finite = samples.lazy.joined().filter(\.isFinite)
    low = finite.min() ?? 0
    high = finite.max() ?? 1
  }

  /// A picture of `palette` from `low` to `high`.
  init(_ layout: SampleLayout, palette: Palette, low: Double, high: Double) {
    (self.layout, self.palette, self.low, self.high) = (layout, palette, low, high)
  }

  /// The element for a sample; nil if samples are no pictures.
  ///
  /// - Parameter text: says what it shows, to those who do not see it.
  func element(_ values: [Double], text: String) -> HTML? {
    if case .colourImage(let height, let width, let coloursFirst) = layout {
      let area = height * width
      let pixels = (0..<area).flatMap { i -> [UInt8] in
        let own = (0..<3).map { values[coloursFirst ? $0 * area + i : 3 * i + $0] }
        guard !own.contains(where: \.isNaN) else { return [0, 0, 0, 0] }
        return own.map(level) + [255]
      }
      return Self.element(
        PNG.colour(width: width, height: height, pixels), height: height, width: width, text: text)
    }
    guard let (height, width, numbers) = layout.pixels(values) else { return nil }
    let pixels = numbers.map { Palette.place($0, low: low, high: high) }
    return Self.element(
      PNG.indexed(width: width, height: height, pixels, palette: palette.colours), height: height,
      width: width, text: text)
  }

  /// All colours from the low to the high end, as a line.
  func legend(text: String) -> HTML {
    let pixels = (0..<Palette.levels).map { UInt8($0) }
    return Self.element(
      PNG.indexed(width: pixels.count, height: 1, pixels, palette: palette.colours), height: 1,
      width: pixels.count, text: text, classes: "ramp")
  }

  private func level(_ value: Double) -> UInt8 {
    guard high > low else { return 127 }
    return UInt8((255 * min(1, max(0, (value - low) / (high - low)))).rounded())
  }

  /// Pictures of so few pixels are drawn with visible ones.
  private static let fewPixels = 96

  private static func element(
    _ png: [UInt8], height: Int, width: Int, text: String, classes: String = "picture"
  ) -> HTML {
    let own = classes == "picture" && max(height, width) > fewPixels ? "picture fine" : classes
    return """
      <img class="\(own)" width="\(width)" height="\(height)" alt="\(text)" title="\(text)" \
      src="data:image/png;base64,\(Base64.text(png))">
      """
  }
}
