@testable import VAECodec

/// A hostile model that a hostile stream carries. The first two bytes say how long the model's content is, the next two
/// choose rows; the content and a script follow.
enum CarriedTarget: FuzzTarget {
  static let name = "carried"

  static func run(_ input: [UInt8]) throws {
    var choices = Choices(input)
    let size = Int(choices.number(bytes: 2))
    let rows = RowSlice(lower: Int(Int8(bitPattern: choices.byte())), upper: Int(Int8(bitPattern: choices.byte())))
    let content = choices.take(size)
    let file = StreamScript.file(
      choices.rest, model: ModelTarget.file(content),
      fingerprint: Fingerprint.ofStreams(Fingerprint.of(Array(content))))
    try HostileDecoding.run(file, model: nil, rows: rows)
  }

  static func seeds() throws -> [[UInt8]] {
    try ["bumps", "bytes", "front", "pairs"].flatMap { name in
      let content = try ModelTarget.content(FixtureFiles.golden(name + ".vae"))
      return try StreamScript.fixtures(name).prefix(4).map { script in
        [UInt8(content.count & 0xFF), UInt8(content.count >> 8), 1, 5] + content + [4, 0, 0] + script
      }
    }
  }
}
