import ByteIO
import VAEModel

/// The setting of a stream: its error bound, model, operating point and target.
///
/// In bytes: flags; the digest of the model, if there is one; the bound or bounds; the operating point; and the target,
/// preceded by its length, so that readers can skip later kinds.
struct StreamSetting {
  var errorBound: ErrorBound?
  var point: StreamMetadata.Setting
  var model: Digest?
  var target: TargetRecord?
  /// Whether a layout follows the description of the samples.
  var hasLayout = false

  /// Bits 0 and 1.
  private enum Promise: UInt8 {
    case nothing = 0
    case bound = 1
    case columnBounds = 2
    case lossless = 3
  }

  /// Bits 2 and 3.
  private enum Point: UInt8 {
    case withoutModel = 0
    case quality = 1
    case baseline = 2
    case own = 3
  }

  private static let targetFlag: UInt8 = 0x10
  private static let layoutFlag: UInt8 = 0x20

  /// The bytes are not what an encoder writes.
  struct Impossible: Error {
    var reason: String
  }

  func write(to w: inout ByteWriter) {
    let promise: Promise =
      switch errorBound {
      case nil: .nothing
      case .maxError: .bound
      case .byColumn, .maxRelativeError: .columnBounds
      case .lossless: .lossless
      }
    let kind: Point =
      switch point {
      case .withoutModel: .withoutModel
      case .quality: .quality
      case .linear: .baseline
      case .point: .own
      }
    w.append(
      promise.rawValue | kind.rawValue << 2 | (target == nil ? 0 : Self.targetFlag)
        | (hasLayout ? Self.layoutFlag : 0))
    model?.write(to: &w)
    switch errorBound {
    case .maxError(let bound): w.append(bound)
    case .byColumn(let bounds): bounds.write(to: &w)
    case .maxRelativeError: ColumnBounds(bounds: errorBound?.bounds ?? []).write(to: &w)
    case .lossless, nil: break
    }
    switch point {
    case .withoutModel: break
    case .quality(let quality): w.append(UInt8(quality))
    case .linear(let step): w.append(stored: step)
    case .point(let point): point.write(to: &w)
    }
    guard let target else { return }
    var record = ByteWriter()
    target.write(to: &record)
    w.append(count: record.bytes.count)
    w.append(record.bytes)
  }

  init(
    errorBound: ErrorBound?, point: StreamMetadata.Setting, model: Digest?, target: TargetRecord?,
    hasLayout: Bool = false
  ) {
    self.errorBound = errorBound
    self.point = point
    self.model = model
    self.target = target
    self.hasLayout = hasLayout
  }

  /// Parses what ``write(to:)`` wrote. Throws ``Impossible``, or what the reader throws.
  init(from r: inout ByteReader) throws {
    let flags: UInt8 = try r.integer()
    guard flags < 2 * Self.layoutFlag, let promise = Promise(rawValue: flags & 3),
      let kind = Point(rawValue: flags >> 2 & 3)
    else { throw Impossible(reason: "its flags are \(flags)") }
    guard kind != .withoutModel || promise != .nothing else {
      throw Impossible(reason: "it has neither a model nor a promise")
    }
    hasLayout = flags & Self.layoutFlag != 0
    model = kind == .withoutModel ? nil : try Digest(from: &r)
    switch promise {
    case .nothing: errorBound = nil
    case .bound:
      let bound = try r.double()
      guard ErrorBound.range.contains(bound) else { throw Impossible(reason: "its bound is \(bound)") }
      errorBound = .maxError(bound)
    case .columnBounds:
      guard let bounds = try ColumnBounds(from: &r) else {
        throw Impossible(reason: "its bounds of columns are impossible")
      }
      errorBound = bounds.bounds.count > 1 ? .byColumn(bounds) : .maxRelativeError(bounds.bounds[0].size)
    case .lossless: errorBound = .lossless
    }
    switch kind {
    case .withoutModel: point = .withoutModel
    case .quality:
      let quality: UInt8 = try r.integer()
      guard quality < Model.qualityCount else { throw Impossible(reason: "its quality is \(quality)") }
      point = .quality(Int(quality))
    case .baseline: point = .linear(step: try r.stored())
    case .own: point = .point(try OperatingPoint(from: &r))
    }
    guard flags & Self.targetFlag != 0 else { return }
    var record = ByteReader(try r.take(try r.count()))
    target = try TargetRecord(from: &record)
  }
}
