import Testing

@testable import VAECodec

@Suite("Encoding with effort")
struct EncodingEffortTests {
  @Test("streams of every effort decode, and are the same for any number of threads", arguments: 0...9)
  func roundTrip(effort: Int) throws {
    let (array, model) = (try Models.bumpRows(53, seed: 81), try Models.bumps.get())
    for quality in [10.0, 50, 90] {
      let streams = try [1, 2].map {
        try Codec(threads: $0).stream(array, model, quality: quality, chunkRows: 20, effort: effort)
      }
      #expect(streams[0] == streams[1])
      let codec = try Codec(threads: 2)
      let file = try codec.file(streams[0], model)
      let decoded = try SampleArray(file: file)
      #expect(decoded.rows == 53)
      // The same values, however rows are put into chunks.
      for rows in [1, 53] {
        let other = try codec.stream(array, model, quality: quality, chunkRows: rows, effort: effort)
        #expect(try codec.file(other, model) == file)
      }
      let error = zip(array.numbers, decoded.numbers).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      #expect(error / Double(array.numbers.count) < (quality == 90 ? 1 : 200))
    }
  }

  @Test("efforts beyond the ends count as the ends, and the standard is between")
  func ends() throws {
    let (array, model) = (try Models.bumpRows(20, seed: 82), try Models.bumps.get())
    let codec = try Codec(threads: 1)
    func stream(_ effort: Int) throws -> [UInt8] {
      try codec.stream(array, model, quality: 30, effort: effort)
    }
    #expect(try stream(-1) == stream(0) && stream(10) == stream(9))
    #expect(try stream(EncodeOptions.standardEffort) == (try codec.stream(array, model, quality: 30)))
    #expect(EncodeOptions.efforts.contains(EncodeOptions.standardEffort))
  }

  @Test("evaluation encodes with the effort that it is told")
  func evaluation() throws {
    let (array, model) = (try Models.bumpRows(60, seed: 83), try Models.bumps.get())
    let codec = try Codec(threads: 1)
    for effort in [0, 5] {
      let report = try codec.evaluate(
        array.reader, name: "data", model: model, qualities: [30], effort: effort)
      let stream = try codec.stream(array, model, quality: 30, effort: effort)
      #expect(report.points[0].bitsPerSample == 8 * Double(stream.count) / 60)
    }
  }
}
