import Records
import Tensor
import VAEModel

/// Counts what a model cannot code, numbers that are not finite or beyond its reach, and refuses fractions where it knows only integers.
struct InputCheck {
  private let name: String
  private let width: Int
  private let rule: OutputRule
  private let mustBeIntegers: Bool
  private let reach: Float
  private let scales: ValueScales
  private var row = 0
  /// Values outside the model's bounds so far.
  private(set) var clipped = 0
  /// Numbers that are missing to the model so far: see ``Model/reach``.
  private(set) var nonFinite = 0

  /// - Parameter isCorrected: whether fractions are welcome, and only numbers that are not finite are kept beside the rest.
  init(_ model: FittedModel, _ description: SampleDescription, name: String, isCorrected: Bool = false) {
    self.name = name
    width = description.valuesPerSample
    rule = model.model.output
    scales = model.model.scales
    reach = isCorrected ? .greatestFiniteMagnitude : model.model.reach
    mustBeIntegers = !isCorrected && !description.elementType.isInteger
  }

  /// Values that are looked at at once.
  private static let pieceValues = 1 << 14

  /// Throws if the batch holds what cannot be coded.
  mutating func add(_ batch: SampleBatch) throws(CodecError) {
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
        // In this order, what is no number is bad.
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

  /// The same where values have scales, which know bounds and integers.
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

  /// The same for integers of 64 bits.
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
  /// Whether it is an integer; most numbers need no call of a library for it.
  @inline(__always)
  fileprivate var isWhole: Bool {
    // Adding and taking away 1.5 * 2^23 leaves no bits for a fraction.
    magnitude < 0x1p22 ? (self + 0x1.8p+23) - 0x1.8p+23 == self : self == rounded()
  }
}

extension FittedModel {
  /// Throws if samples are of another shape than the model's. A row of as many values in another shape is welcome
  /// where one of the two shapes is flat: a table holds images as well.
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
