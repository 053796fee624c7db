import ByteIO
import Records
import Tensor
import VAEModel

/// Rate and distortion of a model on data: measured on finished streams, decoded again.
public struct EvaluationReport: Sendable {
  /// One quality.
  public struct Point: Sendable {
    public var quality: Double
    /// Bytes of the finished stream, times eight.
    public var bitsPerSample: Double
    public var bitsPerValue: Double
    /// Bytes of the file that the samples are in over stream bytes; and over stream and model together. Where there is no
    /// file, bytes of plain numbers.
    public var ratio: Double
    public var ratioWithModel: Double
    public var mse: Double
    public var rmse: Double
    /// In dB, against the value range of the data that the model was fitted on; infinite where all values are exact.
    public var psnr: Double
    public var maxError: Double
    /// Of a table, the error of each column; empty for arrays. Then all errors above are shares of each column's range.
    public var columns: [ColumnDistortion] = []
    /// Whether all values came back exactly.
    public var isExact: Bool { maxError == 0 }
    /// Megabytes (10^6) of raw samples a second.
    public var encodeMBPerSecond: Double
    public var decodeMBPerSecond: Double
  }

  /// A point of the baseline.
  public struct BaselinePoint: Sendable {
    public var bitsPerSample: Double
    public var mse: Double
    public var psnr: Double
  }

  /// Samples that were measured.
  public var samples: Int
  /// Samples of the data: where they are many, those that were measured are spread evenly over them.
  public var dataSamples: Int
  public var valuesPerSample: Int
  public var type: ValueType
  public var elementType: ElementType { type.elementType }
  public var modelBytes: Int
  /// The names of columns, where samples have them.
  public var columnNames: [String]?
  public var points: [Point]
  /// Bytes of the file that the samples came from, where that is known.
  public var fileBytes: Int?
  /// PCA of the rows that the model was fitted to, with a uniform quantizer and an ideal entropy coder, on the samples;
  /// where samples are too large for the model to keep PCA, on the rows that the fit held out. Missing values have no error, and
  /// their places cost PCA nothing. Empty where there is nothing to compare with.
  public var baselinePCA: [BaselinePoint]
  /// Mean change of rate against PCA at equal PSNR, in percent, over the PSNR that both curves cover; nil if they
  /// share none or fewer than two qualities were measured.
  public var bdRateVsPCA: Double?
  /// From how many samples on model and codes together take fewer bytes than PCA's basis and codes, at the PSNR of the
  /// middle quality; nil if never, or where ``comparesSizesWithPCA`` is false.
  public var breakEvenSamples: Int?
  /// Whether PCA's curve reaches the PSNR of the middle quality, so that sizes can be compared.
  public var comparesSizesWithPCA = true
  /// From how many samples on model and codes of the highest quality that was measured take fewer bytes than the
  /// samples themselves packed by zstd at its level 19; nil if never.
  public var breakEvenSamplesVsZstd: Int?
  /// Bits a sample that zstd at level 19 takes for the samples as plain numbers.
  public var zstdBitsPerSample: Double
  /// The evidence lower bound on the samples, where the model was fitted to it.
  public var elbo: ELBO?
  /// What single rows are like; nil if nobody asked.
  public var rows: EvaluatedRows?
  /// What the first latents make of the samples; nil if the model has no network.
  public var reconstruction: Reconstruction?
  /// How new samples compare with these; empty if it was not asked for.
  public var newSamples: [NewSamples] = []
}

/// A file that is read.
public struct ReadFile {
  /// How many bytes it has: asked for once it has been read.
  let bytes: () -> Int

  /// - Parameter bytes: gives its bytes once it has been read.
  public init(bytes: @escaping () -> Int) { self.bytes = bytes }
}

extension Codec {
  /// Samples that are measured take at most this much memory, as far as one allows.
  static let maximumMeasuredBytes = 1 << 24

  /// The maximum numbers of samples and values for the baseline, whose arithmetic is done all at once.
  private static let (maximumBaselineRows, maximumBaselineValues) = (8192, 1 << 20)

