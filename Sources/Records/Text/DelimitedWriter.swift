import ByteIO

/// Writes text with one sample per line.
final class DelimitedWriter: SampleWriter {
  private static let pieceBytes = 1 << 16

  private let description: SampleDescription
  private let style: DelimitedStyle
  private let sink: any ByteSink
  private let lineEnd: [UInt8]
  private var check: NarrowingCheck?
  private var text: [UInt8] = []

  /// - Parameter clips: whether values that the type cannot hold are clipped, with NaN as 0; otherwise they are an
  ///   error.
  init(
    _ description: SampleDescription, style: DelimitedStyle, to sink: any ByteSink, clips: Bool
  ) throws(SampleIOError) {
    check = clips ? nil : NarrowingCheck(description.elementType, width: description.valuesPerSample)
    self.description = description
    self.style = style
    self.sink = sink
    let separators = [UInt8](repeating: style.separator.byte, count: max(0, style.trailingSeparators))
    lineEnd = separators + Array(style.endsLinesWithCRLF ? "\r\n".utf8 : "\n".utf8)
    text.reserveCapacity(Self.pieceBytes * 2)
    if let kept = style.kept {
      text += kept.preface
    } else if let header = style.header {
      appendHeader(header)
    }
  }

  func write(_ batch: SampleBatch) throws(SampleIOError) {
    if let kept = style.kept {
      text += batch.text?.bytes ?? kept.rows(batch.doubles())
      if text.count >= Self.pieceBytes { try flush() }
      return
    }
    try check?.add(batch)
    let batch = batch.converted(to: description.elementType)
    let columns = description.valuesPerSample
    let separator = style.separator.byte
    let isDouble = description.elementType == .f8
    let isInteger = description.elementType.isInteger
    let decimals = style.decimals.count == columns ? style.decimals : []
    let values = batch.doubles()
    let wide = description.elementType.isWide ? batch.bits() : []
    let isSigned = description.elementType == .i8
    for row in 0..<batch.rows {
      // A local variable avoids the check for exclusive access at every number.
      var line = text
      text = []
      for column in 0..<columns {
        if column > 0 { line.append(separator) }
        let value = values[row * columns + column]
        if !wide.isEmpty {
          let bits = wide[row * columns + column]
          if isSigned { line.appendDecimal(Int64(bitPattern: bits)) } else { line.appendDecimal(bits) }
        } else if isInteger {
          // Integers of up to 32 bits are exact in binary64.
          line.appendDecimal(Int64(value))
        } else if !decimals.isEmpty, let count = decimals[column], value.isFinite {
          line.appendFixed(value, decimals: count)
        } else if isDouble {
          line.appendShortest(value)
        } else {
          line.appendShortest(Float(value))
        }
      }
      line.append(contentsOf: lineEnd)
      text = line
      if text.count >= Self.pieceBytes { try flush() }
    }
  }

  func finish() throws(SampleIOError) {
    try flush()
    try moving("") { () throws(ByteIOError) in try sink.finish() }
  }

  private func flush() throws(SampleIOError) {
    try moving("") { () throws(ByteIOError) in try sink.write(text) }
    text.removeAll(keepingCapacity: true)
  }

  private func appendHeader(_ names: [String]) {
    for (column, name) in names.enumerated() {
      if column > 0 { text.append(style.separator.byte) }
      // The "# " before the names of numpy.savetxt stays outside of the quotes.
      if column == 0, style.separator == .blanks, name.hasPrefix("# ") {
        text.append(contentsOf: "# ".utf8)
        appendName(name.dropFirst(2))
      } else {
        appendName(name[...], isFirst: column == 0)
      }
    }
    text.append(contentsOf: lineEnd)
  }

  /// Appends a column name, quoted if it would otherwise be misread.
  ///
  /// - Parameter isFirst: whether it starts the line, where some characters start comments or other formats.
  private func appendName(_ name: Substring, isFirst: Bool = false) {
    let bytes = ByteText.bytes(of: name)
    // Nothing shows the separator of a single column; it is read as if commas separated columns.
    let separator = description.valuesPerSample == 1 ? UInt8(ascii: ",") : style.separator.byte
    let special: [UInt8] = [style.separator.byte, separator, UInt8(ascii: "\""), 0x0A, 0x0D]
    let isForeign = ["%", "{", "[", "sep="].contains { name.hasPrefix($0) }
    let isAlone = name.isEmpty && description.valuesPerSample == 1
    let isPlain =
      !(isFirst && (isForeign || isAlone))
      && !bytes.contains { special.contains($0) || style.separator == .blanks && $0 == 0x09 }
      && bytes.first != 0x20 && bytes.last != 0x20 && !(bytes.isEmpty && style.separator == .blanks)
    if isPlain { text.append(contentsOf: bytes) } else { text.append(quoting: bytes) }
  }
}
