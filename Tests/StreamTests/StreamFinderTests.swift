import ByteIO
import Testing

@testable import Container

@Suite("Streams in a file that can be read anywhere")
struct StreamFinderTests {
  private static let golden = ContainerTests.golden
  private static let compact = ZstdFrame.compress(
    CompactStream.prefix([1, 2, 3]) + [0x10, 6], level: 1, checksum: true)

  private func finder(_ bytes: [UInt8]) -> StreamFinder { StreamFinder(MemoryStore(bytes)) }

  @Test("are found by seek tables and by frames alike")
  func found() throws {
    let bytes = Self.golden + Self.compact + Self.golden + Self.golden + Self.compact
    let places = try finder(bytes).streams()
    #expect(places.map(\.chunks.count) == [2, 1, 2, 2, 1])
    #expect(places.first?.range.lowerBound == 0 && places.last?.range.upperBound == bytes.count)
    #expect(zip(places, places.dropFirst()).allSatisfy { $0.range.upperBound == $1.range.lowerBound })
    #expect(places[2].chunks.map(\.range.count) == [17, 17])
    #expect(places[1].beginning == .compact)
    #expect(
      try finder(bytes).frame(of: places[3].chunks[1], index: 1) == ContainerTests.chunk)
    #expect(try finder(bytes).compact(places[4]).content == [1, 2, 3, 0x10, 6])
    // A survey finds the same, and what is in them.
    let survey = try finder(bytes).survey()
    #expect(survey.map(\.range) == places.map(\.range))
    #expect(survey.allSatisfy { $0.end == .whole })
    #expect(survey[0].chunks.map(\.state) == [.whole(rows: 4), .whole(rows: 4)])
  }

  @Test("are refused with a reader's words where a frame is not as it should be")
  func refused() throws {
    for end in 0..<Self.golden.count {
      let bytes = Array(Self.golden[..<end])
      let error = #expect(throws: StreamError.self) { try finder(bytes).streams() }
      #expect(error == readParts(bytes).error)
    }
    for place in 53..<Self.golden.count {
      var bytes = Self.golden
      bytes[place] ^= 1
      // Sizes of contents show when the chunks are read.
      guard let places = try? finder(bytes).streams() else { continue }
      #expect(throws: StreamError.damagedSeekTable) {
        for (index, chunk) in places[0].chunks.enumerated() {
          _ = try finder(bytes).frame(of: chunk, index: index)
        }
      }
    }
  }

  @Test("a survey of any bytes ends, and covers them", arguments: 0..<20)
  func anyBytes(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var bytes: [UInt8] = []
    for _ in 0..<12 {
      switch Int.random(in: 0..<5, using: &generator) {
      case 0: bytes += Self.golden
      case 1: bytes += Self.golden.dropFirst(Int.random(in: 0..<60, using: &generator)).prefix(40)
      case 2: bytes += Self.compact.prefix(Int.random(in: 0...Self.compact.count, using: &generator))
      case 3:
        bytes +=
          [[0x28, 0xB5, 0x2F, 0xFD], [0x5E, 0x2A, 0x4D, 0x18], [0x57, 0x2A, 0x4D, 0x18]][
            Int.random(in: 0..<3, using: &generator)]
      default: bytes += (0..<9).map { _ in UInt8.random(in: 0...255, using: &generator) }
      }
    }
    let places = try finder(bytes).survey()
    #expect(places.first?.range.lowerBound == 0 && places.last?.range.upperBound == bytes.count)
    #expect(zip(places, places.dropFirst()).allSatisfy { $0.range.upperBound == $1.range.lowerBound })
    #expect(places.allSatisfy { !$0.range.isEmpty })
  }

  @Test("two damaged chunks, and a damaged seek table with one of them, are told apart")
  func severalDamages() throws {
    var bytes = Self.golden
    bytes[25] ^= 1
    bytes[45] ^= 1
    var place = try #require(try finder(bytes).survey().first)
    #expect(place.chunks.map(\.state) == [.damaged, .damaged] && place.end == .whole)
    bytes = Self.golden
    bytes[25] ^= 1
    bytes[70] ^= 1
    place = try #require(try finder(bytes).survey().first)
    #expect(place.chunks.map(\.state) == [.damaged, .whole(rows: 4)])
    #expect(place.end == .damagedSeekTable)
  }

  @Test("a file of nothing but beginnings of frames is given up in time")
  func patience() throws {
    let frame: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0xA4, 0, 0, 0, 0x40, 1, 0, 0]
    let bytes = Array(repeatElement(frame, count: 20_000).joined())
    let store = CountingStore(MemoryStore(bytes))
    #expect(try StreamFinder(store).survey().count == 1)
    // Each frame read to the end of the file would be 2.4 GB.
    #expect(store.count < 100 * bytes.count, "\(store.count) bytes are read")
  }
}
