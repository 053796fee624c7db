@testable import ByteIO
@testable import Records

/// Files of samples that are no text: npy, IDX, vecs and raw values, plain or packed by gzip and zstd.
///
/// The first byte says what the user says of the file, the second how many rows are read at once; the file follows. What
/// was read whole is written and read again, and must be the same.
enum ArraysTarget: FuzzTarget {
  static let name = "arrays"

  private static let names = [
    "data", "data.npy", "data.idx", "data.fvecs", "data.bvecs", "data.ivecs", "data.raw", "-",
  ]
  private static let formats: [FormatName?] = [nil, .npy, .idx, .fvecs, .bvecs, .ivecs, .raw, nil]

  static func run(_ input: [UInt8]) throws {
    var choices = Choices(input)
    let (kind, rows) = (Int(choices.byte()), Int(choices.byte()) + 1)
    var options = ReadOptions()
    let isPacked = kind & 0x08 != 0
    if kind & 0x10 != 0 { options.format = formats[kind & 7] }
    if kind & 0x20 != 0 {
      options.elementType = ElementType.allCases[choices.number(below: ElementType.allCases.count)]
      options.shape = (0..<choices.number(below: 4)).map { _ in Int(choices.number(bytes: 2)) }
    }
    var file = choices.rest
    // The checksum of what gzip holds would stop every change of it.
    if isPacked {
      let sink = MemorySink()
      let packed: any ByteSink =
        kind & 0x40 == 0 ? try GzipSink(sink, level: 1) : try ZstdSink(sink, level: 1)
      try packed.write(file)
      try packed.finish()
      file = sink.bytes[...]
    }
    guard
      let (description, bytes) = try SampleReading.read(
        file, name: names[kind & 7], options: options, batchRows: rows)
    else { return }
    guard let again = try SampleReading.write(description, bytes), !again.isEmpty else { return }
    var known = ReadOptions()
    switch description.format {
    case .raw:
      (known.format, known.elementType, known.shape) = (
        .raw, description.elementType, description.sampleShape
      )
    case .vecs:
      known.format =
        description.elementType == .u1 ? .bvecs : description.elementType == .i4 ? .ivecs : .fvecs
    case .idx: known.format = .idx
    case .npy, .delimited, .records: break
    }
    guard case .delimited = description.format else {
      let copy = try SampleReading.read(again[...], name: "copy", options: known, batchRows: 64)
      return try BrokenPromise.unless(copy.map { $0 == (description, bytes) } ?? false, "the copy differs")
    }
  }

  static func seeds() throws -> [[UInt8]] {
    try FixtureFiles.files(in: "formats").flatMap { name, bytes -> [[UInt8]] in
      let suffix = name.split(separator: ".").dropFirst().first.map(String.init) ?? ""
      if ["csv", "tsv", "txt"].contains(suffix) { return [] }
      let kind = formats.firstIndex { $0?.rawValue == suffix } ?? 0
      if suffix == "raw" { return [[0x26, 3, 3, 1, 4, 0] + bytes] }
      let seeds: [[UInt8]] = [[UInt8(kind), 3] + bytes, [UInt8(kind) | 0x08, 3] + bytes]
      return bytes.count < 400 ? seeds + [[UInt8(kind) | 0x48, 3] + bytes] : seeds
    }
  }
}
