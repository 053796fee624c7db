import ByteIO
import Testing

@testable import Records
@testable import Training
@testable import VAECodec

@Suite("Errors")
struct ErrorTests {
  let codec: Codec

  init() throws { codec = try Codec(threads: 2) }

  /// The error of encoding an array.
  private func encoding(_ array: SampleArray, _ model: FittedModel) -> CodecError? {
    do throws(CodecError) {
      _ = try codec.encode(array.reader, name: "new.npy", model: model, to: MemorySink())
      return nil
    } catch {
      return error
    }
  }

  /// The error of fitting arrays.
  private func fitting(_ arrays: [SampleArray], _ change: (inout FitOptions) -> Void = { _ in })
    -> CodecError?
  {
    var options = Models.options(epochs: 1)
    change(&options)
    do throws(CodecError) {
      _ = try codec.fit(
        arrays.enumerated().map { (name: "part\($0.offset).npy", reader: $0.element.reader) },
        options: options)
      return nil
    } catch {
      return error
    }
  }

  private func decoding(_ stream: [UInt8], _ model: FittedModel?) -> CodecError? {
    do throws(CodecError) {
      _ = try codec.file(stream, model)
      return nil
    } catch {
      return error
    }
  }

  /// Whether the text of an error has all these in it.
  private func says(_ error: CodecError?, _ parts: String...) -> Bool {
    guard let text = error?.description else { return false }
    return parts.allSatisfy(text.contains)
  }

