import Foundation
import Testing

/// Names of outputs, and what happens to files: the habits of zstd.
@Suite("files")
struct FileTests {
  @Test("FILE becomes FILE.vaec, and back, and inputs stay")
  func names() throws {
    let scratch = try Models.scratch()
    let encoded = try Program.run(["encode", "-m", "m.vae", "new.npy"], in: scratch)
    #expect(encoded.code == 0 && encoded.output.isEmpty)
    #expect(encoded.errors.contains("179 samples") && encoded.errors.contains("bits/sample"))
    #expect(try scratch.names == ["m.vae", "new.npy", "new.npy.vaec"])
    try FileManager.default.removeItem(at: scratch.url("new.npy"))
    let decoded = try Program.run(["decode", "-m", "m.vae", "-k", "new.npy.vaec"], in: scratch)
    #expect(decoded.code == 0 && decoded.errors.contains("179 samples"))
    #expect(try scratch.names == ["m.vae", "new.npy", "new.npy.vaec"])
    #expect(ByteArray(npy: try scratch.read("new.npy"))?.shape == [8, 8])
  }

  @Test("--quiet says nothing")
  func quiet() throws {
    let scratch = try Models.scratch()
    let outcome = try Program.run(["encode", "--quiet", "-m", "m.vae", "new.npy"], in: scratch)
    #expect(outcome.code == 0 && outcome.output.isEmpty && outcome.errors.isEmpty)
  }

