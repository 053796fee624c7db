import Foundation
import Testing

@Suite("solid streams")
struct SolidTests {
  @Test("--solid makes one chunk of what takes several, and parts are still decoded")
  func encode() throws {
    let scratch = try Scratch()
    let values = (0..<20_000).flatMap { [Int32($0 / 10), Int32($0 * 37 % 101)] }
    try scratch.write(
      values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }, to: "x.raw")
    let raw = ["--dtype", "i4", "--shape", "2", "x.raw"]
    let fit = ["fit", "-o", "m.vae", "--epochs", "1", "--hidden", "4", "--layout", "rows"] + raw
    #expect(try Program.run(fit, in: scratch).code == 0)
    let encode = ["encode", "-f", "-m", "m.vae", "--max-error", "1", "--effort", "2"] + raw
    var sizes: [Int] = []
    for (options, chunks) in [([], 2), (["--solid"], 1)] {
      for threads in ["1", "3"] {
        let outcome = try Program.run(
          encode + options + ["-T", threads, "-o", "\(threads).vaec"], in: scratch)
        #expect(outcome.code == 0, "\(outcome.errors)")
      }
      let bytes = try scratch.read("1.vaec")
      #expect(bytes == (try scratch.read("3.vaec")))
      sizes.append(bytes.count)
      let info = try Program.run(["info", "1.vaec", "--json"], in: scratch)
      #expect(info.text.contains("\"chunks\": \(chunks)"))
    }
    #expect(sizes[1] < sizes[0])
    let decode = ["decode", "-f", "-m", "m.vae", "1.vaec"]
    #expect(try Program.run(decode + ["-o", "all.raw"], in: scratch).code == 0)
    #expect(try Program.run(decode + ["--rows", "19990:19992", "-o", "some.raw"], in: scratch).code == 0)
    let all = try scratch.read("all.raw")
    #expect(all.count == 160_000)
    #expect(try scratch.read("some.raw") == Array(all[159_920..<159_936]))
    #expect(try Program.run(encode + ["--solid", "--chunk", "100"], in: scratch).code == 64)
  }
}
