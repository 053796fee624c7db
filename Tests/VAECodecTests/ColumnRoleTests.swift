import ByteIO
import Testing

@testable import Records
@testable import Tensor
@testable import VAECodec

@Suite("Exact columns and missing values")
struct ColumnRoleTests {
  private static let table: String = {
    var random = RandomSource(seed: 1)
    let rows = (0..<400).map { row in
      let level = row % 50
      let (a, b) = (level + random.index(below: 9), 3 * level + random.index(below: 20))
      return "\(row / 40),\(1 + row % 40),\(Double(a) / 10),\(row % 31 == 4 ? "-9999" : "\(b)"),\(row % 3)"
    }
    return "unit,cycle,temp,load,mode\n" + rows.joined(separator: "\n") + "\n"
  }()

  private func reader(_ text: String, keepsText: Bool, _ roles: ColumnRoles) throws(CodecError)
    -> any SampleReader
  {
    try Tables.reader(Array(text.utf8), keepsText: keepsText, roles)
  }

  private func decoded(_ stream: [UInt8], _ model: FittedModel?) throws -> String {
    String(decoding: try Codec(threads: 2).file(stream, model), as: UTF8.self)
  }

  private func cells(_ text: String) -> [[String]] {
    text.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  }

  @Test("columns that count, and cells that stand for missing values, come back at every quality")
  func exact() throws {
    var roles = ColumnRoles()
    roles.keepsCounters = true
    roles.missing = MissingValues(["-9999"])
    let codec = try Codec(threads: 2)
    let fit = try codec.fit(
      [("t.csv", try reader(Self.table, keepsText: false, roles))], options: Models.options(epochs: 2))
    let model = fit.model
    #expect(fit.missingValues == 13)
    let table = model.summary.table
    #expect(table.map(\.name) == ["unit", "cycle", "temp", "load", "mode"])
    #expect(table.map(\.isModelled) == [false, false, true, true, true])
    #expect(table.map { $0.figures?.missing } == [nil, nil, 0, 13, 0])
    #expect(table[2].figures?.bits ?? 0 > 0.5)
    // What a file of the model says is what the fit said.
    let again = try FittedModel(bytes: model.bytes, name: "m.vae")
    #expect(again.summary.table == table && again.columnRoles == model.columnRoles)
    let old = cells(Self.table)
    for target in [EncodeTarget.quality(5), .quality(60), .psnr(50)] {
      let sink = MemorySink()
      let report = try codec.encode(
        try reader(Self.table, keepsText: true, again.columnRoles), name: "t.csv", model: again,
        options: EncodeOptions(target: target), to: sink
      ) { () throws(CodecError) in try reader(Self.table, keepsText: true, again.columnRoles) }
      #expect(report.textBytes > 0 && report.textBytes < report.streamBytes)
      let new = cells(try decoded(sink.bytes, again))
      #expect(new.count == old.count)
      for (a, b) in zip(old, new) {
        #expect(Array(a[..<2]) == Array(b[..<2]) && (a[3] == "-9999") == (b[3] == "-9999"))
      }
    }
  }

