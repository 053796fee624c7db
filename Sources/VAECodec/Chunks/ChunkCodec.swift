import CodeStream
import VAE

/// Codes chunks of samples for one worker: the straight line from numbers to a frame, and back.
///
/// It owns all buffers that a chunk needs, which grow with the largest chunk so far: a header that announces large ones
/// costs nothing. It allocates little besides.
final class ChunkCodec {
  private let plan: StreamPlan
  private let samples: SampleCoder
  private var values: ValueCoder?
  private let encoder: ChunkEncoder
  private let decoder: ChunkDecoder
  private var chunk: ChunkSymbols
  /// What the network and the linear layers make of the chunk, rows x values.
  private var base: [Float] = []

  init(_ plan: StreamPlan, rans: (encoder: RANSEncoder, decoder: RANSDecoder)) {
    self.plan = plan
    samples = SampleCoder(
      plan.model, at: plan.point, blockRows: min(128, plan.chunkRows), effort: plan.effort,
      kernels: plan.kernels)
    encoder = ChunkEncoder(rans.encoder)
    decoder = ChunkDecoder(rans.decoder)
    chunk = ChunkSymbols(planes: plan.planes, levelledPlanes: plan.levelledPlanes, rows: 0)
  }

  /// Makes the buffers large enough for a chunk of `rows`.
  private func makeRoom(for rows: Int) {
    guard rows > chunk.planeStride else { return }
    chunk = ChunkSymbols(planes: plan.planes, levelledPlanes: plan.levelledPlanes, rows: rows)
    guard plan.hasValues else { return }
    base = [Float](repeating: 0, count: rows * plan.model.values)
    values = ValueCoder(plan.model, rows: rows, effort: plan.effort, kernels: plan.kernels)
  }

  /// The frame of a chunk.
  ///
  /// - Parameters:
  ///   - numbers: rows x values, at least one row and at most the plan's.
  ///   - prefix: what the frame's content begins with.
  func encode(_ numbers: [Float], after prefix: [UInt8] = []) -> [UInt8] {
    let width = plan.model.values
    let rows = numbers.count / width
    precondition(rows >= 1 && rows <= plan.chunkRows && rows * width == numbers.count)
    makeRoom(for: rows)
    chunk.rows = rows
    let stride = chunk.planeStride
    // Both at hand at once, and not within a property.
    var (symbols, levels): ([Int32], [UInt8]) = ([], [])
    swap(&symbols, &chunk.symbols)
    swap(&levels, &chunk.levels)
    numbers.withUnsafeBufferPointer { numbers in
      encodeLayers(numbers, rows: rows, stride, &symbols, &levels)
      guard let values else { return }
      let firstValueLevel = UInt8(plan.firstValueLevel)
      base.withUnsafeBufferPointer { base in
        values.encode(
          numbers, base: UnsafeBufferPointer(rebasing: base[..<(rows * width)]), rows: rows,
          step: plan.point.valueStep
        ) { value, own, ownLevels in
          let place = (plan.coefficientPlanes + value) * stride
          symbols.replaceSubrange(
            (plan.planes * stride + place)..<(plan.planes * stride + place + rows), with: own[..<rows])
          for r in 0..<rows { levels[place + r] = ownLevels[r] + firstValueLevel }
        }
      }
    }
    swap(&symbols, &chunk.symbols)
    swap(&levels, &chunk.levels)
    return encoder.encode(chunk, after: prefix)
  }

  /// Symbols and levels of network and linear layers, and the base of the value layer.
  private func encodeLayers(
    _ numbers: UnsafeBufferPointer<Float>, rows: Int, _ stride: Int, _ symbols: inout [Int32],
    _ levels: inout [UInt8]
  ) {
    let width = plan.model.values
    for first in Swift.stride(from: 0, to: rows, by: samples.blockRows) {
      let count = min(samples.blockRows, rows - first)
      let block = first * width..<(first + count) * width
      symbols.withUnsafeMutableBufferPointer { symbols in
        levels.withUnsafeMutableBufferPointer { levels in
          // With no planes there is nothing to write, and the pointers may be of empty arrays.
          var (noSymbol, noLevel): (Int32, UInt8) = (0, 0)
          withUnsafeMutablePointer(to: &noSymbol) { noSymbol in
            withUnsafeMutablePointer(to: &noLevel) { noLevel in
              samples.encode(
                UnsafeBufferPointer(rebasing: numbers[block]), rows: count,
                symbols: symbols.baseAddress.map { $0 + (symbols.isEmpty ? 0 : first) } ?? noSymbol,
                levels: levels.baseAddress.map { $0 + (levels.isEmpty ? 0 : first) } ?? noLevel,
                planeStride: stride)
            }
          }
        }
      }
      guard plan.hasValues else { continue }
      base.withUnsafeMutableBufferPointer {
        samples.lastBase(rows: count, into: UnsafeMutableBufferPointer(rebasing: $0[block]))
      }
    }
  }

  /// The numbers of a chunk's frame, rows x values.
  func decode(_ frame: [UInt8]) throws(ChunkError) -> [Float] {
    try decode(
      decoder.open(frame: frame[...], maxRows: plan.chunkRows, levelledPlanes: plan.levelledPlanes))
  }

  /// The numbers of the content of a chunk's frame.
  func decode(content: ArraySlice<UInt8>) throws(ChunkError) -> [Float] {
    try decode(
      decoder.open(content: content, maxRows: plan.chunkRows, levelledPlanes: plan.levelledPlanes))
  }

