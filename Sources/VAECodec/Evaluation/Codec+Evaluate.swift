import ByteIO
import Records
import Tensor
import VAEModel

/// The rate and distortion of a model on data, measured on finished and decoded streams.
public struct EvaluationReport: Sendable {
  /// The measurements at one quality.
  public struct Point: Sendable {
    /// 0 ... 100.
    public var quality: Double
    /// The bits of the finished stream per sample.
    public var bitsPerSample: Double
    /// ``bitsPerSample`` divided by the number of values in a sample.
    public var bitsPerValue: Double
    /// The compression ratio: bytes of the input file divided by those of the stream, and by those of stream and model
    /// together. Without a file, the bytes of plain values count.
    public var ratio: Double
    public var ratioWithModel: Double
    /// The mean squared error, in squared units of the data.
    public var mse: Double
    /// The square root of ``mse``.
    public var rmse: Double
    /// In dB, relative to the value range of the data that the model was fitted on; infinite if all values are exact.
    public var psnr: Double
    /// The largest absolute error, in units of the data.
    public var maxError: Double
    /// For a table, the error of each column, and all errors above are shares of each column's range; empty for arrays.
    public var columns: [ColumnDistortion] = []
    /// What a search for neighbours finds; nil if not requested.
    public var neighbours: Neighbours?
    /// Whether all values are exact.
    public var isExact: Bool { maxError == 0 }
    /// Megabytes (10^6 bytes) of raw samples per second.
    public var encodeMBPerSecond: Double
    public var decodeMBPerSecond: Double
  }

  /// A point of the baseline.
  public struct BaselinePoint: Sendable {
    /// Bits per sample by the ideal entropy coder.
    public var bitsPerSample: Double
    /// The mean squared error, in squared units of the data.
    public var mse: Double
    /// In dB, relative to the same peak as ``Point/psnr``.
    public var psnr: Double
  }

  /// The number of samples measured.
  public var samples: Int
  /// The number of samples in the data. If there are many, the measured ones are spread evenly over them.
  public var dataSamples: Int
  /// The number of values in a sample.
  public var valuesPerSample: Int
  /// The type of the values.
  public var type: ValueType
  public var elementType: ElementType { type.elementType }
  /// The size of the model's file in bytes.
  public var modelBytes: Int
  /// The column names, if the samples have them.
  public var columnNames: [String]?
  /// The measurements, one per quality.
  public var points: [Point]
  /// The size in bytes of the file that the samples came from, if known.
  public var fileBytes: Int?
  /// PCA of the training rows with a uniform quantizer and an ideal entropy coder, measured on the samples. If the
  /// samples are too large for the model to keep PCA, it is measured on the held-out rows of the fit. Missing values
  /// have no error, and their positions cost PCA nothing. Empty if there is nothing to compare with.
  public var baselinePCA: [BaselinePoint]
  /// The mean difference in rate from PCA at equal PSNR, in percent, over the PSNR interval that both curves cover; nil
  /// if they share none, or fewer than two qualities were measured.
  public var bdRateVsPCA: Double?
  /// The number of samples from which model and codes together take fewer bytes than PCA's basis and codes, at the PSNR
  /// of the middle quality; nil if never, or if ``comparesSizesWithPCA`` is false.
  public var breakEvenSamples: Int?
  /// Whether PCA's curve reaches the PSNR of the middle quality, so that sizes can be compared.
  public var comparesSizesWithPCA = true
  /// The number of samples from which model and codes, at the highest measured quality, take fewer bytes than the
  /// samples compressed by zstd at level 19; nil if never.
  public var breakEvenSamplesVsZstd: Int?
  /// The bits per sample of the plain values compressed by zstd at level 19.
  public var zstdBitsPerSample: Double
  /// The ELBO on the samples, if the model was fitted to it.
  public var elbo: ELBO?
  /// The measurements of single rows; nil if not requested.
  public var rows: EvaluatedRows?
  /// The reconstruction of the samples from the first latents; nil if the model has no network.
  public var reconstruction: Reconstruction?
  /// The comparison of new samples with these; empty if not requested.
  public var newSamples: [NewSamples] = []
}

/// A file being read.
public struct ReadFile {
  /// The size in bytes; call it only after the file has been read.
  let bytes: () -> Int

  /// - Parameter bytes: returns the size in bytes after the file has been read.
  public init(bytes: @escaping () -> Int) { self.bytes = bytes }
}

extension Codec {
  /// The maximum size in bytes of the measured samples, unless a single sample is larger.
  static let maximumMeasuredBytes = 1 << 24

  /// The maximum number of samples and of values for the baseline, which is computed in one piece.
  private static let (maximumBaselineRows, maximumBaselineValues) = (8192, 1 << 20)

