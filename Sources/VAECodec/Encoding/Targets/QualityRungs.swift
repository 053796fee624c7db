import Records
import Tensor
import Transform
import VAEModel

/// What codes samples at each quality: the model's operating point, PCA, an error bound, or lossless coding.
///
/// The operating points of floating-point samples end at a PSNR of about 70 dB. The qualities above are error bounds in
/// equal steps of PSNR, down to below the data's own noise; or PCA, if it is as accurate in fewer bytes. An error bound or
/// lossless coding replaces an operating point too if it is as accurate and takes no more bytes. So more quality hardly
/// ever takes fewer bytes.
///
/// The bounds above the operating points follow from the peak of the fitted data and the type of the values, so that they
/// are the same for pipes. All else is decided on the first chunk. Results are cached by quality.
final class QualityRungs {
  /// The PSNR in dB at which the operating points end, and that of quality 100. Half precision has 11 bits.
  static let coarsest = 70.0
  private static let (finest, finestOfHalves) = (140.0, 80.0)
  /// A bound is tried if the quick coder, without symbols of the model, takes at most this multiple of the bytes of a
  /// quality; and may be better if it takes at most that with the best ones.
  private static let (promising, near) = (2.0, 1.35)
  /// The minimum share of the bytes that a bound must save, because they are estimates.
  private static let leastGain = 0.02
  /// The bytes of a bound in the header.
  private static let boundBytes = 8
  /// The PSNR in dB that it may lack.
  private static let tolerance = 0.1
  /// The values by which the quick coder is compared with the stream's, and the minimum number of rows.
  private static let (comparedValues, minimumRows) = (1 << 13, 16)
  /// The quick coder chooses settings like the stream's, in a fraction of the time.
  private static let quick = Effort(1)

  private let pass: StreamEncoder
  private let first: SampleBatch
  private let pca: PCAFallback?
  private let known: ExactSetting
  private var rungs: [Int: StreamEncoder.Rung] = [:]

  /// - Parameters:
  ///   - pass: the encoder of the input.
  ///   - first: the first chunk.
  ///   - known: shared by the encoders of the same samples with the same model and effort.
  init(_ pass: StreamEncoder, first: SampleBatch, known: ExactSetting = ExactSetting()) {
    self.pass = pass
    self.first = first
    self.known = known
    pca = PCAFallback(
      pass.model.model, chunk: first.without(pass.description.missing), kernels: pass.codec.kernels)
  }

  /// What codes the samples at a quality, 0 ... 100.
  func rung(quality: Int) -> StreamEncoder.Rung {
    if let known = rungs[quality] { return known }
    let rung = quality > pass.model.highestPoint ? fine(quality) : point(quality)
    rungs[quality] = rung
    return rung
  }

  /// The expected bytes of the file with a setting and no error bound.
  func bytes(_ setting: StreamMetadata.Setting) -> Double {
    ErrorBoundSearch(pass, nil, first: first).bytes(setting)
  }

  /// PCA at a step that leaves no larger squared error than uniformly distributed errors within a bound; nil if there
  /// is none.
  func pca(within errorBound: ErrorBound) -> StreamMetadata.Setting? { pca?.setting(within: errorBound) }

  /// A bound with its best setting, or lossless coding if that takes no more bytes; and the expected bytes of the file,
  /// coded by the quick coder.
  func cheapest(within errorBound: ErrorBound) -> (rung: StreamEncoder.Rung, bytes: Double) {
    let bounded = errorBound.isLossless ? exact : search(errorBound, Self.quick).best()
    if exact.bytes <= bounded.bytes { return ((pass.units.lossless, exact.setting), exact.bytes) }
    return ((errorBound, bounded.setting), bounded.bytes)
  }

  private func point(_ quality: Int) -> StreamEncoder.Rung {
    let setting = pca?.setting(quality: quality) ?? .quality(quality)
    // With an embedded model a quality gives the same samples as without, whatever the model's bytes.
    guard pass.carriedModels == nil else { return (nil, setting) }
    let (own, psnr) = ErrorBoundSearch(pass, nil, first: first).measured(setting, pass.scale)
    let errorBound = pass.units.bound(psnr: psnr, peak: pass.scale.peak)
    let plain = search(errorBound, Self.quick).bytes(ErrorBoundSearch.nothing(of: pass.model.model))
    guard plain <= Self.promising * own else { return (nil, setting) }
    var (rung, bytes) = cheapest(within: errorBound)
    // Errors of integers within a small bound, and of values on a grid, are not distributed uniformly.
    if let bound = rung.errorBound, !bound.isLossless,
      search(bound, Self.quick).measured(rung.setting, pass.scale).psnr < psnr - Self.tolerance
    {
      (rung, bytes) = ((pass.units.lossless, exact.setting), exact.bytes)
    }
    let header = Double(Self.boundBytes * (rung.errorBound?.bounds.count ?? 0))
    guard bytes <= Self.near * own, gain(rung) * bytes + header <= (1 - Self.leastGain) * own else {
      return (nil, setting)
    }
    return rung
  }

  private func fine(_ quality: Int) -> StreamEncoder.Rung {
    let last = pass.model.highestPoint
    let type = pass.description.elementType
    let range = (type == .f2 ? Self.finestOfHalves : Self.finest) - Self.coarsest
    let psnr = Self.coarsest + range * Double(quality - last) / Double(100 - last)
    // Numbers with few decimals become exact before the bound reaches their noise.
    let units = BoundUnits(pass.description, pass.model.model.scales)
    let errorBound =
      pass.description.format == pass.description.format.withoutDecimals
      ? units.bound(psnr: psnr, peak: pass.model.summary.peak) : units.lossless
    let (rung, quickBytes) = cheapest(within: errorBound)
    guard !errorBound.isLossless, let pca = pca(within: errorBound) else { return rung }
    let ofPCA = bytes(pca)
    return ofPCA < quickBytes && ofPCA < gain(rung) * quickBytes ? (nil, pca) : rung
  }

  private func search(_ errorBound: ErrorBound, _ effort: Effort, rows: Int = .max) -> ErrorBoundSearch {
    ErrorBoundSearch(
      pass, errorBound, first: rows < first.rows ? first.rows(0..<rows) : first, effort: effort)
  }

  /// The setting with which the quick coder takes the fewest bytes, and these.
  private var exact: (setting: StreamMetadata.Setting, bytes: Double) {
    if let found = known.found { return found }
    let found = search(pass.units.lossless, Self.quick).best()
    known.found = found
    return found
  }

  /// The bytes of the stream's coder for each of the quick coder, by some rows.
  private func gain(_ rung: StreamEncoder.Rung) -> Double {
    guard !pass.effort.isQuick, let errorBound = rung.errorBound else { return 1 }
    let rows = max(Self.minimumRows, Self.comparedValues / first.valuesPerSample)
    let bytes = [pass.effort, Self.quick].map { search(errorBound, $0, rows: rows).bytes(rung.setting) }
    return bytes[0] / max(1, bytes[1])
  }
}

/// The setting with which samples take the fewest bytes without loss, and these: the same at all qualities.
final class ExactSetting {
  fileprivate var found: (setting: StreamMetadata.Setting, bytes: Double)?
}

extension FittedModel {
  /// The highest quality that is an operating point of the model. ``QualityRungs`` continues above it.
  var highestPoint: Int { model.output.isInteger ? 100 : QualityLadder.highestOfFractions }
}
