// The description in bytes, for the headers of streams:
//
//   type and format    1 byte: bits 0-3 the element type; bits 4-6 the format; bit 7 big-endian, for npy
//   kind of values     only if bits 0-3 are 15: a count of bytes and the name of the type, "M8[ns]"
//   axes of a sample   each a count (LEB128): twice its length, plus 1 if another follows; or 0 if there are none
//   delimited only     a count of bytes, and as many:
//                      1 byte: bits 0-3 the separator, bit 4 CR LF; bits 5 to 7 names, decimals and
//                      kept text follow;
//                      1 byte: trailing separators;
//                      names: each a count of bytes and the bytes, mostly UTF-8, one for each column;
//                      decimals: runs until all columns are covered, each a count and a byte (255 for nil);
//                      kept text: see `KeptText`
//   records only       a count of bytes, and as many: see `RecordLayout`

import ByteIO

extension SampleDescription {
  private enum Kind: UInt8 {
    /// Version 1; the next two are versions 2 and 3.
    case npy = 0
    case npy2 = 1
    case npy3 = 2
    case idx = 3
    case delimited = 4
    case vecs = 5
    case raw = 6
    case records = 7
  }

  private static let bigEndianBit: UInt8 = 0x80
  /// Replaces the element type: the name of the value type follows.
  private static let namedType: UInt8 = 15

  private var kind: Kind {
    switch format {
    case .npy(let version, _): version == 3 ? .npy3 : version == 2 ? .npy2 : .npy
    case .idx: .idx
    case .delimited: .delimited
    case .vecs: .vecs
    case .raw: .raw
    case .records: .records
    }
  }

  /// Appends the description, without ``rows``, in a compact form for stream headers.
  package func encode(into writer: inout ByteWriter) {
    var tag = (type.kind == nil ? elementType.rawValue : Self.namedType) | kind.rawValue << 4
    if case .npy(_, bigEndian: true) = format { tag |= Self.bigEndianBit }
    writer.append(tag)
    if type.kind != nil {
      writer.append(count: type.name.utf8.count)
      writer.append(type.name.utf8)
    }
    for (axis, length) in sampleShape.enumerated() {
      writer.append(count: length << 1 | (axis + 1 < sampleShape.count ? 1 : 0))
    }
    if sampleShape.isEmpty { writer.append(count: 0) }
    if case .delimited(let style) = format { style.encode(into: &writer) }
    if case .records(let layout) = format {
      var content = ByteWriter()
      layout.encode(into: &content)
      writer.append(count: content.bytes.count)
      writer.append(content.bytes)
    }
  }

  /// Parses what ``encode(into:)`` wrote. Throws `badDescription` or `badShape` for anything else.
  package init(from reader: inout ByteReader) throws(SampleIOError) {
    let tag: UInt8 = try reader.byteField()
    let type = try Self.type(tag & 0x0F, from: &reader)
    let shape = try Self.shape(from: &reader)
    let columns = try Self.product(of: shape, elementType: type.elementType, name: "")

    let format: SampleFormat
    let bigEndian = tag & Self.bigEndianBit != 0
    switch Kind(rawValue: tag >> 4 & 7) {
    case .npy: format = .npy(version: 1, bigEndian: bigEndian)
    case .npy2: format = .npy(version: 2, bigEndian: bigEndian)
    case .npy3: format = .npy(version: 3, bigEndian: bigEndian)
    case .idx where !bigEndian: format = .idx
    case .delimited where !bigEndian:
      format = .delimited(try DelimitedStyle(from: &reader, columns: columns))
    case .vecs where !bigEndian: format = .vecs
    case .raw where !bigEndian: format = .raw
    case .records where !bigEndian:
      let layout = try RecordLayout(from: try reader.textField())
      self = try layout.description(rows: nil)
      guard self.type == type, sampleShape == shape else {
        throw .badDescription(name: "", reason: "fields that do not fit the values")
      }
      return
    default: throw .badDescription(name: "", reason: "an unknown format")
    }
    try self.init(type: type, sampleShape: shape, format: format)
  }

  private static func type(
    _ code: UInt8, from reader: inout ByteReader
  ) throws(SampleIOError) -> ValueType {
    if code == namedType {
      let name = String(decoding: try reader.textField(), as: UTF8.self)
      // Only the canonical spelling of a name is valid.
      if let type = ValueType(named: name), type.kind != nil, type.name == name { return type }
    } else if let elementType = ElementType(rawValue: code) {
      return ValueType(elementType)
    }
    throw .badDescription(name: "", reason: "an unknown element type")
  }

