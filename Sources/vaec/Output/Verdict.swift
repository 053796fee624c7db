import VAECodec

/// The result of verifying a file.
struct Verdict: FileResult {
  private let name: String
  private let details: [(key: String, value: JSON)]
  private let text: String
  private let damage: DamageReport?

  /// An undamaged model.
  init(name: String, model: ModelSummary) {
    self.name = name
    damage = nil
    text = "model \(model.fingerprint)"
    details = [("kind", .string("model")), ("fingerprint", .string(model.fingerprint))]
  }

  /// Undamaged streams.
  ///
  /// - Parameter isDecoded: whether their samples could be decoded; not where the model of one is missing.
  init(name: String, streams: [StreamSummary], isDecoded: Bool) {
    self.name = name
    damage = nil
    let samples = streams.reduce(0) { $0 + $1.samples }
    let chunks = streams.reduce(0) { $0 + $1.chunks }
    let extent = "\(counted(samples, "sample")), \(counted(chunks, "chunk"))"
    text = isDecoded ? extent : extent + "; not decoded"
    details = [
      ("kind", .string("stream")), ("samples", .integer(samples)), ("chunks", .integer(chunks)),
      ("decoded", .bool(isDecoded)),
    ]
  }

  /// Damaged streams.
  init(name: String, damage: [StreamDamage]) {
    self.name = name
    self.damage = DamageReport(name, damage)
    text = ""
    details = [("kind", .string("stream"))]
  }

  var isFailure: Bool { damage != nil }

  func tell(_ console: Console) throws {
    if let damage { return damage.tell(console) }
    if console.isQuiet { return }
    try console.result(["\(name): ok (\(text))"])
  }

  var json: JSON {
    .object([("file", .string(name))] + (damage?.members ?? [("ok", .bool(true))]) + details)
  }
}
