import ByteIO
import Testing

@testable import Records
@testable import VAECodec

/// What goes to arrays in memory stops when nobody wants it any more.
@Suite("Cancellation")
struct CancellationTests {
  /// Counts the batches that come through, and cancels at one of them.
  private final class CancellingWriter: SampleWriter {
    private let base: SamplesWriter
    private let observer: TransferObserver
    private(set) var batches = 0

    init(_ description: SampleDescription, _ observer: TransferObserver) {
      base = SamplesWriter(description, observing: observer)
      self.observer = observer
    }

    func write(_ batch: SampleBatch) throws(SampleIOError) {
      try base.write(batch)
      batches += 1
      if batches == 2 { observer.cancel() }
    }

    func finish() throws(SampleIOError) { base.finish() }
  }

  private func expectStopping(
    _ body: ((SampleDescription) throws(CodecError) -> any SampleWriter) throws -> Void
  ) throws {
    let observer = TransferObserver()
    var writer: CancellingWriter?
    #expect(throws: CodecError.samples(.bytes(.cancelled, name: "samples"))) {
      try body { description in
        let made = CancellingWriter(description, observer)
        writer = made
        return made
      }
    }
    #expect(writer?.batches == 2)
  }

  @Test("samples are drawn no further")
  func sampling() throws {
    let (codec, model) = (try Codec(threads: 1), try Models.bumps.get())
    try expectStopping {
      _ = try codec.sample(1_000_000_000, from: model, name: "model", makeWriter: $0)
    }
  }

  @Test("streams are decoded no further")
  func decoding() throws {
    let (codec, model) = (try Codec(threads: 1), try Models.bumps.get())
    let sink = MemorySink()
    _ = try codec.encode(
      try Models.bumpRows(60, seed: 51).reader, name: "data", model: model,
      options: EncodeOptions(quality: 50, chunkRows: 10), to: sink)
    try expectStopping {
      _ = try codec.decode(MemorySource(sink.bytes), name: "data", model: model, makeWriter: $0)
    }
  }
}
