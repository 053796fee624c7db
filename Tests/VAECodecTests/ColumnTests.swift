import ByteIO
import Testing

@testable import Container
@testable import EntropyCoding
@testable import Records
@testable import Tensor
@testable import Training
@testable import Transform
@testable import VAECodec
@testable import VAEModel

@Suite("Columns that are lost, and fill values")
struct ColumnTests {
  let codec: Codec

  init() throws { codec = try Codec(threads: 2) }

  /// Columns of noise, each of its own deviation and offset.
  private func columns(
    _ scales: [Double], offsets: [Double]? = nil, rows: Int = 200, type: ElementType = .f8
  ) throws -> SampleArray {
    var random = RandomSource(seed: 4)
    let numbers = (0..<rows).flatMap { _ in
      scales.indices.map { scales[$0] * Double(random.normal()) + (offsets?[$0] ?? 0) }
    }
    return try SampleArray(numbers, shape: [scales.count], type: type)
  }

  private func report(_ array: SampleArray, _ scale: ScaleChoice = .common) throws -> FitReport {
    var options = Models.options(epochs: 2)
    options.scale = scale
    return try codec.fit([("data", array.reader)], options: options)
  }

  private func encode(_ array: SampleArray, _ options: EncodeOptions) throws -> EncodeReport {
    try codec.encode(
      array.reader, name: "data", model: try report(array).model, options: options, to: MemorySink())
  }

  @Test("columns far below the error are named by a fit and by encoding at that quality alone")
  func collapsed() throws {
    let array = try columns([1000, 0.01, 900, 0.001, 0])
    #expect(try report(array).columns.collapsed.map(\.number) == [2, 4])
    #expect(try encode(array, EncodeOptions(quality: 60)).columns.collapsed.map(\.number) == [2, 4])
    let bounded = EncodeOptions(errorBound: .maxError(1e-6))
    #expect(try encode(array, bounded).columns.collapsed.isEmpty)
    #expect(try report(array, .automatic).columns.collapsed.isEmpty)
  }

  @Test("columns that binary32 cannot tell from their offset are named")
  func offsets() throws {
    let array = try columns([10, 1e-300], offsets: [0x1p52, 0])
    #expect(try report(array).columns.collapsed.map(\.number) == [1, 2])
  }

  @Test("no column of like scales is named, nor any value of an image, nor what changes in a few rows alone")
  func kept() throws {
    #expect(try report(try columns([1, 1, 2, 0.5])).columns == ColumnFindings())
    #expect(try report(try Models.byteRows(100, seed: 2)).columns == ColumnFindings())
    let images = try columns([1000, 0.01, 900, 0.001]).reshaped([2, 2])
    #expect(try report(images).columns.collapsed.isEmpty)
    var numbers = try columns([1000, 0]).numbers
    numbers[7] = 1
    #expect(try report(try SampleArray(numbers, shape: [2])).columns.collapsed.isEmpty)
  }

  /// The fill values of a column among three.
  private func fills(_ column: [Double], type: ElementType = .f8) throws -> [FillValue] {
    let numbers = column.enumerated().flatMap { [Double($0.offset % 7), $0.element, Double($0.offset % 2)] }
    let array = try SampleArray(numbers, shape: [3], type: type)
    return FillValue.all(in: array.batch, array.description, reach: Matrix.greatestKnown)
  }

  private func temperatures(_ fill: [Double], every distance: Int) -> [Double] {
    (0..<200).map { (row: Int) -> Double in
      if row % distance == 0 { return fill[row / distance % fill.count] }
      return Double((row * 37) % 101) / 2 - 20
    }
  }

  @Test(
    "values that repeat far outside all others are found, with their share and column",
    arguments: [-9999, 1e20, 1e30, -32768, 999, -1e10] as [Double])
  func fill(value: Double) throws {
    let found = try fills(temperatures([value], every: 10))
    // One that is beyond every unit is looked for among all columns.
    let isCommon = value > 1e15
    #expect(found.map(\.value) == [value] && found.map(\.column?.number) == [isCommon ? nil : 2])
    #expect(found.map(\.share) == [isCommon ? 20.0 / 600 : 0.1])
  }

  @Test("several fill values of a column are found, and those of a field as a whole")
  func several() throws {
    #expect(Set(try fills(temperatures([-9999, 1e9], every: 20)).map(\.value)) == [-9999, 1e9])
    let numbers = temperatures([1e20], every: 4)
    let field = try SampleArray(numbers, shape: [5, 5], type: .f4)
    let found = FillValue.all(in: field.batch, field.description, reach: Matrix.greatestKnown)
    #expect(found.map { Float($0.value) } == [1e20] && found.map(\.share) == [0.25])
    #expect(found.allSatisfy { $0.column == nil })
  }

  @Test("values that a model carries as they are are none of its concern")
  func carried() throws {
    #expect(try fills(temperatures([-3.4e38, 9.97e36], every: 5)).isEmpty)
  }

  @Test("pixels at either end, counts, one-hot columns, constants and single outliers are no fill values")
  func falseAlarms() throws {
    func column(_ value: (Int) -> Double) -> [Double] { (0..<200).map(value) }
    let columns = [
      column { row in row % 3 == 0 ? Double(row % 256) : row % 3 == 1 ? 0.0 : 255.0 },
      column { row in row % 3 == 0 ? 0.0 : Double(100 + row % 20) },
      column { row in row % 50 == 0 ? 1.0 : 0.0 },
      column { _ in 2013.0 },
      column { row in Double((row % 12) * (row % 5)) },
      column { row in row == 17 ? 1e9 : Double(row % 40) },
    ]
    for column in columns { #expect(try fills(column).isEmpty) }
    let images = try Models.byteRows(100, seed: 2)
    #expect(FillValue.all(in: images.batch, images.description, reach: Matrix.greatestKnown).isEmpty)
  }
}
