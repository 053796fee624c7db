import ByteIO
import Foundation
import Testing

@testable import Container
@testable import EntropyCoding
@testable import Tensor
@testable import VAECodec
@testable import VAEModel

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
    /// A basis of the model before all others.
    case front
    /// A network that is a textbook VAE.
    case textbook
    /// Forms of streams.
    case compact, chunked
    /// Kinds of chunks.
    case rans, plain
    /// Lanes of rANS.
    case oneLane, fourLanes
    /// Low bits that are coded raw, and values outside a table.
    case raw, escape
  }
}

/// Models and streams that were made once, and what they decode to: files of one version decode to the same bytes for
/// ever. Fixtures/README.md tells what there is, and how to make it anew.
@Suite("Golden files")
struct GoldenTests {
  static let streams: [GoldenStream] =
    [
      GoldenStream(
        name: "bumps-network", model: "bumps", quality: 1, chunkRows: 100,
        parts: [.network, .rans, .oneLane, .compact]
      ) {
        try Models.bumpRows(40, seed: 81)
      },
      GoldenStream(
        name: "bumps-linear", model: "bumps", quality: 3, chunkRows: 300, parts: [.network, .linear, .rans]
      ) {
        try Models.bumpRows(300, seed: 82)
      },
      GoldenStream(
        name: "bumps-value", model: "bumps", quality: 5, chunkRows: 13,
        parts: [.network, .value, .rans, .chunked]
      ) {
        try Models.bumpRows(40, seed: 83)
      },
      GoldenStream(
        name: "bumps-outliers", model: "bumps", quality: 5, chunkRows: 300,
        parts: [.network, .value, .rans, .escape]
      ) {
        var numbers = try Models.bumpRows(260, seed: 84).numbers
        for i in stride(from: 5, to: numbers.count, by: 97) { numbers[i] *= 1e4 }
        return try SampleArray(numbers, shape: [12])
      },
      GoldenStream(
        name: "bumps-repeated", model: "bumps", quality: 3, chunkRows: 200,
        parts: [.network, .plain, .compact]
      ) {
        let rows = try Models.bumpRows(3, seed: 85).numbers
        return try SampleArray((0..<60).flatMap { _ in rows }, shape: [3, 4], type: .f8)
      },
      GoldenStream(name: "digits", model: "digits", quality: 50, chunkRows: 100, parts: [.rans]) {
        try digits("new").prefix(40)
      },
      GoldenStream(name: "bytes-value", model: "bytes", quality: 5, chunkRows: 100, parts: [.value, .rans]) {
        try Models.byteRows(40, seed: 88)
      },
      GoldenStream(
        name: "pairs-fine", model: "pairs", quality: 85, chunkRows: 200, parts: [.linear, .raw, .rans]
      ) {
        try SampleArray(TestData.walks(200, width: 2, seed: 87), shape: [2])
      },
      GoldenStream(
        name: "bytes-many", model: "bytes", quality: 2, chunkRows: 5470,
        parts: [.linear, .rans, .fourLanes, .oneLane, .chunked]
      ) {
        try Models.byteRows(5480, seed: 90)
      },
    ] + textbook + [
      GoldenStream(
        name: "front", model: "front", quality: 50, chunkRows: 100, parts: [.network, .linear, .front]
      ) {
        try SampleArray(TestData.walks(30, width: 20, seed: 89), shape: [20])
      }
    ]

  static let textbook: [GoldenStream] = [
    GoldenStream(
      name: "textbook-network", model: "textbook", quality: 1, chunkRows: 100,
      parts: [.network, .textbook, .rans, .compact]
    ) {
      try digits("new").prefix(40)
    },
    GoldenStream(
      name: "textbook-linear", model: "textbook", quality: 3, chunkRows: 100,
      parts: [.network, .textbook, .linear, .rans]
    ) {
      try digits("new").prefix(30)
    },
  ]

  static let models: [String: @Sendable () throws -> FittedModel] = [
    "bumps": {
      let rows = try Models.bumpRows(300, seed: 1)
      let fitted = try Models.fit(rows, epochs: 800)
      // The fit chooses by itself what its qualities use; these few, which no other test asks for, use what they must.
      return FittedModel(
        try GoldenModels.withChosenPoints(fitted.model, rows.numbers.map { Float($0) }),
        notes: fitted.notes)
    },
    "digits": { try Models.fit(try digits("fit").prefix(200), epochs: 40) },
    "bytes": {
      let fitted = try Models.fit(try Models.byteRows(300, seed: 3), epochs: 1)
      return FittedModel(GoldenModels.withValueLayer(fitted.model), notes: fitted.notes)
    },
    "pairs": {
      let fitted = try Models.fit(
        try SampleArray(TestData.walks(200, width: 2, seed: 86), shape: [2]), epochs: 1)
      // No fit asks for steps so fine that symbols need bits beyond their tables; the format has them.
      var model = fitted.model
      let last = model.layers.count - 1
      model.qualities[85] = OperatingPoint(
        network: nil, steps: model.layers.indices.map { $0 == last ? 1e-3 : 0 })
      return FittedModel(model, notes: fitted.notes)
    },
    "textbook": {
      var options = Models.options(epochs: 60)
      (options.objective, options.hidden, options.latents) = (.elbo, [16], 6)
      let rows = try digits("fit").prefix(200)
      let fitted = try Codec(threads: 2).fit([(name: "data", reader: rows.reader)], options: options).model
      return FittedModel(
        try GoldenModels.withChosenPoints(
          fitted.model, rows.numbers.map { Float($0) }, steps: (0.5, 0.75)),
        notes: fitted.notes)
    },
    "front": {
      let notes = ModelMetadata(
        elementType: .f4, sampleShape: [20], fittedRows: 1, heldOutRows: 1, peak: 10, latents: [])
      return FittedModel(GoldenModels.inputProjection(), notes: notes)
    },
  ]

