import Dispatch
import Foundation
import Testing
import Training
import VAECodec

/// The examples of the library's documentation, run. Each is between two lines that name it, and stands word for word in
/// `Examples.md`: a test below sees to that.
@Suite("Examples")
final class ExampleTests {
  /// 400 bumps anywhere on a ring of 16 values.
  private static let bumps: [Float] = (0..<400).flatMap { row in
    (0..<16).map { i in
      let d = Float((i * 25 + row * 7) % 400) / 25 - 8
      return exp(-d * d)
    }
  }

  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("vaec-examples-\(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  private func model() async throws -> FittedModel {
    var options = FitOptions()
    options.epochs = 400
    options.hidden = [32]
    return try await Codec().fit(try Samples(Self.bumps, shape: [16]), options: options).model
  }

  @Test("arrays are fitted, encoded and decoded")
  func arrays() async throws {
    let numbers = Self.bumps
    // example: arrays
    let codec = try Codec()
    let samples = try Samples(numbers, shape: [16])
    var options = FitOptions()
    options.epochs = 20

    let model = try await codec.fit(samples, options: options).model
    let stream = try await codec.encode(samples, model: model, options: EncodeOptions(quality: 60))
    let decoded = try await codec.decode(stream, model: model)
    print("\(samples.bytes.count) bytes became \(stream.count)")
    // end
    #expect(decoded.count == samples.count && decoded.shape == [16])
    let errors = zip(decoded.values, samples.values).map { ($0 - $1).magnitude }
    #expect((errors.max() ?? 1) < 0.5)
    #expect(stream.count < samples.bytes.count / 4)
  }

  @Test("files are encoded and decoded, with progress")
  func files() async throws {
    let (input, packed, back) = (path("new.npy"), path("new.npy.vaec"), path("back.csv"))
    let model = try await model()
    try Samples(Self.bumps, shape: [16]).write(to: input)
    // example: files
    let codec = try Codec()
    for try await event in codec.encoding(file: input, to: packed, model: model) {
      switch event {
      case .progress(let progress): print("\(progress.bytes) of \(progress.totalBytes ?? 0) bytes")
      case .finished(let report): print("\(report.samples) samples")
      }
    }
    _ = try await codec.decode(file: packed, to: back, model: model)
    // end
    let decoded = try Samples(contentsOf: back)
    #expect(decoded.count == 400 && decoded.shape == [16])
  }

  @Test("a bound on the error of every value is kept")
  func bound() async throws {
    let model = try await model()
    let samples = try Samples(Self.bumps, shape: [16])
    // example: bound
    let codec = try Codec()
    let options = EncodeOptions(errorBound: .maxError(0.01))
    let stream = try await codec.encode(samples, model: model, options: options)
    // end
    let decoded = try await codec.decode(stream, model: model)
    #expect(zip(decoded.values, samples.values).allSatisfy { ($0 - $1).magnitude <= 0.01 })
  }

  @Test("models are kept in files")
  func models() async throws {
    let file = path("model.vae")
    let samples = try Samples(Self.bumps, shape: [16])
    // example: models
    var options = FitOptions()
    options.epochs = 20
    let fitted = try await Codec().fit(samples, options: options).model
    try fitted.write(to: file)
    let model = try FittedModel(contentsOf: file)
    print(model.summary.latents.map(\.variance))
    // end
    #expect(model.fingerprint == fitted.fingerprint)
    #expect(throws: CodecError.self) { try fitted.write(to: file) }
  }

  @Test("samples become latents and come back; new ones are drawn")
  func latents() async throws {
    let model = try await model()
    let samples = try Samples(Self.bumps, shape: [16])
    // example: latents
    let codec = try Codec()
    let latents = try await codec.embed(samples, model: model)
    let back = try await codec.invert(latents, model: model)
    let drawn = try await codec.sample(100, from: model, seed: 7)
    // end
    #expect(latents.count == 400 && latents.shape == [model.summary.latents.count])
    #expect(back.shape == [16] && drawn.count == 100 && drawn.shape == [16])
  }

  @Test("a model is measured beside PCA")
  func evaluation() async throws {
    let model = try await model()
    let samples = try Samples(Self.bumps, shape: [16])
    // example: evaluation
    let report = try await Codec().evaluate(samples, model: model, qualities: [20, 50, 80])
    for point in report.points { print(point.quality, point.bitsPerSample, point.psnr) }
    // end
    #expect(report.points.count == 3)
    #expect(report.points[0].psnr < report.points[2].psnr)
  }

