import ByteIO
import CodeStream
import Foundation
import SampleIO
import Testing
import VAE

@testable import VAECodec

/// What a stream is made of, and what its point has to use, so that all is covered even when models are fitted anew.
struct GoldenStream: CustomTestStringConvertible, Sendable {
  var name: String
  var model: String
  var quality: Double
  var chunkRows: Int
  var parts: Set<Part>
  var rows: @Sendable () throws -> SampleArray

  var testDescription: String { name }

  enum Part: String {
    case network, linear, value
    /// Kinds of chunks.
    case rans, plain
    /// Low bits that are coded raw, and values outside a table.
    case raw, escape
  }
}

/// Models and streams that were made once, and what they decode to: files of one version decode to the same bytes for
/// ever. Fixtures/README.md tells what there is, and how to make it anew.
@Suite("Golden files")
struct GoldenTests {
  static let streams: [GoldenStream] = [
    GoldenStream(name: "bumps-sketch", model: "bumps", quality: 15, chunkRows: 100, parts: [.network, .rans])
    {
      try Models.bumpRows(40, seed: 81)
    },
    GoldenStream(
      name: "bumps-linear", model: "bumps", quality: 40, chunkRows: 300, parts: [.network, .linear, .rans]
    ) {
      try Models.bumpRows(300, seed: 82)
    },
    GoldenStream(
      name: "bumps-value", model: "bumps", quality: 80, chunkRows: 13, parts: [.network, .value, .rans]
    ) {
      try Models.bumpRows(40, seed: 83)
    },
    GoldenStream(
      name: "bumps-outliers", model: "bumps", quality: 100, chunkRows: 300,
      parts: [.network, .value, .rans, .escape]
    ) {
      var numbers = try Models.bumpRows(260, seed: 84).numbers
      for i in stride(from: 5, to: numbers.count, by: 97) { numbers[i] *= 1e4 }
      return try SampleArray(numbers, shape: [12])
    },
    GoldenStream(
      name: "bumps-repeated", model: "bumps", quality: 60, chunkRows: 200, parts: [.network, .plain]
    ) {
      let row = try Models.bumpRows(3, seed: 85).numbers
      return try SampleArray((0..<60).flatMap { _ in row }, shape: [3, 4], type: .f8)
    },
    GoldenStream(
      name: "digits-sketch", model: "digits", quality: 20, chunkRows: 100, parts: [.network, .rans]
    ) {
      try digits("new").prefix(40)
    },
    GoldenStream(name: "digits-value", model: "digits", quality: 100, chunkRows: 100, parts: [.value, .rans])
    {
      try digits("new").prefix(40)
    },
    GoldenStream(
      name: "pairs-fine", model: "pairs", quality: 100, chunkRows: 100, parts: [.linear, .raw, .rans]
    ) {
      try SampleArray(TestData.walks(50, width: 2, seed: 87), shape: [2])
    },
  ]

  static let models: [String: @Sendable () throws -> FittedModel] = [
    "bumps": { try Models.bumps.get() },
    "digits": { try Models.fit(try digits("fit").prefix(200), epochs: 40) },
    "pairs": {
      let fitted = try Models.fit(
        try SampleArray(TestData.walks(60, width: 2, seed: 86), shape: [2]), epochs: 1)
      // No fit asks for steps so fine that symbols need bits beyond their tables; the format has them.
      var model = fitted.model
      model.qualities[100] = OperatingPoint(network: nil, steps: model.layers.map { _ in 1e-4 })
      return FittedModel(model, notes: fitted.notes)
    },
  ]

  private static func digits(_ name: String) throws -> SampleArray {
    try SampleArray(file: [UInt8](Data(contentsOf: fixtures.appendingPathComponent("digits-\(name).npy"))))
  }

  private static let fixtures = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures")

