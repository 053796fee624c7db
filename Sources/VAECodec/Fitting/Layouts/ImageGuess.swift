import Records

/// Tells one image or field, whose first axis is a place as the second is, from rows that are samples: values change
/// gradually along both axes.
package enum ImageGuess {
  /// The minimum length of either axis, and the largest ratio of one to the other.
  private static let (minimumLength, maximumRatio) = (48, 4)
  /// Between neighbours, values differ by less than this share of what they differ by at a distance.
  private static let smoothShare = 0.25
  /// The number of rows that are looked at.
  private static let maximumRows = 512

  /// Whether an array may be an image by its shape.
  package static func isPossible(_ description: SampleDescription) -> Bool {
    guard description.sampleShape.count == 1, !description.format.isTable, description.type.kind == nil,
      let rows = description.rows
    else { return false }
    let width = description.valuesPerSample
    return min(rows, width) >= minimumLength && max(rows, width) / maximumRatio <= min(rows, width)
  }

  /// Whether the rows of an array look like those of an image.
  package static func isImage(_ reader: any SampleReader) throws(CodecError) -> Bool {
    guard isPossible(reader.description) else { return false }
    var parts: [SampleBatch] = []
    var count = 0
    while count < maximumRows, let batch = try reading(reader, maximumRows - count) {
      parts.append(batch)
      count += batch.rows
    }
    guard let rows = SampleBatch(joining: parts), rows.rows >= minimumLength else { return false }
    let width = rows.valuesPerSample
    let values = rows.doubles()
    /// The mean difference of values at a distance of rows and columns.
    func difference(_ down: Int, _ right: Int) -> Double {
      var (sum, count) = (0.0, 0)
      for row in 0..<rows.rows - down {
        for column in 0..<width - right {
          let difference = values[row * width + column] - values[(row + down) * width + column + right]
          guard difference.isFinite else { continue }
          sum += difference.magnitude
          count += 1
        }
      }
      return sum / Double(max(1, count))
    }
    let far = difference(rows.rows / 2, 0)
    let wide = difference(0, width / 2)
    return difference(1, 0) < smoothShare * far && difference(0, 1) < smoothShare * wide
  }
}
