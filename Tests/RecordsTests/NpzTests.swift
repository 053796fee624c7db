import ByteIO
import Testing

@testable import Records

@Suite("npz")
struct NpzTests {
  /// A zip archive as numpy makes it.
  ///
  /// - Parameter hasLargeSizes: whether local headers have their sizes in a zip64 field.
  static func zip(
    _ members: [(name: String, bytes: [UInt8])], deflates: Bool = false, hasLargeSizes: Bool = true,
    flags: UInt16 = 0
  ) -> [UInt8] {
    var (file, directory) = (ByteWriter(), ByteWriter())
    for (name, bytes) in members {
      // Without the header and the checksum of the zlib format, what is left is deflate.
      let content = deflates ? Array(Zlib.compress(bytes).dropFirst(2).dropLast(4)) : bytes
      let offset = file.bytes.count
      func append(_ w: inout ByteWriter, local: Bool) {
        w.append(UInt16(20))
        w.append(flags)
        w.append(UInt16(deflates ? 8 : 0))
        w.append(UInt32(0x0021_0000))
        w.append(Checksum.crc32(bytes))
        w.append(local && hasLargeSizes ? UInt32.max : UInt32(content.count))
        w.append(local && hasLargeSizes ? UInt32.max : UInt32(bytes.count))
        w.append(UInt16(name.utf8.count))
      }
      file.append([0x50, 0x4B, 3, 4])
      append(&file, local: true)
      file.append(UInt16(hasLargeSizes ? 20 : 0))
      file.append(name.utf8)
      if hasLargeSizes {
        file.append([1, 0, 16, 0])
        file.append(UInt64(bytes.count))
        file.append(UInt64(content.count))
      }
      file.append(content)
      directory.append([0x50, 0x4B, 1, 2, 20, 0])
      append(&directory, local: false)
      directory.append([UInt8](repeating: 0, count: 12))
      directory.append(UInt32(offset))
      directory.append(name.utf8)
    }
    let begin = file.bytes.count
    file.append(directory.bytes)
    file.append([0x50, 0x4B, 5, 6, 0, 0, 0, 0])
    file.append(UInt16(members.count))
    file.append(UInt16(members.count))
    file.append(UInt32(directory.bytes.count))
    file.append(UInt32(begin))
    file.append(UInt16(0))
    return file.bytes
  }

  private static func array(_ type: String, _ shape: [Int], _ body: [UInt8]) -> [UInt8] {
    let axes = shape.map { "\($0)" }.joined(separator: ", ") + (shape.count == 1 ? "," : "")
    return npy("{'descr': '\(type)', 'fortran_order': False, 'shape': (\(axes)), }", body)
  }

  /// Images, labels and names of three samples, an array of another length and a single number.
  private static let members: [(name: String, bytes: [UInt8])] = [
    ("label.npy", array("<i8", [3], (0..<24).map { $0 % 8 == 0 ? UInt8($0) : 0 })),
    ("image.npy", array("|u1", [3, 2, 5], (0..<30).map { UInt8($0) })),
    ("name.npy", array("<U2", [3], (0..<24).map { $0 % 4 == 0 ? 0x41 + UInt8($0) : 0 })),
    ("classes.npy", array("|S1", [4], [1, 2, 3, 4])), ("version.npy", array("|u1", [], [7])),
  ]

  /// The headers and values of the arrays of an archive.
  private func contents(_ file: [UInt8]) throws -> [[UInt8]] {
    let archive = try ZipArchive(file, name: "")
    return try archive.members.map { member in
      let source = try archive.source(of: member)
      let header = try NpyHeader(from: source, name: "")
      let text = "\(header.descr) \(header.shape)"
      return member.name + Array(text.utf8) + (try source.read(upTo: 1 << 20))
    }
  }

  @Test("arrays come back with names, types, shapes and values, of stored and of deflated archives")
  func roundTrip() throws {
    for deflates in [false, true] {
      for hasLargeSizes in [false, true] {
        let file = Self.zip(Self.members, deflates: deflates, hasLargeSizes: hasLargeSizes)
        let back = try rewritten(file, batch: 2, knowsRows: false)
        #expect(try contents(back) == contents(file))
        // What is written again is the same.
        #expect(try rewritten(back, knowsRows: false) == back)
      }
    }
  }

