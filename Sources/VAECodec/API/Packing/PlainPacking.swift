import ByteIO
import Records
import VAEModel

/// Packs samples without a model. Of integers of 64 bits, it also tries tighter bounds: if values lie on a grid of their own,
/// smaller errors may take fewer bytes. Other values are coded on that grid.
struct PlainPacking {
  /// The request for a stream.
  enum Request {
    case errorBound(ErrorBound)
    case target(EncodeTarget)
  }

  let codec: Codec
  let name: String
  let options: EncodeOptions
  let survey: PackSurvey
  let description: SampleDescription
  let open: () throws(CodecError) -> any SampleReader
  /// The number of values in a sample.
  var width: Int { description.valuesPerSample }

  /// The fractions of a bound to try on some samples.
  private static let tighter = [0.5, 0.25, 0.125]

  /// - Parameters:
  ///   - options: the request.
  ///   - open: returns a reader of the samples from the first on.
  init(
    codec: Codec, name: String, options: EncodeOptions, survey: PackSurvey,
    open: @escaping () throws(CodecError) -> any SampleReader
  ) throws(CodecError) {
    (self.codec, self.name, self.options, self.survey, self.open) = (codec, name, options, survey, open)
    description = try open().description
  }

  /// Adds the stream of a request to the trials, and that of a tighter bound if it is likely to be smaller.
  func add(_ request: Request, to trials: inout PackTrials) throws(CodecError) {
    let target: EncodeTarget? = if case .target(let target) = request { target } else { nil }
    let report = try trials.add(reaching: target) { (spool) throws(CodecError) in
      try encode(request, to: spool)
    }
    guard let bound = report?.errorBound, !bound.isLossless, let tighter = tighter(than: bound) else {
      return
    }
    // A tighter bound cannot help a rate or size, whose errors are minimal already.
    if let target, !target.wantsQuality { return }
    try trials.add(reaching: target) { (spool) throws(CodecError) in
      try encode(.errorBound(tighter), to: spool)
    }
  }

  private func encode(_ request: Request, to spool: SpoolFile) throws(CodecError) -> EncodeReport {
    var own = options
    switch request {
    case .errorBound(let errorBound): own.errorBound = .found(errorBound)
    case .target(let target): (own.errorBound, own.target) = (nil, target)
    }
    // The stream does not record a target that was not requested.
    let isAsked = if case .target(let target) = request { target == options.target } else { true }
    return try codec.encodeWithoutModel(
      try open(), name: name, options: own,
      details: EncodeDetails(
        scale: survey.scale, units: survey.units, recordsTarget: isAsked,
        measuresDistortion: options.errorBound == nil, texts: survey.texts),
      to: spool, reopen: open)
  }

  /// A tighter bound with which some samples take fewer bytes; nil if there is none.
  private func tighter(than bound: ErrorBound) -> ErrorBound? {
    guard description.elementType.isWide, let sample = survey.sample else { return nil }
    func bytes(_ errorBound: ErrorBound) -> Int {
      ErrorBoundSearch(
        codec, Model(zeros: width), description, errorBound, first: sample, effort: options.effort
      ).bytesWithoutModel()
    }
    let own = bytes(bound)
    let others = Self.tighter.compactMap { share -> (bound: ErrorBound, bytes: Int)? in
      let tighter = bound.times(share, survey.units)
      return tighter.isLossless ? nil : (tighter, bytes(tighter))
    }
    return others.min { $0.bytes < $1.bytes }.flatMap { $0.bytes < own ? $0.bound : nil }
  }
}

extension ErrorBound {
  /// The error bound with every bound multiplied by `share`.
  fileprivate func times(_ share: Double, _ units: BoundUnits) -> ErrorBound {
    switch self {
    case .lossless: return .lossless
    case .maxError(let bound): return units.bound(bound * share)
    case .maxRelativeError(let bound): return .maxRelativeError(bound * share)
    case .byColumn(var bounds):
      bounds.bounds = bounds.bounds.map { ValueBound($0.size * share, isRelative: $0.isRelative) }
      bounds.share *= share
      return .byColumn(bounds)
    }
  }
}
