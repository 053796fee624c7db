import ByteIO

/// Whether writing samples as described reproduces the bytes they were read from.
package enum ContentComparison: Equatable, Sendable {
  /// All bytes are the same.
  case same
  /// The text differs: the first difference.
  case text(TextDifference)
  /// Another format differs: the array is in another order, its header has other blanks, or the input is compressed,
  /// which compressors do differently.
  case bytes

  /// Reads an input twice, prints its samples and compares the bytes, in bounded memory.
  ///
  /// - Parameters:
  ///   - content: returns a source of the input's bytes; two are read at once.
  ///   - name: the input in messages.
  ///   - options: the options for reading. Notes are ignored.
  package init(
    of content: () throws(SampleIOError) -> any ByteSource, name: String, options: ReadOptions
  ) throws(SampleIOError) {
    var options = options
    options.notes = nil
    // The decimals of text depend on all rows, so all rows are read first.
    let first = try SampleInput.open(try content(), name: name, options: options)
    let isText = first.description.format.kept == nil && first.description.format.isDelimited
    if isText { while try first.read(maxRows: Self.batchRows(first)) != nil {} }
    let reader = try SampleInput.open(try content(), name: name, options: options)
    var description = reader.description
    description.format = first.description.format
    description.rows = description.rows ?? first.description.rows
    let source = try content()
    let original = try moving(name) { () throws(ByteIOError) in
      try decompressing(source, memory: options.memory)
    }
    let sink = ComparingSink(with: original)
    do throws(SampleIOError) {
      let writer = try SampleOutput.make(description, to: sink)
      while let batch = try reader.read(maxRows: Self.batchRows(reader)) { try writer.write(batch) }
      try writer.finish()
    } catch {
      // The sink throws at the first difference, which ends the comparison.
      guard sink.hasDifference else { throw error }
    }
    if isText, sink.hasDifference {
      self = .text(sink.textDifference(between: description.format))
    } else {
      let start = try content()
      let prefix = try moving(name) { () throws(ByteIOError) in try start.read(upTo: 4) }
      let isCompressed = prefix.starts(with: [0x1F, 0x8B]) || prefix.starts(with: [0x28, 0xB5, 0x2F, 0xFD])
      let isPacked = isCompressed || FileSuffix(of: name).compression != nil
      self = sink.hasDifference || isPacked ? .bytes : .same
    }
  }

  private static func batchRows(_ reader: any SampleReader) -> Int {
    max(1, (1 << 20) / reader.description.sampleBytes)
  }
}

/// The first difference between two texts.
package struct TextDifference: Equatable, Sendable {
  /// The line number, from 1.
  package var line: Int
  /// The original and the printed text: a field, or what surrounds the difference.
  package var original: String
  package var printed: String
}

extension TextDifference: CustomStringConvertible {
  /// "line 12, \"1.10\" becomes \"1.1\"".
  package var description: String {
    if original.first == "#" || original.first == "%" { return "line \(line), a comment, is skipped" }
    if original == "line end", printed == "" { return "line \(line), a blank line, is skipped" }
    return "line \(line), \(Self.quoted(original)) becomes \(Self.quoted(printed))"
  }

  private static func quoted(_ text: String) -> String {
    switch text {
    case "": "an empty field"
    case "line end", "no line end", "CR LF", "CR", "a byte order mark": text
    default: "\"\(text)\""
    }
  }
}

/// A sink that compares its bytes with a source, and throws at the first difference.
private final class ComparingSink: ByteSink {
  private let original: any ByteSource
  private(set) var hasDifference = false
  /// The number of line ends before the current line.
  private var lines = 0
  /// The compared part of the current line, as far as needed.
  private var line: [UInt8] = []
  private var originalRest: [UInt8] = []
  private var printedRest: [UInt8] = []
  private var isFirst = true
  private var separators: [UInt8] = []

  /// The number of bytes of a line kept on either side of the difference.
  private static let kept = 256

  init(with original: any ByteSource) { self.original = original }

