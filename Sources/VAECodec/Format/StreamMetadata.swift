import ByteIO
import Container
import EntropyCoding
import Records
import VAEModel

/// What a stream says of itself, beside what the container adds.
///
/// In bytes, so that a stream of few samples is not mostly header:
///
///     fingerprint   u32      the upper half of the model's
///     setting       see `Setting`
///     target        where the setting says that there is one: see `TargetRecord`
///     rows          LEB128   of the stream, plus one; or 0 where they were not known
///     chunk rows    LEB128   the most rows of a chunk
///     description   of the samples
///
/// A compact stream leaves out both numbers of rows: its chunk tells them.
struct StreamMetadata {
  /// Where the operating point comes from.
  ///
  /// A byte: 0 ... 100 for a quality; 104 for none, in a stream that needs no model; 101 for the model's baseline, with the step in a bf16; 127 where a point follows (see
  /// ``OperatingPoint/write(to:)``). All else is refused. Bit 7 says that a target follows the setting. Before all this, 102
  /// with a bound in binary64, or 103, says what is guaranteed.
  enum Setting: Equatable {
    /// The model's point of a quality, 0 ... 100.
    case quality(Int)
    /// The model's baseline alone, PCA, at a step of 16 bits.
    case linear(step: Float)
    /// A point of the stream's own.
    case point(OperatingPoint)
    /// None: there is no model, and all that corrections start from is 0.
    case withoutModel
  }

  /// Of the model: see `Fingerprint.ofStreams`.
  var fingerprint: UInt32
  var setting: Setting
  /// What the setting was found for; nil where it was given.
  var target: TargetRecord?
  /// What is promised of every value; then all chunks are corrected or stored.
  var errorBound: ErrorBound?
  var chunkRows: Int
  var rows: Int?
  var description: SampleDescription

  /// Rows of a chunk at the most.
  static let maximumChunkRows = 1 << 24
  /// Rows of a stream at the most.
  static let maximumRows = Int.max - 1
  /// Values of a chunk at the most.
  static let maximumChunkValues = 1 << 28
  /// The maximum number of values of a sample in a stream that has no model.
  static let maximumValuesWithoutModel = 1 << 23
  /// What decoding one of them takes in memory, beside the samples of a chunk.
  static func bytesOfValueWithoutModel(blockRows: Int) -> Int { 60 + 36 * blockRows }
  private static let linear: UInt8 = 101
  private static let (boundedError, lossless): (UInt8, UInt8) = (102, 103)
  private static let noModel: UInt8 = 104
  private static let columnBounds: UInt8 = 105
  private static let ownPoint: UInt8 = 127
  private static let targetFlag: UInt8 = 0x80

  /// What codes the samples, `model` or a part of it, and at which operating point; nil where the model has not what the
  /// setting asks for.
  func coding(in model: Model) -> (model: Model, point: OperatingPoint)? {
    switch setting {
    case .withoutModel: return Self.codingWithoutModel(values: description.valuesPerSample)
    case .quality(let quality):
      guard model.qualities.indices.contains(quality) else { return nil }
      let point = model.qualities[quality]
      return model.accepts(point) ? (model, point) : nil
    case .point(let point): return model.accepts(point) ? (model, point) : nil
    case .linear(let step):
      let point = OperatingPoint(network: nil, steps: [step])
      return model.linear.flatMap { $0.accepts(point) ? ($0, point) : nil }
    }
  }

  /// What takes the place of a model where a stream has none: every sample is 0, and takes no bits.
  /// Nil for samples of more than ``mostValuesWithoutModel``.
  static func codingWithoutModel(values: Int) -> (model: Model, point: OperatingPoint)? {
    guard values <= maximumValuesWithoutModel else { return nil }
    return (Model(zeros: values), OperatingPoint(network: nil, steps: []))
  }

  /// The bytes for the header of a stream in chunks.
  func encode() -> [UInt8] {
    var w = ByteWriter()
    writeBeginning(to: &w)
    w.append(count: rows.map { min($0, Self.maximumRows) + 1 } ?? 0)
    w.append(count: chunkRows)
    description.encode(into: &w)
    return w.bytes
  }

  /// The bytes for a compact stream.
  func encodeCompact() -> [UInt8] {
    var w = ByteWriter()
    writeBeginning(to: &w)
    description.encode(into: &w)
    return w.bytes
  }

  private func writeBeginning(to w: inout ByteWriter) {
    w.append(fingerprint)
    switch errorBound {
    case .maxError(let bound):
      w.append(Self.boundedError)
      w.append(bound)
    case .byColumn(let bounds):
      w.append(Self.columnBounds)
      bounds.write(to: &w)
    case .lossless: w.append(Self.lossless)
    case nil: break
    }
    let flag = target == nil ? 0 : Self.targetFlag
    switch setting {
    case .quality(let quality): w.append(UInt8(quality) | flag)
    case .withoutModel: w.append(Self.noModel | flag)
    case .linear(let step):
      w.append(Self.linear | flag)
      w.append(stored: step)
    case .point(let point):
      w.append(Self.ownPoint | flag)
      point.write(to: &w)
    }
    target?.write(to: &w)
  }