  /// Encodes and decodes `reader`'s samples at each quality: all of them or, if there are many, blocks spread evenly
  /// over them, so that memory is bounded.
  ///
  /// - Parameters:
  ///   - given: the samples, or the array that the model's layout cuts into samples.
  ///   - name: the input in messages.
  ///   - model: the model to measure.
  ///   - qualities: each 0 ... 100.
  ///   - effort: the effort of the encoder.
  ///   - keepsRows: whether to measure single rows as well; see ``EvaluationReport/rows``.
  ///   - newSamples: the number of new samples to compare with these; see ``EvaluationReport/NewSamples``. Nil for
  ///     none.
  ///   - neighbours: the number of nearest neighbours that are looked for among decoded samples, and by what; see
  ///     ``EvaluationReport/Neighbours``. Nil for none.
  ///   - file: the file of the samples, which ratios are relative to; nil for ratios to plain values.
  ///   - progress: called with the number of finished qualities; if it throws, the evaluation ends.
  package func evaluate(
    _ given: any SampleReader, name: String, model: FittedModel, qualities: [Double],
    effort: Int = EncodeOptions.standardEffort, keepsRows: Bool = false, newSamples: Int? = nil,
    neighbours wanted: (count: Int, metric: VectorMetric)? = nil,
    file: ReadFile? = nil, progress: (Int) throws(CodecError) -> Void = { _ in }
  ) throws(CodecError) -> EvaluationReport {
    let reader = try model.cutting(given, name: name, memory: memory)
    let description = reader.description.withoutArray
    try model.accepts(description, name: name)
    var sample = RowSample(maximumRows: Self.maximumMeasuredBytes / description.sampleBytes)
    let rows = ChunkCodingContext.defaultChunkRows(values: description.valuesPerSample)
    while let batch = try reading(reader, rows) { sample.add(batch) }
    var held = description
    // The decimals of text are known after all rows have been read.
    held.format = reader.description.format
    let layout = reader.description.array?.layout
    let batches = sample.batches
    // The header records the number of rows if the reader knows it, as in encoding.
    if description.rows != nil { held.rows = batches.reduce(0) { $0 + $1.rows } }
    var samples = InMemorySamples(batches, held, places: sample.places)
    samples.layout = layout
    guard samples.rows > 0 else { throw .noRows(name: name) }
    let bytes = file?.bytes()
    let ownBytes = bytes.map { Double($0) * Double(samples.rows) / Double(sample.rows) }
    let neighbours = wanted.map {
      NeighbourRecall(samples, count: $0.count, $0.metric, kernels: kernels, workers: workers)
    }
    let gatherer = keepsRows ? RowGatherer(samples, qualities) : nil
    var points: [EvaluationReport.Point] = []
    let exact = ExactSetting()
    for (i, quality) in qualities.enumerated() {
      points.append(
        try measure(
          samples, name: name, model: model, quality: quality, effort: effort, exact: exact,
          gatherer: gatherer, neighbours: neighbours, fileBytes: ownBytes))
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
    report.columnNames = description.columnNames ?? model.notes.table?.modelledNumbers
    report.comparesSizesWithPCA = breakEven != nil
    return report
  }

  /// The ELBO on the samples, batch after batch; missing values are replaced by their means.
  private func elbo(_ samples: InMemorySamples, _ model: FittedModel) -> ELBO? {
    var sum = ELBO(reconstruction: 0, divergence: 0)
    var row = 0
    for batch in samples.batches where batch.rows > 0 {
      var numbers = batch.without(samples.description.missing).numbers(in: model.model.scales)
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

  /// Measures one quality. The whole stream is written to memory, and decoded from there.
  func measure(
    _ samples: InMemorySamples, name: String, model: FittedModel, quality: Double,
    effort: Int = EncodeOptions.standardEffort, exact: ExactSetting, gatherer: RowGatherer? = nil,
    neighbours: NeighbourRecall? = nil, fileBytes: Double? = nil
  ) throws(CodecError) -> EvaluationReport.Point {
    let sink = MemorySink()
    var options = EncodeOptions(quality: quality, effort: effort)
    // The stream is decoded below, which measures the distortion.
    options.measuresDistortion = false
    let encoded = try encode(
      samples.reader(), name: name, model: model, options: options, details: EncodeDetails(exact: exact),
      to: sink, reopen: nil)
    if gatherer?.wantsBits(at: quality) == true {
      // What corrections take is no row's own: then the symbols of the quality's operating point count.
      let point: EncodeReport.Coding = (model.model, model.point(quality: quality))
      let coding = encoded.errorBound == nil ? encoded.coding ?? point : point
      gatherer?.take(bits: try rowBits(samples, coding: coding, effort: effort))
    }
    let scale = model.summary.errorScale
    let wanted = neighbours?.wanted ?? []
    let comparing =
      gatherer?.comparing(at: quality, scale, keeping: wanted)
      ?? ComparingWriter(samples, scale, keeping: wanted)
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
      columns: distortion.columns, neighbours: neighbours?.measure(comparing.kept),
      encodeMBPerSecond: raw / 1e6 / max(encoded.seconds, 1e-9),
      decodeMBPerSecond: raw / 1e6 / max(decoded.seconds, 1e-9))
  }

  /// The maximum number of bytes compressed by zstd. Level 19 is slow and takes much memory, and more data hardly
  /// change its ratio.
  private static let maximumZstdBytes = 1 << 20

  /// The bits per sample of zstd at level 19, on as many of the first samples as are worth the time.
  private func zstdBits(_ samples: InMemorySamples) -> Double {
    let most = max(1, Self.maximumZstdBytes / max(1, samples.rawBytes / samples.rows))
    guard let some = samples.first(most) else { return 0 }
    return 8 * Double(ZstdFrame.compress(some.bytes, level: 19, checksum: true).count) / Double(some.rows)
  }

  /// The number of samples from which the model pays off; nil if there is nothing to compare with.
  ///
  /// PCA's basis is counted as one byte per number, and its mean as four bytes per value.
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

  /// The number of samples from which savings of `savedBytes` per sample outweigh the bytes that the model takes beyond
  /// a basis; nil if never, or if the number is unrealistic.
  static func breakEven(modelBytes: Int, basisBytes: Int, savedBytes: Double) -> Int? {
    guard savedBytes > 0 else { return nil }
    let samples = (Double(modelBytes - basisBytes) / savedBytes).rounded(.up)
    return samples < 1e15 ? max(1, Int(samples)) : nil
  }
}

/// The number of samples from which a model pays off.
private struct BreakEven {
  /// Nil if it never does.
  var samples: Int?
}