  @Test("a fit is watched, and stopped")
  func watching() async throws {
    let samples = try Samples(Self.bumps, shape: [16])
    // example: watching
    let codec = try Codec()
    let task = Task {
      for try await event in codec.fitting(samples) {
        if case .progress(let progress) = event { print("\(Int(100 * progress.fraction)) %") }
      }
    }
    task.cancel()
    // end
    _ = await task.result
    let other = Task { try await codec.fit(samples) }
    other.cancel()
    await #expect(throws: CancellationError.self) { _ = try await other.value }
  }

  @Test("a cancelled transfer leaves no file, and the old one as it was")
  func cancelled() async throws {
    let model = try await model()
    let (input, packed) = (path("many.npy"), path("many.vaec"))
    try Samples((0..<40).flatMap { _ in Self.bumps }, shape: [16]).write(to: input)
    try Data("old".utf8).write(to: URL(fileURLWithPath: packed))
    let codec = try Codec()
    let (started, starts) = AsyncStream.makeStream(of: Void.self)
    let gate = DispatchSemaphore(value: 0)
    let task = Task {
      // Held at its first bytes until the task is cancelled.
      try await codec.encode(file: input, to: packed, model: model, overwrite: true) { _ in
        starts.yield()
        gate.wait()
        gate.signal()
      }
    }
    for await _ in started { break }
    task.cancel()
    gate.signal()
    await #expect(throws: CancellationError.self) { _ = try await task.value }
    #expect(try Data(contentsOf: URL(fileURLWithPath: packed)) == Data("old".utf8))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 2)
  }

  @Test("a fit and an evaluation that are under way end for their caller when the task is cancelled")
  func cancelledWork() async throws {
    let samples = try Samples(Self.bumps, shape: [16])
    let model = try await model()
    let codec = try Codec()
    let options = { () -> FitOptions in
      var options = FitOptions()
      options.epochs = 1_000_000
      return options
    }()
    try await expectLeaving { hold in
      _ = try await codec.fit(samples, options: options) { _ in hold() }
    }
    try await expectLeaving { hold in
      _ = try await codec.evaluate(samples, model: model, qualities: [10, 20]) { _ in hold() }
    }
  }

  /// Work is held where it tells its progress, and cancelled: its caller goes on all the same.
  private func expectLeaving(
    _ work: @escaping @Sendable (@escaping @Sendable () -> Void) async throws -> Void
  ) async throws {
    let (started, starts) = AsyncStream.makeStream(of: Void.self)
    let gate = DispatchSemaphore(value: 0)
    let task = Task {
      try await work {
        starts.yield()
        gate.wait()
        gate.signal()
      }
    }
    for await _ in started { break }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    gate.signal()
  }

  @Test("what is wrong with files and arrays is told by typed errors")
  func errors() async throws {
    #expect(throws: CodecError.self) { _ = try Samples(contentsOf: path("nothing.npy")) }
    #expect(throws: CodecError.self) { _ = try FittedModel(contentsOf: path("nothing.vae")) }
    let model = try await model()
    #expect(throws: CodecError.self) { _ = try Samples([1, 2, 3, 4], shape: [3]) }
    #expect(throws: CodecError.self) { _ = try Samples(bytes: [1, 2, 3], type: .i2, shape: []) }
    #expect(throws: CodecError.self) { _ = try Samples([1, 2], shape: [Int.max, Int.max]) }
    let others = try Samples([1, 2, 3], shape: [3])
    let error = await #expect(throws: CodecError.self) { _ = try await Codec().encode(others, model: model) }
    guard case .shapeMismatch = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("the page of examples shows these, word for word")
  func page() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let source = try String(contentsOf: URL(fileURLWithPath: #filePath), encoding: .utf8)
    let page = try String(
      contentsOf: root.appendingPathComponent("Sources/VAECodec/VAECodec.docc/Examples.md"), encoding: .utf8)
    var examples: [String] = []
    var current: [String]?
    for line in source.components(separatedBy: "\n") {
      if line.hasPrefix("    // example: ") {
        current = []
      } else if line == "    // end", let lines = current {
        examples.append(lines.joined(separator: "\n"))
        current = nil
      } else {
        current?.append(String(line.dropFirst(4)))
      }
    }
    let blocks = page.components(separatedBy: "```swift\n").dropFirst().compactMap {
      $0.components(separatedBy: "\n```").first
    }
    #expect(examples.count == 7 && blocks == examples)
  }
}
