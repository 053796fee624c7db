import Foundation
import Testing

/// Samples through pipes, and back in the format that they came in.
@Suite("pipes")
struct PipeTests {
  /// The error at quality 60 that eval reports.
  private func reported(_ name: String, _ options: String = "", in scratch: Scratch) throws -> Double {
    let outcome = try Program.shell("vaec eval --json -q 60 -m m.vae \(options) \(name)", in: scratch)
    let points = try outcome.json()["points"] as? [[String: Any]]
    return try #require(points?.first?["mse"] as? Double)
  }

  @Test("npy comes back with its shape and type, and the error that eval reports")
  func npy() throws {
    let scratch = try Models.scratch()
    let pipe = "cat new.npy | vaec encode -m m.vae -q 60 | vaec decode -m m.vae > back.npy"
    let outcome = try Program.shell(pipe, in: scratch)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let back = try #require(ByteArray(npy: try scratch.read("back.npy")))
    #expect(back.rows == 179 && back.shape == [8, 8])
    let error = ByteArray.digits.error(of: back)
    #expect(error > 0 && error < 50)
    #expect(abs(error - (try reported("new.npy", in: scratch))) < 1e-9 * (1 + error))
  }

  @Test("gzipped IDX comes back as IDX")
  func idx() throws {
    let scratch = try Models.scratch(with: [])
    try scratch.write(ByteArray.digits.idx, to: "new-idx3-ubyte")
    let script = """
      gzip -n new-idx3-ubyte
      cat new-idx3-ubyte.gz | vaec encode -m m.vae -q 60 | vaec decode -m m.vae > back
      """
    #expect(try Program.shell(script, in: scratch).code == 0)
    let back = try scratch.read("back")
    let head = ByteArray.digits.idx.count - ByteArray.digits.values.count
    #expect(back.prefix(head) == ByteArray.digits.idx.prefix(head))
    let array = ByteArray(rows: 179, shape: [8, 8], values: Array(back.dropFirst(head)))
    let error = ByteArray.digits.error(of: array)
    #expect(abs(error - (try reported("new-idx3-ubyte.gz", in: scratch))) < 1e-9 * (1 + error))
  }

  @Test("CSV comes back with its names, its separators and its decimals")
  func csv() throws {
    let scratch = try Scratch()
    try scratch.write(Array(ByteArray.digits.csv.utf8), to: "new.csv")
    try scratch.write(try Models.fit([scratch.path("new.csv")]), to: "m.vae")
    let pipe = "cat new.csv | vaec encode -m m.vae -q 60 | vaec decode -m m.vae > back.csv"
    let outcome = try Program.shell(pipe, in: scratch)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let lines = String(decoding: try scratch.read("back.csv"), as: UTF8.self).split(separator: "\n")
    #expect(lines.count == 180)
    #expect(lines.first == ByteArray.digits.csv.split(separator: "\n").first)
    let values = lines.dropFirst().flatMap { $0.split(separator: ",").compactMap { UInt8($0) } }
    let error = ByteArray.digits.error(of: ByteArray(rows: 179, shape: [64], values: values))
    #expect(abs(error - (try reported("new.csv", in: scratch))) < 1e-9 * (1 + error))
  }

  @Test("raw values come back as raw values")
  func raw() throws {
    let scratch = try Models.scratch(with: [])
    try scratch.write(ByteArray.digits.values, to: "new.bin")
    let pipe = """
      cat new.bin | vaec encode -m m.vae -q 60 --dtype u1 --shape 8x8 | vaec decode -m m.vae > back.bin
      """
    let outcome = try Program.shell(pipe, in: scratch)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let back = ByteArray(rows: 179, shape: [8, 8], values: try scratch.read("back.bin"))
    let error = ByteArray.digits.error(of: back)
    #expect(
      abs(error - (try reported("new.bin", "--dtype u1 --shape 8,8", in: scratch))) < 1e-9 * (1 + error))
  }

  @Test("a better quality takes more bytes and leaves a smaller error")
  func qualities() throws {
    let scratch = try Models.scratch()
    var last: (bytes: Int, error: Double)?
    for quality in [10, 50, 90] {
      let script = "vaec encode -m m.vae -q \(quality) < new.npy > s; vaec decode -m m.vae < s"
      let back = try #require(ByteArray(npy: try Program.shell(script, in: scratch).output))
      let now = (bytes: try scratch.read("s").count, error: ByteArray.digits.error(of: back))
      if let last { #expect(now.bytes > last.bytes && now.error < last.error) }
      last = now
    }
  }

  @Test("a reader that goes away ends the program quietly")
  func brokenPipe() throws {
    let scratch = try Models.scratch()
    let many = ByteArray.digits.values + ByteArray.digits.values
    let rows = 2 * 179 * 8
    let values = (0..<8).flatMap { _ in many }
    try scratch.write(ByteArray(rows: rows, shape: [8, 8], values: values).npy, to: "many.npy")
    let script = """
      vaec encode --quiet -m m.vae many.npy
      (vaec decode --quiet -m m.vae -c --to csv many.npy.vaec; echo $? >&2) | head -c 1 >/dev/null
      """
    let outcome = try Program.shell(script, in: scratch)
    #expect(outcome.errors == "1\n")
  }

  @Test("streams one after another decode to the samples one after another")
  func concatenated() throws {
    let scratch = try Models.scratch()
    let script = """
      vaec encode --quiet -m m.vae < new.npy > one; cat one one > two
      vaec decode --quiet -m m.vae < one > one.npy; vaec decode --quiet -m m.vae < two > two.npy
      """
    #expect(try Program.shell(script, in: scratch).errors == "")
    let one = try #require(ByteArray(npy: try scratch.read("one.npy")))
    let two = try #require(ByteArray(npy: try scratch.read("two.npy")))
    #expect(two == ByteArray(rows: 358, shape: [8, 8], values: one.values + one.values))
  }
}
