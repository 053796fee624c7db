@testable import ByteIO
@testable import Container
@testable import VAECodec

/// A `.vaec` file as it is, read by all that need no model: from beginning to end, from its end, and as a damaged one.
enum ContainerTarget: FuzzTarget {
  static let name = "container"

  static func run(_ input: [UInt8]) throws {
    let limit = MemoryLimit(bytes: 1 << 24)
    let codec = try Codec(threads: 1, memory: limit)
    let store = MemoryStore(input)
    let reader = StreamReader(MemorySource(input), memory: limit)
    var (chunks, isWhole) = (0, false)
    do throws(StreamError) {
      while let part = try reader.next() {
        if case .chunk = part { chunks += 1 }
        if case .compact = part { chunks += 1 }
      }
      isWhole = true
    } catch {
      // Damage is what is expected.
    }
    let finder = StreamFinder(store, memory: limit)
    if let found = try? finder.streams(), isWhole {
      try BrokenPromise.unless(
        found.reduce(0) { $0 + $1.chunks.count } == chunks, "the reader and the finder count other chunks")
    }
    let places = try finder.survey()
    var end = 0
    for place in places {
      try BrokenPromise.unless(
        place.range.lowerBound == end && place.range.upperBound > end, "what was found leaves a gap")
      end = place.range.upperBound
    }
    try BrokenPromise.unless(end == input.count, "what was found ends early")
    let verified = try? codec.verify(MemorySource(input), name: "file")
    let damage = try? codec.damage(in: store, name: "file")
    if verified != nil, let damage {
      try BrokenPromise.unless(damage.isEmpty, "a file that verifies is damaged: \(damage)")
    }
  }

  static func seeds() throws -> [[UInt8]] {
    let files = try FixtureFiles.files(in: "golden", below: 4096).filter { $0.name.hasSuffix(".vaec") }.map(
      \.bytes)
    let model = EmbeddedModel.frame(try FixtureFiles.golden("front.vae"))
    return files + [try FixtureFiles.golden("bumps-value.vaec") + FixtureFiles.golden("bumps-halves.vaec")]
      + [model + (try FixtureFiles.golden("front.vaec"))]
  }
}