  @Test("the largest array is modelled as it is, or the one that is named")
  func choice() throws {
    let file = Self.zip(Self.members)
    let largest = try open(file)
    #expect(largest.description.elementType == .u1 && largest.description.sampleShape == [2, 5])
    #expect(try readAll(largest).bytes == (0..<30).map { UInt8($0) })
    var options = ReadOptions.keepingText
    options.array = "label"
    let labels = try open(file, options: options)
    #expect(labels.description.elementType == .i8 && labels.description.sampleShape == [])
    options.array = "classes"
    #expect(throws: SampleIOError.notNumbers(name: "data", array: "classes")) {
      try open(file, options: options)
    }
    options.array = "x"
    let names = ["label", "image", "name", "classes", "version"]
    #expect(throws: SampleIOError.noSuchArray(name: "data", array: "x", arrays: names)) {
      try open(file, options: options)
    }
    #expect(throws: SampleIOError.optionNotApplicable(name: "data", option: .array, format: "npy")) {
      try open(Self.members[0].bytes, options: options)
    }
  }

  @Test("arrays of one number for each sample are the columns of a table")
  func table() throws {
    let file = Self.zip([
      ("id.npy", Self.array("<i8", [2], [UInt8](repeating: 1, count: 16))),
      ("b.npy", Self.array(">f4", [2], [0x3F, 0x80, 0, 0, 0x40, 0, 0, 0])),
      ("c.npy", Self.array("|u1", [2], [5, 6])),
    ])
    let reader = try open(file, options: .keepingText)
    #expect(reader.description.columnNames == ["b", "c"] && reader.description.elementType == .f8)
    #expect(try readAll(reader).doubles() == [1, 5, 2, 6])
    #expect(try contents(rewritten(file, knowsRows: false)) == contents(file))
  }

  @Test("an array in Fortran order is modelled as well, and comes back in C order")
  func fortran() throws {
    let header = "{'descr': '>i2', 'fortran_order': True, 'shape': (2, 3), }"
    let file = Self.zip([("x.npy", npy(header, [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6])), Self.members[4]])
    let reader = try open(file)
    #expect(reader.description.sampleShape == [3])
    #expect(try readAll(reader).doubles() == [1, 3, 5, 2, 4, 6])
    #expect(try readAll(open(rewritten(file, knowsRows: false))).doubles() == [1, 3, 5, 2, 4, 6])
  }

  @Test("one array, no rows, and large arrays of another length")
  func lengths() throws {
    let one = Self.zip([Self.members[1]])
    #expect(try contents(rewritten(one, knowsRows: false)) == contents(one))
    let none = Self.zip([("x.npy", Self.array("<f4", [0, 2], []))])
    #expect(try contents(rewritten(none, knowsRows: false)) == contents(none))
    let large = Self.array("|u1", [NpzRecords.maximumConstantBytes], [UInt8](repeating: 1, count: 1 << 24))
    #expect(
      throws: SampleIOError.unequalArrays(
        name: "data", array: "y", rows: 1 << 24, other: "x", otherRows: 3)
    ) {
      try open(
        Self.zip(
          [
            ("x.npy", Self.array("<f8", [3, 1 << 20], [UInt8](repeating: 0, count: 3 << 23))),
            ("y.npy", large),
          ], deflates: true))
    }
    #expect(throws: SampleIOError.self) { try open(Self.zip([Self.members[4]])) }
  }

  @Test("archives that are encrypted, damaged or cut are errors")
  func damaged() throws {
    #expect(throws: SampleIOError.badHeader(name: "data", format: "zip", reason: "its members are encrypted"))
    {
      try open(Self.zip(Self.members, flags: 1))
    }
    let file = Self.zip(Self.members, deflates: true)
    func readWhole(_ file: [UInt8]) throws {
      let reader = try open(file, options: .keepingText)
      while try reader.read(maxRows: 2) != nil {}
    }
    for length in 30..<file.count {
      #expect(throws: SampleIOError.self, "\(length)") { try readWhole(Array(file.prefix(length))) }
    }
    // A changed byte is found, or changes nothing that is read.
    let whole = try contents(file)
    for place in file.indices {
      var changed = file
      changed[place] ^= 0x10
      guard (try? readWhole(changed)) != nil, let found = try? contents(changed) else { continue }
      #expect(found.map { $0.suffix(8) } == whole.map { $0.suffix(8) }, "\(place)")
    }
  }

  @Test("other samples are written as an archive of one array")
  func archived() throws {
    let reader = try open(Self.members[1].bytes)
    let sink = MemorySink()
    let writer = try SampleOutput.make(try reader.description.reformatted(as: .npz), to: sink)
    while let batch = try reader.read(maxRows: 2) { try writer.write(batch) }
    try writer.finish()
    let archive = try ZipArchive(sink.bytes, name: "")
    #expect(archive.members.map(\.name) == [Array("arr_0.npy".utf8)])
    #expect(try readAll(open(sink.bytes)).bytes == (0..<30).map { UInt8($0) })
  }
}
