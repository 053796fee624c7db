@testable import ByteIO
@testable import Records
@testable import VAECodec

/// Decodes a hostile file in one of the ways that there are.
enum HostileDecoding {
  /// The ways.
  enum Way: Int, CaseIterable {
    /// From beginning to end, and some rows alone, which must be the same.
    case wholeAndRows
    /// As a damaged file.
    case salvage
    /// Without decoding.
    case verify
  }

  static func run(_ file: [UInt8], model: FittedModel?, rows: RowSlice, _ way: Way) throws {
    let codec = try Codec(threads: 1, memory: memory)
    switch way {
    case .wholeAndRows: try decode(file, model: model, rows: rows, codec)
    case .verify: _ = try catching { try codec.verify(MemorySource(file), name: "stream") }
    case .salvage:
      _ = try catching {
        try codec.decode(MemoryStore(file), name: "stream", model: model, rows: rows, keepsGoing: true) {
          (description) throws(CodecError) in try writer(description, MemorySink(canPatch: true))
        }
      }
    }
  }

  private static func decode(_ file: [UInt8], model: FittedModel?, rows: RowSlice, _ codec: Codec) throws {
    let store = MemoryStore(file)
    let (all, some) = (MemorySink(canPatch: true), MemorySink(canPatch: true))
    let decoded = try catching {
      try codec.decode(MemorySource(file), name: "stream", model: model) { (description) throws(CodecError) in
        try writer(description, all)
      }
    }
    let part = try catching {
      try codec.decode(store, name: "stream", model: model, rows: rows) { (description) throws(CodecError) in
        try writer(description, some)
      }
    }
    guard let decoded, let part else { return }
    // Both are raw values: the part is a part of the whole.
    let wanted = rows.rows(of: decoded.samples)
    let size = decoded.samples > 0 ? all.bytes.count / decoded.samples : 0
    try BrokenPromise.unless(
      part.samples == wanted.count
        && some.bytes.elementsEqual(all.bytes[wanted.lowerBound * size..<wanted.upperBound * size]),
      "rows that are decoded alone differ")
  }

  /// What a hostile file may use here.
  private static let memory = MemoryLimit(bytes: 1 << 26)
  /// Samples that a hostile file may write here.
  private static let maximumRows = 1 << 20

  private static func catching<R>(_ body: () throws -> R) throws -> R? {
    do {
      return try body()
    } catch is CodecError {
      return nil
    }
  }

  private static func writer(
    _ description: SampleDescription, _ sink: MemorySink
  ) throws(CodecError) -> any SampleWriter {
    var raw = description
    raw.format = .raw
    return LimitedWriter(try ModelTarget.makeWriter(raw, sink), rows: maximumRows)
  }

  /// Another writer that takes no more than a number of rows: a few bytes may stand for millions.
  private final class LimitedWriter: SampleWriter {
    private let base: any SampleWriter
    private var rows: Int

    init(_ base: any SampleWriter, rows: Int) {
      self.base = base
      self.rows = rows
    }

    func write(_ batch: SampleBatch) throws(SampleIOError) {
      rows -= batch.rows
      guard rows >= 0 else { throw .tooLarge(name: "stream", limit: HostileDecoding.maximumRows) }
      try base.write(batch)
    }

    func finish() throws(SampleIOError) { try base.finish() }
  }
}
