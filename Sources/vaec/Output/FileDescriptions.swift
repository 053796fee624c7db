import Records
import VAECodec

/// The content of a model file.
struct ModelDescription: FileResult {
  private let summary: ModelSummary
  private let name: String
  private let isVerbose: Bool

  /// The number of latents listed by default.
  private static let fewLatents = 16
  /// The number of columns listed by default.
  private static let fewColumns = 32

  init(_ summary: ModelSummary, name: String, isVerbose: Bool) {
    self.summary = summary
    self.name = name
    self.isVerbose = isVerbose
  }

  func tell(_ console: Console) throws {
    try console.result(
      ["\(name): model, format version \(summary.formatVersion), \(summary.modelBytes) bytes"]
        + ModelText.properties(summary)
        + ModelText.columns(summary, most: isVerbose ? .max : Self.fewColumns)
        + (summary.latents.isEmpty
          ? [] : [""] + ModelText.latents(summary, most: isVerbose ? .max : Self.fewLatents))
        + ["", "On the rows held out:", ""] + ModelText.curve(summary))
  }

  var json: JSON { .object([("file", .string(name)), ("kind", .string("model"))] + ModelText.json(summary)) }
}

/// The content of a stream file.
struct StreamDescription: FileResult {
  private let streams: [StreamSummary]
  private let name: String

  init(_ streams: [StreamSummary], name: String) {
    self.streams = streams
    self.name = name
  }

  func tell(_ console: Console) throws {
    var lines: [String] = []
    for (index, stream) in streams.enumerated() {
      let number = streams.count > 1 ? " \(index + 1) of \(streams.count)" : ""
      lines.append(
        "\(name): stream\(number), format version \(stream.formatVersion), \(stream.streamBytes) bytes")
      var list = Properties()
      list.add("model", Self.model(of: stream))
      list.add(
        "samples", "\(stream.samples), of \(ModelText.samples(stream.sampleShape, stream.type))")
      if let layout = stream.layout {
        list.add("array", text(ofShape: stream.type.shape(ofNumbers: stream.arrayShape)))
        list.add("layout", layout.text)
      }
      list.add("format", stream.format)
      list.add("quality", stream.quality.map { text(ofQuality: $0) } ?? "none")
      if let errorBound = stream.errorBound { list.add("guarantee", errorBound.text) }
      if let target = stream.target {
        list.add("target", target.text + target.decision(of: stream.samples))
      }
      list.add("chunks", "\(stream.chunks), of up to \(counted(stream.chunkRows, "sample"))")
      list.add(
        "rate", "\(stream.bitsPerSample.fixed(1)) bits/sample, ratio \(stream.ratio.fixed(2)) to plain values"
      )
      lines += list.lines
    }
    try console.result(lines)
  }

  private static func model(of stream: StreamSummary) -> String {
    guard let fingerprint = stream.fingerprint else { return "none needed" }
    return stream.modelBytes == 0
      ? fingerprint : "\(fingerprint), in the file (\(stream.modelBytes) bytes)"
  }

  var json: JSON {
    .object([
      ("file", .string(name)), ("kind", .string("stream")),
      ("samples", .integer(streams.reduce(0) { $0 + $1.samples })),
      ("stream_bytes", .integer(streams.reduce(0) { $0 + $1.streamBytes })),
      ("streams", .array(streams.map(Self.json))),
    ])
  }

  private static func json(_ stream: StreamSummary) -> JSON {
    .object([
      ("format_version", .integer(stream.formatVersion)),
      ("fingerprint", stream.fingerprint.map { .string($0) } ?? .null),
      ("model_bytes", .integer(stream.modelBytes)),
      ("sample_shape", JSON(stream.type.shape(ofNumbers: stream.sampleShape))),
      ("array_shape", JSON(stream.type.shape(ofNumbers: stream.arrayShape))),
      ("layout", stream.layout.map { .string($0.name) } ?? .null),
      ("dtype", .string(stream.type.name)),
      ("format", .string(stream.format)), ("quality", stream.quality.map { .number($0) } ?? .null),
      ("guarantee", stream.errorBound?.json ?? .null),
      ("samples", .integer(stream.samples)),
      ("chunk_rows", .integer(stream.chunkRows)), ("chunks", .integer(stream.chunks)),
      ("stream_bytes", .integer(stream.streamBytes)), ("bits_per_sample", .number(stream.bitsPerSample)),
      ("ratio", .number(stream.ratio)), ("target", stream.target.map { .object($0.members) } ?? .null),
    ])
  }
}

extension StreamSummary {
  /// Bits of the stream per sample.
  fileprivate var bitsPerSample: Double { samples == 0 ? 0 : 8 * Double(streamBytes) / Double(samples) }

  /// Bytes of the samples as plain numbers over bytes of the stream.
  fileprivate var ratio: Double {
    let values = sampleShape.reduce(Double(samples)) { $0 * Double($1) }
    return values * Double(elementType.size) / Double(max(1, streamBytes))
  }
}

/// The content of a file of samples.
struct SamplesDescription: FileResult {
  private let description: SampleDescription
  private let name: String

  init(_ description: SampleDescription, name: String) {
    self.description = description
    self.name = name
  }

  private var format: String {
    switch description.format {
    case .npy: "npy"
    case .idx: "idx"
    case .delimited: "csv"
    case .vecs: "vecs"
    case .raw: "raw"
    case .records(let layout): layout.formatName.rawValue
    }
  }

  func tell(_ console: Console) throws {
    var list = Properties()
    let kind = ModelText.samples(description.sampleShape, description.type)
    list.add("samples", "\(description.rows ?? 0), of \(kind)")
    if let header = description.columnNames {
      list.add("columns", header.joined(separator: ", "))
    }
    list.add("raw bytes", "\(rawBytes)")
    try console.result(["\(name): samples, \(format)"] + list.lines)
  }

  private var rawBytes: Int {
    (description.rows ?? 0).multipliedReportingOverflow(by: description.sampleBytes).partialValue
  }

  var json: JSON {
    var members: [(key: String, value: JSON)] = [
      ("file", .string(name)), ("kind", .string("samples")), ("format", .string(format)),
      ("dtype", .string(description.type.name)), ("samples", JSON(description.rows)),
      ("sample_shape", JSON(description.type.shape(ofNumbers: description.sampleShape))),
      ("values_per_sample", .integer(description.valuesPerSample)), ("raw_bytes", .integer(rawBytes)),
    ]
    if let header = description.columnNames {
      members.append(("columns", .array(header.map { .string($0) })))
    }
    return .object(members)
  }
}
