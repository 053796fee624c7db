import VAECodec

// A target and the value reached, as text and as JSON.

extension TargetOutcome {
  /// "asked for 40.00 dB, reached 40.13 dB".
  var text: String {
    switch asked {
    case .quality: "asked for a quality"
    case .psnr(let psnr):
      "asked for \(psnr.fixed(2)) dB, "
        + (reached == .infinity ? "all values are exact" : "reached \(reached.fixed(2)) dB")
    case .bitsPerSample(let bits):
      "asked for \(bits.fixed(2)) bits/sample, reached \(reached.fixed(2)) bits/sample"
    case .bytes(let bytes): "asked for \(bytes) bytes, reached \(reached.fixed(0)) bytes"
    }
  }

  /// ", decided on the first 16384 samples" if there were more.
  func decision(of samples: Int) -> String {
    decidedOnRows < samples ? ", decided on the first \(counted(decidedOnRows, "sample"))" : ""
  }

  /// Members of the object `target`.
  var members: [(key: String, value: JSON)] {
    let (kind, asked): (String, JSON) =
      switch asked {
      case .quality(let quality): ("quality", .number(quality))
      case .psnr(let psnr): ("psnr", .number(psnr))
      case .bitsPerSample(let bits): ("bits_per_sample", .number(bits))
      case .bytes(let bytes): ("stream_bytes", .integer(bytes))
      }
    return [
      ("kind", .string(kind)), ("asked", asked), ("reached", .number(reached)),
      ("decided_on_samples", .integer(decidedOnRows)),
    ]
  }
}

extension ErrorBound {
  /// The text if exact values need not reproduce the bytes of their file.
  var text: String { text(bytesComeBack: false) }

  /// "lossless" with its extent, or "no value is off by more than 0.01", or "... 0.01 of its magnitude".
  ///
  /// - Parameter bytesComeBack: whether exact values also reproduce the bytes of their file.
  func text(bytesComeBack: Bool) -> String {
    switch self {
    case .maxError(let bound): "no value is off by more than \(bound)"
    case .maxRelativeError(let bound): "no value is off by more than \(bound) of its magnitude"
    case .byColumn(let bounds):
      bounds.relative.map { ErrorBound.maxRelativeError($0).text } ?? Self.text(of: bounds)
    case .lossless:
      bytesComeBack ? "lossless, every bit comes back" : "lossless, every value comes back exactly"
    }
  }

  /// "no value is off by more than its column's bound: 0.5, 0.01, 0 (exact)".
  private static func text(of bounds: ColumnBounds) -> String {
    let all = bounds.bounds.map {
      $0.isExact
        ? "0 (exact)" : $0.isRelative ? "\($0.size.significant(4)) of its magnitude" : $0.size.significant(4)
    }
    let shown = all.prefix(shownColumns).joined(separator: ", ")
    return
      "no value is off by more than its column's bound: \(shown)\(all.count > shownColumns ? ", ..." : "")"
  }

  /// The maximum number of bounds listed.
  private static let shownColumns = 12

  /// The object `guarantee`.
  var json: JSON {
    switch self {
    case .maxError(let bound): .object([("kind", .string("max_error")), ("max_error", .number(bound))])
    case .maxRelativeError(let bound):
      .object([("kind", .string("max_relative_error")), ("max_relative_error", .number(bound))])
    case .byColumn(let bounds) where bounds.relative != nil:
      ErrorBound.maxRelativeError(bounds.relative ?? 0).json
    case .byColumn(let bounds):
      .object(
        [
          ("kind", .string("max_error_by_column")),
          ("max_errors", .array(bounds.bounds.map { $0.isRelative ? .null : .number($0.size) })),
        ]
          + (bounds.bounds.contains(where: \.isRelative)
            ? [
              ("max_relative_errors", .array(bounds.bounds.map { $0.isRelative ? .number($0.size) : .null }))
            ]
            : []))
    case .lossless: .object([("kind", .string("lossless"))])
    }
  }
}

extension ColumnBounds {
  /// The bound relative to each value that all columns have, which their units do not matter to; nil if there is none.
  fileprivate var relative: Double? {
    guard let first = bounds.first, first.isRelative, bounds.allSatisfy({ $0 == first }) else { return nil }
    return first.size
  }
}
