import Foundation
import Records
import Testing

/// Random arrays of every type, scale and shape through the program, by every kind of promise: an array comes back as was
/// promised, or there is one line that says why not.
@Suite("random arrays")
struct RandomArrayTests {
  /// Arrays that go through one process; and how many such: 300 arrays in all, or 10,000 where `VAEC_LONG` is set.
  private static let together = 15
  private static let isLong = ProcessInfo.processInfo.environment["VAEC_LONG"] != nil
  private static let groups = isLong ? 667 : 20
  /// The groups to pack: those that VAEC_GROUPS names, as "151,353", to look into what was found before; or else all.
  private static let packed =
    ProcessInfo.processInfo.environment["VAEC_GROUPS"].map { $0.split(separator: ",").compactMap { Int($0) } }
    ?? Array(0..<groups)

  /// What is promised.
  private enum Promise {
    case lossless
    case maxError(Double)
    case psnr(Double)
    case bits(Double)
    case quality(Int)

    init(_ random: inout RandomNumbers) {
      self =
        switch random.integer(0...9) {
        case 0, 1: .lossless
        case 2, 3: .maxError(Double("1e\(random.integer(-46...40))") ?? 1)
        case 4, 5: .psnr(Double(random.integer(5...90)))
        case 6: .bits(Double(random.integer(1...400)))
        default: .quality(random.integer(0...100))
        }
    }

    var options: [String] {
      switch self {
      case .lossless: ["--lossless"]
      case .maxError(let bound): ["--max-error", "\(bound)"]
      case .psnr(let decibels): ["--psnr", "\(decibels)"]
      case .bits(let bits): ["--bits", "\(bits)"]
      case .quality(let quality): ["-q", "\(quality)"]
      }
    }
  }

  private static let quick = ["--epochs", "1", "--hidden", "6", "-T", "1"]

  @Test("packed, each keeps its promise or is refused in one line", arguments: packed)
  func pack(group: Int) throws {
    var random = RandomNumbers(seed: UInt64(group))
    let arrays = (0..<Self.together).map { _ in RandomArray(&random, shareOfFew: Self.isLong ? 0.15 : 0.75) }
    try check(arrays, group, &random) { promise, names in ["pack"] + promise.options + Self.quick + names }
  }

  @Test(
    "encoded by a model of others, each keeps its promise or is refused in one line",
    arguments: 0..<max(1, groups / 5))
  func encode(group: Int) throws {
    var random = RandomNumbers(seed: UInt64(group) + 1 << 32)
    let shape = (0..<random.integer(0...2)).map { _ in random.integer(1...5) }
    let arrays = (0..<Self.together).map { _ in RandomArray(&random, sampleShape: shape) }
    let models = try Scratch()
    for (i, array) in arrays.enumerated() {
      try models.write(array.npy, to: "x.npy")
      let fitted = try Program.run(
        ["fit", models.path("x.npy"), "-o", models.path("m.vae")] + Self.quick, in: models)
      let isTold = fitted.code == 0 || fitted.isOneLineOfError
      #expect(isTold, "group \(group), array \(i): fit ends with \(fitted.code): \(fitted.errors)")
      if fitted.code == 0 { break }
    }
    guard models.contains("m.vae") else { return }
    let model = ["-m", models.path("m.vae")]
    try check(arrays, group, &random, decodedBy: model) { promise, names in
      ["encode", "-T", "1"] + model + promise.options + names
    }
  }

