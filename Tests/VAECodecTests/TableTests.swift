import ByteIO
import Testing

@testable import Container
@testable import EntropyCoding
@testable import Records
@testable import Tensor
@testable import Training
@testable import VAECodec
@testable import VAEModel

@Suite("Tables, whose columns have a scale each")
struct TableTests {
  let codec: Codec

  init() throws { codec = try Codec(threads: 2) }

  private static let text = SampleFormat.delimited(DelimitedStyle(header: ["time", "temp", "flag", "zero"]))

  /// A clock far from 0, a temperature with two decimals, a flag, and a column that does not vary.
  private func table(rows: Int = 600, format: SampleFormat = text) throws -> SampleArray {
    var random = RandomSource(seed: 12)
    var temperature = 20.0
    let numbers = (0..<rows).flatMap { row -> [Double] in
      temperature += 0.1 * Double(random.normal())
      return [
        1.7e9 + 3600 * Double(row), (temperature * 100).rounded() / 100, Double((row / 50) % 2), 7.25,
      ]
    }
    return try SampleArray(numbers, shape: [4], type: .f8, format: format)
  }

  private func fit(_ array: SampleArray, _ scale: ScaleChoice = .automatic) throws -> FittedModel {
    var options = Models.options(epochs: 20)
    options.scale = scale
    return try codec.fit([("data", array.reader)], options: options).model
  }

  private func decoded(
    _ array: SampleArray, _ model: FittedModel, _ options: EncodeOptions
  ) throws -> (numbers: [Double], report: EncodeReport) {
    let sink = MemorySink()
    let report = try codec.encode(
      array.reader, name: "data", model: model, options: options, to: sink
    ) { () throws(CodecError) in array.reader }
    return (try SampleArray(file: codec.file(sink.bytes, model)).numbers, report)
  }

  private func errors(_ a: [Double], _ b: [Double], width: Int = 4) -> [Double] {
    (0..<width).map { column in
      stride(from: column, to: a.count, by: width).reduce(0) { max($0, (a[$1] - b[$1]).magnitude) }
    }
  }

  @Test("text of several columns is a table, and arrays are where neighbouring columns differ far")
  func rule() throws {
    var random = RandomSource(seed: 3)
    func isTable(_ scales: [Double], _ offsets: [Double], _ format: SampleFormat? = nil) throws -> Bool {
      let numbers = (0..<200).flatMap { _ in
        scales.indices.map { offsets[$0] + scales[$0] * Double(random.normal()) }
      }
      let array = try SampleArray(numbers, shape: [scales.count], type: .f8)
      var description = array.description
      if let format { description.format = format }
      return TableRule.isTable(description, array.batch)
    }
    let plain = SampleFormat.delimited(DelimitedStyle())
    #expect(try isTable([1, 1], [0, 0], plain))
    #expect(try !isTable([1], [0], plain))
    #expect(try !isTable([1, 1], [0, 0]))
    // Spreads: 100 times, and offsets: 16 spreads, of neighbours.
    #expect(try !isTable([1, 50], [0, 0]))
    #expect(try isTable([1, 200], [0, 0]))
    #expect(try !isTable([1, 1], [0, 30]))
    #expect(try isTable([1, 1], [0, 60]))
    // What changes gradually is one quantity.
    #expect(try !isTable([1, 20, 400, 8000], [0, 0, 0, 0]))
    #expect(try !isTable([1, 1, 1, 1], [0, 30, 60, 90]))
    // A column that hardly ever varies has no spread.
    #expect(try !isTable([1, 0, 1], [0, 1000, 0]))
  }

  @Test("a fit says what it took, and takes what it is told")
  func choice() throws {
    let array = try table()
    let model = try fit(array)
    #expect(model.summary.columns.map(\.isInteger) == [true, false, true, false])
    #expect(model.summary.columns.map(\.range)[3] == 0)
    #expect(model.summary.errorScale.isByColumn)
    #expect(try fit(array, .common).summary.columns.isEmpty)
    let like = try SampleArray(
      (0..<400).map { Double($0 * 37 % 101) }, shape: [4], type: .f4)
    #expect(try fit(like).summary.columns.isEmpty)
    #expect(try fit(like, .column).summary.columns.count == 4)
    // The file keeps them.
    let read = try FittedModel(bytes: model.bytes, name: "model")
    #expect(read.summary.columns == model.summary.columns && read.model.scales == model.model.scales)
  }