  @Test("an output that exists is kept without -f, and replaced with it")
  func overwriting() throws {
    let scratch = try Models.scratch()
    try scratch.write([1, 2, 3], to: "new.npy.vaec")
    let refused = try Program.run(["encode", "-m", "m.vae", "new.npy"], in: scratch)
    #expect(
      refused.isOneLineOfError && refused.errors.contains("new.npy.vaec") && refused.errors.contains("-f"))
    #expect(try scratch.read("new.npy.vaec") == [1, 2, 3])
    #expect(try Program.run(["encode", "-f", "-m", "m.vae", "new.npy"], in: scratch).code == 0)
    #expect(try scratch.read("new.npy.vaec").count > 100)
    let back = try Program.run(["decode", "-m", "m.vae", "new.npy.vaec"], in: scratch)
    #expect(back.isOneLineOfError)
    #expect(try scratch.read("new.npy") == ByteArray.digits.npy)
  }

  @Test("fit does not begin when its model exists")
  func overwritingModels() throws {
    let scratch = try Scratch()
    try scratch.write([1], to: "m.vae")
    let outcome = try Program.run(
      ["fit", Fixtures.path("digits-fit.npy"), "-o", "m.vae"], in: scratch, seconds: 10)
    #expect(outcome.isOneLineOfError && outcome.errors.contains("-f"))
    #expect(try scratch.read("m.vae") == [1])
  }

  @Test("--rm removes inputs whose output is complete, and no others")
  func removing() throws {
    let scratch = try Models.scratch(with: ["a.npy", "b.npy"])
    try scratch.write([1], to: "b.npy.vaec")
    let outcome = try Program.run(["encode", "--rm", "-m", "m.vae", "a.npy", "b.npy"], in: scratch)
    #expect(outcome.code == 1)
    #expect(try scratch.names == ["a.npy.vaec", "b.npy", "b.npy.vaec", "m.vae"])
    #expect(try Program.run(["decode", "--rm", "-c", "-m", "m.vae", "a.npy.vaec"], in: scratch).code == 1)
    #expect(scratch.contains("a.npy.vaec"))
  }

  @Test("an error in one file does not stop the others")
  func severalFiles() throws {
    let scratch = try Models.scratch(with: ["a.npy", "c.npy"])
    let outcome = try Program.run(["encode", "-m", "m.vae", "a.npy", "b.npy", "c.npy"], in: scratch)
    #expect(outcome.code == 1)
    #expect(outcome.errors.split(separator: "\n").filter { $0.hasPrefix("vaec: b.npy: ") }.count == 1)
    #expect(try scratch.names == ["a.npy", "a.npy.vaec", "c.npy", "c.npy.vaec", "m.vae"])
  }

  @Test("-c writes streams one after another, and the samples of several streams as one array")
  func standardOutput() throws {
    let scratch = try Models.scratch(with: ["a.npy", "b.npy"])
    let both = try Program.run(["encode", "-c", "-m", "m.vae", "a.npy", "b.npy"], in: scratch)
    #expect(both.code == 0)
    _ = try Program.run(["encode", "-m", "m.vae", "a.npy", "b.npy"], in: scratch)
    #expect(both.output == (try scratch.read("a.npy.vaec")) + (try scratch.read("b.npy.vaec")))
    let decoded = try Program.run(["decode", "-c", "-m", "m.vae", "a.npy.vaec", "b.npy.vaec"], in: scratch)
    #expect(ByteArray(npy: decoded.output)?.rows == 358)
  }

  @Test("a name without .vaec needs -o or -c")
  func withoutSuffix() throws {
    let scratch = try Models.scratch()
    #expect(try Program.run(["encode", "-m", "m.vae", "new.npy", "-o", "stream"], in: scratch).code == 0)
    let refused = try Program.run(["decode", "-m", "m.vae", "stream"], in: scratch)
    #expect(refused.isOneLineOfError && refused.errors.contains("-o"))
    #expect(try Program.run(["decode", "-m", "m.vae", "stream", "-o", "back.npy"], in: scratch).code == 0)
    #expect(
      try Program.run(["decode", "-m", "m.vae", "stream", "-c"], in: scratch).output
        == scratch.read("back.npy"))
  }

  @Test("an output is not its own input")
  func sameFile() throws {
    let scratch = try Models.scratch()
    let outcome = try Program.run(
      ["encode", "-f", "--rm", "-m", "m.vae", "new.npy", "-o", "./new.npy"], in: scratch)
    #expect(outcome.isOneLineOfError)
    #expect(try scratch.read("new.npy") == ByteArray.digits.npy)
  }

  @Test(
    "every format can be written, and read again",
    arguments: ["npy", "idx", "csv", "raw", "fvecs", "bvecs", "ivecs"])
  func formats(name: String) throws {
    let scratch = try Models.scratch()
    let raw = name == "raw" ? "--dtype u1 --shape 8x8" : ""
    let script = """
      vaec encode --quiet -m m.vae new.npy && vaec decode --quiet -m m.vae new.npy.vaec --to \(name) -o back
      vaec info --json --format \(name) \(raw) back
      """
    let object = try Program.shell(script, in: scratch).file()
    #expect(object["samples"] as? Int == 179 && object["values_per_sample"] as? Int == 64)
  }

  @Test("the suffix of -o chooses the format and the compression")
  func suffixes() throws {
    let scratch = try Models.scratch()
    let script = """
      vaec encode -m m.vae new.npy && vaec decode -m m.vae new.npy.vaec -o back.csv.gz &&
      vaec decode -m m.vae new.npy.vaec -o back.tsv && vaec decode -m m.vae new.npy.vaec --to idx &&
      vaec decode -m m.vae new.npy.vaec -o back.npy.zst && gzip -d back.csv.gz && zstd -q -d back.npy.zst
      """
    let outcome = try Program.shell(script, in: scratch)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let back = try #require(ByteArray(npy: try scratch.read("back.npy")))
    let lines = back.csv.split(separator: "\n").dropFirst()
    let csv = String(decoding: try scratch.read("back.csv"), as: UTF8.self)
    #expect(csv.split(separator: "\n")[...] == lines)
    let tsv = String(decoding: try scratch.read("back.tsv"), as: UTF8.self)
    #expect(tsv == csv.replacingOccurrences(of: ",", with: "\t"))
    #expect(try scratch.read("new.idx") == back.idx)
  }
}