  /// Encodes and decodes `reader`'s samples at each quality: all of them, or of many those in blocks that are spread
  /// evenly, so that memory is bounded.
  ///
  /// - Parameters:
  ///   - reader: the samples.
  ///   - name: the input in messages.
  ///   - model: the model to measure.
  ///   - qualities: each 0 ... 100.
  ///   - effort: how streams are encoded.
  ///   - keepsRows: whether to look at single rows as well: see ``EvaluationReport/rows``.
  ///   - newSamples: how many new samples to compare with these; see ``EvaluationReport/NewSamples``. None for nil.
  ///   - file: the file that the samples are in, to which ratios are; nil for ratios to plain numbers.
  ///   - progress: called with the number of qualities that are done; what it throws ends the evaluation.
  package func evaluate(
    _ reader: any SampleReader, name: String, model: FittedModel, qualities: [Double],
    effort: Int = EncodeOptions.standardEffort, keepsRows: Bool = false, newSamples: Int? = nil,
    file: ReadFile? = nil, progress: (Int) throws(CodecError) -> Void = { _ in }
  ) throws(CodecError) -> EvaluationReport {
    let description = reader.description
    try model.accepts(description, name: name)
    var sample = RowSample(maximumRows: Self.maximumMeasuredBytes / description.sampleBytes)
    let rows = ChunkCodingContext.defaultChunkRows(values: description.valuesPerSample)
    while let batch = try reading(reader, rows) { sample.add(batch) }
    var held = description
    // The decimals of text are those of all rows.
    held.format = reader.description.format
    let batches = sample.batches
    // The stream's header says how many there are where the reader does: as when the samples are encoded.
    if description.rows != nil { held.rows = batches.reduce(0) { $0 + $1.rows } }
    let samples = InMemorySamples(batches, held, places: sample.places)
    guard samples.rows > 0 else { throw .noRows(name: name) }
    let bytes = file?.bytes()
    let ownBytes = bytes.map { Double($0) * Double(samples.rows) / Double(sample.rows) }
    let gatherer = keepsRows ? RowGatherer(samples, qualities) : nil
    var points: [EvaluationReport.Point] = []
    for (i, quality) in qualities.enumerated() {
      points.append(
        try measure(
          samples, name: name, model: model, quality: quality, effort: effort, gatherer: gatherer,
          fileBytes: ownBytes))
      try progress(i + 1)
    }
    let peak = model.summary.peak
    let some = samples.matrix(
      in: model.model.scales,
      rows: min(Self.maximumBaselineRows, max(1, Self.maximumBaselineValues / description.valuesPerSample)))
    let curve = model.model.linearCurve(some, kernels: kernels, workers: workers)
    let baseline =
      curve.map { points in
        points.map {
          EvaluationReport.BaselinePoint(
            bitsPerSample: $0.bits, mse: $0.error, psnr: Distortion.psnr(mse: $0.error, peak: peak))
        }.filter(\.psnr.isFinite)
      }
      ?? model.summary.pcaPoints.map {
        EvaluationReport.BaselinePoint(
          bitsPerSample: $0.bitsPerSample,
          mse: model.summary.errorScale.squaredError(psnr: $0.psnr),
          psnr: $0.psnr)
      }
    let zstdBits = zstdBits(samples)
    let breakEven = breakEven(model, points, baseline)
    let breakEvenVsZstd = points.max(by: { $0.quality < $1.quality }).flatMap {
      Self.breakEven(
        modelBytes: model.bytes.count, basisBytes: 0, savedBytes: (zstdBits - $0.bitsPerSample) / 8)
    }
    var report = EvaluationReport(
      samples: samples.rows, dataSamples: sample.rows, valuesPerSample: description.valuesPerSample,
      type: description.type,
      modelBytes: model.bytes.count, points: points, baselinePCA: baseline,
      bdRateVsPCA: BDRate.percent(
        points.map { ($0.bitsPerSample, $0.psnr) }, against: baseline.map { ($0.bitsPerSample, $0.psnr) }),
      breakEvenSamples: breakEven?.samples, breakEvenSamplesVsZstd: breakEvenVsZstd,
      zstdBitsPerSample: zstdBits, elbo: elbo(samples, model),
      rows: gatherer?.rows(latents: latents(of: samples, model)),
      reconstruction: reconstruction(some, model),
      newSamples: try newSamples.map { (count) throws(CodecError) in
        try compare(count, with: samples, name: name, model: model)
      } ?? [])
    report.fileBytes = bytes
    if case .delimited(let style) = description.format { report.columnNames = style.header }
    report.comparesSizesWithPCA = breakEven != nil
    return report
  }

  /// The bound on the samples, batch after batch; missing values count as their means.
  private func elbo(_ samples: InMemorySamples, _ model: FittedModel) -> ELBO? {
    var sum = ELBO(reconstruction: 0, divergence: 0)
    var row = 0
    for batch in samples.batches where batch.rows > 0 {
      var numbers = batch.numbers(in: model.model.scales)
      _ = numbers.withUnsafeMutableBufferPointer { model.model.replaceMissing(in: $0) }
      let matrix = Matrix(rows: batch.rows, columns: samples.description.valuesPerSample, numbers)
      guard
        let measured = model.model.elbo(on: matrix, first: row, kernels: kernels, workers: workers)?.bound
      else { return nil }
      sum.reconstruction += measured.reconstruction * Double(batch.rows)
      sum.divergence += measured.divergence * Double(batch.rows)
      row += batch.rows
    }
    guard row > 0 else { return nil }
    return ELBO(
      reconstruction: sum.reconstruction / Double(row), divergence: sum.divergence / Double(row))
  }

