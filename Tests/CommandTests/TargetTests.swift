import Foundation
import Testing

/// Streams for a PSNR, a rate or a size.
@Suite("targets")
struct TargetTests {
  /// More rows of digits than a chunk holds, each a little different.
  private static let many: ByteArray = {
    let digits = ByteArray.digits
    var state: UInt32 = 1
    let values = (0..<100 * digits.values.count).map { i in
      state = state &* 1_664_525 &+ 1_013_904_223
      let value = digits.values[i % digits.values.count]
      return value > 1 ? value ^ UInt8(state >> 31) : value
    }
    return ByteArray(rows: 179 * 100, shape: [8, 8], values: values)
  }()

  private func target(_ json: [String: Any]) throws -> [String: Any] {
    try #require(json["target"] as? [String: Any])
  }

  @Test("--psnr is reached, as eval measures it, and the quality below does not reach it")
  func psnr() throws {
    let scratch = try Models.scratch()
    let outcome = try Program.run(
      ["encode", "-m", "m.vae", "--psnr", "22.5", "--json", "new.npy"], in: scratch)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let json = try outcome.file()
    let told = try target(json)
    let quality = try #require(json["quality"] as? Double)
    for (quality, isReached) in [(quality, true), (quality - 1, false)] {
      let eval = try Program.run(
        ["eval", "-m", "m.vae", "-q", "\(Int(quality))", "--json", "new.npy"], in: scratch)
      let points = try #require(try eval.json()["points"] as? [[String: Any]])
      let psnr = try #require(points.first?["psnr_db"] as? Double)
      #expect((psnr >= 22.5) == isReached)
      if isReached { #expect(psnr == told["reached"] as? Double) }
    }
    #expect(told["kind"] as? String == "psnr" && told["asked"] as? Double == 22.5)
    #expect(told["is_kept"] as? Bool == true && told["decided_on_samples"] as? Int == 179)
  }

  @Test(
    "--size and --bits bound the file", arguments: ["--size=900", "--size=1.2kB", "--bits=40", "--bits=60.5"])
  func rates(option: String) throws {
    let scratch = try Models.scratch()
    let outcome = try Program.run(["encode", "-m", "m.vae", option, "new.npy"], in: scratch)
    #expect(outcome.code == 0 && outcome.errors.contains("asked for"), "\(outcome.errors)")
    let size = try scratch.read("new.npy.vaec").count
    let most = ["--size=900": 900, "--size=1.2kB": 1200, "--bits=40": 895, "--bits=60.5": 1353][option] ?? 0
    #expect(size <= most && size > most * 9 / 10)
    let info = try Program.run(["info", "--json", "new.npy.vaec"], in: scratch)
    let streams = try #require(try info.file()["streams"] as? [[String: Any]])
    let told = try target(try #require(streams.first))
    let reached = try #require(told["reached"] as? Double)
    // Reading the decimals again may be off by the last bit.
    let expected = option.hasPrefix("--size") ? Double(size) : 8 * Double(size) / 179
    #expect((reached - expected).magnitude < 1e-9)
    #expect(try Program.run(["info", "new.npy.vaec"], in: scratch).text.contains("asked for"))
  }

  @Test(
    "a pipe of one chunk gives the stream that the file gives",
    arguments: ["--psnr=20", "--size=1000", "--bits=50"])
  func pipe(option: String) throws {
    let scratch = try Models.scratch()
    try scratch.write(Array(ByteArray.digits.csv.utf8), to: "new.csv")
    for name in ["new.npy", "new.csv"] {
      let script = """
        set -e
        vaec encode -m m.vae \(option) --quiet -f \(name) -o file
        cat \(name) | vaec encode -m m.vae \(option) --quiet > pipe
        cmp file pipe
        """
      let outcome = try Program.shell(script, in: scratch)
      #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    }
  }

  @Test("of a file of several chunks all rows count; in a pipe the first chunk decides, which is told")
  func chunks() throws {
    let scratch = try Models.scratch(with: [])
    try scratch.write(Self.many.npy, to: "many.npy")
    try scratch.write(Array(Self.many.csv.utf8), to: "many.csv")
    let script = """
      set -e
      vaec encode -m m.vae --size 90kB many.npy -o file
      vaec encode -m m.vae --size 90kB < many.npy > redirected
      cmp file redirected
      cat many.npy | vaec encode -m m.vae --size 90kB > pipe
      vaec encode -m m.vae --psnr 21 many.csv
      cat many.csv | vaec encode -m m.vae --psnr 21 > pipe.csv.vaec
      """
    let outcome = try Program.shell(script, in: scratch)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let size = try scratch.read("file").count
    #expect(size <= 90_000 && size > 80_000)
    let told = outcome.errors.components(
      separatedBy: "decided on the first 16384")
    #expect(told.count == 3)
    let info = try Program.run(["info", "pipe", "many.csv.vaec"], in: scratch)
    #expect(info.text.components(separatedBy: "decided on the first 16384 samples").count == 2)
    #expect(info.text.contains("asked for 21.00 dB, reached 21."))

    // Where SIGPIPE is ignored, cat would have a word to say too.
    let refused = try Program.shell(
      "cat many.csv 2>/dev/null | vaec encode -m m.vae --size 90kB > none", in: scratch)
    #expect(refused.isOneLineOfError && refused.errors.contains("--bits"), "\(refused.errors)")
    #expect(try scratch.read("none").isEmpty)
  }

  @Test(
    "what is out of reach is told with what is not, and leaves nothing behind",
    arguments: [["--bits", "0.1"], ["--size", "7"]])
  func outOfReach(option: [String]) throws {
    let scratch = try Models.scratch()
    let before = try scratch.names
    let outcome = try Program.run(["encode", "-m", "m.vae"] + option + ["new.npy"], in: scratch)
    #expect(outcome.isOneLineOfError && outcome.errors.contains("new.npy"), "\(outcome.errors)")
    #expect(try scratch.names == before)
    // The number after the option's name in the message is one that works.
    let words = outcome.errors.split(separator: " ").map(String.init)
    let place = try #require(words.firstIndex(of: option[0]))
    let other = try Program.run(
      ["encode", "-m", "m.vae", option[0], words[place + 1], "new.npy"], in: scratch)
    #expect(other.code == 0, "\(other.errors)")
  }

  @Test("a PSNR beyond the model's points is reached without loss, where values are integers")
  func beyondPoints() throws {
    let scratch = try Models.scratch()
    let outcome = try Program.run(["encode", "-m", "m.vae", "--psnr", "90", "new.npy"], in: scratch)
    #expect(outcome.code == 0 && outcome.errors.contains("new.npy: lossless"), "\(outcome.errors)")
    #expect(outcome.errors.contains("asked for 90.00 dB, all values are exact"))
    #expect(try Program.run(["decode", "-m", "m.vae", "new.npy.vaec", "-o", "b.npy"], in: scratch).code == 0)
    #expect(ByteArray(npy: try scratch.read("b.npy")) == ByteArray.digits)
  }

  @Test("each of several files has the target for itself")
  func severalFiles() throws {
    let scratch = try Models.scratch(with: ["a.npy"])
    try scratch.write(ByteArray.digits.prefix(60).npy, to: "b.npy")
    try scratch.write(ByteArray.digits.prefix(2).npy, to: "c.npy")
    let outcome = try Program.run(
      ["encode", "-m", "m.vae", "--size", "500", "a.npy", "b.npy", "c.npy"], in: scratch)
    #expect(outcome.code == 0, "\(outcome.errors)")
    for name in ["a", "b", "c"] { #expect(try scratch.read("\(name).npy.vaec").count <= 500) }
    #expect(try scratch.read("b.npy.vaec").count > 400)
  }
}
