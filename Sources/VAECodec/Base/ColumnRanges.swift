import Records
import VAEModel

/// The least and the greatest value of each place within a sample, over all rows that were read, and whether all are whole.
///
/// Values that are no finite numbers, or beyond ``greatestKnown``, are missing, and do not count.
struct ColumnRanges {
  /// What values are counted from here: an origin for each place.
  private(set) var origins: Origins?
  /// Less their origins.
  private(set) var lowest: [Double]
  private(set) var highest: [Double]
  private(set) var isWhole: [Bool]

  /// Beyond this, differences and their squares may leave the range of binary64.
  static let greatestKnown = 0x1p500
  /// Whole numbers of a greater magnitude may be roundings of others.
  private static let greatestWhole = 0x1p53

  /// - Parameter width: values of a sample.
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

  /// Whether a place has a value at all.
  func hasValues(_ place: Int) -> Bool { lowest[place] <= highest[place] }

  /// Greatest minus least; 0 without values.
  func range(_ place: Int) -> Double { hasValues(place) ? highest[place] - lowest[place] : 0 }

  /// The ranges of all places.
  var ranges: [Double] { lowest.indices.map(range) }

  /// Whether all values are whole numbers that binary32 holds; not for integers of 64 bits.
  var isWholeInBinary32: Bool {
    lowest.indices.allSatisfy {
      isWhole[$0] && (!hasValues($0) || max(lowest[$0].magnitude, highest[$0].magnitude) < 0x1p24)
    }
  }
}
