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

@Suite("Packing")
struct PackTests {
  /// Kinds of data that are packed in different ways.
  enum Kind: CaseIterable {
    case field, bytes, walks, noise, decimals

    func array() throws -> SampleArray {
      switch self {
      case .field: try PackTests.field(slices: 24, side: 12)
      case .bytes: try Models.byteRows(120, seed: 71)
      case .walks:
        try SampleArray(
          TestData.walks(120, width: 8, seed: 72).map { ($0 * 100).rounded() }, shape: [8], type: .i2)
      case .noise: try SampleArray(PackTests.noise(1200), shape: [10])
      case .decimals:
        try SampleArray(
          TestData.walks(120, width: 6, seed: 73).map { ($0 * 10).rounded() / 10 }, shape: [6], type: .f8)
      }
    }
  }

  private let codec: Codec

  init() throws { codec = try Codec(threads: 2) }

  /// Slices of a field that changes slowly along three axes.
  static func field(slices: Int, side: Int) throws -> SampleArray {
    var numbers: [Double] = []
    for z in 0..<slices {
      for y in 0..<side {
        for x in 0..<side {
          let (a, b, c) = (Double(x) / 9, Double(y) / 7, Double(z) / 5)
          numbers.append(wave(a + b) * wave(c) + 0.3 * wave(2 * a - c) + 0.2 * wave(b * 1.7 + c))
        }
      }
    }
    return try SampleArray(numbers, shape: [side, side])
  }

  /// A smooth function of period 4, from -1 to 1.
  private static func wave(_ x: Double) -> Double {
    let place = x - 4 * (x / 4).rounded(.down)
    let t = place < 2 ? place - 1 : 3 - place
    return t * (1.5 - 0.5 * t * t)
  }

  static func noise(_ count: Int) -> [Double] {
    var random = RandomSource(seed: 74)
    return (0..<count).map { _ in Double(random.uniform()) }
  }

  private func pack(
    _ array: SampleArray, _ options: EncodeOptions, epochs: Int = 1, layout: PackLayout = .automatic
  ) throws -> (report: PackReport, decoded: SampleArray) {
    let sink = MemorySink()
    let report = try codec.pack(
      name: "data", fitOptions: Models.options(epochs: epochs), options: options,
      layout: layout, to: sink, open: { () throws(CodecError) in array.reader })
    #expect(report.encode.streamBytes == sink.bytes.count)
    return (report, try SampleArray(file: codec.file(sink.bytes, nil)))
  }

  private func psnr(_ array: SampleArray, _ decoded: SampleArray) -> Double {
    var distortion = Distortion()
    distortion.add(array.numbers, decoded.numbers)
    let (low, high) = (array.numbers.min() ?? 0, array.numbers.max() ?? 0)
    return Distortion.psnr(mse: distortion.mse, peak: high - low)
  }

  private func worst(_ array: SampleArray, _ decoded: SampleArray) -> Double {
    zip(array.numbers, decoded.numbers).map { ($0 - $1).magnitude }.max() ?? .infinity
  }

  @Test("What asks for less never takes more, and all of it is kept", arguments: Kind.allCases)
  func monotone(kind: Kind) throws {
    let array = try kind.array()
    let span = (array.numbers.max() ?? 0) - (array.numbers.min() ?? 0)
    let exact = try pack(array, EncodeOptions(errorBound: .lossless))
    #expect(exact.decoded.batch == array.batch && exact.report.encode.errorBound == .lossless)
    var last = exact.report.encode.streamBytes
    for share in [0.01] {
      let (report, decoded) = try pack(array, EncodeOptions(errorBound: .maxErrorOfRange(share)))
      #expect(worst(array, decoded) <= share * span)
      #expect(report.encode.streamBytes <= last, "\(share)")
      last = report.encode.streamBytes
    }
    last = exact.report.encode.streamBytes
    for asked in [60.0, 40] {
      let (report, decoded) = try pack(array, EncodeOptions(target: .psnr(asked)))
      #expect(psnr(array, decoded) >= asked)
      // The record of a target takes some bytes.
      #expect(report.encode.streamBytes <= last, "\(asked) dB")
      last = report.encode.streamBytes
    }
  }

