/// What a sample looks like, by its shape: axes of length 1 do not count.
enum SampleLayout: Equatable {
  /// A few numbers.
  case numbers
  /// Lines over a place: one for each channel.
  case series(length: Int, channels: Int, channelsFirst: Bool)
  /// A picture of one number a pixel.
  case image(height: Int, width: Int)
  /// A picture of red, green and blue.
  case colourImage(height: Int, width: Int, coloursFirst: Bool)
  /// Pictures of one number a pixel, beside each other.
  case slices(count: Int, height: Int, width: Int)

  /// A sample of so few values is a row of a table.
  private static let fewValues = 16
  /// A shorter axis is not one of a picture.
  private static let shortestSide = 4

  init(shape: [Int]) {
    let axes = shape.filter { $0 != 1 }
    let count = axes.reduce(1, *)
    let isPicture = axes.count >= 2 && axes.suffix(2).allSatisfy { $0 >= Self.shortestSide }
    if count <= Self.fewValues && !isPicture {
      self = .numbers
    } else if axes.count == 2 {
      let (rows, columns) = (axes[0], axes[1])
      if min(rows, columns) < Self.shortestSide {
        self = .series(
          length: max(rows, columns), channels: min(rows, columns), channelsFirst: rows < columns)
      } else {
        self = .image(height: rows, width: columns)
      }
    } else if axes.count == 3, axes[2] == 3, axes[0] >= Self.shortestSide, axes[1] >= Self.shortestSide {
      self = .colourImage(height: axes[0], width: axes[1], coloursFirst: false)
    } else if axes.count == 3, axes[0] == 3, isPicture {
      self = .colourImage(height: axes[1], width: axes[2], coloursFirst: true)
    } else if axes.count >= 3, isPicture {
      let (height, width) = (axes[axes.count - 2], axes[axes.count - 1])
      self = .slices(count: count / (height * width), height: height, width: width)
    } else {
      self = .series(length: count, channels: 1, channelsFirst: true)
    }
  }

  /// The values of each channel of a series.
  func channels(_ values: [Double]) -> [[Double]] {
    guard case .series(let length, let channels, let channelsFirst) = self else { return [values] }
    return (0..<channels).map { c in
      (0..<length).map { values[channelsFirst ? c * length + $0 : $0 * channels + c] }
    }
  }

  /// Columns of slices, so that all of them together are about as wide as high.
  private static func columns(_ count: Int, height: Int, width: Int) -> Int {
    let wanted = (Double(count * height) / Double(width)).squareRoot().rounded(.up)
    return min(count, max(1, Int(wanted)))
  }

  /// One number for each pixel: what a picture is made of. Colours are averaged; between slices there are no numbers. Nil
  /// where the sample is no picture.
  func pixels(_ values: [Double]) -> (height: Int, width: Int, values: [Double])? {
    switch self {
    case .numbers, .series: return nil
    case .image(let height, let width): return (height, width, values)
    case .colourImage(let height, let width, let coloursFirst):
      let area = height * width
      let means = (0..<area).map { i in
        (0..<3).reduce(0) { $0 + values[coloursFirst ? $1 * area + i : 3 * i + $1] } / 3
      }
      return (height, width, means)
    case .slices(let count, let height, let width):
      let columns = Self.columns(count, height: height, width: width)
      let rows = (count + columns - 1) / columns
      let (allHeight, allWidth) = (rows * (height + 1) - 1, columns * (width + 1) - 1)
      var all = [Double](repeating: .nan, count: allHeight * allWidth)
      for slice in 0..<count {
        let (top, left) = (slice / columns * (height + 1), slice % columns * (width + 1))
        for y in 0..<height {
          for x in 0..<width {
            all[(top + y) * allWidth + left + x] = values[(slice * height + y) * width + x]
          }
        }
      }
      return (allHeight, allWidth, all)
    }
  }
}