  private static func path(_ name: String) -> URL { fixtures.appendingPathComponent("golden/" + name) }
  private static func read(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: path(name))) }
  private static func write(_ bytes: [UInt8], _ name: String) throws { try Data(bytes).write(to: path(name)) }

  /// Makes all files anew before the first test where the environment asks for it.
  private static let regenerated = Result {
    guard ProcessInfo.processInfo.environment["VAEC_REGENERATE_GOLDEN"] == "1" else { return }
    let folder = path("")
    try? FileManager.default.removeItem(at: folder)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let codec = try Codec()
    var fitted: [String: FittedModel] = [:]
    for (name, fit) in models {
      let model = try fit()
      fitted[name] = model
      try write(model.bytes, "\(name).vae")
    }
    for stream in streams {
      guard let model = fitted[stream.model] else { continue }
      let bytes = try codec.stream(
        try stream.rows(), model, quality: stream.quality, chunkRows: stream.chunkRows)
      try write(bytes, "\(stream.name).vaec")
      try write(try codec.file(bytes, model), "\(stream.name).npy")
    }
  }

  init() throws { try Self.regenerated.get() }

  @Test(
    "a golden stream decodes to its golden samples with all kernels and any number of threads",
    arguments: streams)
  func decoding(stream: GoldenStream) throws {
    let model = try FittedModel(bytes: try Self.read("\(stream.model).vae"), name: stream.model)
    let bytes = try Self.read("\(stream.name).vaec")
    let expected = try Self.read("\(stream.name).npy")
    for variant in Kernels.available {
      for threads in [1, 2] {
        let codec = try Codec(threads: threads, environment: ["VAEC_KERNELS": variant])
        #expect(try codec.file(bytes, model) == expected, "\(variant), \(threads) threads")
      }
    }
  }

  @Test("the golden streams use every part of the format", arguments: streams)
  func coverage(stream: GoldenStream) throws {
    let model = try FittedModel(bytes: try Self.read("\(stream.model).vae"), name: stream.model)
    let reader = StreamReader(MemorySource(try Self.read("\(stream.name).vaec")))
    let codec = try Codec(threads: 1)
    var found: Set<GoldenStream.Part> = []
    var plan: StreamPlan?
    while let part = try reader.next() {
      switch part {
      case .header(let header):
        let details = try StreamDetails(header.content, name: stream.name)
        #expect(details.fingerprint == model.fingerprintNumber)
        let point = details.point(in: model.model)
        if point.network != nil { found.insert(.network) }
        if point.steps.contains(where: { $0 > 0 }) { found.insert(.linear) }
        if point.valueStep > 0 { found.insert(.value) }
        let made = StreamPlan(model.model, at: point, chunkRows: details.chunkRows, kernels: codec.kernels)
        if (made.tables.tables + made.tables.levels).contains(where: { $0.rawBits > 0 }) {
          found.insert(.raw)
        }
        plan = made
      case .chunk(let chunk):
        let content = try ZstdFrame.decompress(chunk.frame[...], limit: 1 << 20)
        found.insert(content.first == ContentKind.rans.rawValue ? .rans : .plain)
        guard let plan, plan.planes > 0 else { continue }
        var symbols = [Int32](repeating: 0, count: plan.planes * plan.chunkRows)
        var chunk = try ChunkDecoder(RANSDecoder(plan.tables)).open(
          content: content[...], maxRows: plan.chunkRows, levelledPlanes: plan.levelledPlanes)
        try chunk.planes(into: &symbols, planeStride: plan.chunkRows)
        for plane in 0..<plan.planes {
          let values = symbols[plane * plan.chunkRows..<plane * plan.chunkRows + chunk.rows]
          let table = plan.tables[plane]
          if values.contains(where: { table.slot(of: $0) == table.count }) { found.insert(.escape) }
        }
      case .end: break
      }
    }
    #expect(found.isSuperset(of: stream.parts))
  }

  @Test(
    "golden models are small, and written anew they are the same but for zstd",
    arguments: models.keys.sorted())
  func sizes(name: String) throws {
    let bytes = try Self.read("\(name).vae")
    let model = try FittedModel(bytes: bytes, name: name)
    #expect(bytes.count < 30_000)
    #expect(FittedModel(model.model, notes: model.notes).fingerprint == model.fingerprint)
  }
}