  private func decode(_ opened: ChunkSymbolReader) throws(ChunkError) -> [Float] {
    var reader = opened
    let rows = reader.rows
    makeRoom(for: rows)
    let width = plan.model.values
    let stride = chunk.planeStride
    try reader.planes(into: &chunk.symbols, planeStride: stride)
    try readCoefficients(&reader, rows: rows)
    var numbers = [Float](repeating: 0, count: rows * width)
    numbers.withUnsafeMutableBufferPointer { numbers in
      chunk.symbols.withUnsafeBufferPointer { symbols in
        for first in Swift.stride(from: 0, to: rows, by: samples.blockRows) {
          let count = min(samples.blockRows, rows - first)
          let block = UnsafeMutableBufferPointer(rebasing: numbers[first * width..<(first + count) * width])
          if let start = symbols.baseAddress {
            samples.decode(
              start + (symbols.isEmpty ? 0 : first), planeStride: stride, rows: count, into: block,
              asBase: values != nil)
          } else {
            withUnsafePointer(to: Int32(0)) {
              samples.decode($0, planeStride: 0, rows: count, into: block, asBase: values != nil)
            }
          }
        }
      }
    }
    if let values {
      var symbols = [Int32](repeating: 0, count: rows)
      var levels = [UInt8](repeating: 0, count: rows)
      let firstValueLevel = UInt8(plan.firstValueLevel)
      base.replaceSubrange(..<(rows * width), with: numbers)
      try base.withUnsafeBufferPointer { base throws(ChunkError) in
        try numbers.withUnsafeMutableBufferPointer { numbers throws(ChunkError) in
          try values.decode(
            base: UnsafeBufferPointer(rebasing: base[..<(rows * width)]), rows: rows,
            step: plan.point.valueStep,
            into: numbers
          ) { _, own, all throws(ChunkError) in
            for r in 0..<rows { levels[r] = own[r] + firstValueLevel }
            try levels.withUnsafeBufferPointer { levels throws(ChunkError) in
              try symbols.withUnsafeMutableBufferPointer { symbols throws(ChunkError) in
                try reader.levelledPlane(levels: levels, into: symbols)
              }
            }
            all.replaceSubrange(..<rows, with: symbols)
          }
        }
      }
    }
    try reader.finish()
    return numbers
  }

  /// Reads the planes of coefficients: the levels of each follow from those before it.
  private func readCoefficients(_ reader: inout ChunkSymbolReader, rows: Int) throws(ChunkError) {
    let stride = chunk.planeStride
    var plane = plan.planes
    var levels = [UInt8](repeating: 0, count: rows)
    var symbols = [Int32](repeating: 0, count: rows)
    for layer in plan.layers {
      var sums = layer.startSums(rows: rows)
      for c in 0..<layer.components {
        layer.levels(of: c, sums, into: &levels)
        try levels.withUnsafeBufferPointer { levels throws(ChunkError) in
          try symbols.withUnsafeMutableBufferPointer { symbols throws(ChunkError) in
            try reader.levelledPlane(levels: levels, into: symbols)
          }
        }
        layer.add(symbols, of: c, to: &sums)
        chunk.symbols.replaceSubrange(plane * stride..<plane * stride + rows, with: symbols)
        plane += 1
      }
    }
  }
}

/// One ``ChunkCodec`` a worker, over one plan.
final class ChunkCodecs {
  private let codecs: [ChunkCodec]
  private let workers: Workers

  init(_ plan: StreamPlan, workers: Workers) {
    let rans = (encoder: RANSEncoder(plan.tables), decoder: RANSDecoder(plan.tables))
    codecs = (0..<workers.count).map { _ in ChunkCodec(plan, rans: rans) }
    self.workers = workers
  }

  /// Chunks that are worked on at once.
  var count: Int { codecs.count }

  /// Frames of at most ``count`` chunks, in their order.
  func encode(_ chunks: [[Float]]) -> [[UInt8]] { map(chunks) { $0.encode($1) } }

  /// The frame of a stream's only chunk, whose content begins with `prefix`.
  func encode(only numbers: [Float], after prefix: [UInt8]) -> [UInt8] {
    codecs[0].encode(numbers, after: prefix)
  }

  /// The numbers of a stream's only chunk, of the content of its frame, or the error.
  func decode(only content: ArraySlice<UInt8>) -> Result<[Float], ChunkError> {
    Result { () throws(ChunkError) in try codecs[0].decode(content: content) }
  }

  /// Numbers of at most ``count`` frames, in their order, each with its error if it has one.
  func decode(_ frames: [[UInt8]]) -> [Result<[Float], ChunkError>] {
    map(frames) { codec, frame in Result { () throws(ChunkError) in try codec.decode(frame) } }
  }

  private func map<Input: Sendable, Output>(
    _ inputs: [Input], _ body: @Sendable (ChunkCodec, Input) -> Output
  ) -> [Output] {
    precondition(inputs.count <= codecs.count)
    let slots = Slots<Output>(count: inputs.count)
    // Each piece has a codec of its own, so that no two threads share one.
    nonisolated(unsafe) let codecs = codecs
    workers.forEach(inputs.count) { i in slots[i] = body(codecs[i], inputs[i]) }
    return slots.array
  }
}
