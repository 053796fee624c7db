import VAECodec

/// A file is as it was written.
struct Verdict: FileResult {
  private let name: String
  private let details: [(key: String, value: JSON)]
  private let text: String

  /// A model that is as it was written.
  init(name: String, model: ModelSummary) {
    self.name = name
    text = "model \(model.fingerprint)"
    details = [("kind", .string("model")), ("fingerprint", .string(model.fingerprint))]
  }

  /// Streams that are as they were written.
  init(name: String, streams: [StreamSummary]) {
    self.name = name
    let samples = streams.reduce(0) { $0 + $1.samples }
    let chunks = streams.reduce(0) { $0 + $1.chunks }
    text = "\(counted(samples, "sample")), \(counted(chunks, "chunk"))"
    details = [("kind", .string("stream")), ("samples", .integer(samples)), ("chunks", .integer(chunks))]
  }

  func tell(_ console: Console) throws {
    if console.isQuiet { return }
    try console.result(["\(name): ok (\(text))"])
  }

  var json: JSON { .object([("file", .string(name)), ("ok", .bool(true))] + details) }
}
