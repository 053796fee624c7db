import ByteIO
import Records
import Transform

extension Codec {
  /// Encodes all samples of `reader` into a `.vaec` stream; memory is bounded by a few chunks for each thread.
  ///
  /// For a target other than a quality, the samples are encoded several times. Those of one chunk are kept in memory. More
  /// of them are read again, if they can be; what was asked for then holds of the stream, or nothing is written. If they
  /// cannot, the first chunk decides, and the report tells what came of it.
  ///
  /// - Parameters:
  ///   - reader: the samples.
  ///   - name: the input in messages.
  ///   - model: what they are encoded with.
  ///   - options: see ``EncodeOptions``.
  ///   - sink: gets the whole stream; it is not finished, so that another stream may follow.
  ///   - reopen: gives a reader of the same samples from the first on, when the reader before is done with; nil if
  ///     they can be read once only, as in a pipe.
  /// - Throws: ``CodecError/targetOutOfReach(name:asked:nearest:)``, ``CodecError/sizeNeedsRows(name:)``,
  ///   ``CodecError/rangeNeedsFile(name:)``, and what else
  ///   is wrong with samples or sink.
  package func encode(
    _ reader: any SampleReader, name: String, model: FittedModel, options: EncodeOptions = EncodeOptions(),
    to sink: any ByteSink, reopen: (() throws(CodecError) -> any SampleReader)? = nil
  ) throws(CodecError) -> EncodeReport {
    try encode(
      reader, name: name, model: model, options: options, details: EncodeDetails(looksAtColumns: true),
      to: sink, reopen: reopen)
  }

