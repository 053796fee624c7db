import ByteIO
import Records
import Tensor
import VAECodec

/// An array of samples in memory: what it is, and its values.
struct SampleArray: Equatable {
  var description: SampleDescription
  var batch: SampleBatch

  init(_ description: SampleDescription, _ batch: SampleBatch) {
    self.description = description
    self.batch = batch
    self.description.rows = batch.rows
  }

  /// An array of numbers, row after row.
  init(
    _ numbers: [Double], shape: [Int], type: ElementType = .f4,
    format: SampleFormat = .npy(version: 1, bigEndian: false)
  ) throws {
    let description = try SampleDescription(elementType: type, sampleShape: shape, format: format)
    self.init(
      description,
      SampleBatch(doubles: numbers, elementType: type, valuesPerSample: description.valuesPerSample))
  }

  /// The array in a file.
  init(file: [UInt8], options: ReadOptions = ReadOptions()) throws {
    let reader = try SampleInput.open(MemorySource(file), name: "data", options: options)
    var bytes: [UInt8] = []
    while let batch = try reader.read(maxRows: 1000) { bytes += batch.bytes }
    let description = reader.description
    self.init(
      description,
      SampleBatch(
        elementType: description.elementType, valuesPerSample: description.valuesPerSample, bytes: bytes))
  }

  var rows: Int { batch.rows }
  var numbers: [Double] { batch.doubles() }

  /// The first rows.
  func prefix(_ rows: Int) -> SampleArray { self.rows(0..<min(rows, self.rows)) }

  func rows(_ range: Range<Int>) -> SampleArray { SampleArray(description, batch.rows(range)) }

  /// The same numbers in another shape, type or format.
  func reshaped(
    _ shape: [Int]? = nil, type: ElementType? = nil, format: SampleFormat? = nil
  ) throws -> SampleArray {
    try SampleArray(
      numbers, shape: shape ?? description.sampleShape, type: type ?? description.elementType,
      format: format ?? description.format)
  }

  /// The array as a file of its format.
  var file: [UInt8] {
    get throws {
      let sink = MemorySink()
      let writer = try SampleOutput.make(description, to: sink)
      try writer.write(batch)
      try writer.finish()
      return sink.bytes
    }
  }

  /// A reader that knows how many rows there are.
  var reader: any SampleReader { ArrayReader(self) }
}

extension SampleArray {
  /// What `body` writes, and what it reports.
  static func written<Report>(
    _ body: ((SampleDescription) throws(CodecError) -> any SampleWriter) throws -> Report
  ) throws -> (array: SampleArray, report: Report) {
    let sink = MemorySink(canPatch: true)
    let report = try body { description throws(CodecError) in
      do throws(SampleIOError) {
        return try SampleOutput.make(description, to: sink)
      } catch {
        throw .samples(error)
      }
    }
    return (try SampleArray(file: sink.bytes), report)
  }
}

/// Reads an array in memory.
final class ArrayReader: SampleReader {
  let description: SampleDescription
  private let array: SampleArray
  private let most: Int
  private var row = 0

  /// - Parameters:
  ///   - most: gives at most so many rows at once, even where more are asked for.
  ///   - knowsRows: whether the description says how many rows there are.
  init(_ array: SampleArray, most: Int = .max, knowsRows: Bool = true) {
    self.array = array
    self.most = most
    var description = array.description
    if !knowsRows { description.rows = nil }
    self.description = description
  }

  func read(maxRows: Int) -> SampleBatch? {
    guard row < array.rows else { return nil }
    let end = min(array.rows, row + min(most, maxRows))
    defer { row = end }
    return array.batch.rows(row..<end)
  }
}

/// Samples that the tests are about.
enum TestData {
  /// Bumps of one form at any place of a ring of `width` values: one degree of freedom, which no linear map follows.
  static func bumps(_ rows: Int, width: Int, seed: UInt64, noise: Double = 0.5) -> [Double] {
    var random = RandomSource(seed: seed)
    var numbers: [Double] = []
    for _ in 0..<rows {
      let centre = Double(random.uniform()) * Double(width)
      for i in 0..<width {
        let distance = (Double(i) - centre).magnitude
        let d = min(distance, Double(width) - distance) / 1.2
        numbers.append(100 / (1 + d * d * d * d) + noise * Double(random.normal()))
      }
    }
    return numbers
  }

  /// Curves that are sums of four, in amounts that differ by row, as spectra of mixtures are.
  static func spectra(_ rows: Int, width: Int, seed: UInt64) -> [Double] {
    var random = RandomSource(seed: seed)
    func peak(_ x: Double, _ centre: Double, _ width: Double) -> Double {
      let t = (x - centre) / width
      return 1 / (1 + t * t)
    }
    var numbers: [Double] = []
    for _ in 0..<rows {
      let amounts = (0..<3).map { _ in Double(random.uniform()) }
      for place in 0..<width {
        let x = Double(place) / Double(width)
        let mean = 3 * peak(x, 0.4, 0.3)
        numbers.append(
          mean + amounts[0] * peak(x, 0.2, 0.15) + 0.5 * amounts[1] * peak(x, 0.6, 0.1)
            + 0.2 * amounts[2] * peak(x, 0.8, 0.2) + 0.002 * Double(random.uniform()))
      }
    }
    return numbers
  }

  /// A random walk over `width` values: PCA is the best there is.
  static func walks(_ rows: Int, width: Int, seed: UInt64) -> [Double] {
    var random = RandomSource(seed: seed)
    var numbers: [Double] = []
    for _ in 0..<rows {
      var x = 0.0
      for _ in 0..<width {
        x += Double(random.normal())
        numbers.append(x)
      }
    }
    return numbers
  }
}
