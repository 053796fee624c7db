import ByteIO
import SampleIO
import VAE

/// What the header of a stream says, beside what the container adds.
///
/// In bytes: the model's fingerprint (8, little-endian), the quality that was asked for (binary32), the most rows of a
/// chunk (a count), the rows of the stream plus one or 0 where they were not known (a count), the operating point
/// (see ``OperatingPoint/write(to:)``), and the description of the samples.
struct StreamDetails {
  var fingerprint: UInt64
  var quality: Float
  var chunkRows: Int
  var rows: Int?
  var point: OperatingPoint
  var description: SampleDescription

  /// Rows of a chunk at the most.
  static let mostChunkRows = 1 << 24
  /// Values of a chunk at the most.
  static let mostChunkValues = 1 << 28

  func encode() -> [UInt8] {
    var w = ByteWriter()
    w.append(fingerprint)
    w.append(quality)
    w.append(count: chunkRows)
    w.append(count: rows.map { $0 + 1 } ?? 0)
    point.write(to: &w)
    description.encode(into: &w)
    return w.bytes
  }

  init(
    fingerprint: UInt64, quality: Float, chunkRows: Int, rows: Int?, point: OperatingPoint,
    description: SampleDescription
  ) {
    self.fingerprint = fingerprint
    self.quality = quality
    self.chunkRows = chunkRows
    self.rows = rows
    self.point = point
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
      quality = try r.float()
      chunkRows = try r.count()
      let announced = try r.count()
      rows = announced == 0 ? nil : announced - 1
      point = try OperatingPoint(from: &r)
      description = try SampleDescription(from: &r)
    } catch let error as SampleIOError {
      throw .badHeader(name: name, reason: "\(error)")
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
