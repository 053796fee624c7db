import Records
import VAEModel

/// The layouts that are tried for an array: a handful, by the number of its axes.
struct LayoutCandidates {
  /// Nil stands for the rows of the array.
  private(set) var rules: [LayoutRule?] = []

  /// The minimum number of samples, below which there is nothing to learn from.
  private static let minimumSamples = 32
  /// The maximum number of values in a sample of windows and tiles.
  private static let maximumValues = 1024

  /// - Parameter array: the description of its rows, their number included.
  init(of array: SampleDescription) {
    let shape = [array.rows ?? 0] + array.type.shape(ofNumbers: array.sampleShape)
    add(nil, array)
    // An axis of up to 4 at the end holds channels.
    let channels = shape.count > 1 && (shape.last ?? 0) <= LayoutRule.maximumChannels ? 1 : 0
    switch shape.count - channels {
    case 1: windows([8, 16, 32, 64, 128, 256, 512], array)
    case 2 where channels == 1: tiles([[8, 8], [16, 16]], array)
    case 2:
      add(.axes([1]), array)
      windows([2, 4, 8, 16, 32, 64], array)
      tiles([[8, 8], [16, 16]], array)
    default:
      // Which axis counts samples, which axes make one.
      let last = shape.count - 1
      add(.axes(Array(0..<last)), array)
      for axis in 1...last { add(.axes([axis]), array) }
      if shape.count == 3 { add(.axes([0, 2]), array) }
      tiles([[8, 8], [16, 16], [4, 8, 8], [8, 8, 8]], array)
    }
  }

  private mutating func windows(_ lengths: [Int], _ array: SampleDescription) {
    for length in lengths { add(.window(length: length, step: length), array, most: Self.maximumValues) }
  }

  private mutating func tiles(_ lengths: [[Int]], _ array: SampleDescription) {
    for length in lengths { add(.tile(length), array, most: Self.maximumValues) }
  }

  /// Adds a rule if it makes enough samples, each of more than one value and few enough for a model.
  private mutating func add(_ rule: LayoutRule?, _ array: SampleDescription, most: Int = Model.maximumValues)
  {
    guard let rule else { return rules.append(nil) }
    guard let layout = try? rule.layout(of: array, name: ""), let samples = layout.samples,
      samples >= Self.minimumSamples, layout.valuesPerSample > array.type.numbersPerValue,
      layout.valuesPerSample <= most
    else { return }
    rules.append(rule)
  }
}
