@testable import Records
@testable import VAECodec

/// Corrections of a chunk, decoded against a reconstruction.
///
/// The input chooses the type and shape of samples, what is promised, and the reconstruction; what is left are corrections.
/// Samples that come of them are coded losslessly against the same reconstruction, and must be the same.
enum CorrectionsTarget: FuzzTarget {
  static let name = "corrections"

  /// The coder of a promise, and whether the quick one encodes.
  private struct Coder {
    let description: SampleDescription
    let errorBound: ErrorBound?
    var isQuick = false

    func encode(_ batch: SampleBatch, base: SampleBatch) -> [UInt8] {
      guard let errorBound else { return MissingValueCoder(description, KnownValues()).encode(batch) }
      if description.elementType.isWide {
        return IntegerCorrectionCoder(description, errorBound).encode(batch, base: base)
      }
      return GridCoder(description, errorBound, KnownValues())
        .encode(batch, base: base.doubles(), tries: false, isQuick: isQuick)
    }

    func decode(_ bytes: ArraySlice<UInt8>, base: SampleBatch) throws(ChunkError) -> SampleBatch {
      guard let errorBound else {
        return try MissingValueCoder(description, KnownValues()).decode(bytes, base: base)
      }
      if description.elementType.isWide {
        return try IntegerCorrectionCoder(description, errorBound).decode(bytes, base: base)
      }
      return try GridCoder(description, errorBound, KnownValues()).decode(
        bytes, rows: base.rows, base: base.doubles())
    }
  }

  /// Whether a value that came back is as near as was promised.
  private static func keeps(_ bound: ValueBound, _ type: ElementType, _ near: UInt64, _ bits: UInt64) -> Bool
  {
    if near == bits { return true }
    let value = type.value(bits: bits)
    guard value.isFinite else { return false }
    guard type.isWide else { return bound.isWithin(value, type.value(bits: near)) }
    let ordinals = (type.ordinal(bits: near), type.ordinal(bits: bits))
    return bound.isRelative
      ? RelativeIntegers.isWithin(bound.size, ordinals.1, ordinals.0, type)
      : IntegerLattice.isWithin(bound.size, ordinals.0, ordinals.1)
  }

  static func run(_ input: [UInt8]) throws {
    var choices = Choices(input)
    let type = ElementType.allCases[choices.number(below: ElementType.allCases.count)]
    let shape = (0..<choices.number(below: 4)).map { _ in 1 + choices.number(below: 7) }
    let errorBound: ErrorBound?
    switch choices.number(below: 5) {
    case 0: errorBound = nil
    case 1: errorBound = .lossless
    case 2: errorBound = .maxError(Double(choices.byte()) / 16)
    case 3: errorBound = .maxRelativeError(Double(1 + Int(choices.byte())) / 257)
    default:
      let bound = Double(bitPattern: choices.number(bytes: 8))
      errorBound = ErrorBound.range.contains(bound) ? .maxError(bound) : .lossless
    }
    let description = try SampleDescription(elementType: type, sampleShape: shape, format: .raw)
    let rows = 1 + choices.number(below: 8)
    let count = rows * description.valuesPerSample
    let wild = choices.byte() == 0xFF
    let numbers = (0..<count).map { place in
      wild
        ? Float(bitPattern: UInt32(choices.number(bytes: 4)))
        : Float(place * 53 % 97) + Float(Int8(bitPattern: place < 16 ? choices.byte() : 0)) / 8
    }
    let base = SampleBatch(
      floats: numbers, elementType: type, valuesPerSample: description.valuesPerSample)
    try runGrid(description, errorBound, rows: rows, choices.rest)
    let coder = Coder(description: description, errorBound: errorBound, isQuick: choices.rest.first == 1)
    guard let batch = try? coder.decode(choices.rest, base: base) else { return }
    try BrokenPromise.unless(batch.rows == rows, "rows are miscounted")
    let exact = Coder(description: description, errorBound: .lossless, isQuick: coder.isQuick)
    let again = try? exact.decode(exact.encode(batch, base: base)[...], base: base)
    try BrokenPromise.unless(again?.bytes == batch.bytes, "lossless corrections have lost something")
    guard let errorBound, !errorBound.isLossless else { return }
    guard let near = try? coder.decode(coder.encode(batch, base: base)[...], base: base) else {
      throw BrokenPromise("corrections cannot be decoded")
    }
    try BrokenPromise.unless(
      zip(near.bits(), batch.bits()).allSatisfy { keeps(errorBound.bounds[0], type, $0, $1) },
      "corrections exceed their bound")
  }

  /// The same bytes as values without a model.
  private static func runGrid(
    _ description: SampleDescription, _ errorBound: ErrorBound?, rows: Int, _ bytes: ArraySlice<UInt8>
  ) throws {
    guard let coder = grid(description, errorBound), let exact = grid(description, .lossless) else { return }
    // Both coders, by their first byte.
    for mode: UInt8 in [0, 1] {
      guard let batch = try? coder.decode(([mode] + bytes)[...], rows: rows) else { continue }
      let again = try? exact.decode(exact.encode(batch, isQuick: mode == 1)[...], rows: rows)
      try BrokenPromise.unless(again?.bytes == batch.bytes, "lossless values have lost something")
    }
  }

  private static func grid(_ description: SampleDescription, _ errorBound: ErrorBound?) -> GridCoder? {
    guard !description.elementType.isWide, let errorBound else { return nil }
    return GridCoder(
      description.elementType, sampleShape: description.sampleShape, bounds: errorBound.bounds)
  }

  static func seeds() throws -> [[UInt8]] {
    let promises: [(ErrorBound?, [UInt8])] = [
      (nil, [0]), (.lossless, [1]), (.maxError(0.5), [2, 8]), (.maxRelativeError(0.1), [3, 25]),
    ]
    var seeds: [[UInt8]] = []
    for (index, type) in ElementType.allCases.enumerated() {
      let description = try SampleDescription(elementType: type, sampleShape: [4, 5], format: .raw)
      let base = (0..<60).map { (place: Int) -> Float in
        Float(place * 53 % 97) + (place < 16 ? 0.375 : 0)
      }
      var numbers = base.map { (x: Float) -> Float in (x + Float(Int(x) % 5)).rounded() }
      if !type.isInteger { numbers[7] = .nan }
      let batch = SampleBatch(floats: numbers, elementType: type, valuesPerSample: 20)
      for (errorBound, promise) in promises {
        var seed: [UInt8] = [UInt8(index), 2, 3, 4] + promise + [2, 0]
        seed += [UInt8](repeating: 3, count: 16)
        let grid = grid(description, errorBound).map { coder in
          [false, true].map { seed + coder.encode(batch, isQuick: $0).dropFirst() }
        }
        for isQuick in [false, true] {
          let coder = Coder(description: description, errorBound: errorBound, isQuick: isQuick)
          seeds.append(
            seed
              + coder.encode(batch, base: SampleBatch(floats: base, elementType: type, valuesPerSample: 20)))
        }
        seeds += grid ?? []
      }
    }
    return seeds
  }
}
