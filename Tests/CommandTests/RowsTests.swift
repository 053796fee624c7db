import Foundation
import Testing

/// Some rows of a file, and what is left of a damaged one.
@Suite("rows")
struct RowsTests {
  private func scratch() throws -> (scratch: Scratch, all: ByteArray, stream: [UInt8]) {
    let scratch = try Models.scratch()
    let script = """
      vaec encode --quiet -m m.vae --chunk 20 new.npy && vaec decode --quiet -m m.vae new.npy.vaec -o all.npy
      """
    #expect(try Program.shell(script, in: scratch).code == 0)
    let all = try #require(ByteArray(npy: try scratch.read("all.npy")))
    return (scratch, all, try scratch.read("new.npy.vaec"))
  }

  @Test("of a file or a pipe are those of the whole, as Python slices them")
  func rows() throws {
    let (scratch, all, _) = try scratch()
    let cases: [(String, Range<Int>)] = [
      ("100:130", 100..<130), (":10", 0..<10), ("-5:", 174..<179), ("7", 7..<8), ("-1", 178..<179),
      ("170:999", 170..<179), ("200:", 179..<179),
    ]
    for (text, rows) in cases {
      let values = Array(all.values[rows.lowerBound * 64..<rows.upperBound * 64])
      let expected = ByteArray(rows: rows.count, shape: [8, 8], values: values)
      for input in ["new.npy.vaec -c", "< new.npy.vaec", "- < <(cat new.npy.vaec)"] {
        let outcome = try Program.shell("vaec decode --quiet -m m.vae --rows \(text) \(input)", in: scratch)
        #expect(outcome.code == 0 && ByteArray(npy: outcome.output) == expected, "\(text) \(outcome.errors)")
      }
    }
  }

  @Test("lost ones are told on standard error and by test, and come back as 0 with exit code 1")
  func keepGoing() throws {
    let (scratch, all, stream) = try scratch()
    var bytes = stream
    bytes[stream.count / 3] ^= 0x20
    bytes[stream.count / 2] ^= 0x20
    try scratch.write(bytes, to: "bad.npy.vaec")
    let test = try Program.run(["test", "bad.npy.vaec"], in: scratch)
    #expect(test.code == 1 && test.output.isEmpty)
    #expect(test.errors.split(separator: "\n").count == 2, "\(test.errors)")
    let strict = try Program.run(["decode", "-m", "m.vae", "bad.npy.vaec"], in: scratch)
    #expect(strict.isOneLineOfError && !scratch.contains("bad.npy"))
    let outcome = try Program.run(
      ["decode", "--keep-going", "--rm", "-m", "m.vae", "bad.npy.vaec", "--json"], in: scratch)
    #expect(outcome.code == 1 && scratch.contains("bad.npy.vaec"))
    let json = try outcome.file()
    #expect(json["ok"] as? Bool == false && json["filled_samples"] as? Int == 40)
    let damage = try #require(json["damage"] as? [[String: Any]])
    let ranges = damage.compactMap { $0["rows"] as? [Int] }
    #expect(ranges.count == 2 && damage.allSatisfy { $0["kind"] as? String == "chunks" })
    let back = try #require(ByteArray(npy: try scratch.read("bad.npy")))
    #expect(back.rows == 179)
    for row in 0..<179 {
      let isLost = ranges.contains { row >= $0[0] && row < $0[1] }
      let expected = isLost ? [UInt8](repeating: 0, count: 64) : Array(all.values[row * 64..<row * 64 + 64])
      #expect(Array(back.values[row * 64..<row * 64 + 64]) == expected, "\(row)")
    }
    for range in ranges {
      #expect(test.errors.contains("rows \(range[0]):\(range[1]) are lost"))
    }
  }

  @Test("without damage, going on changes nothing, also in a pipe")
  func undamaged() throws {
    let (scratch, all, _) = try scratch()
    let outcome = try Program.shell(
      "cat new.npy.vaec | vaec decode --quiet --keep-going -m m.vae", in: scratch)
    #expect(outcome.code == 0 && ByteArray(npy: outcome.output) == all)
  }
}
