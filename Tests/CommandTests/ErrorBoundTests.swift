import Foundation
import Records
import Testing

/// What is promised of every value, from files and in pipes.
@Suite("guarantees")
struct GuaranteeTests {
  /// Values of every kind: any bits, the ends of the type, subnormal numbers, values an ulp from half a step, runs.
  private func bits(_ type: ElementType, count: Int, step: Double, seed: UInt64) -> [UInt64] {
    var state = seed
    func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
    let mask: UInt64 = type.size == 8 ? .max : 1 << UInt64(8 * type.size) - 1
    let special: [UInt64] = [
      0, 1, mask, mask >> 1, mask ^ mask >> 1, type.bits(nearest: .infinity), type.bits(nearest: 1e-40),
      type.bits(nearest: 0x1p-1074), type.bits(nearest: -0.0), type.bits(nearest: 65504),
      type.bits(nearest: .nan),
    ]
    var last: UInt64 = 0
    return (0..<count).map { _ in
      let r = next()
      switch r % 8 {
      case 0: last = next() & mask
      case 1: last = special[Int(next() % UInt64(special.count))]
      case 2: break
      case 3:
        let half = type.bits(nearest: (Double(r >> 8 & 255) - 128 + 0.5) * step)
        last = (half &+ (r >> 20) % 3 &- 1) & mask
      default: last = type.bits(nearest: Double(r >> 8 & 0xFFFF) / 0x1p15 * 20 * step)
      }
      return last
    }
  }

  /// |a - b| <= bound, exactly.
  static func isWithin(_ bound: Double, _ a: Double, _ b: Double) -> Bool {
    let d = a - b
    let part = d - a
    let rest = (a - (d - part)) - (b + part)
    return d.magnitude < bound || (d.magnitude == bound && (d < 0 ? -rest : rest) <= 0)
  }

  /// Samples of 64 values under each of three promises: of each type 30,720 values, or a million where `VAEC_LONG` is set.
  private static let rows = ProcessInfo.processInfo.environment["VAEC_LONG"] == nil ? 160 : 5210

