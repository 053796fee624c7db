import Testing

@testable import VAECodec

@Suite("Streams one after the other")
struct ConcatenationTests {
  let codec: Codec

  init() throws { codec = try Codec(threads: 2) }

  @Test("decode to the samples of all of them, one after the other")
  func concatenated() throws {
    let model = try Models.bumps.get()
    let parts = [
      try Models.bumpRows(7, seed: 1), try Models.bumpRows(1, seed: 2), try Models.bumpRows(20, seed: 3),
    ]
    var streams: [[UInt8]] = []
    var alone: [UInt8] = []
    for (i, part) in parts.enumerated() {
      let stream = try codec.stream(part, model, quality: Double(30 * i), chunkRows: 6)
      streams.append(stream)
      alone += try SampleArray(file: try codec.file(stream, model)).batch.bytes
    }
    let together = try SampleArray(file: try codec.file(streams.flatMap { $0 }, model))
    #expect(together.rows == 28)
    #expect(together.batch.bytes == alone)
  }

  @Test("may be of different formats: the first decides")
  func formats() throws {
    let model = try Models.bumps.get()
    let first = try Models.bumpRows(3, seed: 1).reshaped(format: .raw)
    let second = try Models.bumpRows(2, seed: 2)
    let file = try codec.file(try codec.stream(first, model) + (try codec.stream(second, model)), model)
    #expect(file.count == 5 * 12 * 4)
  }

  @Test("must have samples of one shape and one type")
  func mixed() throws {
    let model = try Models.bumps.get()
    let rows = try Models.bumpRows(3, seed: 1)
    let first = try codec.stream(rows, model)
    for other in [try rows.reshaped([3, 4]), try rows.reshaped(type: .f8)] {
      let second = try codec.stream(other, model)
      let error = #expect(throws: CodecError.self) { try codec.file(first + second, model) }
      guard case .mixedShapes = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
  }

  @Test("an array without rows makes a stream, which decodes to an array without rows")
  func empty() throws {
    let model = try Models.bumps.get()
    let none = try Models.bumpRows(1, seed: 1).rows(0..<0)
    let stream = try codec.stream(none, model)
    let after = try SampleArray(file: try codec.file(stream, model))
    #expect(after == none)
    let some = try codec.stream(try Models.bumpRows(2, seed: 1), model)
    #expect(try SampleArray(file: try codec.file(stream + some + stream, model)).rows == 2)
  }
}
