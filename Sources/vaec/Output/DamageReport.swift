import VAECodec

/// The damage in a file of streams, and the filling of lost samples.
struct DamageReport {
  private let name: String
  private let damage: [StreamDamage]
  private let filledSamples: Int
  private let filling: String

  /// The damage that decoding skipped.
  init(_ name: String, _ report: DecodeReport) {
    self.name = name
    damage = report.damage
    filledSamples = report.filledSamples
    filling = report.type?.filling ?? "NaN"
  }

  /// The damage that a test found.
  init(_ name: String, _ damage: [StreamDamage]) {
    self.name = name
    self.damage = damage
    filledSamples = 0
    filling = ""
  }

  func tell(_ console: Console) {
    for damage in damage { console.problem("\(name): \(damage.message)") }
    if filledSamples > 0 {
      console.problem("\(name): \(counted(filledSamples, "lost sample")) written as \(filling)")
    }
  }

  var members: [(key: String, value: JSON)] {
    [
      ("ok", .bool(false)), ("filled_samples", .integer(filledSamples)),
      ("damage", .array(damage.map(Self.json))),
    ]
  }

  private static func json(_ damage: StreamDamage) -> JSON {
    .object([
      ("kind", .string(damage.kind.name)), ("stream", .integer(damage.stream ?? 1)),
      ("chunks", damage.kind.chunks.map { JSON([$0.lowerBound, $0.upperBound]) } ?? .null),
      ("rows", damage.rows.map { JSON([$0.lowerBound, $0.upperBound]) } ?? .null),
      ("text", .string(damage.message)),
    ])
  }
}

extension StreamDamage.Kind {
  fileprivate var name: String {
    switch self {
    case .chunks, .someChunks: "chunks"
    case .end: "end"
    case .seekTable: "seek_table"
    case .header: "header"
    case .compact: "compact"
    case .model: "model"
    case .unreadable: "unreadable"
    }
  }

  fileprivate var chunks: ClosedRange<Int>? { if case .chunks(let range) = self { range } else { nil } }
}
