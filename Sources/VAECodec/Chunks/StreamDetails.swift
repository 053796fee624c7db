import ByteIO
import SampleIO
import VAE

/// What the header of a stream says, beside what the container adds.
///
/// In bytes, so that a stream of few samples is not mostly header: the model's fingerprint (8, little-endian); the
/// quality (1), 0 ... 100 for the operating point that the model has for it, or 255 where a point follows (see
/// ``OperatingPoint/write(to:)``); the rows of the stream plus one, or 0 where they were not known (a count); the most
/// rows of a chunk, or 0 where all rows are one chunk (a count); and the description of the samples.
struct StreamDetails {
  /// Where the operating point comes from.
  enum Setting: Equatable {
    /// The model's point of a quality, 0 ... 100.
    case quality(Int)
    /// A point of the stream's own.
    case point(OperatingPoint)
  }

  var fingerprint: UInt64
  var setting: Setting
  var chunkRows: Int
  var rows: Int?
  var description: SampleDescription

  /// Rows of a chunk at the most.
  static let mostChunkRows = 1 << 24
  /// Rows of a stream at the most.
  static let mostRows = Int.max - 1
  /// Values of a chunk at the most.
  static let mostChunkValues = 1 << 28
  private static let ownPoint: UInt8 = 255

  /// Whether all rows are known to be one chunk.
  var hasSingleChunk: Bool { rows.map { $0 >= 1 && $0 <= chunkRows } ?? false }

  /// The operating point, of a model that has one for each quality.
  func point(in model: Model) -> OperatingPoint {
    switch setting {
    case .quality(let quality): model.qualities[quality]
    case .point(let point): point
    }
  }

  func encode() -> [UInt8] {
    var w = ByteWriter()
    w.append(fingerprint)
    switch setting {
    case .quality(let quality): w.append(UInt8(quality))
    case .point(let point):
      w.append(Self.ownPoint)
      point.write(to: &w)
    }
    w.append(count: rows.map { min($0, Self.mostRows) + 1 } ?? 0)
    w.append(count: rows == chunkRows ? 0 : chunkRows)
    description.encode(into: &w)
    return w.bytes
  }

  init(fingerprint: UInt64, setting: Setting, chunkRows: Int, rows: Int?, description: SampleDescription) {
    self.fingerprint = fingerprint
    self.setting = setting
    self.chunkRows = chunkRows
    self.rows = rows
    self.description = description
  }

  /// Throws where a header announces another number of rows than its chunks hold.
  static func check(announced: Int?, found: Int, name: String) throws(CodecError) {
    guard let announced, announced != found else { return }
    throw .badHeader(name: name, reason: "it announces \(announced) rows where the chunks hold \(found)")
  }

  init(_ bytes: [UInt8], name: String) throws(CodecError) {
    var r = ByteReader(bytes)
    do {
      fingerprint = try r.integer()
      let quality: UInt8 = try r.integer()
      switch quality {
      case 0...100: setting = .quality(Int(quality))
      case Self.ownPoint: setting = .point(try OperatingPoint(from: &r))
      default: throw CodecError.badHeader(name: name, reason: "its quality is \(quality)")
      }
      let announced = try r.count()
      rows = announced == 0 ? nil : announced - 1
      let most = try r.count()
      chunkRows = most == 0 ? rows ?? 0 : most
      description = try SampleDescription(from: &r)
    } catch let error as SampleIOError {
      throw .badHeader(name: name, reason: "\(error)")
    } catch let error as CodecError {
      throw error
    } catch {
      throw .badHeader(name: name, reason: "it ends early")
    }
    let (values, overflow) = chunkRows.multipliedReportingOverflow(by: description.valuesPerSample)
    guard chunkRows >= 1, chunkRows <= Self.mostChunkRows, !overflow, values <= Self.mostChunkValues else {
      throw .badHeader(name: name, reason: "chunks of \(chunkRows) rows are more than this program handles")
    }
    guard r.remaining == 0 else { throw .badHeader(name: name, reason: "it goes on after its end") }
    description.rows = rows
  }
}