  @Test("another model is refused, and both are named")
  func wrongModel() throws {
    let (model, other) = (try Models.bumps.get(), try Models.otherBumps.get())
    let stream = try codec.stream(try Models.bumpRows(3, seed: 1), model)
    let error = decoding(stream, other)
    #expect(
      error
        == .wrongModel(
          name: "data.vaec", needs: model.fingerprint, given: other.fingerprint))
    #expect(model.fingerprint != other.fingerprint)
    #expect(says(error, "data.vaec", model.fingerprint, other.fingerprint))
  }

  @Test("without a model, the message names the one that is needed")
  func noModel() throws {
    let model = try Models.bumps.get()
    let stream = try codec.stream(try Models.bumpRows(3, seed: 1), model)
    let error = decoding(stream, nil)
    #expect(error == .needsModel(name: "data.vaec", needs: model.fingerprint))
    #expect(says(error, model.fingerprint))
  }

  @Test("samples of another shape are refused", arguments: [[11], [13], [3, 5], [], [1]])
  func shapes(shape: [Int]) throws {
    let width = shape.reduce(1, *)
    let array = try SampleArray([Double](repeating: 1, count: width * 2), shape: shape)
    let error = encoding(array, try Models.bumps.get())
    #expect(error == .shapeMismatch(name: "new.npy", found: shape, expected: [12]))
    #expect(
      says(error, "12", shape.isEmpty ? "1 value" : shape.map(String.init).joined(separator: " x ")))
  }

  @Test("images are not turned: as many values in other axes are refused")
  func turned() throws {
    let array = try Models.byteRows(2, seed: 1).reshaped([3, 4])
    #expect(
      encoding(array, try Models.bytes.get())
        == .shapeMismatch(name: "new.npy", found: [3, 4], expected: [4, 3]))
  }

  @Test("fractions do not go into a model of integers; whole numbers of any type do")
  func fractions() throws {
    let model = try Models.bytes.get()
    var numbers = try Models.byteRows(4, seed: 1).numbers
    #expect(encoding(try SampleArray(numbers, shape: [12], type: .f8), model) == nil)
    numbers[30] += 0.25
    let error = encoding(try SampleArray(numbers, shape: [12], type: .f8), model)
    #expect(error == .notAnInteger(name: "new.npy", row: 3, column: 7))
    #expect(says(error, "row 3", "column 7", "integer"))
  }

  @Test("nothing to fit or to evaluate is an error; nothing to encode is a stream without samples")
  func noRows() throws {
    let none = try Models.bumpRows(1, seed: 1).rows(0..<0)
    #expect(fitting([]) == .noRows(name: "fit"))
    #expect(fitting([none]) == .noRows(name: "part0.npy"))
    let error = #expect(throws: CodecError.self) {
      try codec.evaluate(none.reader, name: "new.npy", model: try Models.bumps.get(), qualities: [1])
    }
    #expect(error == .noRows(name: "new.npy"))
    #expect(says(error, "no samples"))
    #expect(encoding(none, try Models.bumps.get()) == nil)
  }

  @Test(
    "a reader with fewer or more rows than it says is an error", arguments: [0, 1, 4, 9, 11, 40, Int.max])
  func misleading(announced: Int) throws {
    let reader = MisleadingReader(try Models.bumpRows(10, seed: 1), announced: announced)
    let error = #expect(throws: CodecError.self) {
      try codec.encode(
        reader, name: "new.npy", model: try Models.bumps.get(), options: EncodeOptions(chunkRows: 4),
        to: MemorySink())
    }
    #expect(
      error
        == .samples(
          announced < 10
            ? .trailingBytes(name: "new.npy", rows: announced)
            : .truncated(name: "new.npy", expectedRows: announced, gotRows: 10)))
  }

  /// A reader that says another number of rows than it has.
  private final class MisleadingReader: SampleReader {
    let description: SampleDescription
    private let reader: ArrayReader

    init(_ array: SampleArray, announced: Int) {
      var description = array.description
      description.rows = announced
      self.description = description
      reader = ArrayReader(array)
    }

    func read(maxRows: Int) -> SampleBatch? { reader.read(maxRows: maxRows) }
  }

  @Test("15 rows are too few to fit, and 16 are enough")
  func tooFew() throws {
    func rows(_ count: Int) throws -> SampleArray {
      try SampleArray(TestData.walks(count, width: 1, seed: 1), shape: [])
    }
    let error = fitting([try rows(15)])
    #expect(error == .fit(.tooFewRows(15, least: 16), name: "part0.npy"))
    #expect(says(error, "15", "16"))
    #expect(fitting([try rows(16)]) == nil)
    // Together they are enough.
    #expect(fitting([try rows(8), try rows(8)]) == nil)
  }

  @Test("samples of very many values are refused before they are read")
  func tooManyValues() throws {
    let array = try SampleArray([Double](repeating: 0, count: 65_537), shape: [65_537], type: .u1)
    let error = fitting([array])
    #expect(error == .fit(.tooManyValues(65_537, most: 65_536), name: "part0.npy"))
    #expect(says(error, "65537", "65536"))
  }

  @Test("more latents than values are refused")
  func tooManyLatents() throws {
    let error = fitting([try Models.bumpRows(20, seed: 1)]) { $0.latents = 13 }
    #expect(error == .fit(.tooManyLatents(13, most: 12), name: "part0.npy"))
    #expect(says(error, "13", "12"))
  }

  @Test("files of different shapes are not fitted together")
  func mixedShapes() throws {
    let rows = try Models.bumpRows(20, seed: 1)
    let error = fitting([rows, try rows.reshaped([3, 4])])
    #expect(error == .mixedShapes(name: "part1.npy", found: [3, 4], expected: [12]))
    #expect(says(error, "part1.npy", "3 x 4", "12"))
  }

  @Test("what is no model is told by what it looks like")
  func notAModel() throws {
    let stream = try codec.stream(try Models.bumpRows(3, seed: 1), try Models.bumps.get())
    let cases: [([UInt8], String)] = [
      ([], "an empty file"), (stream, "a vaec stream"),
      (try Models.bumpRows(3, seed: 1).file, "a NumPy array"),
      (ZstdFrame.compress([1, 2, 3], level: 1, checksum: true), "a zstd file"),
      ([0x1F, 0x8B, 8, 0], "a gzip file"),
      (Array("hello".utf8), "something else"),
    ]
    for (bytes, kind) in cases {
      let error = #expect(throws: CodecError.self) {
        try FittedModel.read(MemorySource(bytes), name: "m.vae")
      }
      #expect(error == .notAModel(name: "m.vae", looksLike: kind))
      #expect(says(error, kind))
    }
  }

  @Test("what is no stream is told by what it looks like")
  func notAStream() throws {
    let model = try Models.bumps.get()
    for (bytes, kind) in [
      ([], "an empty file"), (model.bytes, "a vaec model"),
      (try Models.bumpRows(3, seed: 1).file, "a NumPy array"),
    ] as [([UInt8], String)] {
      #expect(says(decoding(bytes, model), "data.vaec", "not a vaec stream", kind))
      let error = #expect(throws: CodecError.self) {
        try codec.verify(MemorySource(bytes), name: "data.vaec")
      }
      #expect(says(error, kind))
    }
  }

  @Test("a model of another version says so", arguments: [0, 3, 5])
  func otherVersion(version: UInt8) throws {
    var bytes = try Models.walks.get().bytes
    bytes[4] = version
    let error = #expect(throws: CodecError.self) { try FittedModel(bytes: bytes, name: "m.vae") }
    #expect(error == .unknownModelVersion(name: "m.vae", version: Int(version)))
    #expect(says(error, "version \(version)", "reads version 4"))
  }

  @Test("a model that a file carries is not one to encode with")
  func decoderAlone() throws {
    let bytes = ModelFile(try Models.walks.get().model, carried: true).bytes
    let error = #expect(throws: CodecError.self) { try FittedModel(bytes: bytes, name: "m.vae") }
    #expect(says(error, "lacks what encoders need"))
  }
}
