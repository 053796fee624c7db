import ByteIO
import Testing

@testable import Container
@testable import EntropyCoding
@testable import Records
@testable import Tensor
@testable import VAECodec
@testable import VAEModel

/// A stream that the program made, as a golden file, and what of the format it uses.
struct GoldenSetting: CustomTestStringConvertible, Sendable {
  var name: String
  /// Of the golden models; nil if there is none, or the stream's file holds it.
  var model: String?
  var parts: Set<Part>

  var testDescription: String { name }

  enum Part: String {
    /// Scales of the model.
    case commonScale, columnScales
    /// Promises.
    case bound, columnBounds, relativeBound
    /// Sources of the operating point.
    case quality, baseline, point, withoutModel
    case target
    /// A model before the stream.
    case embeddedModel
    /// Descriptions of samples.
    case bigEndian, noAxes
    /// Values by the quick coder.
    case quickCoder
    /// Arrays that are cut into samples.
    case layout
  }
}

/// Streams of settings that ``GoldenTests`` and ``GoldenCorrectionTests`` do not have. The program made them:
/// Fixtures/README.md has the script.
@Suite("Golden files with other settings")
struct GoldenSettingTests {
  static let streams: [GoldenSetting] = [
    GoldenSetting(
      name: "columns-bounded", model: "columns", parts: [.columnScales, .columnBounds, .point]),
    GoldenSetting(
      name: "columns-target", model: "columns", parts: [.columnScales, .columnBounds, .point, .target]),
    GoldenSetting(
      name: "columns-swapped", model: "columns",
      parts: [.columnScales, .columnBounds, .point, .bigEndian]),
    GoldenSetting(name: "columns-shorts", model: "columns", parts: [.columnScales, .columnBounds, .point]),
    GoldenSetting(name: "columns-longs", model: "columns", parts: [.columnScales, .columnBounds, .point]),
    GoldenSetting(name: "far-bounded", model: "far", parts: [.commonScale, .bound, .quality]),
    GoldenSetting(name: "far-doubles", model: "far", parts: [.commonScale, .bound, .quality]),
    GoldenSetting(name: "far-exact", model: "far", parts: [.commonScale, .quality]),
    GoldenSetting(name: "far-parts", model: "far", parts: [.commonScale, .bound, .quality, .quickCoder]),
    GoldenSetting(name: "far-bits", model: "far", parts: [.commonScale, .quality, .quickCoder]),
    GoldenSetting(name: "columns-missing", model: "columns", parts: [.columnScales, .quality]),
    GoldenSetting(name: "far-quick", model: "far", parts: [.commonScale, .bound, .quality, .quickCoder]),
    GoldenSetting(
      name: "columns-quick", model: "columns", parts: [.columnScales, .columnBounds, .quality, .quickCoder]),
    GoldenSetting(name: "waves-windows", model: "waves", parts: [.bound, .point, .layout]),
    GoldenSetting(name: "tiles-lossless", model: "tiles", parts: [.point, .layout]),
    GoldenSetting(
      name: "columns-shares", model: "columns", parts: [.columnScales, .columnBounds, .relativeBound, .point]),
    GoldenSetting(name: "none-fluxes", parts: [.relativeBound, .withoutModel]),
    GoldenSetting(name: "none-counts", parts: [.columnBounds, .relativeBound, .withoutModel]),
    GoldenSetting(name: "none-sizes", parts: [.columnBounds, .relativeBound, .withoutModel]),
    GoldenSetting(name: "carried-quality", parts: [.commonScale, .embeddedModel, .point]),
    GoldenSetting(name: "none-numbers", parts: [.bound, .withoutModel, .noAxes]),
    GoldenSetting(name: "none-field", parts: [.bound, .withoutModel]),
    GoldenSetting(name: "none-exchanged", parts: [.withoutModel, .noAxes]),
    GoldenSetting(name: "none-digits5", parts: [.withoutModel, .noAxes]),
    GoldenSetting(name: "none-few", parts: [.withoutModel, .noAxes]),
    GoldenSetting(name: "none-decimals", parts: [.withoutModel]),
    GoldenSetting(name: "none-bits", parts: [.withoutModel]),
    GoldenSetting(name: "none-image", parts: [.withoutModel]),
  ]

  private static func model(_ stream: GoldenSetting) throws -> FittedModel? {
    try stream.model.map { try Golden.model($0) }
  }

  @Test(
    "a golden stream decodes to its golden samples with all kernels and any number of threads",
    arguments: streams)
  func decoding(stream: GoldenSetting) throws {
    let model = try Self.model(stream)
    try Golden.expectDecoding("\(stream.name).vaec", Golden.read("\(stream.name).npy")) { bytes, codec in
      try codec.file(bytes, model)
    }
  }

  @Test("the golden streams use what their settings are for", arguments: streams)
  func parts(stream: GoldenSetting) throws {
    let reader = StreamReader(MemorySource(try Golden.read("\(stream.name).vaec")))
    var found: Set<GoldenSetting.Part> = []

    func add(_ scales: ValueScales) {
      if !scales.isIdentity { found.insert(scales.isByColumn ? .columnScales : .commonScale) }
    }

    var codesValues = false
    func add(_ details: StreamMetadata) {
      codesValues = details.errorBound != nil && !details.description.elementType.isWide
      if details.description.array != nil { found.insert(.layout) }
      switch details.errorBound {
      case .maxError: found.insert(.bound)
      case .maxRelativeError: break
      case .byColumn: found.insert(.columnBounds)
      case .lossless, nil: break
      }
      if details.errorBound?.bounds.contains(where: \.isRelative) == true { found.insert(.relativeBound) }
      switch details.setting {
      case .quality: found.insert(.quality)
      case .linear: found.insert(.baseline)
      case .point: found.insert(.point)
      case .withoutModel: found.insert(.withoutModel)
      }
      if details.target != nil { found.insert(.target) }
      if case .npy(version: _, bigEndian: true) = details.description.format { found.insert(.bigEndian) }
      if details.description.sampleShape.isEmpty { found.insert(.noAxes) }
    }

    func add(chunk: ArraySlice<UInt8>) throws {
      guard case .corrected(let corrections, _, _)? = try CorrectedContent.read(chunk, limit: 1000)?.content
      else { return }
      if codesValues, corrections.first == 1 { found.insert(.quickCoder) }
    }

    if let model = try Self.model(stream) { add(model.model.scales) }
    while let part = try reader.next() {
      switch part {
      case .model(let bytes):
        found.insert(.embeddedModel)
        add(try ModelFile(bytes: bytes, name: stream.name, memory: .standard).model.scales)
      case .header(let header): add(try StreamMetadata(header.content, name: stream.name))
      case .chunk(let chunk):
        try add(chunk: try ZstdFrame.decompress(chunk.frame[...], limit: 1 << 20)[...])
      case .compact(let compact):
        let (details, chunk) = try StreamMetadata.compact(compact.content, name: stream.name)
        add(details)
        try add(chunk: chunk)
      case .end: break
      }
    }
    #expect(found == stream.parts)
  }
}
