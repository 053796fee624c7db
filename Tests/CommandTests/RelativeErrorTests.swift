import Foundation
import Records
import Testing

@Suite("bounds relative to each value")
struct RelativeErrorTests {
  /// Fluxes over eight decades, with zeros and both signs.
  private static let fluxes: [Float] = (0..<2400).map { place in
    let size = Foundation.pow(10, Double(place % 800) / 100 - 4) * (1 + 0.01 * sin(Double(place * place)))
    return Float(place % 37 == 5 ? 0 : place % 400 > 360 ? -size : size)
  }

  private func keeps(_ share: Double, _ old: Float, _ new: Float) -> Bool {
    let (a, b) = (Double(old), Double(new))
    return abs(a - b) <= share * abs(a) && (a == 0 || a.sign == b.sign)
  }

  @Test("an array keeps them, at every effort; info, test and JSON report them")
  func array() throws {
    let scratch = try Scratch()
    let bytes = Self.fluxes.flatMap { value in
      (0..<4).map { UInt8(value.bitPattern >> (8 * UInt32($0)) & 0xFF) }
    }
    try scratch.write(bytes, to: "x.raw")
    for (effort, bound, share) in [("0", "rel:1%", 0.01), ("2", "rel:0.001", 0.001), ("6", "rel:50%", 0.5)] {
      let pack = try Program.run(
        [
          "pack", "-f", "--dtype", "f4", "--shape", "4", "x.raw", "--max-error", bound, "--effort", effort,
          "--epochs", "2", "--hidden", "8", "--json",
        ], in: scratch)
      let guarantee = try #require(try pack.file()["guarantee"] as? [String: Any])
      #expect(guarantee["kind"] as? String == "max_relative_error")
      #expect(guarantee["max_relative_error"] as? Double == share)
      #expect(try scratch.read("x.raw.vaec").count < bytes.count / 2)
      #expect(try Program.run(["test", "x.raw.vaec"], in: scratch).code == 0)
      let info = try Program.run(["info", "x.raw.vaec"], in: scratch)
      #expect(info.text.contains("no value is off by more than \(share) of its magnitude"))
      #expect(try Program.run(["decode", "-f", "x.raw.vaec", "-o", "y.raw"], in: scratch).code == 0)
      let back = SampleBatch(elementType: .f4, valuesPerSample: 4, bytes: try scratch.read("y.raw")).doubles()
      #expect(zip(Self.fluxes, back).allSatisfy { keeps(share, $0, Float($1)) })
    }
  }

  @Test("columns of a table have them beside others, with a model")
  func table() throws {
    let scratch = try Scratch()
    let rows = (0..<300).map { row in
      "\(row),\(String(format: "%.3f", exp(sin(Double(row) / 9) * 5))),\(row * row % 5000),\(Double(row * 37 % 101) / 10)"
    }
    try scratch.write(
      Array(("id,price,count,temp\n" + rows.joined(separator: "\n") + "\n").utf8), to: "x.csv")
    let fit = try Program.run(["fit", "x.csv", "-o", "m.vae", "--epochs", "2", "--hidden", "6"], in: scratch)
    #expect(fit.code == 0)
    for bound in ["0.25,price=rel:1%,count=rel:0.1,id=0", "rel:1%,id=0,count=rel:10%,temp=0.25"] {
      let encode = try Program.run(
        ["encode", "-f", "-m", "m.vae", "x.csv", "--json", "--max-error", bound], in: scratch)
      let guarantee = try #require(try encode.file()["guarantee"] as? [String: Any])
      #expect(guarantee["kind"] as? String == "max_error_by_column")
      #expect((guarantee["max_errors"] as? [Any])?.map { $0 as? Double } == [nil, nil, 0.25])
      #expect((guarantee["max_relative_errors"] as? [Any])?.map { $0 as? Double } == [0.01, 0.1, nil])
      let decode = try Program.run(["decode", "-m", "m.vae", "-c", "x.csv.vaec"], in: scratch)
      let lines = decode.text.split(separator: "\n").dropFirst().map {
        $0.split(separator: ",").compactMap { Double($0) }
      }
      let known = rows.map { $0.split(separator: ",").compactMap { Double($0) } }
      #expect(lines.count == known.count)
      for (old, new) in zip(known, lines) {
        #expect(new.count == 4 && new[0] == old[0] && abs(new[1] - old[1]) <= 0.01 * old[1])
        #expect(abs(new[2] - old[2]) <= 0.1 * old[2] && abs(new[3] - old[3]) <= 0.25)
      }
    }
  }

  @Test("a bound is a share below 100 %")
  func usage() throws {
    let scratch = try Models.scratch()
    for bound in ["rel:", "rel:1", "rel:100%", "rel:-1%", "rel:x", "1%,2=rel:", "rel:nan"] {
      let outcome = try Program.run(["encode", "-m", "m.vae", "new.npy", "--max-error", bound], in: scratch)
      #expect(outcome.code == 64, "\(bound)")
    }
    let exact = try Program.run(
      ["encode", "-m", "m.vae", "new.npy", "--max-error", "rel:0", "--json"], in: scratch)
    #expect((try exact.file()["guarantee"] as? [String: Any])?["kind"] as? String == "lossless")
  }
}