  init(
    fingerprint: UInt32, setting: Setting, target: TargetRecord? = nil, errorBound: ErrorBound? = nil,
    chunkRows: Int, rows: Int?, description: SampleDescription
  ) {
    self.fingerprint = fingerprint
    self.setting = setting
    self.target = target
    self.errorBound = errorBound
    self.chunkRows = chunkRows
    self.rows = rows
    self.description = description
  }

  /// Throws where a header announces another number of rows than its chunks hold.
  static func check(announced: Int?, found: Int, name: String) throws(CodecError) {
    guard let announced, announced != found else { return }
    throw .badHeader(name: name, reason: "it announces \(announced) rows where the chunks hold \(found)")
  }

  /// Throws where a chunk follows one that is not full: rows are found by counting full chunks.
  ///
  /// - Parameters:
  ///   - previous: rows of the chunk before; nil where there is none.
  ///   - chunk: the number of the chunk that follows it, from 1.
  func checkFull(_ previous: Int?, before chunk: Int, name: String) throws(CodecError) {
    guard let previous, previous != chunkRows else { return }
    throw .badHeader(
      name: name, reason: "chunk \(chunk - 1) has \(previous) rows; expected \(chunkRows)")
  }

  /// Reads what ``encode()`` wrote: all of `bytes`.
  init(_ bytes: [UInt8], name: String) throws(CodecError) {
    var r = ByteReader(bytes)
    self = try Self.reading(name) { () throws in
      let (fingerprint, errorBound, setting, target) = try Self.beginning(&r)
      let announced = try r.count()
      let chunkRows = try r.count()
      return StreamMetadata(
        fingerprint: fingerprint, setting: setting, target: target, errorBound: errorBound,
        chunkRows: chunkRows,
        rows: announced == 0 ? nil : announced - 1, description: try SampleDescription(from: &r))
    }
    guard r.remaining == 0 else { throw .badHeader(name: name, reason: "bytes follow its end") }
    try check(name)
  }

  /// Reads what ``encodeCompact()`` wrote, and how many rows the chunk's content after it says that it has.
  ///
  /// - Returns: the details, and the content of the chunk.
  static func compact(
    _ bytes: ArraySlice<UInt8>, name: String
  ) throws(CodecError) -> (details: StreamMetadata, chunk: ArraySlice<UInt8>) {
    var r = ByteReader(bytes)
    var details = try reading(name) { () throws in
      let (fingerprint, errorBound, setting, target) = try Self.beginning(&r)
      return StreamMetadata(
        fingerprint: fingerprint, setting: setting, target: target, errorBound: errorBound, chunkRows: 1,
        rows: nil,
        description: try SampleDescription(from: &r))
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

  private static func beginning(
    _ r: inout ByteReader
  ) throws -> (fingerprint: UInt32, ErrorBound?, Setting, TargetRecord?) {
    let fingerprint: UInt32 = try r.integer()
    var byte: UInt8 = try r.integer()
    var errorBound: ErrorBound?
    if byte == boundedError {
      let bound = try r.double()
      guard ErrorBound.bounds.contains(bound) else { throw UnknownSetting(byte: byte) }
      errorBound = .maxError(bound)
    } else if byte == columnBounds {
      guard let bounds = try ColumnBounds(from: &r) else { throw UnknownSetting(byte: byte) }
      errorBound = .byColumn(bounds)
    } else if byte == lossless {
      errorBound = .lossless
    }
    if errorBound != nil { byte = try r.integer() }
    let setting: Setting
    switch byte & ~targetFlag {
    case let quality where quality <= 100: setting = .quality(Int(quality))
    case linear: setting = .linear(step: try r.stored())
    case noModel where errorBound != nil: setting = .withoutModel
    case ownPoint: setting = .point(try OperatingPoint(from: &r))
    default: throw UnknownSetting(byte: byte)
    }
    return (fingerprint, errorBound, setting, byte & targetFlag == 0 ? nil : try TargetRecord(from: &r))
  }

  private struct UnknownSetting: Error {
    var byte: UInt8
  }

  /// Runs `body`, and says of its errors that the header is at fault.
  private static func reading(
    _ name: String, _ body: () throws -> StreamMetadata
  ) throws(CodecError) -> StreamMetadata {
    do {
      return try body()
    } catch let error as SampleIOError {
      throw .badHeader(name: name, reason: "\(error)")
    } catch let error as TargetRecord.UnknownKind {
      throw .badHeader(name: name, reason: "its target is of kind \(error.kind)")
    } catch let error as UnknownSetting {
      throw .badHeader(name: name, reason: "its quality is \(error.byte)")
    } catch {
      throw .badHeader(name: name, reason: "it ends early")
    }
  }

  /// Throws where chunks may be larger than decoders handle. Takes over the rows into the description.
  private mutating func check(_ name: String) throws(CodecError) {
    let (values, overflow) = chunkRows.multipliedReportingOverflow(by: description.valuesPerSample)
    guard chunkRows >= 1, chunkRows <= Self.maximumChunkRows, !overflow, values <= Self.maximumChunkValues
    else {
      throw .badHeader(name: name, reason: "chunks of \(chunkRows) rows are too large for this program")
    }
    description.rows = rows
    if case .byColumn(let bounds) = errorBound {
      guard bounds.columns.count == description.valuesPerSample, bounds.columns.count <= Model.maximumValues
      else {
        throw .badHeader(name: name, reason: "it has bounds for \(bounds.columns.count) columns")
      }
    }
  }
}
