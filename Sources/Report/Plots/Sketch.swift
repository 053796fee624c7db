import VAECodec

/// A small drawing of a sample's lines, and of what came back: it has no axes but the range that it is told.
struct Sketch {
  let layout: SampleLayout
  let low: Double
  let high: Double

  private static let (width, height) = (240.0, 84.0)
  /// Of more values, each group is drawn as its lowest and its highest.
  private static let maximumGroups = 240

  /// - Parameter samples: what is to fit into the drawing.
  init(_ layout: SampleLayout, covering samples: [[Double]]) {
    self.layout = layout
    let finite = samples.lazy.joined().filter(\.isFinite)
    let (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
    self.low = high > low ? low : low - 0.5
    self.high = high > low ? high : high + 0.5
  }

  /// The lines of `values`, and of `decoded` over them.
  func html(_ values: [Double], decoded: [Double]?, text: String) -> HTML {
    let originals: [HTML] = layout.channels(values).map { "<path class=\"original\" d=\"\(path($0))\"/>" }
    let copies: [HTML] = (decoded.map(layout.channels) ?? []).map {
      "<path class=\"decoded\" d=\"\(path($0))\"/>"
    }
    return """
      <svg class="sketch" viewBox="0 0 \(Plot.number(Self.width)) \(Plot.number(Self.height))" role="img" \
      aria-label="\(text)"><title>\(text)</title>\(originals)\(copies)</svg>
      """
  }

  /// A line through `values`, interrupted where one is no number.
  private func path(_ values: [Double]) -> String {
    let numbers = thinned(values)
    let last = Double(max(1, numbers.count - 1))
    var (path, isOpen) = ("", false)
    for (i, value) in numbers.enumerated() {
      guard value.isFinite else {
        isOpen = false
        continue
      }
      let x = 2 + (Self.width - 4) * Double(i) / last
      let y = 3 + (Self.height - 6) * (1 - min(1.2, max(-0.2, (value - low) / (high - low))))
      path += "\(isOpen ? "L" : "M")\(x.fixed(1)) \(y.fixed(1))"
      // A value between two that are none would not be seen.
      if !isOpen, i + 1 == numbers.count || !numbers[i + 1].isFinite { path += "h.1" }
      isOpen = true
    }
    return path
  }

  private func thinned(_ values: [Double]) -> [Double] {
    guard values.count > 2 * Self.maximumGroups else { return values }
    return (0..<Self.maximumGroups).flatMap { group -> [Double] in
      let range =
        group * values.count / Self.maximumGroups..<(group + 1) * values.count / Self.maximumGroups
      let own = values[range]
      guard let low = own.indices.min(by: { own[$0] < own[$1] }),
        let high = own.indices.max(by: { own[$0] < own[$1] })
      else { return [] }
      return low < high ? [own[low], own[high]] : [own[high], own[low]]
    }
  }
}
