import Records
import Tensor
import Training
import VAEModel

/// The layout chosen for an array.
public struct LayoutChoice: Equatable, Sendable {
  /// A layout that was tried.
  public struct Trial: Equatable, Sendable {
    /// Nil for the rows of the array.
    public var rule: LayoutRule?
    /// The estimated bits per value, model included.
    public var bitsPerValue: Double
  }

  /// The rule chosen; nil for the rows of the array.
  public var rule: LayoutRule?
  /// The layouts tried, the best first; empty if there was no choice.
  public var trials: [Trial] = []

  /// Whether the choice is so much better than the rows that these need not be tried.
  package var isClear: Bool {
    guard rule != nil, let best = trials.first else { return false }
    return trials.first { $0.rule == nil }.map { best.bitsPerValue < Self.clear * $0.bitsPerValue } ?? true
  }

  /// Whether a model may take fewer bytes than coding without one.
  ///
  /// - Parameter bitsPerValue: what that takes.
  package func mayBeat(bitsPerValue: Double) -> Bool {
    trials.first.map { $0.bitsPerValue < Self.hopeless * bitsPerValue } ?? true
  }

  /// The multiple of the bits without a model from which no network makes up for what its layout takes by estimate.
  private static let hopeless = 2.5
  /// The share of the bits of rows that is clearly better.
  private static let clear = 0.5
  /// The share of the bits of rows that another layout must stay below.
  fileprivate static let better = 0.97
}

extension Codec {
  /// The number of bytes of an array on which layouts are tried.
  private static let pieceBytes = 1 << 25
  /// The maximum number of values of samples from which costs are estimated.
  private static let estimatedValues = 1 << 19

  /// Chooses how to cut an array into samples: tries some layouts on a piece of it at the target asked for.
  ///
  /// - Parameters:
  ///   - reader: the rows of the array. Tables, whose columns have scales of their own, and records keep their rows.
  ///   - name: the input in messages.
  ///   - options: the target.
  ///   - fitting: says which values share a scale.
  package func chooseLayout(
    of reader: any SampleReader, name: String, options: EncodeOptions, fitting: FitOptions
  ) throws(CodecError) -> LayoutChoice {
    let description = reader.description
    if case .records = description.format { return LayoutChoice() }
    guard description.format.kept == nil, description.array == nil,
      reader.table?.isModelled.contains(false) != true
    else { return LayoutChoice() }
    var parts: [SampleBatch] = []
    var (bytes, hasEnded) = (0, false)
    while bytes < Self.pieceBytes {
      guard var batch = try reading(reader, max(1, (1 << 20) / description.sampleBytes)) else {
        hasEnded = true
        break
      }
      batch.text = nil
      bytes += batch.bytes.count
      parts.append(batch.without(description.missing))
    }
    let piece = InMemorySamples(parts, description)
    guard let some = piece.spread(most: 1024).isEmpty ? nil : piece.rows(piece.spread(most: 1024).map(\.row)),
      !TableRule.hasScaleByColumn(fitting.scale, description, some)
    else { return LayoutChoice() }
    var array = description
    array.rows = piece.rows
    var range = ValueRange(reach: Double(Matrix.greatestKnown))
    for batch in parts { range.add(batch) }
    guard range.width > 0, range.width.isFinite else { return LayoutChoice() }
    let noise = options.squaredError(range: range.width, isInteger: description.elementType.isInteger)
    let whole = hasEnded ? 1 : Double(max(description.rows ?? 0, piece.rows)) / Double(max(1, piece.rows))
    var trials: [LayoutChoice.Trial] = []
    for rule in LayoutCandidates(of: array).rules where hasEnded || rule?.needsRows(axes: 2) != true {
      guard
        let bits = try bits(
          of: rule, piece, array, noise: noise, range: range.width, share: whole, name: name)
      else { continue }
      trials.append(LayoutChoice.Trial(rule: rule, bitsPerValue: bits))
    }
    trials.sort { $0.bitsPerValue < $1.bitsPerValue }
    let rows = trials.first { $0.rule == nil }?.bitsPerValue ?? .infinity
    let best = trials.first.flatMap { $0.bitsPerValue < LayoutChoice.better * rows ? $0.rule : nil }
    return LayoutChoice(rule: best, trials: trials)
  }

  /// The estimated bits per value of an array with a layout; nil if there are too few samples.
  private func bits(
    of rule: LayoutRule?, _ piece: InMemorySamples, _ array: SampleDescription, noise: Double, range: Double,
    share: Double, name: String
  ) throws(CodecError) -> Double? {
    let reader: any SampleReader
    if let rule {
      do {
        reader = try LayoutReader(piece.reader(), rule, known: array, name: name, memory: .unlimited)
      } catch {
        throw .samples(error)
      }
    } else {
      reader = piece.reader()
    }
    let width = reader.description.valuesPerSample
    guard width <= Model.maximumValues else { return nil }
    var sample = RowSample(maximumRows: max(16, Self.estimatedValues / max(1, width)))
    while let batch = try reading(reader, max(1, (1 << 18) / max(1, width))) { sample.add(batch) }
    guard let batch = sample.batch else { return nil }
    let values = Double(piece.rows) * Double(array.valuesPerSample)
    let unit = Float(range)
    let numbers = batch.floats().map { $0.isFinite && $0.magnitude <= Matrix.greatestKnown ? $0 / unit : 0 }
    let estimate = LayoutEstimate(
      Matrix(rows: batch.rows, columns: width, numbers), noise: noise / (range * range),
      all: Int(Double(sample.rows) * share), kernels: kernels, workers: workers)
    return estimate.map { $0.bits * Double(sample.rows) / values }
  }
}

extension EncodeOptions {
  /// The mean squared error of values that the options lead to, about.
  ///
  /// - Parameters:
  ///   - range: of the values.
  ///   - isInteger: whether the values are integers.
  fileprivate func squaredError(range: Double, isInteger: Bool) -> Double {
    // An error within +-b is spread evenly.
    func bounded(_ bound: Double) -> Double { max(isInteger ? 1.0 / 12 : 0, bound * bound / 3) }
    let exact = isInteger ? 1.0 / 12 : range * range * power(10, -7)
    switch errorBound {
    case .maxError(let bound): return bounded(bound)
    case .maxErrorOfRange(let share): return bounded(share * range)
    case .found(.maxError(let bound)): return bounded(bound)
    case .maxRelativeError, .lossless, .found, .byColumn: return exact
    case nil: break
    }
    switch target {
    case .psnr(let asked): return max(isInteger ? 1.0 / 12 : 0, range * range * power(10, -asked / 10))
    case .quality(let quality): return range * range * power(10, -(15 + 0.6 * quality) / 10)
    case .bitsPerSample, .bytes: return range * range * power(10, -4)
    }
  }
}
