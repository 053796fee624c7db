import VAECodec

extension StreamError {
  var remedy: String? {
    switch self {
    case .bytes(let error): error.remedy
    case .notAVaecFile: "`vaec encode` makes one"
    case .unsupportedVersion, .unsupportedFlags: "update vaec"
    case .damagedHeader, .truncated, .damagedChunk, .oversize, .missingSeekTable, .damagedSeekTable:
      "get a fresh copy"
    case .tooManyChunks: "put more rows in a chunk"
    case .trailingBytes: "truncate the file there, or get a fresh copy"
    }
  }
}

extension StreamDamage: Advised {
  var remedy: String? { kind == .model ? "pass a copy with -m" : nil }
}