  @Test("of adverse values of each type, none breaks a promise", arguments: ElementType.allCases)
  func adverse(type: ElementType) throws {
    let scratch = try Models.scratch(with: [])
    let (rows, width) = (Self.rows, 64)
    for (i, (option, bound, step)) in [
      (["--lossless"], 0.0, 1.0), (["--max-error", "0.37"], 0.37, 0.74), (["--max-error", "3"], 3, 7),
    ].enumerated() {
      let bits = bits(type, count: rows * width, step: step, seed: UInt64(i) << 8 | UInt64(type.rawValue))
      let batch = SampleBatch(bits: bits, elementType: type, valuesPerSample: width)
      try scratch.write(batch.bytes, to: "x.raw")
      let encoded = try Program.run(
        [
          "encode", "-f", "-m", "m.vae", "--dtype", type.name, "--shape", "64", "x.raw", "-o", "x.vaec",
          "--quiet",
        ]
          + option, in: scratch)
      #expect(encoded.code == 0, "\(encoded.errors)")
      let decoded = try Program.run(
        ["decode", "-f", "-m", "m.vae", "x.vaec", "-o", "y.raw", "--quiet"], in: scratch)
      #expect(decoded.code == 0, "\(decoded.errors)")
      let back = SampleBatch(
        elementType: type, valuesPerSample: width, bytes: try scratch.read("y.raw"))
      guard back.rows == rows else {
        Issue.record("\(back.rows) rows came back")
        continue
      }
      if option == ["--lossless"] {
        #expect(back.bytes == batch.bytes)
        #expect(try scratch.read("x.vaec").count <= batch.bytes.count * 1001 / 1000 + 1024)
        continue
      }
      let (old, new, newBits) = (batch.doubles(), back.doubles(), back.bits())
      let broken = bits.indices.filter {
        if bits[$0] == newBits[$0] { return false }
        guard old[$0].isFinite else { return true }
        // Binary64 does not hold integers of 64 bits.
        if type.isWide {
          let (a, b) = (type.ordinal(bits: bits[$0]), type.ordinal(bits: newBits[$0]))
          return UInt64(bitPattern: a > b ? a &- b : b &- a) > UInt64(bound)
        }
        return !Self.isWithin(bound, old[$0], new[$0])
      }
      #expect(
        broken.isEmpty, "\(broken.count) of \(type), as \(broken.first.map { (old[$0], new[$0]) } ?? (0, 0))")
    }
  }

  @Test("--max-error takes a share of the range of a file, and of a pipe that is one chunk")
  func share() throws {
    let scratch = try Models.scratch()
    let digits = ByteArray.digits
    let range = Int(digits.values.max() ?? 0) - Int(digits.values.min() ?? 0)
    for arguments in [["new.npy", "-o", "a.vaec"], ["-o", "a.vaec"]] {
      let outcome = try Program.run(
        ["encode", "-f", "-m", "m.vae", "--max-error", "10%"] + arguments, input: digits.npy, in: scratch)
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains("no value is off by more than \(0.1 * Double(range))"))
      _ = try Program.run(["decode", "-f", "-m", "m.vae", "a.vaec", "-o", "b.npy"], in: scratch)
      let back = try #require(ByteArray(npy: try scratch.read("b.npy")))
      let worst = zip(digits.values, back.values).map { abs(Int($0) - Int($1)) }.max() ?? 99
      #expect(worst <= range / 10 && worst > 0)
    }
  }

  @Test("a share of the range holds of a file of many chunks, whose end is as good as its beginning")
  func shareOfManyChunks() throws {
    let scratch = try Models.scratch()
    let digits = ByteArray.digits
    let outcome = try Program.run(
      ["encode", "-m", "m.vae", "--max-error", "10%", "--chunk", "20", "new.npy"], in: scratch)
    #expect(outcome.code == 0, "\(outcome.errors)")
    _ = try Program.run(["decode", "-m", "m.vae", "new.npy.vaec", "-o", "b.npy"], in: scratch)
    let back = try #require(ByteArray(npy: try scratch.read("b.npy")))
    #expect(back.rows == digits.rows)
    #expect(zip(digits.values, back.values).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
    let piped = try Program.run(
      ["encode", "-m", "m.vae", "--max-error", "10%", "--chunk", "20"], input: digits.npy, in: scratch)
    // Standard input is a file here, which can be read twice.
    #expect(piped.code == 0 && piped.output == (try? scratch.read("new.npy.vaec")))
  }

  @Test("--lossless and --max-error exclude other targets, and bounds are numbers")
  func usage() throws {
    let scratch = try Models.scratch()
    for arguments in [
      ["--lossless", "-q", "3"], ["--max-error", "1", "--psnr", "30"], ["--lossless", "--max-error", "1"],
      ["--max-error", "-1"], ["--max-error", "x"], ["--max-error", "%"], ["--max-error", "inf"],
    ] {
      let outcome = try Program.run(["encode", "-m", "m.vae", "new.npy"] + arguments, in: scratch)
      #expect(outcome.code == 64, "\(arguments)")
      #expect(!scratch.contains("new.npy.vaec"))
    }
  }

  @Test("a text comes back with the same numbers, however many decimals they have")
  func text() throws {
    let scratch = try Models.scratch(with: [])
    var lines: [String] = []
    for r in 0..<20 { lines.append((0..<64).map { "\(Double(r * 64 + $0) / 8)" }.joined(separator: ",")) }
    lines[15] = lines[15].replacingOccurrences(of: ",120.125,", with: ",120.12345678901,")
    #expect(lines[15].contains("120.12345678901"))
    try scratch.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: "t.csv")
    let encoded = try Program.run(["encode", "-m", "m.vae", "--lossless", "t.csv"], in: scratch)
    #expect(encoded.code == 0, "\(encoded.errors)")
    let decoded = try Program.run(["decode", "-c", "-m", "m.vae", "t.csv.vaec"], in: scratch)
    func numbers(_ text: String) -> [Double] {
      text.split(whereSeparator: { $0 == "\n" || $0 == "," }).compactMap { Double($0) }
    }
    #expect(numbers(decoded.text) == numbers(lines.joined(separator: "\n")))
  }

  @Test("embed writes latents, in a format of one's choice, and takes them back")
  func embed() throws {
    let scratch = try Models.scratch()
    let first = try Program.run(["embed", "-m", "m.vae", "new.npy", "-o", "l.npy"], in: scratch)
    guard first.code == 0 else {
      // A short fit may find that no network pays.
      #expect(first.errors.contains("no latents"))
      return
    }
    #expect(
      try Program.run(["embed", "-m", "m.vae", "--inverse", "l.npy", "-o", "b.npy"], in: scratch).code == 0)
    #expect(ByteArray(npy: try scratch.read("b.npy"))?.rows == ByteArray.digits.rows)
    let table = try Program.run(
      ["embed", "-m", "m.vae", "--latents", "2", "--to", "csv", "--quiet"], input: ByteArray.digits.npy,
      in: scratch)
    #expect(table.code == 0)
    let lines = table.text.split(separator: "\n")
    #expect(lines.count == ByteArray.digits.rows)
    #expect(lines.allSatisfy { $0.split(separator: ",").compactMap { Double($0) }.count == 2 })
    let drawn = try Program.run(["sample", "-m", "m.vae", "-n", "7", "--quiet"], in: scratch)
    #expect(ByteArray(npy: drawn.output)?.rows == 7)
    #expect(try Program.run(["sample", "-m", "m.vae", "-n", "0"], in: scratch).code == 64)
    let json = try Program.run(["embed", "-m", "m.vae", "new.npy", "-o", "m.npy", "--json"], in: scratch)
      .json()
    #expect(json["samples"] as? Int == ByteArray.digits.rows)
  }

  @Test("pack loses nothing unless less is asked for, and says what is promised")
  func packPromises() throws {
    let scratch = try Models.scratch(with: [])
    let rows = ByteArray.digits.prefix(60)
    try scratch.write(rows.npy, to: "x.npy")
    let small = ["--epochs", "2", "--hidden", "8", "-f", "x.npy"]
    var sizes: [Int] = []
    for (options, promise) in [
      ([], "x.npy: lossless"), (["--max-error", "1"], "x.npy: no value is off by more than 1.0"),
      (["--psnr", "25"], "bits/sample, lossy, RMSE "), (["-q", "20"], "bits/sample, lossy, RMSE "),
    ] {
      let outcome = try Program.run(["pack"] + options + small, in: scratch)
      #expect(outcome.code == 0 && outcome.errors.contains(promise), "\(outcome.errors)")
      sizes.append(try scratch.read("x.npy.vaec").count)
      #expect(try Program.run(["decode", "-f", "x.npy.vaec", "-o", "b.npy"], in: scratch).code == 0)
      #expect((ByteArray(npy: try scratch.read("b.npy")) == rows) == options.isEmpty)
    }
    #expect(sizes.dropFirst().allSatisfy { $0 < sizes[0] })
  }

  @Test("--with-model and pack make files that decode alone")
  func alone() throws {
    let scratch = try Models.scratch()
    let encoded = try Program.run(["encode", "-m", "m.vae", "--with-model", "new.npy"], in: scratch)
    #expect(encoded.code == 0, "\(encoded.errors)")
    #expect(try Program.run(["decode", "new.npy.vaec", "-o", "a.npy"], in: scratch).code == 0)
    #expect(try Program.run(["info", "new.npy.vaec"], in: scratch).text.contains("in the file"))
    #expect(try Program.run(["test", "new.npy.vaec"], in: scratch).code == 0)

    let packed = try Program.run(
      ["pack", "--lossless", "--epochs", "3", "--hidden", "16", "-o", "p.vaec", "--json", "new.npy"],
      in: scratch)
    #expect(packed.code == 0, "\(packed.errors)")
    let json = try packed.file()
    #expect(json["stream_bytes"] as? Int == (try scratch.read("p.vaec").count))
    #expect(json["bytes_without_model"] as? Int != nil && json["carries_model"] as? Bool != nil)
    #expect(try Program.run(["decode", "p.vaec", "-o", "p.npy"], in: scratch).code == 0)
    #expect(ByteArray(npy: try scratch.read("p.npy")) == ByteArray.digits)

    let piped = try Program.run(
      ["pack", "--lossless", "--epochs", "3", "--hidden", "16", "--quiet"], input: ByteArray.digits.npy,
      in: scratch)
    #expect(piped.code == 0)
    #expect(piped.output == (try scratch.read("p.vaec")))
  }
}
