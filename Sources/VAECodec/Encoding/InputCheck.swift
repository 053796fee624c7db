import Records
import Tensor
import VAEModel

/// Counts the values that a model cannot code, and throws on fractions if the model was fitted on integers.
struct InputCheck {
  private let name: String
  private let width: Int
  private let rule: OutputRule
  private let mustBeIntegers: Bool
  private let reach: Float
  private let scales: ValueScales
  private let missing: [Double]
  private var row = 0
  /// The number of values outside the model's bounds so far.
  private(set) var clipped = 0
  /// The number of values so far that the model treats as missing; see ``Model/reach``.
  private(set) var nonFinite = 0

  /// - Parameter isCorrected: whether fractions are accepted, and only non-finite values count as missing.
  init(_ model: FittedModel, _ description: SampleDescription, name: String, isCorrected: Bool = false) {
    self.name = name
    width = description.valuesPerSample
    rule = model.model.output
    scales = model.model.scales
    missing = description.missing
    reach = isCorrected ? .greatestFiniteMagnitude : model.model.reach
    mustBeIntegers = !isCorrected && !description.elementType.isInteger
  }

  /// The number of values examined at once.
  private static let pieceValues = 1 << 14

  /// Throws if the batch holds a value that cannot be coded.
  mutating func add(_ read: SampleBatch) throws(CodecError) {
    let batch = read.without(missing)
    let pieceRows = max(1, Self.pieceValues / max(1, width))
    for first in stride(from: 0, to: batch.rows, by: pieceRows) {
      try look(at: batch.rows(first..<min(batch.rows, first + pieceRows)))
    }
  }

  private mutating func look(at batch: SampleBatch) throws(CodecError) {
    defer { row += batch.rows }
    guard scales.isIdentity else { return try lookByColumn(at: batch) }
    let numbers = batch.floats()
    var (bad, outside): (UInt32, UInt32) = (0, 0)
    let (lowest, highest, reach) = (rule.lowest, rule.highest, reach)
    numbers.withUnsafeBufferPointer { numbers in
      for x in numbers {
        // NaN fails this comparison and thus counts as bad.
        bad &+= x.magnitude <= reach ? 0 : 1
        outside &+= x < lowest && x >= -reach ? 1 : 0
        outside &+= x > highest && x <= reach ? 1 : 0
      }
    }
    if mustBeIntegers, rule.isInteger,
      let place = numbers.firstIndex(where: { $0.magnitude <= reach && !$0.isWhole })
    {
      throw .notAnInteger(name: name, row: row + place / width + 1, column: place % width + 1)
    }
    clipped += Int(outside)
    nonFinite += Int(bad)
  }

  /// The same for values with scales, which hold bounds and know integers.
  private mutating func lookByColumn(at batch: SampleBatch) throws(CodecError) {
    if batch.elementType.isWide { return lookByColumn(atIntegers: batch) }
    for (place, value) in batch.doubles().enumerated() {
      let scale = scales[place % width]
      guard scale.number(value).magnitude <= reach else {
        nonFinite += 1
        continue
      }
      if mustBeIntegers, scale.isInteger, value != value.rounded() {
        throw .notAnInteger(name: name, row: row + place / width + 1, column: place % width + 1)
      }
      if value < scale.lowest || value > scale.highest { clipped += 1 }
    }
  }

  /// The same for 64-bit integers.
  private mutating func lookByColumn(atIntegers batch: SampleBatch) {
    let wide = scales.wide(batch.elementType)
    for (place, value) in batch.ordinals().enumerated() {
      let scale = wide[wide.count == 1 ? 0 : place % width]
      if !(scale.number(value).magnitude <= reach) {
        nonFinite += 1
      } else if scale.isOutside(value) {
        clipped += 1
      }
    }
  }
}

extension Float {
  /// Whether the number is an integer. Most numbers are tested without a library call.
  @inline(__always)
  fileprivate var isWhole: Bool {
    // Adding and subtracting 1.5 * 2^23 leaves no bits for a fraction.
    magnitude < 0x1p22 ? (self + 0x1.8p+23) - 0x1.8p+23 == self : self == rounded()
  }
}

extension FittedModel {
  /// Throws if the sample shape differs from the model's. Shapes with equally many values match if one of them is flat:
  /// a table can hold images.
  func accepts(_ description: SampleDescription, name: String) throws(CodecError) {
    let (found, expected) = (description.sampleShape, summary.sampleShape)
    guard
      found == expected
        || (description.valuesPerSample == summary.valuesPerSample
          && (found.count <= 1 || expected.count <= 1))
    else {
      throw .shapeMismatch(name: name, found: found, expected: expected)
    }
  }
}
