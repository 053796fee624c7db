import ByteIO
import Testing

@testable import VAECodec

/// What is written is read back before anybody gets it.
@Suite("reading back")
struct ReadBackTests {
  /// A disk that changes a byte on its way.
  private final class FaultySink: ReadableSink {
    private var bytes: [UInt8] = []
    private let place: Int

    init(_ place: Int) { self.place = place }

    func write(_ bytes: UnsafeRawBufferPointer) { self.bytes.append(contentsOf: bytes) }
    func finish() {}

    func written() -> (any ByteStore)? {
      var changed = bytes
      if changed.indices.contains(place) { changed[place] ^= 0x10 }
      return MemoryStore(changed)
    }
  }

  /// A pipe: what went there cannot be read.
  private final class Pipe: ReadableSink {
    func write(_ bytes: UnsafeRawBufferPointer) {}
    func finish() {}
    func written() -> (any ByteStore)? { nil }
  }

  private func isRefused(_ body: () throws -> Void) -> Bool {
    do {
      try body()
      return false
    } catch CodecError.notReadBack("out", let reason) {
      return !reason.isEmpty && !reason.contains("out:")
    } catch {
      return false
    }
  }

  @Test(
    "a stream with a changed byte is refused, wherever it is",
    arguments: [(rows: 20, chunk: 64, carries: false), (20, 8, false), (20, 64, true), (0, 64, false)])
  func streams(rows: Int, chunk: Int, carries: Bool) throws {
    let codec = try Codec(threads: 1)
    let model = try Models.walks.get()
    let array = try SampleArray(TestData.walks(rows, width: 2, seed: 4), shape: [2])
    var options = EncodeOptions(quality: 60, chunkRows: chunk)
    options.carriesModel = carries
    let chosen = options
    func refused(at place: Int) throws -> (Bool, size: Int) {
      let sink = FaultySink(place)
      let report = try codec.encode(array.reader, name: "in", model: model, options: chosen, to: sink)
      return (
        isRefused { try codec.readBack(sink, name: "out", samples: report.samples) }, report.streamBytes
      )
    }
    let (isWrong, size) = try refused(at: -1)
    #expect(!isWrong)
    let places = stride(from: 0, to: size, by: max(1, size / 60))
    let unnoticed = try places.filter { try !refused(at: $0).0 }
    // A frame has a few bits that say nothing of its content.
    #expect(unnoticed.count * 20 <= 60, "\(unnoticed) of \(size)")
  }

  @Test("fewer samples than were encoded are refused")
  func samples() throws {
    let codec = try Codec(threads: 1)
    let sink = MemorySink()
    let array = try SampleArray(TestData.walks(9, width: 2, seed: 4), shape: [2])
    _ = try codec.encode(array.reader, name: "in", model: Models.walks.get(), to: sink)
    #expect(isRefused { try codec.readBack(sink, name: "out", samples: 10) })
    #expect(!isRefused { try codec.readBack(sink, name: "out", samples: 9) })
  }

  @Test("a model with a changed byte is refused, wherever it is")
  func models() throws {
    let model = try Models.walks.get()
    func refused(at place: Int) throws -> Bool {
      let sink = FaultySink(place)
      try sink.write(model.bytes)
      return isRefused { try model.readBack(sink, name: "out") }
    }
    #expect(try !refused(at: -1))
    #expect(try model.bytes.indices.allSatisfy { try refused(at: $0) })
    let other = FaultySink(-1)
    try other.write(try Models.bumps.get().bytes)
    #expect(isRefused { try model.readBack(other, name: "out") })
  }

  @Test("what goes to a pipe is not waited for")
  func pipes() throws {
    try Codec(threads: 1).readBack(Pipe(), name: "out", samples: 3)
    try Models.walks.get().readBack(Pipe(), name: "out")
  }
}
