import ArgumentParser
import ByteIO
import Records
import VAECodec

/// How arrays are cut into samples.
struct LayoutOptions: ParsableArguments {
  /// A choice that needs no numbers.
  enum Choice: String, ExpressibleByArgument, CaseIterable {
    case rows, auto
  }

  @Option(
    help: ArgumentHelp(
      "Cut a recording (T, or T x channels) into windows of n; for training, one every step.",
      valueName: "n[:step]"),
    transform: parseWindow)
  var window: LayoutRule?

  @Option(
    help: ArgumentHelp("Cut images or fields into tiles, such as 16x16 or 8x8x8.", valueName: "axb[xc]"),
    transform: parseTile)
  var tile: LayoutRule?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Axis of the array that counts the samples, or several, such as 2, -1 or 0,1.", valueName: "k[,k]"),
    transform: parseAxes)
  var axis: LayoutRule?

  @Option(
    help: ArgumentHelp(
      "rows: the first axis counts the samples. auto: try some layouts.", valueName: "rows|auto"))
  var layout: Choice?

  func validate() throws {
    let given = [window != nil, tile != nil, axis != nil, layout != nil].count { $0 }
    if given > 1 { throw ValidationError("--window, --tile, --axis and --layout exclude each other.") }
  }

  /// Throws if columns are to be kept as they are, which a rule cannot do.
  func validate(_ exact: ExactOptions) throws {
    if rule != nil, case .columns? = exact.exact {
      throw ValidationError("--exact does not apply to windows and tiles; select columns with --columns.")
    }
  }

  /// The rule; nil if none is given.
  var rule: LayoutRule? { window ?? tile ?? axis }

  /// The options for reading: a recording of raw values has one channel unless the shape says otherwise, and columns that
  /// count are channels as others are.
  func reading(_ options: ReadOptions) -> ReadOptions {
    var options = options
    if rule != nil { options.columns.keepsCounters = false }
    if rule != nil || layout == .auto, options.type != nil { options.shape = options.shape ?? [] }
    return options
  }

  /// Whether nothing is said about the layout.
  var isOmitted: Bool { rule == nil && layout == nil }
}

extension SampleReader {
  /// The samples that a rule cuts from an array; its rows without a rule.
  func cut(by rule: LayoutRule?, name: String, memory: MemoryLimit) throws(SampleIOError) -> any SampleReader
  {
    guard let rule else { return self }
    return try LayoutReader(self, rule, name: name, memory: memory)
  }
}

extension SampleDescription {
  /// Whether values are of a type that images have.
  var isOfPixels: Bool { [.u1, .u2].contains(type.elementType) && type.kind == nil }

  /// Throws for an array whose rows are hardly samples: a recording of one channel, or an image in colours.
  func refuseUncut(name: String) throws(CommandError) {
    let shape = type.shape(ofNumbers: sampleShape)
    if rows ?? 2 > 1, shape.isEmpty || (format.isDelimited && valuesPerSample == 1) {
      throw .needsLayout(name: name, isImage: false)
    }
    if let rows, isOfPixels, shape.count == 2, (3...4).contains(shape[1]), min(rows, shape[0]) >= 32 {
      throw .needsLayout(name: name, isImage: true)
    }
    if rows == 1, shape.count > 1 { throw .needsLayout(name: name, isImage: true) }
  }
}

private func parseWindow(_ text: String) throws -> LayoutRule {
  guard let rule = LayoutRule(window: text) else {
    throw ValidationError("give the length of a window, and a step of at most that, as in 256 or 256:64.")
  }
  return rule
}

private func parseTile(_ text: String) throws -> LayoutRule {
  guard let rule = LayoutRule(tile: text, separators: "x,") else {
    throw ValidationError("give two or three lengths, as in 16x16 or 8x8x8.")
  }
  return rule
}

private func parseAxes(_ text: String) throws -> LayoutRule {
  guard let rule = LayoutRule(axes: text) else {
    throw ValidationError("give axes from 0, or -1 for the last, as in 2 or 0,1.")
  }
  return rule
}