  @Test("a bound may name a column that is exact anyway, by its name or by its number in the file")
  func bounds() throws {
    var roles = ColumnRoles()
    roles.keepsCounters = true
    let codec = try Codec(threads: 2)
    for named in ["unit", "1", "temp", "3"] {
      let sink = MemorySink()
      let errors = ColumnErrors(all: .ofRange(0.05), named: [.init(column: named, bound: .error(0))])
      _ = try codec.pack(
        name: "t.csv", fitOptions: Models.options(epochs: 1),
        options: EncodeOptions(errorBound: .byColumn(errors)),
        to: sink
      ) { () throws(CodecError) in try reader(Self.table, keepsText: true, roles) }
      let new = cells(try decoded(sink.bytes, nil))
      for (a, b) in zip(cells(Self.table), new) {
        #expect(a[..<2] == b[..<2])
        if ["temp", "3"].contains(named) { #expect(a[2] == b[2]) }
      }
    }
  }

  @Test(
    "of an array, values that stand for missing ones come back as they are, and are left out of the fit and of errors",
    arguments: [ElementType.f4, .f8, .i2, .i8])
  func array(type: ElementType) throws {
    var random = RandomSource(seed: 2)
    let values = (0..<300 * 6).map { place in
      random.index(below: 20) == 0 ? -9999.0 : Double(place % 6 * 10 + random.index(below: 12))
    }
    let fills = values.count { $0 == -9999 }
    let batch = SampleBatch(doubles: values, elementType: type, valuesPerSample: 6)
    let array = npy(batch, type)
    var options = ReadOptions()
    options.columns.missing = MissingValues(["-9999"])
    let reading = options
    let open = { () throws(CodecError) -> any SampleReader in
      do throws(SampleIOError) {
        return try SampleInput.open(MemorySource(array), name: "x.npy", options: reading)
      } catch {
        throw .samples(error)
      }
    }
    let codec = try Codec(threads: 2)
    let fit = try codec.fit([("x.npy", try open())], options: Models.options(epochs: 2))
    #expect(fit.missingValues == fills)
    #expect(fit.model.columnRoles.missing.numbers == [-9999])
    #expect(fit.model.summary.peak < 100)
    let targets: [EncodeOptions] = [
      EncodeOptions(quality: 10), EncodeOptions(quality: 70), EncodeOptions(errorBound: .maxError(3)),
      EncodeOptions(errorBound: .maxErrorOfRange(0.05)), EncodeOptions(errorBound: .lossless),
    ]
    for own in targets {
      let sink = MemorySink()
      let report = try codec.encode(
        try open(), name: "x.npy", model: fit.model, options: own, to: sink, reopen: open)
      let file = try codec.file(sink.bytes, fit.model)
      let back = try SampleInput.open(MemorySource(file), name: "x.npy")
      var found: [Double] = []
      while let batch = try back.read(maxRows: 1000) { found += batch.doubles() }
      #expect(found.count == values.count)
      let worst = zip(values, found).reduce(0.0) { worst, pair in
        if pair.0 == -9999 { #expect(pair.1 == -9999) }
        return max(worst, (pair.0 - pair.1).magnitude)
      }
      switch own.errorBound {
      case .maxErrorOfRange?: #expect(worst <= 0.05 * 61)
      case .maxError?: #expect(worst <= 3)
      case .lossless?: #expect(worst == 0)
      default: #expect(worst < 70)
      }
      // Of lossless streams, nothing is measured.
      if let distortion = report.distortion, own.errorBound == nil, report.errorBound != .lossless {
        #expect(distortion.count == values.count - fills && distortion.maximum == worst)
      }
    }
  }

  private func npy(_ batch: SampleBatch, _ type: ElementType) -> [UInt8] {
    let sink = MemorySink()
    let description = try? SampleDescription(
      elementType: type, sampleShape: [6], format: .npy(version: 1, bigEndian: false), rows: batch.rows)
    guard let description, let writer = try? SampleOutput.make(description, to: sink) else { return [] }
    try? writer.write(batch)
    try? writer.finish()
    return sink.bytes
  }

  @Test("text is packed once for all trials of a target, and the stream is that of a single pass")
  func trials() throws {
    let text = Array("a note,1\n".utf8)
    let rows = RowText(bytes: text, ends: [text.count])
    let sections = TextSections()
    var made = 0
    func encode() -> [UInt8] {
      made += 1
      return [1, 2, 3]
    }
    #expect(sections.section(of: rows, isLast: true, encode: encode) == [1, 2, 3] && made == 1)
    #expect(sections.size(of: rows, encode: encode) == 3 && made == 2)
    #expect(sections.section(of: rows, isLast: true, encode: encode) == [1, 2, 3] && made == 2)
  }
}
