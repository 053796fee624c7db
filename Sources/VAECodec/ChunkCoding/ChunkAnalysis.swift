import EntropyCoding
import Records
import Transform

/// Turns samples into the symbols of a chunk, block by block of rows.
final class ChunkAnalysis {
  private let plan: ChunkCodingContext
  private let samples: SampleCoder
  private let missing: [Double]
  /// Only for points with a value layer.
  private lazy var valueEncoder = ValueCoder(
    plan.model, rows: samples.blockRows, effort: plan.effort, kernels: plan.kernels)
  /// A block of samples, and what the network and the linear layers make of it: rows x values.
  private var block: [Float]
  private var base: [Float]
  /// The symbols that were found last.
  private(set) var chunk: ChunkSymbols

  /// - Parameters:
  ///   - samples: the coder of blocks, at the plan's point.
  ///   - missing: numbers that stand for missing values.
  init(_ plan: ChunkCodingContext, _ samples: SampleCoder, missing: [Double]) {
    self.missing = missing
    self.plan = plan
    self.samples = samples
    block = [Float](repeating: 0, count: samples.blockRows * plan.model.values)
    base = plan.hasValues ? block : []
    chunk = ChunkSymbols(planes: plan.planes, contextCodedPlanes: plan.contextCodedPlanes, rows: 0)
  }

  /// Finds the symbols of a chunk, and keeps them.
  ///
  /// - Returns: whether some values are missing to the model: they have to be kept beside the symbols.
  func setSymbols(of batch: SampleBatch) -> Bool {
    precondition(batch.valuesPerSample == plan.model.values)
    precondition(batch.rows >= 1 && batch.rows <= plan.chunkRows)
    if batch.rows > chunk.planeStride {
      chunk = ChunkSymbols(planes: plan.planes, contextCodedPlanes: plan.contextCodedPlanes, rows: batch.rows)
    }
    chunk.rows = batch.rows
    let stride = chunk.planeStride
    var hasExceptions = false
    // Both at hand at once, and not within a property.
    var (symbols, levels): ([Int32], [UInt8]) = ([], [])
    swap(&symbols, &chunk.symbols)
    swap(&levels, &chunk.levels)
    symbols.withUnsafeMutableBufferPointer { symbols in
      levels.withUnsafeMutableBufferPointer { levels in
        for first in Swift.stride(from: 0, to: batch.rows, by: samples.blockRows) {
          let rows = first..<min(first + samples.blockRows, batch.rows)
          if encodeBlock(batch.rows(rows), at: first, stride, symbols, levels) { hasExceptions = true }
        }
      }
    }
    swap(&symbols, &chunk.symbols)
    swap(&levels, &chunk.levels)
    return hasExceptions
  }

  /// Symbols and levels of the rows of a chunk from `first` on.
  ///
  /// - Returns: whether some values are missing to the model: they have to be kept beside the symbols.
  private func encodeBlock(
    _ batch: SampleBatch, at first: Int, _ stride: Int, _ symbols: UnsafeMutableBufferPointer<Int32>,
    _ levels: UnsafeMutableBufferPointer<UInt8>
  ) -> Bool {
    let count = batch.rows * plan.model.values
    let rows = batch.rows
    let hasExceptions = block.withUnsafeMutableBufferPointer { block in
      batch.without(missing).copyNumbers(in: plan.model.scales, into: block)
      return plan.model.replaceMissing(in: UnsafeMutableBufferPointer(rebasing: block[..<count])) > 0
    }
    block.withUnsafeBufferPointer { block in
      let numbers = UnsafeBufferPointer(rebasing: block[..<count])
      // With no planes there is nothing to write, and the pointers may be of empty arrays.
      var (noSymbol, noLevel): (Int32, UInt8) = (0, 0)
      withUnsafeMutablePointer(to: &noSymbol) { noSymbol in
        withUnsafeMutablePointer(to: &noLevel) { noLevel in
          samples.encode(
            numbers, rows: rows,
            symbols: symbols.isEmpty ? noSymbol : symbols.baseAddress.map { $0 + first } ?? noSymbol,
            levels: levels.isEmpty ? noLevel : levels.baseAddress.map { $0 + first } ?? noLevel,
            planeStride: stride)
        }
      }
      guard plan.hasValues, let symbols = symbols.baseAddress, let levels = levels.baseAddress else { return }
      let firstValueLevel = UInt8(plan.firstValueLevel)
      let firstPlane = plan.coefficientPlanes * stride + first
      let isKnown = samples.copyLastValues(
        rows: rows, symbols: symbols + plan.planes * stride + firstPlane, levels: levels + firstPlane,
        planeStride: stride)
      if isKnown { return }
      base.withUnsafeMutableBufferPointer { base in
        let base = UnsafeMutableBufferPointer(rebasing: base[..<count])
        samples.lastBase(rows: rows, into: base)
        valueEncoder.encode(
          numbers, base: UnsafeBufferPointer(base), rows: rows, step: plan.point.valueStep
        ) { value, own, ownLevels in
          let plane = firstPlane + value * stride
          own.withUnsafeBufferPointer {
            guard let own = $0.baseAddress else { return }
            (symbols + plan.planes * stride + plane).update(from: own, count: rows)
          }
          ownLevels.withUnsafeBufferPointer { own in
            for r in 0..<rows { levels[plane + r] = own[r] &+ firstValueLevel }
          }
        }
      }
    }
    return hasExceptions
  }
}
