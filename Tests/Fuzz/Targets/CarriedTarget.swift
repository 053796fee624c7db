@testable import ByteIO
@testable import VAECodec
@testable import VAEModel

/// A hostile model that a hostile stream carries. The first two bytes say how long the model's content is, the next
/// chooses a way of decoding, and two more rows; the content and a script follow.
enum CarriedTarget: FuzzTarget {
  static let name = "carried"

  static func run(_ input: [UInt8]) throws {
    var choices = Choices(input)
    let size = Int(choices.number(bytes: 2))
    let way = HostileDecoding.Way.allCases[choices.number(below: HostileDecoding.Way.allCases.count)]
    let rows = RowSlice(
      lower: Int(Int8(bitPattern: choices.byte())), upper: Int(Int8(bitPattern: choices.byte())))
    let content = Array(choices.take(size))
    let file = StreamScript.file(
      choices.rest, model: ModelTarget.file(content), digest: Digest(of: content))
    try HostileDecoding.run(file, model: nil, rows: rows, way)
  }

  static func seeds() throws -> [[UInt8]] {
    try ["bumps", "bytes", "front", "pairs", "textbook"].flatMap { name in
      let content = try FixtureFiles.model(name).model.encodeDecoder()
      return try StreamScript.fixtures(name).prefix(4).enumerated().map { place, script in
        var seed = [UInt8(content.count & 0xFF), UInt8(content.count >> 8), UInt8(place), 1, 5]
        seed += content + [4, 0, 0] + script
        return seed
      }
    }
  }
}