  /// Sends arrays there and back.
  private func check(
    _ arrays: [RandomArray], _ group: Int, _ random: inout RandomNumbers, decodedBy model: [String] = [],
    _ command: (Promise, [String]) -> [String]
  ) throws {
    let scratch = try Scratch()
    let names = arrays.indices.map { "x\($0).npy" }
    let files = arrays.map(\.npy)
    for (name, file) in zip(names, files) { try scratch.write(file, to: name) }
    let promise = Promise(&random)
    let packed = try Program.run(command(promise, names), in: scratch, seconds: 3600)
    let told = "group \(group), \(promise.options.joined(separator: " "))"
    #expect(packed.code <= 1, "\(told): ends with \(packed.code): \(packed.errors)")
    let done = arrays.indices.filter { scratch.contains(names[$0] + ".vaec") }
    #expect((done.count == arrays.count) == (packed.code == 0), "\(told): \(packed.errors)")
    for i in arrays.indices {
      #expect(try scratch.read(names[i]) == files[i], "\(told), array \(i) has changed")
      if done.contains(i) { continue }
      let lines = packed.errors.split(separator: "\n").filter { $0.hasPrefix("vaec: \(names[i]): ") }
      #expect(!lines.isEmpty, "\(told), array \(i): nothing is told")
    }
    guard !done.isEmpty else { return }
    for i in done { try FileManager.default.removeItem(at: scratch.url(names[i])) }
    let streams = done.map { names[$0] + ".vaec" }
    let decoded = try Program.run(["decode", "-T", "1"] + model + streams, in: scratch, seconds: 3600)
    #expect(decoded.code == 0, "\(told): decode ends with \(decoded.code): \(decoded.errors)")
    for i in done {
      guard scratch.contains(names[i]), let back = NpyFile(try scratch.read(names[i])) else {
        Issue.record("\(told), array \(i): does not come back: \(decoded.errors)")
        continue
      }
      let array = arrays[i]
      #expect(NpyFile(array.npy)?.type == back.type && array.shape == back.shape, "\(told), array \(i)")
      let batch = SampleBatch(
        elementType: array.type.elementType, valuesPerSample: array.batch.valuesPerSample,
        bytes: Array(back.values))
      // By a model, PSNR is against the range of what it was fitted to.
      let isMeasured = model.isEmpty
      if let fault = Self.fault(promise, array.batch, batch, isMeasured: isMeasured) {
        Issue.record("\(told), array \(i) (\(array.type.name) \(array.shape)): \(fault)")
      }
    }
  }

  /// Why decoded samples are not what was promised; nil where they are.
  private static func fault(
    _ promise: Promise, _ batch: SampleBatch, _ decoded: SampleBatch, isMeasured: Bool
  ) -> String? {
    guard batch.bytes.count == decoded.bytes.count else { return "has other values" }
    if batch.bytes == decoded.bytes { return nil }
    let (old, new) = (batch.doubles(), decoded.doubles())
    let (oldBits, newBits) = (batch.bits(), decoded.bits())
    for place in old.indices where oldBits[place] != newBits[place] {
      if !old[place].isFinite { return "\(old[place]) has changed" }
      if !new[place].isFinite { return "\(old[place]) has become \(new[place])" }
    }
    switch promise {
    case .lossless: return "is not the same bit for bit"
    case .maxError(let bound) where batch.elementType.isWide:
      for (a, b) in zip(batch.ordinals(), decoded.ordinals())
      where Double(UInt64(bitPattern: a > b ? a &- b : b &- a)) > bound { return "\(a) has become \(b)" }
    case .maxError(let bound):
      for (a, b) in zip(old, new) where a.isFinite && !GuaranteeTests.isWithin(bound, a, b) {
        return "\(a) has become \(b)"
      }
    case .psnr where !isMeasured: break
    case .psnr(let decibels):
      // Values beyond a model's reach are carried, and do not count.
      let kept = zip(old, new).filter { Float($0.0).magnitude <= 0x1p120 }
      guard let low = kept.map(\.0).min(), let high = kept.map(\.0).max() else { return nil }
      let squares = kept.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      let error = (squares / Double(kept.count)).squareRoot()
      let reached = 20 * log10((high - low) / error)
      if reached < decibels - 0.01 { return "\(reached) dB" }
    case .bits, .quality: break
    }
    return nil
  }
}