  /// The same, with what a packer knows of the samples.
  func encode(
    _ reader: any SampleReader, name: String, model: FittedModel, options: EncodeOptions,
    details: EncodeDetails, to sink: any ByteSink, reopen: (() throws(CodecError) -> any SampleReader)?
  ) throws(CodecError) -> EncodeReport {
    let clock = ContinuousClock()
    let start = clock.now
    let description = reader.description
    try model.accepts(description, name: name)
    let width = description.valuesPerSample
    let chunkRows = ChunkCodingContext.chunkRows(
      options.chunkRows
        ?? ChunkCodingContext.defaultChunkRows(values: width, textBytes: reader.textBytesPerRow),
      values: width)
    var pass = StreamEncoder(
      codec: self, model: model, name: name, description: description,
      rows: details.rows ?? description.rows, sample: details.sample,
      chunkRows: min(chunkRows, max(1, description.rows ?? chunkRows)), effort: Effort(options.effort),
      scale: details.scale ?? model.summary.errorScale,
      units: details.units ?? BoundUnits(description.elementType, model.model.scales))
    var chunks = ChunkReader(
      reader, name: name, model: model, chunkRows: pass.chunkRows, isCorrected: options.errorBound != nil)
    var first = try chunks.next()
    let isBounded = options.errorBound.map { !$0.isLossless } ?? false
    if case .delimited = description.format, description.format.kept == nil, !isBounded {
      // Decimals of a text are those of all rows, or none: no row is rounded that has not been read.
      if !chunks.hasEnded, let reopen {
        while try chunks.next() != nil {}
        pass.description.format = chunks.format
        chunks = ChunkReader(
          try reopen(), name: name, model: model, chunkRows: pass.chunkRows,
          isCorrected: options.errorBound != nil)
        first = try chunks.next()
      } else {
        pass.description.format = chunks.format
      }
    }
    // Samples may come without the text that a description tells of.
    if let first, first.batch.text == nil { pass.description.format = pass.description.format.withoutText }
    if details.units == nil, let first { pass.units = pass.units.adapted(to: first.batch) }
    pass.carriedModels = options.carriesModel ? CarriedModels(rows: details.rows) : nil
    if let request = options.errorBound {
      let (errorBound, wasRead) = try request.resolved(
        first: first?.batch, isAll: chunks.hasEnded, name: name, description, pass.units, reopen: reopen)
      if wasRead, let reopen {
        chunks = ChunkReader(
          try reopen(), name: name, model: model, chunkRows: pass.chunkRows, isCorrected: true)
        first = try chunks.next()
      }
      let found =
        details.isWithoutModel
        ? [.withoutModel] : first.map { ErrorBoundSearch.settings(errorBound, pass, first: $0.batch) } ?? []
      pass.errorBound = (errorBound, found.first ?? ErrorBoundSearch.nothing(of: model.model))
      if found.count > 1, let reopen {
        pass.errorBound = try pass.smallest(found.map { (errorBound, $0) }) { () throws(CodecError) in
          let chunks = ChunkReader(
            try reopen(), name: name, model: model, chunkRows: pass.chunkRows, isCorrected: true)
          return { () throws(CodecError) in try chunks.next() }
        }
        // Where a reader has been opened, those before are of no use.
        chunks = ChunkReader(
          try reopen(), name: name, model: model, chunkRows: pass.chunkRows, isCorrected: true)
        first = try chunks.next()
      }
    } else if details.isWithoutModel {
      // Without samples, there is nothing to find a bound for.
      if first == nil { pass.errorBound = (.lossless, .withoutModel) }
    } else {
      pass.alternative = first.flatMap {
        PCAFallback(model.model, chunk: $0.batch, kernels: kernels)
      }
      pass.fineQualities = first.flatMap { FineQualities(pass, first: $0.batch) }
    }
    if chunks.hasEnded {
      pass.description.rows = chunks.rows
      pass.chunkRows = max(1, chunks.rows)
      pass.hasSingleChunk = first != nil
    }
    var plan =
      if pass.errorBound != nil {
        EncodingPlan.forQuality(0, first, rest: chunks)
      } else if case .quality(let quality) = options.target {
        EncodingPlan.forQuality(quality, first, rest: chunks)
      } else {
        try EncodingPlan.forTarget(
          options.target, &pass, first, rest: chunks, isWithoutModel: details.isWithoutModel, reopen: reopen)
      }
    if !details.recordsTarget { plan.record = nil }
    if let bound = plan.bound { pass.errorBound = bound }
    // What is exact needs no measuring.
    let bound = pass.bound(quality: plan.quality)
    let isExact = bound?.errorBound.isLossless == true
    let wantsDistortion = options.measuresDistortion || details.measuresDistortion
    let measures = (plan.measuresDistortion || wantsDistortion) && !isExact
    let result = try pass.run(
      plan.source, quality: plan.quality, record: plan.record, measuresDistortion: measures, to: sink)
    if let digest = plan.digest, digest != result.digest { throw .changedWhileRead(name: name) }
    var outcome = plan.record?.outcome(
      rows: result.samples, chunkRows: pass.chunkRows, streamBytes: result.streamBytes)
    if plan.measuresDistortion { outcome?.reached = result.distortion.psnr ?? 0 }
    var quality: Int? = plan.quality
    if let own = pass.errorBound {
      quality = if case .quality(let found) = own.setting { found } else { nil }
    }
    var columns = ColumnFindings()
    if details.looksAtColumns, bound == nil, let first {
      columns.collapsed = pass.collapsedColumns(first.batch, quality: plan.quality)
      var some = RowSample(values: width)
      some.add(first.batch)
      columns.fillValues =
        some.batch.map { FillValue.all(in: $0, description, reach: model.model.reach) } ?? []
    }
    return EncodeReport(
      samples: result.samples, valuesPerSample: width, rawBytes: result.rawBytes,
      streamBytes: result.streamBytes, modelBytes: result.modelBytes,
      clippedValues: bound == nil ? result.clippedValues : 0,
      nonFiniteValues: result.nonFiniteValues, fileBytes: result.rawBytes,
      columns: columns, quality: quality.map { Double($0) },
      distortion: wantsDistortion && (measures || isExact) ? result.distortion : nil,
      errorBound: isExact ? .lossless : bound?.errorBound, target: outcome,
      seconds: (clock.now - start) / .seconds(1))
  }
}

/// What a packer knows of samples and wants of their stream, beside what anyone may ask for.
struct EncodeDetails {
  /// Whether every value is predicted from those before it alone.
  var isWithoutModel = false
  /// What errors are measured in; nil for the model's scale.
  var scale: ErrorScale?
  /// Rows of all samples; nil for what the reader says.
  var rows: Int?
  /// Some of the rows, spread evenly; nil where the first chunk has to do.
  var sample: SampleBatch?
  /// What bounds are in; nil for the model's units.
  var units: BoundUnits?
  /// Whether the stream says what its quality was found for.
  var recordsTarget = true
  /// Whether the errors of what is written are measured, in any case.
  var measuresDistortion = false
  /// Whether to find out what is lost by column.
  var looksAtColumns = false
}
