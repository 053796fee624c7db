import ByteIO
import Container
import EntropyCoding
import Records
import VAEModel

// The metadata of a stream in bytes, kept short because it may outweigh the samples of a small stream:
//
//     setting       see StreamSetting
//     rows          LEB128   rows of the stream plus one, or 0 if unknown
//     chunk rows    LEB128   the maximum number of rows in a chunk
//     description   of the samples, or of the array that a layout cuts into samples
//     layout        only if the setting says so: the length of the array's first axis (LEB128) and the rule
//
// A compact stream omits both numbers of rows, which its chunk implies. man/vaec.5 specifies the format.

extension StreamMetadata {
  /// The bytes for the header of a stream of chunks.
  func encode() -> [UInt8] {
    var w = ByteWriter()
    writeSetting(to: &w)
    w.append(count: rows.map { min($0, Self.maximumRows) + 1 } ?? 0)
    w.append(count: chunkRows)
    writeDescription(to: &w)
    return w.bytes
  }

  /// The bytes for a compact stream.
  func encodeCompact() -> [UInt8] {
    var w = ByteWriter()
    writeSetting(to: &w)
    writeDescription(to: &w)
    return w.bytes
  }

  /// Parses what ``encode()`` wrote: all of `bytes`.
  init(_ bytes: [UInt8], name: String) throws(CodecError) {
    var r = ByteReader(bytes)
    self = try Self.reading(name) { () throws in
      let setting = try StreamSetting(from: &r)
      let announced = try r.count()
      let chunkRows = try r.count()
      return StreamMetadata(
        setting, chunkRows: chunkRows, rows: announced == 0 ? nil : announced - 1,
        description: try Self.description(setting, from: &r))
    }
    guard r.remaining == 0 else { throw .badHeader(name: name, reason: "bytes follow its end") }
    try check(name)
  }

  /// Parses what ``encodeCompact()`` wrote, and reads the number of rows from the chunk content that follows it.
  ///
  /// - Returns: the metadata, and the content of the chunk.
  static func compact(
    _ bytes: ArraySlice<UInt8>, name: String
  ) throws(CodecError) -> (details: StreamMetadata, chunk: ArraySlice<UInt8>) {
    var r = ByteReader(bytes)
    var details = try reading(name) { () throws in
      let setting = try StreamSetting(from: &r)
      return StreamMetadata(
        setting, chunkRows: 1, rows: nil, description: try Self.description(setting, from: &r))
    }
    let chunk = bytes.suffix(r.remaining)
    do throws(ChunkError) {
      details.chunkRows = try ChunkDecoder.rows(ofContent: chunk, limit: maximumChunkRows)
    } catch {
      throw .chunk(error, name: name, chunk: 1)
    }
    details.rows = details.chunkRows
    try details.check(name)
    return (details, chunk)
  }

  private init(_ setting: StreamSetting, chunkRows: Int, rows: Int?, description: SampleDescription) {
    self.init(
      setting: setting.point, model: setting.model, target: setting.target, errorBound: setting.errorBound,
      chunkRows: chunkRows, rows: rows, description: description)
  }

  private func writeSetting(to w: inout ByteWriter) {
    StreamSetting(
      errorBound: errorBound, point: setting, model: model, target: target,
      hasLayout: description.array != nil
    ).write(to: &w)
  }

  private func writeDescription(to w: inout ByteWriter) {
    description.encodeArray(into: &w)
    description.encodeLayout(into: &w)
  }

  private static func description(
    _ setting: StreamSetting, from r: inout ByteReader
  ) throws(SampleIOError) -> SampleDescription {
    setting.hasLayout ? try SampleDescription(cutFrom: &r) : try SampleDescription(from: &r)
  }

  /// Runs `body`, and turns its errors into errors of the header.
  private static func reading(
    _ name: String, _ body: () throws -> StreamMetadata
  ) throws(CodecError) -> StreamMetadata {
    do {
      return try body()
    } catch let error as SampleIOError {
      throw .badHeader(name: name, reason: "\(error)")
    } catch let error as StreamSetting.Impossible {
      throw .badHeader(name: name, reason: error.reason)
    } catch {
      throw .badHeader(name: name, reason: "it ends early")
    }
  }

  /// Throws if chunks may be larger than decoders handle. Copies the number of rows into the description.
  fileprivate mutating func check(_ name: String) throws(CodecError) {
    let (values, overflow) = chunkRows.multipliedReportingOverflow(by: description.valuesPerSample)
    guard chunkRows >= 1, chunkRows <= Self.maximumChunkRows, !overflow, values <= Self.maximumChunkValues
    else {
      throw .badHeader(name: name, reason: "chunks of \(chunkRows) rows are too large for this program")
    }
    if let layout = description.array?.layout {
      guard let rows, layout.samples == rows else {
        throw .badHeader(name: name, reason: "its layout has another number of samples than its chunks")
      }
    }
    description.rows = rows
    if case .byColumn(let bounds) = errorBound {
      guard bounds.bounds.count == description.valuesPerSample, bounds.bounds.count <= Model.maximumValues
      else {
        throw .badHeader(name: name, reason: "it has bounds for \(bounds.bounds.count) columns")
      }
    }
  }
}
