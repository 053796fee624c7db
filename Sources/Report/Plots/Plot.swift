import VAECodec

/// A plot of some series over two axes, drawn as SVG. Each of its points says in a title what it is, and has its numbers
/// as attributes; the same numbers are in the page's data.
struct Plot {
  enum Mark {
    case line
    case linedPoints
    case points
    /// From 0 up, each so wide, from its x on.
    case bars(width: Double)
    /// A line across the plot, at the x of its only point, or at its y where there is no x.
    case rule
  }

  struct Point {
    /// Nil for a rule that goes across.
    var x: Double?
    /// Nil for a rule that goes up.
    var y: Double?
    /// What it is, in words.
    var title: String
    /// What is written beside it.
    var label: String?
  }

  struct Series {
    var name: String
    /// The number of its colour, dash and shape: see the style sheet.
    var style: Int
    var mark: Mark
    var points: [Point]
  }

  /// Unique in the page.
  var id: String
  /// What it shows, to those who do not see it.
  var text: String
  var x: Axis
  var y: Axis
  var series: [Series]
  /// Whether it stands alone, and may be large.
  var isWide = false

  // In units of the drawing; the page scales it to what room there is.
  private static let (width, height) = (420.0, 270.0)
  private static let (left, right, top, bottom) = (46.0, 412.0, 26.0, 232.0)

  private func across(_ value: Double) -> Double {
    Self.left + x.position(value) * (Self.right - Self.left)
  }
  private func up(_ value: Double) -> Double { Self.bottom - y.position(value) * (Self.bottom - Self.top) }

  /// The drawing, below a line that says what is what.
  var html: HTML {
    let drawing: HTML = """
      <svg id="\(id)" class="plot" viewBox="0 0 \(Self.number(Self.width)) \(Self.number(Self.height))" role="img" \
      aria-label="\(text)" data-x-axis="\(Self.attribute(x, from: Self.left, to: Self.right))" \
      data-y-axis="\(Self.attribute(y, from: Self.bottom, to: Self.top))">
      \(grid)
      \(series.map { draw($0) })
      </svg>
      """
    let classes = isWide ? "drawing wide" : "drawing"
    return series.count > 1
      ? "<div class=\"\(classes)\">\(legend)\(drawing)</div>" : "<div class=\"\(classes)\">\(drawing)</div>"
  }

  private var legend: HTML {
    let entries: [HTML] = series.map { series in
      let sample: HTML =
        switch series.mark {
        case .points: Self.shape(series.style, 12, 6, 4, "")
        case .linedPoints:
          "<path class=\"line\" d=\"M0 6H24\"/>\(Self.shape(series.style, 12, 6, 3.5, ""))"
        case .bars: "<rect class=\"bar\" x=\"6\" y=\"0\" width=\"12\" height=\"12\"/>"
        case .line, .rule: "<path class=\"line\" d=\"M0 6H24\"/>"
        }
      return """
        <li><svg class="s\(series.style)" viewBox="0 0 24 12" width="24" height="12" aria-hidden="true">\(sample)</svg> \
        \(series.name)</li>
        """
    }
    return "<ul class=\"legend\">\(entries)</ul>"
  }

  private var grid: HTML {
    let (xs, ys) = (x.ticks, y.ticks)
    var parts: [HTML] = ys.map { tick in
      let at = up(tick.value)
      return """
        <path class="grid" d="M\(Self.number(Self.left)) \(Self.number(at))H\(Self.number(Self.right))"/>\
        <text class="tick" x="\(Self.number(Self.left - 5))" y="\(Self.number(at + 4))" \
        text-anchor="end">\(tick.text)</text>
        """
    }
    parts += xs.map { tick in
      let at = across(tick.value)
      return """
        <path class="grid" d="M\(Self.number(at)) \(Self.number(Self.top))V\(Self.number(Self.bottom))"/>\
        <text class="tick" x="\(Self.number(at))" y="\(Self.number(Self.bottom + 15))" \
        text-anchor="middle">\(tick.text)</text>
        """
    }
    parts.append(
      """
      <text class="axis" x="2" y="12">\(y.label)</text>\
      <text class="axis" x="\(Self.number(Self.right))" y="\(Self.number(Self.height - 6))" \
      text-anchor="end">\(x.label)</text>
      """)
    return HTML(lines: parts)
  }

  private func draw(_ series: Series) -> HTML {
    let points = series.points.filter { ($0.x ?? 0).isFinite && ($0.y ?? 0).isFinite }
    var inside: HTML = ""
    switch series.mark {
    case .line, .linedPoints: inside += line(points)
    case .points, .bars, .rule: break
    }
    inside += HTML(lines: points.map { draw($0, series) })
    return "<g class=\"s\(series.style)\" data-series=\"\(series.name)\">\(inside)</g>\n"
  }