  @Test("no column is lost for another's sake, and one that does not vary is exact")
  func quality() throws {
    let array = try table()
    let model = try fit(array)
    let (numbers, report) = try decoded(array, model, EncodeOptions(quality: 60))
    let distortion = try #require(report.distortion)
    #expect(distortion.columns.count == 4)
    for column in distortion.columns { #expect(column.rmseInDeviations ?? 0 < 0.1) }
    let largest = errors(array.numbers, numbers)
    #expect(largest[3] == 0 && distortion.columns.map(\.maximum) == largest)
    #expect(numbers.enumerated().allSatisfy { $0 % 2 == 1 || $1 == $1.rounded() })
    #expect(report.columns.collapsed.isEmpty)
    // One scale for all leaves nothing of them.
    let (common, _) = try decoded(array, try fit(array, .common), EncodeOptions(quality: 60))
    #expect(errors(array.numbers, common)[2] > 0.4)
  }

  @Test("PSNR of a table is that of errors as shares of each column's range")
  func psnr() throws {
    let array = try table()
    let model = try fit(array)
    let (numbers, report) = try decoded(array, model, EncodeOptions(target: .psnr(50)))
    let ranges = model.summary.errorScale.ranges
    var sum = 0.0
    for (place, (a, b)) in zip(array.numbers, numbers).enumerated() {
      let share = (a - b) / (ranges[place % 4] > 0 ? ranges[place % 4] : 1)
      sum += share * share
    }
    let psnr = decibels(Double(numbers.count) / sum)
    #expect(((report.psnr ?? 0) - psnr).magnitude < 1e-9 && psnr >= 50 && psnr < 54)
  }

  @Test("a relative bound is one of each column's range, and named columns have their own")
  func bounds() throws {
    let array = try table()
    let model = try fit(array)
    let ranges = (0..<4).map { column -> Double in
      let own = stride(from: column, to: array.numbers.count, by: 4).map { array.numbers[$0] }
      return (own.max() ?? 0) - (own.min() ?? 0)
    }
    let (numbers, report) = try decoded(
      array, model, EncodeOptions(errorBound: .maxErrorOfRange(0.01)))
    let largest = errors(array.numbers, numbers)
    for column in 0..<4 { #expect(largest[column] <= 0.01 * ranges[column]) }
    #expect(largest[0] > 3600 && largest[2] == 0)
    guard case .byColumn(let promised) = report.errorBound else {
      Issue.record("no bounds by column")
      return
    }
    #expect(promised.bounds == ranges.map { ValueBound(0.01 * $0) })
    let named = ColumnErrors(
      all: .ofRange(0.1),
      named: [
        .init(column: "temp", bound: .error(0.02)), .init(column: "1", bound: .error(0)),
        .init(column: "flag", bound: .ofRange(0.25)),
      ])
    for fitted in [model, try fit(array, .common)] {
      let (numbers, _) = try decoded(array, fitted, EncodeOptions(errorBound: .byColumn(named)))
      let largest = errors(array.numbers, numbers)
      #expect(largest[0] == 0 && largest[1] <= 0.02 && largest[1] > 0.005 && largest[2] <= 0.25)
    }
    let wrong = ColumnErrors(all: .error(1), named: [.init(column: "pressure", bound: .error(1))])
    #expect(throws: CodecError.noSuchColumn(name: "data", column: "pressure", columns: 4)) {
      try decoded(array, model, EncodeOptions(errorBound: .byColumn(wrong)))
    }
  }

  @Test("what is lossless comes back bit for bit, with a model of columns and packed, decimals as integers")
  func lossless() throws {
    let array = try table()
    let model = try fit(array)
    let (numbers, report) = try decoded(array, model, EncodeOptions(errorBound: .lossless))
    #expect(numbers == array.numbers && report.errorBound == .lossless)
    let sink = MemorySink()
    let packed = try codec.pack(
      name: "data", fitOptions: Models.options(epochs: 2), to: sink,
      open: { () throws(CodecError) in array.reader })
    #expect(packed.encode.errorBound == .lossless)
    #expect(try SampleArray(file: codec.file(sink.bytes, nil)).numbers == array.numbers)
    // The clock and the constant cost next to nothing, the temperature about 6 bits.
    #expect(packed.encode.streamBytes < 1200)
  }

  @Test("a pack of a table keeps each column's bound, and a PSNR by columns")
  func packed() throws {
    let array = try table()
    let ranges = ColumnRanges(of: array.batch).ranges
    let sink = MemorySink()
    _ = try codec.pack(
      name: "data", fitOptions: Models.options(epochs: 2),
      options: EncodeOptions(errorBound: .maxErrorOfRange(0.01)), to: sink,
      open: { () throws(CodecError) in array.reader })
    let largest = errors(array.numbers, try SampleArray(file: codec.file(sink.bytes, nil)).numbers)
    for column in 0..<4 { #expect(largest[column] <= 0.01 * ranges[column]) }
    let target = MemorySink()
    let report = try codec.pack(
      name: "data", fitOptions: Models.options(epochs: 2), options: EncodeOptions(target: .psnr(45)),
      to: target, open: { () throws(CodecError) in array.reader })
    let numbers = try SampleArray(file: codec.file(target.bytes, nil)).numbers
    var distortion = Distortion(ErrorScale(ranges: ranges))
    distortion.add(array.numbers, numbers)
    #expect(distortion.psnr ?? 0 >= 45 && distortion.psnr == report.encode.distortion?.psnr)
  }

  @Test("an array far from 0, or of very small values, keeps its precision", arguments: [1e9, 1e-100])
  func offset(unit: Double) throws {
    var random = RandomSource(seed: 2)
    let isFar = unit == 1e9
    let numbers = (0..<400 * 6).map { _ in
      isFar ? unit + 0.01 * Double(random.normal()) : unit * Double(random.normal())
    }
    let array = try SampleArray(numbers, shape: [2, 3], type: .f8)
    let model = try fit(array)
    #expect(model.summary.columns.isEmpty && model.model.scales.scales.count == 1)
    let (decoded, report) = try decoded(array, model, EncodeOptions(quality: 80))
    let deviation = isFar ? 0.01 : unit
    let largest = zip(numbers, decoded).reduce(0) { max($0, ($1.0 - $1.1).magnitude / deviation) }
    #expect(largest < 0.2 && largest > 0)
    #expect(report.psnr ?? 0 > 40)
    let (bounded, _) = try self.decoded(array, model, EncodeOptions(errorBound: .maxError(0.01 * deviation)))
    #expect(zip(numbers, bounded).allSatisfy { ($0 - $1).magnitude <= 0.01 * deviation })
  }

  @Test("columns without values, of few values and with missing ones are fitted, and come back")
  func missing() throws {
    var numbers = try table().numbers
    for row in 0..<600 {
      if row % 3 == 0 { numbers[4 * row + 1] = .nan }
      numbers[4 * row + 3] = .nan
    }
    numbers[2] = .infinity
    let array = try SampleArray(numbers, shape: [4], type: .f8, format: Self.text)
    let model = try fit(array)
    for options in [EncodeOptions(quality: 60), EncodeOptions(errorBound: .maxErrorOfRange(0.01))] {
      let (back, report) = try decoded(array, model, options)
      for (a, b) in zip(numbers, back) where !a.isFinite { #expect(a.isNaN ? b.isNaN : a == b) }
      #expect(zip(numbers, back).allSatisfy { !$0.isFinite || ($0 - $1).magnitude < 40_000 })
      #expect(report.nonFiniteValues == 801)
    }
  }

  @Test("an evaluation reports the error of each column, and PCA is measured in the same units")
  func evaluation() throws {
    let array = try table(rows: 800)
    let model = try fit(array)
    let report = try codec.evaluate(
      array.reader, name: "data", model: model, qualities: [20, 60, 80], newSamples: nil)
    for point in report.points {
      #expect(point.columns.count == 4 && point.columns[3].maximum == 0)
      #expect(point.psnr == Distortion.psnr(mse: point.mse, peak: 1))
    }
    #expect(report.points[2].psnr > report.points[0].psnr + 10)
    #expect(report.columnNames == ["time", "temp", "flag", "zero"])
    for point in report.baselinePCA { #expect((point.psnr + decibels(point.mse)).magnitude < 1e-6) }
  }

  @Test("a model whose scales are damaged is refused")
  func damage() throws {
    let model = try fit(try table()).model
    func isRefused(_ change: (inout ValueScales.Scale) -> Void) -> Bool {
      var scales = model.scales.scales
      change(&scales[1])
      var changed = model
      changed.scales = ValueScales(scales)
      return (try? Model(decoder: changed.encodeDecoder(), encoder: nil, kernels: codec.kernels)) == nil
    }
    #expect(!isRefused { $0.offset = 3 })
    #expect(isRefused { $0.offset = .nan })
    #expect(isRefused { $0.scale = 0 })
    #expect(isRefused { $0.scale = -1 })
    #expect(isRefused { $0.range = .infinity })
    #expect(isRefused { ($0.lowest, $0.highest) = (2, 1) })
    #expect(isRefused { ($0.isInteger, $0.offset) = (true, 0.5) })
  }

  @Test("the header of a stream keeps the bounds of columns, and refuses others")
  func header() throws {
    let bounds = ColumnBounds(bounds: [0.1, 0.0, 1e300, ValueBound(0.01, isRelative: true)])
    let details = StreamMetadata(
      setting: .quality(3), model: Digest(of: []), errorBound: .byColumn(bounds), chunkRows: 9, rows: 9,
      description: try SampleDescription(elementType: .f8, sampleShape: [4], format: .raw, rows: 9))
    let bytes = details.encode()
    #expect(try StreamMetadata(bytes, name: "x").errorBound == .byColumn(bounds))
    let narrow = StreamMetadata(
      setting: .quality(3), model: Digest(of: []), errorBound: .byColumn(bounds), chunkRows: 9, rows: 9,
      description: try SampleDescription(elementType: .f8, sampleShape: [2], format: .raw, rows: 9))
    #expect(throws: CodecError.self) { try StreamMetadata(narrow.encode(), name: "x") }
    var random = RandomSource(seed: 1)
    for i in bytes.indices {
      var broken = bytes
      broken[i] ^= UInt8(truncatingIfNeeded: 1 + random.next() % 255)
      _ = try? StreamMetadata(broken, name: "x")
      #expect(throws: CodecError.self) { try StreamMetadata(Array(bytes[..<i]), name: "x") }
    }
  }
}

extension ColumnRanges {
  /// Those of a batch.
  fileprivate init(of batch: SampleBatch) {
    self.init(width: batch.valuesPerSample)
    add(batch)
  }
}