  func write(_ bytes: UnsafeRawBufferPointer) throws(ByteIOError) {
    guard !bytes.isEmpty else { return }
    let expected = try original.read(upTo: bytes.count)
    if let place = expected.withUnsafeBytes({ Self.firstDifference($0, bytes) }) {
      hasDifference = true
      isFirst = isFirst && place < 3
      pass(bytes[..<place])
      originalRest = Array(expected[place...].prefix(Self.kept))
      if originalRest.count < Self.kept { originalRest += try original.read(upTo: Self.kept) }
      printedRest = Array(bytes[place...].prefix(Self.kept))
      throw .cancelled
    }
    pass(bytes[...])
    isFirst = false
  }

  func finish() throws(ByteIOError) {
    originalRest = try original.read(upTo: Self.kept)
    hasDifference = !originalRest.isEmpty
  }

  private static func firstDifference(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int? {
    if a.count == b.count, a.elementsEqual(b) { return nil }
    return zip(a, b).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? min(a.count, b.count)
  }

  /// Advances over equal bytes.
  private func pass(_ bytes: Slice<UnsafeRawBufferPointer>) {
    let lineEnd = UInt8(ascii: "\n")
    lines += bytes.reduce(0) { $0 + ($1 == lineEnd ? 1 : 0) }
    if let end = bytes.lastIndex(of: lineEnd) {
      line = Array(bytes[(end + 1)...].suffix(Self.kept))
    } else {
      line = Array((line + bytes.suffix(Self.kept)).suffix(Self.kept))
    }
  }

  /// The fields around the difference.
  ///
  /// - Parameter format: determines the separator of fields.
  func textDifference(between format: SampleFormat) -> TextDifference {
    if case .delimited(let style) = format {
      separators = [0x0A, 0x0D] + (style.separator == .blanks ? [0x20, 0x09] : [style.separator.byte])
    }
    let number = lines + 1
    if isFirst, lines == 0, originalRest.starts(with: [0xEF, 0xBB, 0xBF]) {
      return TextDifference(line: 1, original: "a byte order mark", printed: "nothing")
    }
    if printedRest.isEmpty, line.isEmpty || originalRest.isEmpty {
      return TextDifference(line: number, original: Self.text(token(originalRest)), printed: "nothing")
    }
    let before = Array(line.reversed().prefix { !separates($0) }.reversed())
    if line.isEmpty, let first = originalRest.first {
      if first == UInt8(ascii: "#") || first == UInt8(ascii: "%") {
        return TextDifference(line: number, original: "#", printed: "")
      }
      if first == UInt8(ascii: "\n") || first == UInt8(ascii: "\r") {
        return TextDifference(line: number, original: "line end", printed: "")
      }
    }
    // If a field continues on one side and ends on the other, the fields differ, and not their separators.
    let isField = !token(originalRest).isEmpty || !token(printedRest).isEmpty
    func what(_ rest: [UInt8]) -> String {
      isField && !before.isEmpty ? Self.text(before + token(rest)) : describe(before, rest)
    }
    return TextDifference(line: number, original: what(originalRest), printed: what(printedRest))
  }

  private func separates(_ byte: UInt8) -> Bool { separators.contains(byte) }

  private func token(_ rest: [UInt8]) -> [UInt8] { Array(rest.prefix { !separates($0) }) }

  private static func text(_ bytes: [UInt8]) -> String { ByteText.text(of: bytes.prefix(40)) }

  /// The field that ends in `before` and continues in `rest`; or what stands in its place.
  private func describe(_ before: [UInt8], _ rest: [UInt8]) -> String {
    if rest.isEmpty { return "no line end" }
    let field = before + token(rest)
    guard field.isEmpty || token(rest).isEmpty else { return Self.text(field) }
    switch rest.first {
    case 0x0D: return rest.dropFirst().first == 0x0A ? "CR LF" : "CR"
    case 0x0A: return before.isEmpty ? "" : "line end"
    case 0x20: return before.isEmpty ? " " : Self.text(field + [0x20])
    default: return Self.text(field)
    }
  }
}
