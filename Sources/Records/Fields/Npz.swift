import ByteIO

/// NumPy's archives: a zip of npy files. Arrays with the same first axis are the fields of records.
///
/// The array with the most bytes is modelled, in its own type and shape. Where it has one number for each record, all arrays of
/// numbers that have one are: then records are rows of a table. Other arrays with as many rows are exact, row by row; those of
/// another length are kept as they are.
enum Npz {
  /// Whether `prefix`, the first bytes of a file, are those of a zip archive whose first member is an npy file.
  static func recognizes(_ prefix: ArraySlice<UInt8>) -> Bool {
    guard prefix.starts(with: ZipArchive.magic), prefix.count >= 30 else { return false }
    let begin = prefix.startIndex
    let length = Int(prefix[begin + 26]) | Int(prefix[begin + 27]) << 8
    return prefix.dropFirst(30).prefix(length).suffix(NpzArray.suffix.count).elementsEqual(
      NpzArray.suffix)
  }

  /// An array of an archive that has been looked at.
  private struct Found {
    var member: ZipArchive.Member
    var array: NpzArray
    /// The first axis; nil for an array that is no sequence of rows.
    var rows: Int?
    /// Bytes of a row.
    var rowBytes = 0
    /// The type of an array in Fortran order, whose rows are spread over all of it; nil for others.
    var fortranType: ValueType?
    /// The only field of a row of numbers; nil for others.
    var number: RecordField?
    /// Bytes of all rows.
    var bytes: Int { MemoryLimit.sum((rows ?? 0, rowBytes)) }
  }

  /// - Parameter array: the one to be modelled; nil for the largest.
  static func reader(
    from source: any ByteSource, name: String, array: String?, memory: MemoryLimit, keepsText: Bool
  ) throws(SampleIOError) -> any SampleReader {
    let limit = memory.bytes / 2
    let bytes = try moving(name) { () throws(ByteIOError) in
      let bytes = try source.read(upTo: limit == .max ? limit : limit + 1)
      guard bytes.count <= limit else { throw .memory(needs: 2 * bytes.count, limit: memory.bytes) }
      return bytes
    }
    let archive = try ZipArchive(bytes, name: name)
    guard !archive.members.isEmpty, archive.members.count <= NpzRecords.maximumMembers else {
      throw .otherContent(name: name, archive.members.isEmpty ? .emptyZip : .zip)
    }
    var found: [Found] = []
    for member in archive.members { found.append(try look(at: member, in: archive, name: name)) }
    let titles = found.map(\.array.title)
    guard Set(found.map(\.array.name)).count == found.count else {
      throw .badHeader(name: name, format: "npz", reason: "two arrays have one name")
    }
    let main = try main(found, titles, array, name: name)
    guard let rows = found[main].rows else {
      throw .badShape(name: name, shape: [], reason: "no array has an axis for the samples")
    }
    let (layout, members) = try layout(
      found, main, rows: rows, isChosen: array != nil, archive, name: name)
    let description = try layout.description(rows: rows, name: name)
    var readers: [(any SampleReader, Int)] = []
    for member in members {
      let content = try moving(name) { () throws(ByteIOError) in
        try archive.source(of: member.member)
      }
      // What stands before the rows has been looked at.
      _ = try NpyHeader(from: content, name: name)
      readers.append(
        (
          try Self.rows(of: member, content, rows: rows, name: name, memory: memory),
          member.rowBytes
        ))
    }
    return RecordReader(
      try JoinedRows(readers, rows: rows, size: layout.size), layout, description,
      keepsText: keepsText)
  }

  /// Reads the rows of an array as they lie in the file, each in C order.
  private static func rows(
    of member: Found, _ content: any ByteSource, rows: Int, name: String, memory: MemoryLimit
  ) throws(SampleIOError) -> any SampleReader {
    guard let type = member.fortranType else {
      let bytes = try SampleDescription(
        elementType: .u1, sampleShape: [member.rowBytes], format: .raw, rows: rows, name: name)
      return FixedSizeReader(bytes, from: content, name: name, bigEndian: hostIsBigEndian)
    }
    let values = try SampleDescription(
      type: type, sampleShape: type.shapeOfNumbers(member.array.axes), format: .raw, rows: rows,
      name: name)
    return try FortranReader(
      values, from: content, name: name, bigEndian: hostIsBigEndian, limit: memory.bytes / 2)
  }

