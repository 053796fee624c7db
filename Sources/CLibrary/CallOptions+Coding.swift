import Records
import VAECodec

extension CallOptions {
  /// The options of a fit, and the bytes that samples may take.
  mutating func fitting() throws(LibraryError) -> (options: FitOptions, memory: Int) {
    var options = FitOptions()
    options.latents = try integer("latents", 1...65536)
    if let text = take("hidden") {
      let widths = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
      guard widths.count <= 8, widths.allSatisfy({ (1...16384).contains($0) }) else {
        throw .badOption("hidden", reason: "is \"\(text)\"; give up to 8 numbers from 1 to 16384")
      }
      options.hidden = widths
    }
    options.epochs = try integer("epochs", 1...1_000_000)
    options.seconds = try number("seconds", 0.001...1e9)
    options.samples = try integer("samples", 1...Int.max)
    if let scale = try choice("scale", ScaleChoice.self) { options.scale = scale }
    if let share = try number("holdout", 0.000_001...0.5) { options.holdout = share }
    if let text = take("seed") {
      guard let seed = UInt64(text) else {
        throw .badOption("seed", reason: "is \"\(text)\"; give an integer from 0")
      }
      options.seed = seed
    }
    if let objective = try choice("objective", Objective.self) { options.objective = objective }
    if let likelihood = try choice("likelihood", LikelihoodChoice.self) { options.likelihood = likelihood }
    if let beta = try number("beta", 0...1e6) { options.beta = beta }
    return (options, try integer("memory", 1...Int.max) ?? 1 << 30)
  }

  /// The options of encoding.
  ///
  /// - Parameter standard: the bound if no target is given; nil for quality 60.
  mutating func encoding(standard: ErrorBoundRequest? = nil) throws(LibraryError) -> EncodeOptions {
    var options = EncodeOptions(errorBound: standard)
    var given: [String] = []
    func target(_ name: String, _ target: EncodeTarget?) {
      guard let target else { return }
      given.append(name)
      (options.target, options.errorBound) = (target, nil)
    }
    target("quality", try number("quality", 0...100).map { .quality($0) })
    target("psnr", try number("psnr", 0.001...1e12).map { .psnr($0) })
    target("bits", try number("bits", 0.001...1e12).map { .bitsPerSample($0) })
    target("size", try integer("size", 1...Int.max).map { .bytes($0) })
    if let text = take("max_error") {
      guard let bound = ErrorBoundRequest(text: text) else {
        throw .badOption(
          "max_error",
          reason:
            "is \"\(text)\"; give a number as in 0.01, a share of the range as in 1%, one of each value below "
            + "100% as in rel:1%, and columns' own after commas as in 1%,temp=0.05")
      }
      given.append("max_error")
      options.errorBound = bound
    }
    if try flag("lossless") == true {
      given.append("lossless")
      options.errorBound = .lossless
    }
    guard given.count <= 1 else {
      throw .badOption(given.joined(separator: " and "), reason: "exclude each other")
    }
    if let effort = try integer("effort", 0...9) { options.effort = effort }
    options.chunkRows = try integer("chunk_rows", EncodeOptions.possibleChunkRows)
    if try flag("solid") == true { options.isSolid = true }
    if try flag("with_model") == true { options.carriesModel = true }
    options.measuresDistortion = false
    return options
  }

  /// How arrays are cut into samples; nil if nothing is said.
  mutating func layout() throws(LibraryError) -> PackLayout? {
    guard let text = take("layout") else { return nil }
    switch text {
    case "rows": return .rows
    case "auto": return .automatic
    default: break
    }
    let words = text.split(separator: " ").map(String.init)
    var rule: LayoutRule?
    if words.count == 2 {
      switch words[0] {
      case "window": rule = LayoutRule(window: words[1])
      case "tile": rule = LayoutRule(tile: words[1])
      case "axis": rule = LayoutRule(axes: words[1])
      default: break
      }
    }
    guard let rule else {
      throw .badOption(
        "layout",
        reason: "is \"\(text)\"; give rows, auto, window 256, window 256:64, tile 16x16 or axis 0,1")
    }
    return .rule(rule)
  }
}
