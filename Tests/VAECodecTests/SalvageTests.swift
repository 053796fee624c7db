import ByteIO
import Testing

@testable import Records
@testable import VAECodec

@Suite("What is left of damaged files")
struct SalvageTests {
  let codec: Codec

  init() throws { codec = try Codec(threads: 1) }

  /// A file, what it decodes to, and where its streams begin.
  private func sample(
    _ streams: [(rows: Int, chunkRows: Int)], type: ElementType = .f4, knowsRows: Bool = true
  ) throws -> (model: FittedModel, bytes: [UInt8], whole: SampleArray, starts: [Int]) {
    let model = try Models.bumps.get()
    var (bytes, starts): ([UInt8], [Int]) = ([], [])
    for (index, stream) in streams.enumerated() {
      starts.append(bytes.count)
      let sink = MemorySink()
      let array = try Models.bumpRows(stream.rows, seed: UInt64(index)).reshaped(type: type)
      _ = try codec.encode(
        ArrayReader(array, knowsRows: knowsRows), name: "x", model: model,
        options: EncodeOptions(quality: 20, chunkRows: stream.chunkRows), to: sink)
      bytes += sink.bytes
    }
    return (model, bytes, try SampleArray(file: try codec.file(bytes, model)), starts)
  }

  /// Checks that all rows are as before, or told to be lost: without a sign of it, no row is another one.
  ///
  /// - Returns: the rows that are lost.
  private func expectHonest(
    _ found: (array: SampleArray, report: DecodeReport), _ whole: SampleArray, isCut: Bool = false,
    _ context: String
  ) -> Set<Int> {
    let (array, report) = found
    let width = whole.description.valuesPerSample
    var lost: Set<Int> = []
    // From where on rows cannot be compared, because how many are missing is not known.
    var horizon = Int.max
    for damage in report.damage {
      if let rows = damage.rows { lost.formUnion(rows) }
      if damage.rows == nil, damage.kind != .seekTable { horizon = min(horizon, damage.place) }
    }
    #expect(array.rows <= whole.rows, "\(context)")
    let numbers = array.numbers
    for row in 0..<min(array.rows, whole.rows, horizon) {
      if lost.contains(row) {
        let isFilled = numbers[row * width..<(row + 1) * width].allSatisfy { $0.isNaN }
        #expect(isFilled, "\(context), row \(row)")
      } else {
        #expect(array.batch.rows(row..<row + 1) == whole.batch.rows(row..<row + 1), "\(context), row \(row)")
      }
    }
    if isCut { return lost }
    if report.damage.isEmpty { #expect(array == whole, "\(context)") }
    if horizon == .max { #expect(lost.union(0..<array.rows) == Set(0..<whole.rows), "\(context)") }
    return lost
  }

  @Test("a byte that is changed costs no more than its chunk", arguments: [true, false])
  func flips(knowsRows: Bool) throws {
    let (model, bytes, whole, _) = try sample([(10, 4)], knowsRows: knowsRows)
    var costs: Set<Int> = []
    for place in bytes.indices {
      var damaged = bytes
      damaged[place] ^= [0x01, 0x10, 0xFF][place % 3]
      let isWhole = (try? codec.verify(MemorySource(damaged), name: "x")) != nil
      do {
        let found = try codec.salvage(damaged, model)
        let lost = expectHonest(found, whole, "byte \(place)")
        #expect(isWhole || !found.report.damage.isEmpty, "byte \(place)")
        costs.insert(lost.count)
      } catch CodecError.nothingLeft(_, let damage) {
        #expect(damage.kind == .header, "byte \(place)")
        #expect(damage.rows == 0..<10)
      }
      let damage = try codec.damage(in: MemoryStore(damaged), name: "x")
      #expect(damage.isEmpty == isWhole, "byte \(place)")
    }
    #expect(costs == (knowsRows ? [0, 2, 4] : [0, 4]))
  }

  @Test("a byte that is changed in one of several streams costs one chunk or one stream")
  func flipsInSeveral() throws {
    let (model, bytes, whole, starts) = try sample([(10, 4), (3, 4), (8, 4)])
    for place in stride(from: 0, to: bytes.count, by: 2) {
      var damaged = bytes
      damaged[place] ^= [0x80, 0x02, 0xFF][place % 3]
      let found = try codec.salvage(damaged, model)
      let lost = expectHonest(found, whole, "byte \(place)")
      #expect(lost.count <= 10)
      if place >= starts[1], place < starts[2], !found.report.damage.isEmpty {
        #expect(found.report.damage.map(\.kind) == [.compact], "byte \(place)")
        #expect(found.array.rows == 18)
      }
    }
  }

  @Test("of a compact stream, a byte that is changed costs all")
  func compact() throws {
    let (model, bytes, whole, _) = try sample([(5, 8)])
    for place in bytes.indices {
      var damaged = bytes
      damaged[place] ^= [0x01, 0x20, 0xFF][place % 3]
      let strict = try? codec.file(damaged, model)
      if strict != nil {
        #expect(try codec.salvage(damaged, model).array == whole)
      } else {
        #expect(throws: CodecError.self) { try codec.salvage(damaged, model) }
      }
    }
  }

  @Test("a file cut anywhere gives back the chunks before the cut", arguments: [true, false])
  func cuts(knowsRows: Bool) throws {
    let (model, bytes, whole, starts) = try sample([(10, 4), (3, 4), (9, 4)], knowsRows: knowsRows)
    var most = 0
    for end in 0..<bytes.count {
      let part = Array(bytes[..<end])
      if !starts.contains(end) {
        #expect(throws: CodecError.self) { try codec.verify(MemorySource(part), name: "x") }
      }
      guard let found = try? codec.salvage(part, model) else {
        #expect(most == 0)
        continue
      }
      _ = expectHonest(found, whole, isCut: true, "cut at \(end)")
      #expect(found.report.filledSamples == 0)
      if !starts.contains(end) { #expect(!found.report.damage.isEmpty, "cut at \(end)") }
      #expect(found.array.rows >= most, "cut at \(end)")
      most = max(most, found.array.rows)
    }
    #expect(most == 22)
  }

  @Test("bytes that are taken out or put in cost the chunks that they are in")
  func shifts() throws {
    let (model, bytes, whole, _) = try sample([(12, 3), (10, 4)])
    for place in stride(from: 0, to: bytes.count, by: 3) {
      for change in 0..<2 {
        var damaged = bytes
        if change == 0 {
          damaged.remove(at: place)
        } else {
          damaged.insert(0xA5, at: place)
        }
        let found = try codec.salvage(damaged, model)
        _ = expectHonest(found, whole, "\(change) at \(place)")
        #expect(!found.report.damage.isEmpty)
        #expect(found.array.rows >= 10)
      }
    }
  }

  @Test("a file that carries its model decodes by rows, and by another copy where the first is damaged")
  func carriedModel() throws {
    let model = try Models.otherBumps.get()
    let sink = MemorySink()
    for (index, chunkRows) in [4, 20].enumerated() {
      var options = EncodeOptions(quality: 30, chunkRows: chunkRows)
      options.carriesModel = true
      _ = try codec.encode(
        try Models.bumpRows(10, seed: UInt64(index)).reader, name: "x", model: model, options: options,
        to: sink)
    }
    let bytes = sink.bytes
    let size = try codec.verify(MemorySource(bytes), name: "x")[0].modelBytes
    let whole = try SampleArray(file: try codec.file(bytes, nil))
    #expect(whole.rows == 20)
    for slice in [
      RowSlice(lower: 2, upper: 9), RowSlice(lower: 8, upper: 13), RowSlice(lower: -3, upper: nil),
    ] {
      let part = try codec.salvage(bytes, nil, rows: slice, keepsGoing: false)
      #expect(part.array == whole.rows(slice.rows(of: 20)))
    }
    #expect(try codec.salvage(bytes, nil).array == whole)
    // The first bytes, and some of the rest, of the first model.
    for place in Array(0..<40) + Array(stride(from: 40, to: size, by: 97)) {
      var damaged = bytes
      damaged[place] ^= [0x01, 0x10, 0xFF][place % 3]
      let isWhole = (try? codec.verify(MemorySource(damaged), name: "x")) != nil
      let found = try codec.salvage(damaged, nil)
      #expect(found.array == whole, "byte \(place)")
      #expect(found.report.damage.map(\.kind) == (isWhole ? [] : [.model]), "byte \(place)")
      if !isWhole { #expect(throws: CodecError.self) { try codec.file(damaged, nil) } }
    }
  }

  @Test("lost rows of integers are 0")
  func integers() throws {
    let model = try Models.bytes.get()
    var stream = try codec.stream(try Models.byteRows(10, seed: 3), model, chunkRows: 4)
    let whole = try SampleArray(file: try codec.file(stream, model))
    let middle = stream.count / 2
    stream[middle] ^= 4
    let found = try codec.salvage(stream, model)
    let rows = try #require(found.report.damage.first?.rows)
    #expect(found.array.rows(rows).numbers.allSatisfy { $0 == 0 })
    #expect(found.array.rows(0..<rows.lowerBound) == whole.rows(0..<rows.lowerBound))
    #expect(found.report.filledSamples == rows.count)
  }

  @Test("what is no stream at all is said to be none, also when going on")
  func foreign() throws {
    let text = Array("1,2,3\n".utf8)
    for bytes in [[], text, ZstdFrame.compress(text, level: 1, checksum: true)] {
      let error = #expect(throws: CodecError.self) { try codec.salvage(bytes, nil) }
      #expect(error?.description.isEmpty == false)
    }
  }
}