  private static func look(
    at member: ZipArchive.Member, in archive: ZipArchive, name: String
  ) throws(SampleIOError) -> Found {
    guard member.name.suffix(NpzArray.suffix.count).elementsEqual(NpzArray.suffix) else {
      throw .otherContent(name: name, .zip)
    }
    let content = try moving(name) { () throws(ByteIOError) in try archive.source(of: member) }
    let header = try NpyHeader(from: content, name: name)
    var found = Found(
      member: member,
      array: NpzArray(
        name: member.name, version: header.version, descr: header.descr,
        axes: Array(header.shape.dropFirst())
      ))
    guard let rows = header.shape.first else { return found }
    if header.fortranOrder, header.shape.count > 1 {
      guard let type = try? header.type(name: name).1 else { return found }
      found.fortranType = type
    }
    guard let structure = try? found.array.structure(name: name), structure.size > 0 else {
      return found
    }
    found.rows = rows
    found.rowBytes = structure.size
    if structure.fields.count == 1, structure.fields[0].elementType != nil {
      found.number = structure.fields[0]
    }
    return found
  }

  /// The array that is modelled, or the largest.
  private static func main(
    _ found: [Found], _ titles: [String], _ array: String?, name: String
  ) throws(SampleIOError) -> Int {
    if let array {
      guard let place = titles.firstIndex(of: array) else {
        throw .noSuchArray(name: name, array: array, arrays: titles)
      }
      guard found[place].number != nil else {
        throw .notNumbers(name: name, array: array)
      }
      return place
    }
    let numbers = found.indices.filter { found[$0].number != nil }
    let candidates = numbers.isEmpty ? Array(found.indices) : numbers
    // The first of the largest.
    return candidates.reversed().max { found[$0].bytes < found[$1].bytes } ?? 0
  }

  /// The records, and the arrays whose rows make them.
  private static func layout(
    _ found: [Found], _ main: Int, rows: Int, isChosen: Bool, _ archive: ZipArchive, name: String
  ) throws(SampleIOError) -> (RecordLayout, [Found]) {
    var members: [NpzRecords.Member] = []
    var sources: [Found] = []
    var constants = 0
    for own in found {
      if own.rows == rows {
        members.append(.rows(own.array))
        sources.append(own)
        continue
      }
      guard own.member.size <= NpzRecords.maximumConstantBytes - constants else {
        throw .unequalArrays(
          name: name, array: own.array.title, rows: own.rows, other: found[main].array.title,
          otherRows: rows)
      }
      constants += own.member.size
      let bytes = try moving(name) { () throws(ByteIOError) in
        try archive.source(of: own.member).read(upTo: own.member.size + 1)
      }
      members.append(
        .constant(
          name: own.array.name,
          packed: ZstdFrame.compress(bytes, level: constantLevel, checksum: true),
          size: bytes.count))
    }
    var layout = try RecordLayout(NpzRecords(members: members), name: name)
    layout.model(modelledFields(layout, sources, main: found[main], isChosen: isChosen))
    return (layout, sources)
  }

  /// zstd's level for arrays of another length.
  private static let constantLevel = 19

  /// The places of the fields that are modelled.
  private static func modelledFields(
    _ layout: RecordLayout, _ sources: [Found], main: Found, isChosen: Bool
  ) -> Set<Int> {
    guard main.number != nil else { return [] }
    var place = 0
    var (own, numbers): (Int?, Set<Int>) = (nil, [])
    for source in sources {
      let count = (try? source.array.structure(name: "").fields.count) ?? 0
      if source.array.name == main.array.name { own = place }
      if let field = source.number, field.shape.isEmpty, field.canBeModelled {
        numbers.insert(place)
      }
      place += count
    }
    let isTable = main.number?.shape.isEmpty == true && !isChosen && !numbers.isEmpty
    return isTable ? numbers : own.map { [$0] } ?? []
  }
}

/// Reads the rows of several arrays side by side, as samples of bytes.
private final class JoinedRows: SampleReader {
  let description: SampleDescription
  private let parts: [(reader: any SampleReader, bytes: Int)]
  private let size: Int

  init(_ parts: [(any SampleReader, Int)], rows: Int, size: Int) throws(SampleIOError) {
    self.parts = parts.map { ($0.0, $0.1) }
    self.size = size
    description = try SampleDescription(
      elementType: .u1, sampleShape: [size], format: .raw, rows: rows)
  }

  func read(maxRows: Int) throws(SampleIOError) -> SampleBatch? {
    var rows: Int?
    var joined: [UInt8] = []
    var offset = 0
    for part in parts {
      // All have as many rows: each gives all that it is asked for.
      guard let batch = try part.reader.read(maxRows: rows ?? maxRows) else { continue }
      if rows == nil {
        rows = batch.rows
        if parts.count == 1 { return batch }
        joined = [UInt8](repeating: 0, count: batch.rows * size)
      }
      joined.withUnsafeMutableBytes { joined in
        batch.bytes.withUnsafeBytes { own in
          for row in 0..<batch.rows {
            UnsafeMutableRawBufferPointer(rebasing: joined[(row * size + offset)...]).copyMemory(
              from: UnsafeRawBufferPointer(rebasing: own[row * part.bytes..<(row + 1) * part.bytes])
            )
          }
        }
      }
      offset += part.bytes
    }
    return rows == nil ? nil : SampleBatch(elementType: .u1, valuesPerSample: size, bytes: joined)
  }
}
