import ByteIO
import Testing

@testable import Records
@testable import VAECodec

@Suite("The search for a quality")
struct QualitySearchTests {
  @Test("the least step is found, wherever it is", arguments: Array(0...100))
  func monotone(least: Int) throws {
    #expect(try QualitySearch.least { $0 >= least } == least)
    for first in [0, 50, 100] {
      var asked: [Int] = []
      let found = try QualitySearch.least(
        first: first, guess: { _ in least },
        holds: {
          asked.append($0)
          return $0 >= least
        })
      #expect(found == least)
      #expect(asked.count <= 3 && Set(asked).count == asked.count)
    }
  }

  @Test("steps below that hold again are found", arguments: [2, 3, 4])
  func wiggles(distance: Int) throws {
    for least in 10...90 {
      #expect(try QualitySearch.least { $0 == least || $0 >= least + distance } == least)
    }
  }

  @Test("one that does not hold on the highest step alone is found")
  func wiggleAtTheTop() throws {
    #expect(try QualitySearch.least { $0 != 100 && $0 >= 70 } == 70)
    #expect(try QualitySearch.least { _ in false } == nil)
  }

  @Test("guesses that mislead cost no more than some steps", arguments: [0, 1, 37, 99, 100])
  func badGuesses(least: Int) throws {
    for wrong in [-5, 0, 50, 100, 300] {
      var asked = 0
      let found = try QualitySearch.least(
        first: wrong, guess: { _ in wrong },
        holds: {
          asked += 1
          return $0 >= least
        })
      #expect(found == least && asked <= 12)
    }
    #expect(try QualitySearch.least(first: 3, guess: { _ in 3 }, holds: { _ in false }) == nil)
  }

  @Test(
    "a sample has rows from all over an input, and no more than it may",
    arguments: [1, 100, 2048, 2049, 50_000])
  func sample(rows: Int) throws {
    let array = try SampleArray((0..<rows).map(Double.init), shape: [])
    var (sample, other) = (RowSample(values: 1), RowSample(values: 1))
    sample.add(array.batch)
    for row in stride(from: 0, to: rows, by: 77) { other.add(array.rows(row..<min(rows, row + 77)).batch) }
    let batch = try #require(sample.batch)
    #expect(other.batch == batch && sample.rows == rows && other.rows == rows)
    #expect(batch.rows <= 2048 && batch.rows >= min(rows, 1024))
    #expect(sample.holdsAll == (batch.rows == rows))
    let numbers = batch.doubles()
    #expect(numbers.first == 0 && numbers == Array(Set(numbers)).sorted())
    let farthest = zip(numbers, numbers.dropFirst() + [Double(rows)]).map { $1 - $0 }.max() ?? 0
    #expect(farthest <= Double(max(1, rows / 16)))
  }

  @Test("wide rows make a small sample, of one row at least", arguments: [1 << 18, 1 << 20])
  func wideSample(values: Int) {
    var sample = RowSample(values: values)
    for _ in 0..<5 {
      sample.add(
        SampleBatch(elementType: .u1, valuesPerSample: values, bytes: [UInt8](repeating: 0, count: values)))
    }
    #expect(sample.batch?.rows == 1 && !sample.holdsAll)
  }

  @Test("a header's record comes back", arguments: [false, true])
  func record(isOfFirstChunk: Bool) throws {
    for target in [EncodeTarget.psnr(30.1), .bitsPerSample(47.3), .bytes(0), .bytes(123_456_789_012)] {
      let record = try #require(TargetRecord(target, psnr: 30.25, isOfFirstChunk: isOfFirstChunk))
      var w = ByteWriter()
      record.write(to: &w)
      #expect(w.bytes.count <= 9)
      var r = ByteReader(w.bytes)
      #expect(try TargetRecord(from: &r) == record)
      #expect(r.remaining == 0)
      for count in 0..<w.bytes.count {
        var cut = ByteReader(w.bytes[..<count])
        #expect(throws: ByteReader.Failure.self) { try TargetRecord(from: &cut) }
      }
    }
    #expect(TargetRecord(.quality(3), psnr: 3, isOfFirstChunk: isOfFirstChunk) == nil)
    var unknown = ByteReader([3, 0, 0, 0, 0, 0, 0, 0, 0])
    #expect(try TargetRecord(from: &unknown) == nil)
  }
}