  /// One quality: the stream is written to memory whole, and decoded from there.
  func measure(
    _ samples: InMemorySamples, name: String, model: FittedModel, quality: Double,
    effort: Int = EncodeOptions.standardEffort, gatherer: RowGatherer? = nil, fileBytes: Double? = nil
  ) throws(CodecError) -> EvaluationReport.Point {
    let sink = MemorySink()
    var options = EncodeOptions(quality: quality, effort: effort)
    // What is measured here is the way there and back.
    options.measuresDistortion = false
    let encoded = try encode(
      samples.reader(), name: name, model: model, options: options, details: EncodeDetails(), to: sink,
      reopen: nil)
    // What corrections take is no row's own.
    if encoded.errorBound == nil, gatherer?.wantsBits(at: quality) == true {
      gatherer?.take(bits: try rowBits(samples, in: sink.bytes, name: name, model: model, effort: effort))
    }
    let scale = model.summary.errorScale
    let comparing = gatherer?.comparing(at: quality, scale) ?? ComparingWriter(samples, scale)
    let decoded = try decode(MemorySource(sink.bytes), name: name, model: model) { _ in comparing }
    gatherer?.take(comparing, at: quality)
    let distortion = comparing.distortion
    let (rows, raw, size) = (Double(samples.rows), Double(samples.rawBytes), Double(sink.bytes.count))
    let bits = 8 * size / rows
    let own = fileBytes ?? raw
    return EvaluationReport.Point(
      quality: quality, bitsPerSample: bits,
      bitsPerValue: bits / Double(max(1, samples.description.valuesPerSample)), ratio: own / size,
      ratioWithModel: own / (size + Double(model.bytes.count)), mse: distortion.mse,
      rmse: distortion.rmse, psnr: distortion.psnr ?? 0, maxError: distortion.maximum,
      columns: distortion.columns,
      encodeMBPerSecond: raw / 1e6 / max(encoded.seconds, 1e-9),
      decodeMBPerSecond: raw / 1e6 / max(decoded.seconds, 1e-9))
  }

  /// Bytes that zstd is tried on at most: it is slow at its level 19 and takes much memory, and more
  /// hardly change its ratio.
  private static let maximumZstdBytes = 1 << 20

  /// Bits a sample that zstd takes at level 19, on as many of the first samples as are worth the time.
  private func zstdBits(_ samples: InMemorySamples) -> Double {
    let most = max(1, Self.maximumZstdBytes / max(1, samples.rawBytes / samples.rows))
    guard let some = samples.first(most) else { return 0 }
    return 8 * Double(ZstdFrame.compress(some.bytes, level: 19, checksum: true).count) / Double(some.rows)
  }

  /// From how many samples on the model pays; nil if there is nothing to compare with.
  ///
  /// PCA's basis is counted with a byte a number, and a mean of four bytes a value.
  private func breakEven(
    _ model: FittedModel, _ points: [EvaluationReport.Point], _ baseline: [EvaluationReport.BaselinePoint]
  ) -> BreakEven? {
    let summary = model.summary
    guard let middle = points.min(by: { ($0.quality - 50).magnitude < ($1.quality - 50).magnitude }),
      let pca = BDRate.LogRate(baseline.map { ($0.bitsPerSample, $0.psnr) }),
      middle.psnr >= pca.lowest, middle.psnr <= pca.highest,
      let nearest = summary.pcaPoints.min(by: {
        ($0.psnr - middle.psnr).magnitude < ($1.psnr - middle.psnr).magnitude
      })
    else { return nil }
    let saved = (exponential(pca(middle.psnr)) - middle.bitsPerSample) / 8
    let samples = Self.breakEven(
      modelBytes: summary.modelBytes, basisBytes: summary.valuesPerSample * (nearest.components + 4),
      savedBytes: saved)
    return BreakEven(samples: samples)
  }

  /// From how many samples on `savedBytes` a sample make up for what a model takes beyond a basis; nil if never, or
  /// where nobody has so many.
  static func breakEven(modelBytes: Int, basisBytes: Int, savedBytes: Double) -> Int? {
    guard savedBytes > 0 else { return nil }
    let samples = (Double(modelBytes - basisBytes) / savedBytes).rounded(.up)
    return samples < 1e15 ? max(1, Int(samples)) : nil
  }
}

/// From how many samples on a model pays.
private struct BreakEven {
  /// Nil where it never does.
  var samples: Int?
}
