import ByteIO
import Records
import Tensor

/// The streams that a packer has tried for a request, and the best so far, in a temporary file.
///
/// The best stream is the smallest that meets the request; for a rate or a size, it is the most accurate.
struct PackTrials {
  /// A stream that was tried.
  struct Trial {
    let report: EncodeReport
    let carriesModel: Bool
    /// The layout of its samples; nil if they are rows.
    let layout: LayoutRule?
    let stream: SpoolFile
  }

  private let options: EncodeOptions
  /// The best stream; nil if none meets the request.
  private(set) var best: Trial?
  /// The sizes in bytes of the smallest streams with and without a model that meet the request.
  private(set) var (bytesWithModel, bytesWithoutModel): (Int?, Int?)
  /// The error of a trial that made no stream, because its target is out of reach.
  private var failure: CodecError?

  init(_ options: EncodeOptions) { self.options = options }

  /// Makes a stream, and keeps it if it is the best so far.
  ///
  /// - Parameters:
  ///   - layout: that of its samples; nil if they are rows.
  ///   - target: the value to reach, if it differs from the request.
  /// - Returns: the report; nil if the target is out of reach.
  @discardableResult
  mutating func add(
    carriesModel: Bool = false, layout: LayoutRule? = nil, reaching target: EncodeTarget? = nil,
    _ encode: (SpoolFile) throws(CodecError) -> EncodeReport
  ) throws(CodecError) -> EncodeReport? {
    let spool = try withFileContext("a temporary file") { () throws(ByteIOError) in try SpoolFile() }
    let report: EncodeReport
    do throws(CodecError) {
      report = try encode(spool)
    } catch {
      guard case .targetOutOfReach(_, _, let nearest) = error else { throw error }
      if case .targetOutOfReach(_, _, let other) = failure, other <= nearest { return nil }
      failure = error
      return nil
    }
    guard keeps(target ?? options.target, report) else { return report }
    if carriesModel {
      bytesWithModel = min(bytesWithModel ?? .max, report.streamBytes)
    } else {
      bytesWithoutModel = min(bytesWithoutModel ?? .max, report.streamBytes)
    }
    if best.map({ isBetter(report, than: $0.report) }) ?? true {
      best = Trial(report: report, carriesModel: carriesModel, layout: layout, stream: spool)
    }
    return report
  }

  /// Whether no other stream can be better: for a rate or a size, whether the best is lossless.
  var isPerfect: Bool {
    guard options.errorBound == nil, let best else { return false }
    return switch options.target {
    case .quality, .psnr: false
    case .bitsPerSample, .bytes: best.report.mse == 0
    }
  }

  /// The best stream. Throws if none meets the request.
  func result(name: String) throws(CodecError) -> Trial {
    if let best { return best }
    throw failure ?? .targetOutOfReach(name: name, asked: options.target, nearest: 0)
  }

  private func keeps(_ target: EncodeTarget, _ report: EncodeReport) -> Bool {
    guard options.errorBound == nil else { return true }
    // A tighter bound may give larger errors: if values lie at the limits of their type, a wide bound can be exact by
    // chance.
    let reached =
      switch target {
      case .quality: 0.0
      case .psnr: report.psnr ?? 0
      case .bitsPerSample: report.bitsPerSample
      case .bytes: Double(report.streamBytes)
      }
    return target.isReached(by: reached)
  }

  private func isBetter(_ report: EncodeReport, than other: EncodeReport) -> Bool {
    let isCheaper = report.streamBytes < other.streamBytes
    guard options.errorBound == nil else { return isCheaper }
    switch options.target {
    case .quality, .psnr: return isCheaper
    case .bitsPerSample, .bytes:
      let (own, others) = (report.mse ?? 0, other.mse ?? 0)
      return own == others ? isCheaper : own < others
    }
  }
}
