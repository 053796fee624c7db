import Container
import EntropyCoding
import Records
import Transform

/// Turns the symbols of a chunk into samples, block by block of rows.
final class ChunkSynthesis {
  private let plan: ChunkCodingContext
  private let description: SampleDescription
  private let samples: SampleCoder
  /// A block of samples: rows x values.
  private var block: [Float]
  /// Values of a chunk, and symbols of the planes before them.
  private var valueDecoder: ValueCoder?
  private var symbols: [Int32] = []
  private var symbolStride = 0

  /// - Parameters:
  ///   - samples: the coder of blocks, at the plan's point.
  ///   - description: of the samples to be.
  init(_ plan: ChunkCodingContext, _ samples: SampleCoder, _ description: SampleDescription) {
    self.plan = plan
    self.samples = samples
    self.description = description
    block = [Float](repeating: 0, count: samples.blockRows * plan.model.values)
  }

  /// The samples whose symbols a content holds, to its end.
  func samples(from opened: ChunkSymbolReader) throws(ChunkError) -> SampleBatch {
    samples(try numbers(from: opened))
  }

  /// What the model expects of each value, whose symbols a content holds, to its end: before it is rounded to the type.
  func expectations(from opened: ChunkSymbolReader) throws(ChunkError) -> [Double] {
    expectations(try numbers(from: opened))
  }

  /// What a decoder makes of a chunk, without the way through bytes.
  func samples(of chunk: ChunkSymbols) -> SampleBatch { samples(numbers(of: chunk)) }

  /// What a decoder expects of each value of a chunk, without the way through bytes.
  func expectations(of chunk: ChunkSymbols) -> [Double] { expectations(numbers(of: chunk)) }

  private func samples(_ numbers: [Float]) -> SampleBatch {
    description.settled(
      SampleBatch(
        numbers: numbers, in: plan.model.scales, elementType: description.elementType,
        valuesPerSample: plan.model.values))
  }

  private func expectations(_ numbers: [Float]) -> [Double] {
    let (scales, values) = (plan.model.scales, plan.model.values)
    guard !scales.isIdentity else { return numbers.map(Double.init) }
    return numbers.enumerated().map { index, number in
      let scale = scales[index % values]
      return max(scale.lowest, min(scale.highest, scale.offset + scale.scale * Double(number)))
    }
  }

  private func numbers(from opened: ChunkSymbolReader) throws(ChunkError) -> [Float] {
    var reader = opened
    let rows = reader.rows
    makeRoom(for: rows)
    try reader.planes(into: &symbols, planeStride: symbolStride)
    try readCoefficients(&reader, rows: rows)
    let numbers = try synthesize(rows: rows) { values throws(ChunkError) in
      try readValues(&reader, rows: rows, by: values)
    }
    try reader.finish()
    return numbers
  }

  private func numbers(of chunk: ChunkSymbols) -> [Float] {
    let (rows, stride) = (chunk.rows, chunk.planeStride)
    makeRoom(for: rows)
    let planes = plan.planes + plan.coefficientPlanes
    for plane in 0..<planes {
      for r in 0..<rows { symbols[plane * symbolStride + r] = chunk.symbols[plane * stride + r] }
    }
    return synthesize(rows: rows) { values in
      var plane = planes
      values.decode(step: plan.point.valueStep) { _, symbols in
        for r in 0..<rows { symbols[r] = chunk.symbols[plane * stride + r] }
        plane += 1
      }
    }
  }

  /// Room for the symbols of these rows.
  private func makeRoom(for rows: Int) {
    guard rows > symbolStride else { return }
    symbolStride = rows
    symbols = [Int32](repeating: 0, count: (plan.planes + plan.coefficientPlanes) * rows)
    if plan.hasValues { valueDecoder = ValueCoder(plan.model, rows: rows, kernels: plan.kernels) }
  }

  /// The model's numbers that ``symbols`` stand for: rows x values.
  ///
  /// - Parameter takeValues: decodes the value layer's planes, where there is one; its base is loaded.
  private func synthesize<Failure: Error>(
    rows: Int, _ takeValues: (ValueCoder) throws(Failure) -> Void
  ) throws(Failure) -> [Float] {
    var numbers: [Float] = []
    numbers.reserveCapacity(rows * plan.model.values)
    if let valueDecoder {
      forEachBlock(of: rows) { first, count in
        decodeBlock(at: first, rows: count)
        block.withUnsafeBufferPointer {
          valueDecoder.load(
            UnsafeBufferPointer(rebasing: $0[..<(count * plan.model.values)]), at: first, of: rows)
        }
      }
      try takeValues(valueDecoder)
    }
    forEachBlock(of: rows) { first, count in
      if let valueDecoder {
        block.withUnsafeMutableBufferPointer {
          valueDecoder.copyDecoded(
            first..<first + count,
            into: UnsafeMutableBufferPointer(rebasing: $0[..<(count * plan.model.values)]))
        }
      } else {
        decodeBlock(at: first, rows: count)
      }
      numbers += block[..<(count * plan.model.values)]
    }
    return numbers
  }

  private func forEachBlock(of rows: Int, _ body: (_ first: Int, _ count: Int) -> Void) {
    for first in Swift.stride(from: 0, to: rows, by: samples.blockRows) {
      body(first, min(samples.blockRows, rows - first))
    }
  }

  /// Numbers of the rows from `first` on, from their symbols; before the value layer's part where there is one.
  private func decodeBlock(at first: Int, rows: Int) {
    block.withUnsafeMutableBufferPointer { block in
      let block = UnsafeMutableBufferPointer(rebasing: block[..<(rows * plan.model.values)])
      symbols.withUnsafeBufferPointer { symbols in
        if let start = symbols.baseAddress, !symbols.isEmpty {
          samples.decode(
            start + first, planeStride: symbolStride, rows: rows, into: block, asBase: plan.hasValues)
        } else {
          withUnsafePointer(to: Int32(0)) {
            samples.decode($0, planeStride: 0, rows: rows, into: block, asBase: plan.hasValues)
          }
        }
      }
    }
  }

  /// Reads the planes of values, each from those before it.
  private func readValues(
    _ reader: inout ChunkSymbolReader, rows: Int, by values: ValueCoder
  ) throws(ChunkError) {
    let firstValueLevel = UInt8(plan.firstValueLevel)
    var shifted = [UInt8](repeating: 0, count: rows)
    try values.decode(step: plan.point.valueStep) { levels, symbols throws(ChunkError) in
      for r in 0..<rows { shifted[r] = levels[r] &+ firstValueLevel }
      try shifted.withUnsafeBufferPointer { levels throws(ChunkError) in
        try reader.contextCodedPlane(levels: levels, into: symbols)
      }
    }
  }

  /// Reads the planes of coefficients: the levels of each follow from those before it.
  private func readCoefficients(_ reader: inout ChunkSymbolReader, rows: Int) throws(ChunkError) {
    let stride = symbolStride
    var levels = [UInt8](repeating: 0, count: rows)
    try symbols.withUnsafeMutableBufferPointer { symbols throws(ChunkError) in
      var plane = plan.planes
      for layer in plan.layers {
        var sums = layer.startSums(rows: rows)
        for c in 0..<layer.components {
          let own = UnsafeMutableBufferPointer(rebasing: symbols[plane * stride..<plane * stride + rows])
          layer.levels(of: c, sums, into: &levels)
          try levels.withUnsafeBufferPointer { levels throws(ChunkError) in
            try reader.contextCodedPlane(levels: levels, into: own)
          }
          layer.add(UnsafeBufferPointer(own), of: c, to: &sums)
          plane += 1
        }
      }
    }
  }
}
