// The description in bytes, for the headers of streams:
//
//   element type       1 byte
//   format             1 byte: bits 0-2 the kind; npy: bits 3-4 the version, bit 5 big-endian
//   axes of a sample   a count (LEB128), then their lengths, each a count
//   delimited only     1 byte: bits 0-3 the separator, bit 4 CR LF, bit 5 names, bit 6 decimals follow;
//                      1 byte: trailing separators;
//                      names: each a count of bytes and UTF-8, one for each column;
//                      decimals: runs until all columns are covered, each a count and a byte (255 for nil)

import ByteIO

extension SampleDescription {
  private enum Kind: UInt8 {
    case npy = 0
    case idx = 1
    case delimited = 2
    case vecs = 3
    case raw = 4
  }

  /// Appends the description, without ``rows``, in a compact form for the headers of streams.
  public func encode(into writer: inout ByteWriter) {
    writer.append(elementType.rawValue)
    switch format {
    case .npy(let version, let bigEndian):
      writer.append(Kind.npy.rawValue | (version & 3) << 3 | (bigEndian ? 0x20 : 0))
    case .idx: writer.append(Kind.idx.rawValue)
    case .delimited: writer.append(Kind.delimited.rawValue)
    case .vecs: writer.append(Kind.vecs.rawValue)
    case .raw: writer.append(Kind.raw.rawValue)
    }
    writer.append(count: sampleShape.count)
    for length in sampleShape { writer.append(count: length) }
    if case .delimited(let style) = format { style.encode(into: &writer) }
  }

  /// Reads what ``encode(into:)`` wrote. Throws `badDescription` or `badShape` for anything else.
  public init(from reader: inout ByteReader) throws(SampleIOError) {
    guard let elementType = ElementType(rawValue: try reader.byteField()) else {
      throw .badDescription(name: "", reason: "an unknown element type")
    }
    let tag: UInt8 = try reader.byteField()
    let axes = try reader.countField()
    guard axes <= Self.maximumAxes else {
      throw .badDescription(name: "", reason: "more than \(Self.maximumAxes) axes")
    }
    var shape: [Int] = []
    for _ in 0..<axes { shape.append(try reader.countField()) }
    let columns = try Self.product(of: shape, elementType: elementType, name: "")

    let format: SampleFormat
    let details = tag & ~7
    switch Kind(rawValue: tag & 7) {
    case .npy where details & ~0x38 == 0 && details & 0x18 != 0:
      format = .npy(version: details >> 3 & 3, bigEndian: details & 0x20 != 0)
    case .idx where details == 0: format = .idx
    case .delimited where details == 0:
      format = .delimited(try DelimitedStyle(from: &reader, columns: columns))
    case .vecs where details == 0: format = .vecs
    case .raw where details == 0: format = .raw
    default: throw .badDescription(name: "", reason: "an unknown format")
    }
    try self.init(elementType: elementType, sampleShape: shape, format: format)
  }
}

extension DelimitedStyle {
  fileprivate func encode(into writer: inout ByteWriter) {
    var flags = separator.rawValue
    if endsLinesWithCRLF { flags |= 0x10 }
    if header != nil { flags |= 0x20 }
    if !decimals.isEmpty { flags |= 0x40 }
    writer.append(flags)
    writer.append(UInt8(clamping: trailingSeparators))
    for name in header ?? [] {
      writer.append(count: name.utf8.count)
      writer.append(name.utf8)
    }
    var column = 0
    while column < decimals.count {
      var end = column + 1
      while end < decimals.count, decimals[end] == decimals[column] { end += 1 }
      writer.append(count: end - column)
      writer.append(decimals[column].map { UInt8(clamping: $0) } ?? 255)
      column = end
    }
  }

  fileprivate init(from reader: inout ByteReader, columns: Int) throws(SampleIOError) {
    let flags: UInt8 = try reader.byteField()
    guard let separator = Separator(rawValue: flags & 0x0F), flags < 0x80 else {
      throw .badDescription(name: "", reason: "an unknown text style")
    }
    let trailing: UInt8 = try reader.byteField()
    self.init(
      separator: separator, endsLinesWithCRLF: flags & 0x10 != 0, trailingSeparators: Int(trailing))
    if flags & 0x20 != 0 { header = try Self.names(from: &reader, columns: columns) }
    if flags & 0x40 != 0 { decimals = try Self.decimals(from: &reader, columns: columns) }
  }

  private static func names(
    from reader: inout ByteReader, columns: Int
  ) throws(SampleIOError) -> [String] {
    // Every name takes a byte at least.
    guard columns <= reader.remaining else {
      throw .badDescription(name: "", reason: "fewer column names than columns")
    }
    var names: [String] = []
    var left = SampleDescription.maximumNameBytes
    for _ in 0..<columns {
      let bytes = try reader.textField()
      left -= bytes.count
      guard left >= 0, let name = String(validating: bytes, as: UTF8.self) else {
        throw .badDescription(name: "", reason: "column names that are too long or not UTF-8")
      }
      names.append(name)
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

  private static var tooShort: SampleIOError { .badDescription(name: "", reason: "it ends too early") }
}