  @Test("Where a wide bound is exact by chance, a tighter one does not take its place")
  func psnrAtTheEndOfAType() throws {
    var numbers = [Double](repeating: 4_294_967_295, count: 270)
    for place in [65, 120, 146] { numbers[place] = 0 }
    let array = try SampleArray(numbers, shape: [9], type: .u4)
    for asked in [21.0, 43, 68] {
      let (_, decoded) = try pack(array, EncodeOptions(target: .psnr(asked)))
      #expect(psnr(array, decoded) >= asked)
    }
  }

  @Test("A PSNR takes about what a bound that leaves it takes, where that needs no model")
  func psnrOfField() throws {
    let array = try Self.field(slices: 24, side: 22)
    let bounded = try pack(array, EncodeOptions(errorBound: .maxErrorOfRange(0.001)))
    let reached = psnr(array, bounded.decoded)
    let (report, decoded) = try pack(array, EncodeOptions(target: .psnr(reached)))
    #expect(psnr(array, decoded) >= reached)
    #expect(Double(report.encode.streamBytes) < 1.05 * Double(bounded.report.encode.streamBytes) + 16)
    // And not more than it has to be, unless that takes fewer bytes.
    #expect(
      psnr(array, decoded) < reached + 0.3 || report.encode.streamBytes <= bounded.report.encode.streamBytes,
      "\(psnr(array, decoded)) dB in \(report.encode.streamBytes) bytes, \(bounded.report.encode.streamBytes)"
    )
  }

  @Test("What a model takes counts for each way to use it: few curves in many values take few bytes")
  func spectra() throws {
    let (rows, width) = (200, 300)
    let array = try SampleArray(TestData.spectra(rows, width: width, seed: 76), shape: [width])
    var last = 0
    for (asked, most) in [(45.0, 1200), (60, 2400)] {
      let (report, decoded) = try pack(array, EncodeOptions(target: .psnr(asked)))
      #expect(psnr(array, decoded) >= asked)
      #expect(report.carriesModel && report.encode.modelBytes < report.encode.streamBytes)
      #expect(report.encode.streamBytes < most && report.encode.streamBytes >= last, "\(asked) dB")
      last = report.encode.streamBytes
    }
    let span = (array.numbers.max() ?? 0) - (array.numbers.min() ?? 0)
    let (report, decoded) = try pack(array, EncodeOptions(errorBound: .maxErrorOfRange(0.01)))
    #expect(worst(array, decoded) <= 0.01 * span)
    #expect(report.encode.streamBytes < 1600, "\(report.encode.streamBytes) bytes")
  }

  @Test("Where the first chunk is unlike the others, whole streams decide, and every row is read again")
  func unlikeChunks() throws {
    var random = RandomSource(seed: 77)
    let (rows, width) = (1600, 8)
    var numbers: [Double] = []
    for row in 0..<rows {
      let amount = 20 * Double(random.uniform())
      for place in 0..<width {
        let own = Double(random.uniform())
        numbers.append(row < 420 ? amount * Double(place + 1) / 8 + 0.3 * own : 5 * own)
      }
    }
    let array = try SampleArray(numbers, shape: [width])
    let latest = Latest()
    let sink = MemorySink()
    let report = try codec.pack(
      name: "data", fitOptions: Models.options(epochs: 1),
      options: EncodeOptions(errorBound: .maxError(0.1), chunkRows: 400), to: sink,
      open: { () throws(CodecError) in OneOfMany(array.reader, latest) })
    #expect(report.encode.streamBytes == sink.bytes.count && report.bytesWithModel != nil)
    #expect(worst(array, try SampleArray(file: codec.file(sink.bytes, nil))) <= 0.1)
  }

  /// The number of the reader that was opened last.
  private final class Latest { var number = 0 }

  /// A reader that gives nothing more when another has been opened, as those of one file.
  private final class OneOfMany: SampleReader {
    private let reader: any SampleReader
    private let latest: Latest
    private let number: Int

    init(_ reader: any SampleReader, _ latest: Latest) {
      latest.number += 1
      (self.reader, self.latest, number) = (reader, latest, latest.number)
    }

    var description: SampleDescription { reader.description }

    func read(maxRows: Int) throws(SampleIOError) -> SampleBatch? {
      number == latest.number ? try reader.read(maxRows: maxRows) : nil
    }
  }

  @Test("A quality takes no more than coding without a model does, at the error that the model leaves")
  func quality() throws {
    let array = try Self.field(slices: 20, side: 16)
    for quality in [60.0, 95] {
      let (report, decoded) = try pack(array, EncodeOptions(quality: quality))
      let other = try pack(array, EncodeOptions(target: .psnr(psnr(array, decoded) - 0.1)))
      #expect(Double(report.encode.streamBytes) < 1.05 * Double(other.report.encode.streamBytes) + 16)
      #expect(report.encode.target == nil)
    }
  }

  @Test("A rate and a size are used up, and nothing is lost where they allow it")
  func rates() throws {
    // Too few rows for a model.
    let array = try Self.field(slices: 15, side: 24)
    let exact = try pack(array, EncodeOptions(errorBound: .lossless)).report.encode.streamBytes
    var last = 0.0
    for share in [0.1, 0.3, 0.8] {
      let most = Int(share * Double(exact))
      let (report, decoded) = try pack(array, EncodeOptions(target: .bytes(most)))
      #expect(report.encode.streamBytes <= most)
      let reached = psnr(array, decoded)
      #expect(reached > last + 3)
      last = reached
      let bits = try pack(array, EncodeOptions(target: .bitsPerSample(8 * Double(most) / 15)))
      #expect(
        (psnr(array, bits.decoded) - reached).magnitude < 3,
        "\(share): \(report.encode.streamBytes) \(reached), \(bits.report.encode.streamBytes)")
    }
    let (report, decoded) = try pack(array, EncodeOptions(target: .bytes(2 * exact)))
    #expect(decoded.batch == array.batch && report.encode.errorBound == .lossless && report.fit == nil)
    #expect(throws: CodecError.self) { try pack(array, EncodeOptions(target: .bytes(9))) }
  }

  @Test("Samples that are too large for a network are packed without a model")
  func largeSamples() throws {
    let width = Model.maximumValues + 7
    let numbers = (0..<2 * width).map { Double($0 % 1000) * 0.25 }
    let array = try SampleArray(numbers, shape: [width])
    for (options, error) in [
      (EncodeOptions(errorBound: .lossless), 0.0), (EncodeOptions(errorBound: .maxError(0.2)), 0.2),
      (EncodeOptions(target: .psnr(60)), 3), (EncodeOptions(quality: 30), 0),
    ] {
      let (report, decoded) = try pack(array, options, layout: .rows)
      #expect(report.fit == nil && !report.carriesModel)
      #expect(worst(array, decoded) <= error)
    }
    // No model of tiles or of the other axis can be as small as values that repeat, so none is fitted.
    let (report, decoded) = try pack(array, EncodeOptions(errorBound: .maxError(0.2)))
    #expect(report.fit == nil && worst(array, decoded) <= 0.2)
    #expect(throws: CodecError.fit(.tooManyValues(width, most: Model.maximumValues), name: "data")) {
      try codec.fit([("data", array.reader)])
    }
  }

  @Test("Without options, nothing is lost; and NaN harms no PSNR")
  func standard() throws {
    var bits = try Models.bumpRows(60, seed: 75).batch.bits()
    for place in stride(from: 0, to: bits.count, by: 9) { bits[place] = 0x7FC0_0000 }
    let array = SampleArray(
      try Models.bumpRows(1, seed: 1).description,
      SampleBatch(bits: bits, elementType: .f4, valuesPerSample: 12))
    let sink = MemorySink()
    let report = try codec.pack(
      name: "data", fitOptions: Models.options(epochs: 2), to: sink,
      open: { () throws(CodecError) in array.reader })
    #expect(report.encode.errorBound == .lossless)
    #expect(try SampleArray(file: codec.file(sink.bytes, nil)).batch == array.batch)
    let decoded = try pack(array, EncodeOptions(target: .psnr(50))).decoded
    let pairs = zip(array.numbers, decoded.numbers)
    #expect(pairs.allSatisfy { $0.isNaN == $1.isNaN })
    let known = array.numbers.filter { !$0.isNaN }
    let square =
      pairs.reduce(0) { $1.0.isNaN ? $0 : $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(known.count)
    let peak = (known.max() ?? 0) - (known.min() ?? 0)
    #expect(10 * log10OfRatio(peak * peak / square) >= 49)
  }

  private func log10OfRatio(_ ratio: Double) -> Double { decibels(ratio) / 10 }
}
