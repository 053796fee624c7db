// The layout in bytes, for the description of samples:
//
//   container          1 byte: 0 for npy, 1 for npz
//   npy                1 byte, the version; a count of axes behind the first, and as many counts; a count of bytes and as many: the
//                      type as the header has it
//   npz                its arrays: see `NpzRecords`
//   modelled           a bit for each field, from the lowest bit of the first byte on: 1 if its numbers are values of the
//                      samples

import ByteIO

extension RecordLayout {
  private static let (npyContainer, npzContainer): (UInt8, UInt8) = (0, 1)

  /// The layout of a structured array. By default all numbers are modelled that can be.
  init(_ header: NpyHeader, name: String) throws(SampleIOError) {
    let records = NpyRecords(
      version: header.version, descr: header.descr, axes: Array(header.shape.dropFirst()))
    try self.init(records, name: name)
  }

  private init(_ records: NpyRecords, name: String) throws(SampleIOError) {
    let structure = try NpyStructure(
      records.descr, isUnicode: records.version == 3, repeating: records.axes, name: name)
    guard structure.size > 0 else {
      throw .badShape(name: name, shape: records.axes, reason: "records without values")
    }
    self.init(.npy(records), fields: structure.fields, size: structure.size)
  }

  func encode(into w: inout ByteWriter) {
    switch container {
    case .npy(let records):
      w.append(Self.npyContainer)
      w.append(records.version)
      w.append(count: records.axes.count)
      for length in records.axes { w.append(count: length) }
      w.append(count: records.descr.count)
      w.append(records.descr)
    case .npz(let npz):
      w.append(Self.npzContainer)
      npz.encode(into: &w)
    }
    w.append(bits: fields.map(\.isModelled))
  }

  /// Reads what ``encode(into:)`` wrote: all of `bytes`. Throws `badDescription` for anything else.
  init(from bytes: ArraySlice<UInt8>) throws(SampleIOError) {
    var r = ByteReader(bytes)
    let layout: RecordLayout
    let isModelled: [Bool]
    do {
      switch try r.integer(UInt8.self) {
      case Self.npyContainer: layout = try Self(Self.npyRecords(from: &r), name: "")
      case Self.npzContainer:
        guard let npz = try NpzRecords(from: &r) else { throw Impossible() }
        layout = try Self(npz, name: "")
      default: throw Impossible()
      }
      isModelled = try r.bits(layout.fields.count)
    } catch {
      throw .badDescription(name: "", reason: "fields that make no record")
    }
    self = layout
    model(Set(fields.indices.filter { isModelled[$0] }))
    guard r.remaining == 0, isPossible else {
      throw .badDescription(name: "", reason: "fields that make no record")
    }
  }

  /// Bytes that stand for no layout.
  private struct Impossible: Error {}

  private static func npyRecords(from r: inout ByteReader) throws -> NpyRecords {
    let version: UInt8 = try r.integer()
    let count = try r.count()
    guard (1...3).contains(version), count <= SampleDescription.maximumAxes else { throw Impossible() }
    var axes: [Int] = []
    for _ in 0..<count { axes.append(try r.count()) }
    let length = try r.count()
    guard length <= NpyHeader.maximumLength else { throw Impossible() }
    return NpyRecords(version: version, descr: Array(try r.take(length)), axes: axes)
  }
}

extension RecordLayout {
  /// The description of the same records in a format that holds them; nil where only their numbers can be in it.
  func written(as name: FormatName, _ description: SampleDescription) -> SampleDescription? {
    var own = self
    switch (name, container) {
    case (.npy, .npy), (.npz, .npz): own.table = nil
    case (.csv, _): own.table = table ?? .comma
    default: return nil
    }
    var written = description
    written.format = .records(own)
    return written
  }
}

extension SampleDescription {
  /// Samples as values of the description's types: booleans have no number above 1, and of numbers of several types each is
  /// one of its own.
  package func settled(_ batch: SampleBatch) -> SampleBatch {
    guard let types = columnTypes else { return batch.clamped(to: type) }
    guard batch.elementType == .f8 else { return batch }
    var values = batch.doubles()
    let width = batch.valuesPerSample
    for row in 0..<batch.rows {
      for (place, type) in types.enumerated() {
        values[row * width + place] = type.rounded(values[row * width + place])
      }
    }
    return SampleBatch(doubles: values, elementType: .f8, valuesPerSample: width)
  }

  /// The types of a sample's values, where these are of several and are held in binary64; nil where all are of one.
  package var columnTypes: [ElementType]? {
    if case .records(let layout) = format { layout.columnTypes } else { nil }
  }

  /// Whether samples of another description can stand in one file with these: records have the same fields.
  package func hasSameFields(as other: SampleDescription) -> Bool {
    switch (format, other.format) {
    case (.records(let own), .records(let others)):
      own.fields == others.fields && own.container == others.container
    case (.records, _), (_, .records): false
    default: true
    }
  }
}

extension RecordLayout {
  /// The layout of an archive of a single array, `arr_0`, that holds these samples; nil where npy cannot hold them.
  init?(archiving description: SampleDescription) {
    var array = NpzArray(name: Array("arr_0.npy".utf8), version: 1, descr: [], axes: [])
    if case .records(let layout) = description.format, case .npy(let records) = layout.container {
      (array.version, array.descr, array.axes) = (records.version, records.descr, records.axes)
    } else {
      let type = description.type
      var isBig = false
      if case .npy(_, let bigEndian) = description.format { isBig = bigEndian }
      array.descr = NpyHeader.descr(type, bigEndian: isBig)
      array.axes = type.shape(ofNumbers: description.sampleShape)
    }
    guard let layout = try? RecordLayout(NpzRecords(members: [.rows(array)]), name: "") else { return nil }
    self = layout
    let modelled =
      if case .records(let old) = description.format { old.fields.map(\.isModelled) } else { [true] }
    guard modelled.count == fields.count else { return nil }
    model(Set(modelled.indices.filter { modelled[$0] }))
  }
}
