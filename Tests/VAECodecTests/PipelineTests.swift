import ByteIO
import Dispatch
import Synchronization
import Testing

@testable import Records
@testable import VAECodec

/// Chunks on their way through several threads.
@Suite("pipeline", .timeLimit(.minutes(1)))
struct PipelineTests {
  private enum Failure: Error, Equatable {
    case next(Int)
    case use(Int)
  }

  /// A piece takes more or less time, by its number.
  private static func work(_ number: Int) -> Int {
    var x = UInt64(number) &* 0x9E37_79B9_7F4A_7C15
    for _ in 0..<(x >> 52) { x = x &* 6_364_136_223_846_793_005 &+ 1 }
    return x == 1 ? -1 : number * number
  }

  @Test("results come in order, from few pieces at once", arguments: [1, 2, 3, 8])
  func order(threads: Int) throws {
    let atWork = Mutex<Set<Int>>([])
    let mistakes = Mutex(0)
    var (brought, most) = (0, 0)
    var results: [Int] = []
    try ChunkPipeline(threads: threads).run(
      next: { () throws(Failure) in
        most = max(most, brought - results.count)
        brought += 1
        return brought <= 200 ? brought - 1 : nil
      },
      work: { worker, number in
        let isFree = atWork.withLock { $0.insert(worker).inserted }
        if !isFree || worker < 0 || worker >= threads { mistakes.withLock { $0 += 1 } }
        defer { atWork.withLock { _ = $0.remove(worker) } }
        return Self.work(number)
      },
      use: { (result: Int) throws(Failure) in results.append(result) })
    let squares = (0..<200).map { (number: Int) -> Int in number * number }
    #expect(results == squares)
    #expect(mistakes.withLock { $0 } == 0)
    // Before the next is brought, at most one a thread.
    #expect(most <= threads)
  }

  @Test("what was brought before an error is used before it is thrown", arguments: [1, 2, 5], [0, 1, 2, 30])
  func failingReader(threads: Int, place: Int) {
    var (brought, results): (Int, [Int]) = (0, [])
    #expect(throws: Failure.next(place)) {
      try ChunkPipeline(threads: threads).run(
        next: { () throws(Failure) in
          guard brought < place else { throw .next(place) }
          brought += 1
          return brought - 1
        },
        work: { _, number in Self.work(number) },
        use: { (result: Int) throws(Failure) in results.append(result) })
    }
    let squares = (0..<place).map { (number: Int) -> Int in number * number }
    #expect(results == squares)
  }

  @Test(
    "an error of what uses results ends the work on those that follow", arguments: [1, 2, 5], [0, 1, 30])
  func failingWriter(threads: Int, place: Int) {
    let running = Mutex(0)
    var (brought, used) = (0, 0)
    #expect(throws: Failure.use(place)) {
      try ChunkPipeline(threads: threads).run(
        next: { () throws(Failure) -> Int? in
          brought += 1
          return brought
        },
        work: { _, number in
          running.withLock { $0 += 1 }
          defer { running.withLock { $0 -= 1 } }
          return Self.work(number)
        },
        use: { (_: Int) throws(Failure) in
          if used == place { throw .use(place) }
          used += 1
        })
    }
    #expect(used == place && brought <= place + threads + 1)
    #expect(running.withLock { $0 } == 0)
  }

  @Test("one thread and several write the same bytes, at every effort", arguments: [0, 1, 2])
  func threads(effort: Int) throws {
    let model = try Models.bumps.get()
    let array = try Models.bumpRows(90, seed: 4)
    for chunkRows in [1, 7, 40] {
      let streams = try [1, 2, 3, 8].map {
        try Codec(threads: $0).stream(array, model, quality: 75, chunkRows: chunkRows, effort: effort)
      }
      #expect(Set(streams).count == 1)
      let files = try [1, 2, 3, 8].map { try Codec(threads: $0).file(streams[0], model) }
      #expect(Set(files).count == 1)
    }
  }

  @Test("a sink that fails ends an encoder with its error", arguments: [1, 2, 4], [0, 60, 400])
  func failingSink(threads: Int, most: Int) throws {
    let model = try Models.bumps.get()
    let array = try Models.bumpRows(300, seed: 5)
    let expected = CodecError.stream(.bytes(.brokenPipe), name: "data")
    #expect(throws: expected) {
      try Codec(threads: threads).encode(
        array.reader, name: "data", model: model,
        options: EncodeOptions(quality: 50, chunkRows: 3, effort: 0),
        to: FailingSink(after: most))
    }
  }

  @Test("an encoder writes the chunks before a row that it cannot code", arguments: [1, 2, 4])
  func badRow(threads: Int) throws {
    let model = try Models.bytes.get()
    let good = try Models.byteRows(60, seed: 6).reshaped(type: .f4)
    var numbers = good.numbers
    numbers[12 * 40 + 3] = 7.5
    let array = try SampleArray(numbers, shape: [4, 3])
    let sink = MemorySink()
    #expect(throws: CodecError.notAnInteger(name: "data", row: 41, column: 4)) {
      try Codec(threads: threads).encode(
        array.reader, name: "data", model: model, options: EncodeOptions(quality: 50, chunkRows: 10), to: sink
      )
    }
    let whole = try Codec(threads: 1).stream(good, model, quality: 50, chunkRows: 10)
    #expect(whole.starts(with: sink.bytes) && sink.bytes.count > whole.count / 4)
  }

  @Test("a decoder writes the samples before damage", arguments: [1, 2, 4])
  func damage(threads: Int) throws {
    let model = try Models.bumps.get()
    let array = try Models.bumpRows(60, seed: 6)
    let stream = try Codec(threads: 1).stream(array, model, quality: 50, chunkRows: 10)
    let sink = MemorySink(canPatch: true)
    #expect(throws: CodecError.self) {
      try Codec(threads: threads).decode(
        MemorySource(Array(stream[..<(stream.count / 2)])), name: "data.vaec", model: model
      ) { description throws(CodecError) in
        do throws(SampleIOError) {
          return try SampleOutput.make(description, to: sink)
        } catch {
          throw .samples(error)
        }
      }
    }
    let file = try Codec(threads: 1).file(stream, model)
    #expect(file.starts(with: sink.bytes) && sink.bytes.count > 128 + 10 * 12 * 4)
  }

  @Test("many samples are measured in part, spread evenly", arguments: [1, 5, 64, 1000])
  func sample(maximumRows: Int) {
    var sample = RowSample(maximumRows: maximumRows)
    for i in 0..<100 {
      let numbers = (0..<37).map { Float(i * 37 + $0) }
      sample.add(SampleBatch(floats: numbers, elementType: .f4, valuesPerSample: 1))
    }
    let rows = sample.batches.flatMap { $0.floats() }
    #expect(sample.rows == 3700 && !sample.holdsAll)
    #expect(rows.count <= maximumRows && rows.count >= max(1, maximumRows / 2))
    #expect(rows == rows.sorted() && Set(rows).count == rows.count)
    if maximumRows > 1 { #expect((rows.last ?? 0) > 1800) }
  }
}

/// A sink whose reader has gone after some bytes.
private final class FailingSink: ByteSink {
  private var left: Int

  init(after bytes: Int) { left = bytes }

  func write(_ bytes: UnsafeRawBufferPointer) throws(ByteIOError) {
    left -= bytes.count
    if left < 0 { throw .brokenPipe }
  }

  func finish() {}
}
