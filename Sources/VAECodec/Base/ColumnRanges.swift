import Records
import VAEModel

/// For each position within a sample: the smallest and the largest value over all rows read, and whether all values are
/// integers.
///
/// Values that are not finite, or larger than ``greatestKnown``, are missing and do not count.
struct ColumnRanges {
  /// The origin subtracted from the values of each position.
  private(set) var origins: Origins?
  /// Relative to the origins.
  private(set) var lowest: [Double]
  private(set) var highest: [Double]
  private(set) var isWhole: [Bool]

  /// The largest magnitude at which differences and their squares stay within the range of binary64.
  static let greatestKnown = 0x1p500
  /// Beyond this magnitude, an integer in binary64 may be the rounding of another number.
  private static let greatestWhole = 0x1p53

  /// - Parameter width: the number of values in a sample.
  init(width: Int) {
    lowest = [Double](repeating: .infinity, count: width)
    highest = [Double](repeating: -.infinity, count: width)
    isWhole = [Bool](repeating: true, count: width)
  }

  mutating func add(_ batch: SampleBatch) {
    let origins = self.origins ?? Origins(batch, byPlace: true)
    self.origins = origins
    let values = batch.doubles(from: origins)
    let width = batch.valuesPerSample
    precondition(width == lowest.count)
    lowest.withUnsafeMutableBufferPointer { lowest in
      highest.withUnsafeMutableBufferPointer { highest in
        for first in stride(from: 0, to: values.count, by: width) {
          for place in 0..<width {
            let value = values[first + place]
            guard value.magnitude <= Self.greatestKnown else { continue }
            if value < lowest[place] { lowest[place] = value }
            if value > highest[place] { highest[place] = value }
          }
        }
      }
    }
    guard !batch.elementType.isInteger else { return }
    for first in stride(from: 0, to: values.count, by: width) {
      for place in 0..<width where isWhole[place] {
        let value = values[first + place]
        guard value.magnitude <= Self.greatestKnown else { continue }
        isWhole[place] = value == value.rounded() && value.magnitude <= Self.greatestWhole
      }
    }
  }

  /// Whether a position has any value.
  func hasValues(_ place: Int) -> Bool { lowest[place] <= highest[place] }

  /// The largest value less the smallest; 0 without values.
  func range(_ place: Int) -> Double { hasValues(place) ? highest[place] - lowest[place] : 0 }

  /// The ranges of all positions.
  var ranges: [Double] { lowest.indices.map(range) }

  /// Whether all values are integers that binary32 represents exactly. Not for 64-bit integers.
  var isWholeInBinary32: Bool {
    lowest.indices.allSatisfy {
      isWhole[$0] && (!hasValues($0) || max(lowest[$0].magnitude, highest[$0].magnitude) < 0x1p24)
    }
  }
}
