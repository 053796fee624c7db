@testable import VAECodec

/// A hostile stream, decoded with a good model. The first byte chooses the model and a way of decoding, the next two rows; a
/// script follows.
enum StreamTarget: FuzzTarget {
  static let name = "stream"

  private static let names = ["bumps", "bytes", "front", "pairs", "textbook"]
  private static let models = Result { try names.map(FixtureFiles.model) }

  static func run(_ input: [UInt8]) throws {
    var choices = Choices(input)
    let models = try models.get()
    let kind = choices.number(below: models.count * HostileDecoding.Way.allCases.count)
    let (model, way) = (models[kind % models.count], HostileDecoding.Way.allCases[kind / models.count])
    let rows = RowSlice(
      lower: Int(Int8(bitPattern: choices.byte())), upper: Int(Int8(bitPattern: choices.byte())))
    let file = StreamScript.file(
      choices.rest, model: ModelFile(model.model, carried: true).bytes, digest: model.digest)
    try HostileDecoding.run(file, model: model, rows: rows, way)
  }

  static func seeds() throws -> [[UInt8]] {
    var seeds: [[UInt8]] = []
    for (index, name) in names.enumerated() {
      for (place, script) in try StreamScript.fixtures(name).enumerated() {
        let way = place % HostileDecoding.Way.allCases.count
        seeds.append([UInt8(index + way * names.count), 1, 5] + script)
      }
    }
    for script in try StreamScript.fixtures("none") { seeds.append([0, 0, 100] + script) }
    seeds.append([0, 2, 90] + Array(try StreamScript.fixtures("bumps").prefix(3).joined()))
    return seeds
  }
}
