import ByteIO

/// What is needed to write an npz file: its arrays, in order.
package struct NpzRecords: Equatable, Sendable {
  /// An array of the file.
  package enum Member: Equatable, Sendable {
    /// One whose first axis is that of the samples.
    case rows(NpzArray)
    /// One of another length: the npy file as it is, compressed by zstd, and its size.
    case constant(name: [UInt8], packed: [UInt8], size: Int)
  }

  package var members: [Member]

  /// The most bytes of all arrays of other lengths.
  static let maximumConstantBytes = 1 << 24
  /// The most arrays with a row for each sample: each takes a file while it is written.
  static let maximumRowMembers = 256
  /// The most members.
  static let maximumMembers = 1 << 12

  /// The arrays that have a row for each sample.
  var rows: [NpzArray] {
    members.compactMap { if case .rows(let array) = $0 { array } else { nil } }
  }
}

/// An array in an npz file, but for its rows.
package struct NpzArray: Equatable, Sendable {
  /// The name in the archive, with .npy.
  package var name: [UInt8]
  /// 1, 2 or 3.
  package var version: UInt8
  /// The type as the header has it.
  package var descr: [UInt8]
  /// The axes behind the first.
  package var axes: [Int]

  /// The end of a member's name.
  static let suffix = Array(".npy".utf8)

  /// The name that numpy gives it.
  package var title: String {
    ByteText.text(
      of: name.suffix(Self.suffix.count).elementsEqual(Self.suffix)
        ? name.dropLast(Self.suffix.count) : name[...])
  }

  /// The fields of a row.
  func structure(name file: String) throws(SampleIOError) -> NpyStructure {
    try NpyStructure(descr, isUnicode: version == 3, repeating: axes, name: file, prefix: title)
  }
}

extension RecordLayout {
  /// The records of arrays that have a row for each.
  /// None is modelled yet.
  init(_ npz: NpzRecords, name: String) throws(SampleIOError) {
    guard npz.rows.count <= NpzRecords.maximumRowMembers else {
      throw .badShape(name: name, shape: [], reason: "more than \(NpzRecords.maximumRowMembers) arrays")
    }
    var fields: [RecordField] = []
    var size = 0
    for array in npz.rows {
      let structure = try array.structure(name: name)
      for field in structure.fields {
        var own = field
        own.offset += size
        own.isModelled = false
        fields.append(own)
      }
      guard fields.count <= NpyStructure.maximumFields, structure.size <= NpyStructure.maximumBytes - size
      else {
        throw .badShape(
          name: name, shape: [size], reason: "too many fields, or too many bytes in a row of all arrays")
      }
      size += structure.size
    }
    guard size > 0 else { throw .badShape(name: name, shape: [0], reason: "arrays without values") }
    self.init(.npz(npz), fields: fields, size: size)
  }
}

// In bytes:
//
//   members     a count
//   each        a count of bytes and as many, the name; 1 byte: 0 for rows, 1 for an array of another length
//   rows        1 byte, the version; a count of axes, and as many counts; a count of bytes and as many, the type
//   other       a count, the size of the npy file; a count of bytes and as many: the file compressed by zstd

extension NpzRecords {
  func encode(into w: inout ByteWriter) {
    w.append(count: members.count)
    for member in members {
      switch member {
      case .rows(let array):
        w.append(count: array.name.count)
        w.append(array.name)
        w.append(0 as UInt8)
        w.append(array.version)
        w.append(count: array.axes.count)
        for length in array.axes { w.append(count: length) }
        w.append(count: array.descr.count)
        w.append(array.descr)
      case .constant(let name, let packed, let size):
        w.append(count: name.count)
        w.append(name)
        w.append(1 as UInt8)
        w.append(count: size)
        w.append(count: packed.count)
        w.append(packed)
      }
    }
  }

  /// Reads what ``encode(into:)`` wrote; nil for anything else.
  init?(from r: inout ByteReader) throws(ByteReader.Failure) {
    members = []
    let count = try r.count()
    guard count <= Self.maximumMembers else { return nil }
    var constants = 0
    for _ in 0..<count {
      let name = Array(try r.take(try r.count()))
      guard name.count <= Int(UInt16.max) else { return nil }
      let role: UInt8 = try r.integer()
      switch role {
      case 0:
        let version: UInt8 = try r.integer()
        let axes = try r.count()
        guard (1...3).contains(version), axes <= SampleDescription.maximumAxes else { return nil }
        var lengths: [Int] = []
        for _ in 0..<axes { lengths.append(try r.count()) }
        let descr = Array(try r.take(try r.count()))
        guard descr.count <= NpyHeader.maximumLength else { return nil }
        members.append(.rows(NpzArray(name: name, version: version, descr: descr, axes: lengths)))
      case 1:
        let size = try r.count()
        let packed = Array(try r.take(try r.count()))
        guard size >= 0, size <= Self.maximumConstantBytes - constants else { return nil }
        constants += size
        members.append(.constant(name: name, packed: packed, size: size))
      default: return nil
      }
    }
  }
}