  private func line(_ points: [Point]) -> HTML {
    var path = ""
    for point in points {
      guard let x = point.x, let y = point.y else { continue }
      path += "\(path.isEmpty ? "M" : "L")\(Self.number(across(x))) \(Self.number(up(y)))"
    }
    return path.isEmpty ? "" : "<path class=\"line\" d=\"\(path)\"/>"
  }

  private func draw(_ point: Point, _ series: Series) -> HTML {
    let title: HTML = "<title>\(point.title)</title>"
    let data: HTML = "data-x=\"\(Self.data(point.x))\" data-y=\"\(Self.data(point.y))\""
    switch (series.mark, point.x, point.y) {
    case (.rule, let x?, _):
      let path = "M\(Self.number(across(x))) \(Self.number(Self.top))V\(Self.number(Self.bottom))"
      return "<path class=\"rule\" d=\"\(path)\" \(data)>\(title)</path>"
    case (.rule, nil, let y?):
      let path = "M\(Self.number(Self.left)) \(Self.number(up(y)))H\(Self.number(Self.right))"
      return "<path class=\"rule\" d=\"\(path)\" \(data)>\(title)</path>"
    case (.bars(let width), let x?, let y?):
      let (from, to) = (across(x), across(x + width))
      // A hair between bars, as far as they are not thin.
      let gap = min(1, (to - from) * 0.15)
      return """
        <rect class="bar" x="\(Self.number(from + gap / 2))" y="\(Self.number(up(y)))" \
        width="\(Self.number(to - from - gap))" height="\(Self.number(Self.bottom - up(y)))" \(data)>\(title)</rect>
        """
    case (_, let x?, let y?):
      let radius: Double =
        switch series.mark {
        case .line: Self.smallRadius
        case .points: 2.6
        default: 3.2
        }
      var mark = Self.shape(series.style, across(x), up(y), radius, data, title)
      if let label = point.label {
        mark += """
          <text class="note" x="\(Self.number(across(x) - 5))" y="\(Self.number(up(y) - 5))" \
          text-anchor="end">\(label)</text>
          """
      }
      return mark
    default: return ""
    }
  }

  /// The shape that goes with a style: a circle, a square, or a diamond.
  private static func shape(
    _ style: Int, _ x: Double, _ y: Double, _ radius: Double, _ data: HTML, _ title: HTML = ""
  ) -> HTML {
    let r = radius
    // Small ones are as easy to point at as others.
    let kind = r <= smallRadius ? "mark dot" : "mark"
    switch style % 3 {
    case 0:
      return """
        <circle class="\(kind)" cx="\(number(x))" cy="\(number(y))" r="\(number(r))" \(data)>\(title)</circle>
        """
    case 1:
      return """
        <rect class="\(kind)" x="\(number(x - r))" y="\(number(y - r))" width="\(number(2 * r))" \
        height="\(number(2 * r))" \(data)>\(title)</rect>
        """
    default:
      let d = 1.35 * r
      return """
        <path class="\(kind)" d="M\(number(x)) \(number(y - d))L\(number(x + d)) \(number(y))L\(number(x)) \
        \(number(y + d))L\(number(x - d)) \(number(y))Z" \(data)>\(title)</path>
        """
    }
  }

  private static let smallRadius = 1.1

  /// A length in the drawing.
  static func number(_ value: Double) -> String {
    let text = value.fixed(2)
    return text.hasSuffix(".00") ? String(text.dropLast(3)) : text
  }

  /// A number that can be read back exactly; empty for none.
  private static func data(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }

  private static func attribute(_ axis: Axis, from: Double, to: Double) -> String {
    "\(axis.scale.rawValue) \(axis.low) \(axis.high) \(from) \(to)"
  }
}

extension Plot {
  /// The numbers of some plots, as JSON: an object of objects of lists of pairs.
  static func json(_ plots: [Plot]) -> String {
    func pair(_ point: Point) -> String? {
      guard (point.x ?? 0).isFinite, (point.y ?? 0).isFinite else { return nil }
      return "[\(point.x.map { "\($0)" } ?? "null"), \(point.y.map { "\($0)" } ?? "null")]"
    }
    func object(_ members: [(String, String)]) -> String {
      // Names are the program's own, and have nothing to escape.
      "{" + members.map { "\"\($0.0)\": \($0.1)" }.joined(separator: ", ") + "}"
    }
    return object(
      plots.map { plot in
        (
          plot.id,
          object(
            plot.series.map { series in
              (series.name, "[" + series.points.compactMap(pair).joined(separator: ", ") + "]")
            })
        )
      })
  }
}