  static func digits(_ name: String) throws -> SampleArray {
    try SampleArray(
      file: [UInt8](Data(contentsOf: Golden.fixtures.appendingPathComponent("digits-\(name).npy"))))
  }

  /// Makes all files anew before the first test where the environment asks for it.
  private static let regenerated = Result {
    guard ProcessInfo.processInfo.environment["VAEC_REGENERATE_GOLDEN"] == "1" else { return }
    for file in try FileManager.default.contentsOfDirectory(
      at: Golden.path(""), includingPropertiesForKeys: nil)
    where ["vae", "vaec", "npy"].contains(file.pathExtension) {
      try FileManager.default.removeItem(at: file)
    }
    let codec = try Codec()
    var fitted: [String: FittedModel] = [:]
    for (name, fit) in models {
      let model = try fit()
      fitted[name] = model
      try Golden.write(model.bytes, "\(name).vae")
    }
    for stream in streams {
      guard let model = fitted[stream.model] else { continue }
      let bytes = try codec.stream(
        try stream.rows(), model, quality: stream.quality, chunkRows: stream.chunkRows,
        keepsPoints: true)
      try Golden.write(bytes, "\(stream.name).vaec")
      try Golden.write(try codec.file(bytes, model), "\(stream.name).npy")
    }
  }

  init() throws { try Self.regenerated.get() }

  @Test(
    "a golden stream decodes to its golden samples with all kernels and any number of threads",
    arguments: streams)
  func decoding(stream: GoldenStream) throws {
    let model = try Golden.model(stream.model)
    try Golden.expectDecoding("\(stream.name).vaec", Golden.read("\(stream.name).npy")) { bytes, codec in
      try codec.file(bytes, model)
    }
  }

  @Test("the golden streams use every part of the format", arguments: streams)
  func coverage(stream: GoldenStream) throws {
    let model = try Golden.model(stream.model)
    let reader = StreamReader(MemorySource(try Golden.read("\(stream.name).vaec")))
    let codec = try Codec(threads: 1)
    var found: Set<GoldenStream.Part> = []
    var plan: ChunkCodingContext?

    func begin(_ details: StreamMetadata) {
      #expect(details.model == model.digest)
      let point = details.coding(in: model.model)?.point ?? model.model.qualities[0]
      if model.model.inputProjection != nil { found.insert(.front) }
      if model.model.network?.elbo != nil { found.insert(.textbook) }
      if point.network != nil { found.insert(.network) }
      if point.steps.contains(where: { $0 > 0 }) { found.insert(.linear) }
      if point.valueStep > 0 { found.insert(.value) }
      let made = ChunkCodingContext(
        model.model, at: point, chunkRows: details.chunkRows, kernels: codec.kernels)
      if (made.tables.tables + made.tables.levels).contains(where: { $0.rawBits > 0 }) {
        found.insert(.raw)
      }
      plan = made
    }

    func look(into content: ArraySlice<UInt8>) throws {
      found.insert((content.first ?? 0) & 3 == ContentKind.rans.rawValue ? .rans : .plain)
      guard let plan else { return }
      let rows = try ChunkDecoder.rows(ofContent: content, limit: plan.chunkRows)
      found.insert(rows * (plan.planes + plan.contextCodedPlanes) < 1 << 16 ? .oneLane : .fourLanes)
      guard plan.planes > 0 else { return }
      var symbols = [Int32](repeating: 0, count: plan.planes * plan.chunkRows)
      var chunk = try ChunkDecoder(RANSDecoder(plan.tables)).open(
        content: content, maxRows: plan.chunkRows, contextCodedPlanes: plan.contextCodedPlanes)
      try chunk.planes(into: &symbols, planeStride: plan.chunkRows)
      for plane in 0..<plan.planes {
        let values = symbols[plane * plan.chunkRows..<plane * plan.chunkRows + chunk.rows]
        let table = plan.tables[plane]
        if values.contains(where: { table.slot(of: $0) == table.count }) { found.insert(.escape) }
      }
    }

    while let part = try reader.next() {
      switch part {
      case .header(let header):
        found.insert(.chunked)
        begin(try StreamMetadata(header.content, name: stream.name))
      case .chunk(let chunk):
        try look(into: try ZstdFrame.decompress(chunk.frame[...], limit: 1 << 20)[...])
      case .compact(let compact):
        found.insert(.compact)
        let (details, chunk) = try StreamMetadata.compact(compact.content, name: stream.name)
        begin(details)
        try look(into: chunk)
      case .end, .model: break
      }
    }
    #expect(found.isSuperset(of: stream.parts))
  }

  @Test(
    "golden models are small, and written anew they are the same but for zstd",
    arguments: models.keys.sorted())
  func sizes(name: String) throws {
    let bytes = try Golden.read("\(name).vae")
    let model = try FittedModel(bytes: bytes, name: name)
    #expect(bytes.count < 30_000)
    #expect(FittedModel(model.model, notes: model.notes).fingerprint == model.fingerprint)
  }
}