  private static func shape(from reader: inout ByteReader) throws(SampleIOError) -> [Int] {
    var shape: [Int] = []
    var axis = try reader.countField()
    if axis == 0 { return shape }
    while true {
      guard shape.count < maximumAxes else {
        throw .badDescription(name: "", reason: "more than \(maximumAxes) axes")
      }
      shape.append(axis >> 1)
      if axis & 1 == 0 { return shape }
      axis = try reader.countField()
    }
  }
}

extension DelimitedStyle {
  /// Appends the style, preceded by its length.
  fileprivate func encode(into writer: inout ByteWriter) {
    var content = ByteWriter()
    encodeContent(into: &content)
    writer.append(count: content.bytes.count)
    writer.append(content.bytes)
  }

  private func encodeContent(into writer: inout ByteWriter) {
    var flags = separator.rawValue
    if endsLinesWithCRLF { flags |= 0x10 }
    if header != nil { flags |= 0x20 }
    if !decimals.isEmpty { flags |= 0x40 }
    if kept != nil { flags |= 0x80 }
    writer.append(flags)
    writer.append(UInt8(clamping: trailingSeparators))
    for name in header ?? [] {
      let bytes = ByteText.bytes(of: name)
      writer.append(count: bytes.count)
      writer.append(bytes)
    }
    var column = 0
    while column < decimals.count {
      var end = column + 1
      while end < decimals.count, decimals[end] == decimals[column] { end += 1 }
      writer.append(count: end - column)
      writer.append(decimals[column].map { UInt8(clamping: $0) } ?? 255)
      column = end
    }
    kept?.encode(into: &writer)
  }

  fileprivate init(from source: inout ByteReader, columns: Int) throws(SampleIOError) {
    var reader = ByteReader(try source.textField())
    let flags: UInt8 = try reader.byteField()
    guard let separator = Separator(rawValue: flags & 0x0F) else {
      throw .badDescription(name: "", reason: "an unknown text style")
    }
    let trailing: UInt8 = try reader.byteField()
    self.init(
      separator: separator, endsLinesWithCRLF: flags & 0x10 != 0, trailingSeparators: Int(trailing))
    if flags & 0x20 != 0 { header = try Self.names(from: &reader, columns: columns) }
    if flags & 0x40 != 0 { decimals = try Self.decimals(from: &reader, columns: columns) }
    if flags & 0x80 != 0 {
      do throws(ByteReader.Failure) { kept = try KeptText(from: &reader) } catch { throw ByteReader.tooShort }
      guard let kept, kept.valuesPerSample == columns else {
        throw .badDescription(name: "", reason: "a text that does not fit the columns")
      }
    }
    guard reader.remaining == 0 else {
      throw .badDescription(name: "", reason: "a text style that goes on after its end")
    }
  }

  private static func names(
    from reader: inout ByteReader, columns: Int
  ) throws(SampleIOError) -> [String] {
    // Each name takes at least one byte.
    guard columns <= reader.remaining else {
      throw .badDescription(name: "", reason: "fewer column names than columns")
    }
    var names: [String] = []
    var left = SampleDescription.maximumNameBytes
    for _ in 0..<columns {
      let bytes = try reader.textField()
      left -= bytes.count
      guard left >= 0 else { throw .badDescription(name: "", reason: "column names that are too long") }
      names.append(ByteText.text(of: bytes))
    }
    return names
  }

  private static func decimals(
    from reader: inout ByteReader, columns: Int
  ) throws(SampleIOError) -> [Int?] {
    guard columns <= SampleDescription.maximumStyledColumns else {
      throw .badDescription(name: "", reason: "decimals for too many columns")
    }
    var decimals: [Int?] = []
    while decimals.count < columns {
      let run = try reader.countField()
      let value: UInt8 = try reader.byteField()
      guard run > 0, run <= columns - decimals.count, value <= 9 || value == 255 else {
        throw .badDescription(name: "", reason: "decimals that do not fit the columns")
      }
      decimals.append(contentsOf: repeatElement(value == 255 ? nil : Int(value), count: run))
    }
    return decimals
  }
}

extension ByteReader {
  fileprivate mutating func byteField() throws(SampleIOError) -> UInt8 {
    do throws(Failure) { return try integer() } catch { throw Self.tooShort }
  }

  fileprivate mutating func countField() throws(SampleIOError) -> Int {
    do throws(Failure) { return try count() } catch { throw Self.tooShort }
  }

  /// A count, and as many bytes.
  fileprivate mutating func textField() throws(SampleIOError) -> ArraySlice<UInt8> {
    do throws(Failure) { return try take(try count()) } catch { throw Self.tooShort }
  }

  fileprivate static var tooShort: SampleIOError { .badDescription(name: "", reason: "it ends too early") }
}
