import Foundation
import Testing

/// Tables and raw data as people have them: nothing is lost without a word.
@Suite("tables")
struct TextTests {
  private func scratch(_ files: [String: String]) throws -> Scratch {
    let scratch = try Scratch()
    for (name, text) in files { try scratch.write(Array(text.utf8), to: name) }
    return scratch
  }

  @Test("a text comes back byte for byte, however its numbers are spelled")
  func lossless() throws {
    let scratch = try scratch(["same.csv": "a,b\n1,2.50\n3,4.25\n", "other.csv": "a,b\n1.10,2\n1.1,2\n"])
    let same = try Program.run(["pack", "--lossless", "--rm", "same.csv"], in: scratch)
    #expect(same.code == 0 && same.errors.contains("every bit comes back"), "\(same.errors)")
    #expect(!scratch.contains("same.csv"))
    #expect(try Program.run(["decode", "same.csv.vaec"], in: scratch).code == 0)
    #expect(String(decoding: try scratch.read("same.csv"), as: UTF8.self) == "a,b\n1,2.50\n3,4.25\n")
    let piped = try Program.shell(
      "cat other.csv | vaec pack --lossless --quiet > piped.vaec && vaec decode --quiet < piped.vaec",
      in: scratch)
    #expect(piped.text == "a,b\n1.10,2\n1.1,2\n", "\(piped.errors)")
    let removed = try Program.run(["pack", "--lossless", "--rm", "other.csv"], in: scratch)
    #expect(
      removed.errors.contains("every bit comes back") && !scratch.contains("other.csv"), "\(removed.errors)")
  }

  @Test("encode keeps the text, of files and pipes, and removes what comes back")
  func encode() throws {
    let scratch = try Models.scratch()
    let script = "vaec encode --quiet -m m.vae new.npy && vaec decode --quiet -m m.vae new.npy.vaec -o t.csv"
    #expect(try Program.shell(script, in: scratch).code == 0)
    let text = String(decoding: try scratch.read("t.csv"), as: UTF8.self)
    try scratch.write(Array("# digits\n\(text)".utf8), to: "c.csv")
    for input in ["c.csv -o c.vaec", "< c.csv > c.vaec", "< <(cat c.csv) > c.vaec"] {
      let outcome = try Program.shell("vaec encode -f -m m.vae --lossless \(input)", in: scratch)
      #expect(outcome.code == 0, "\(outcome.errors)")
      let back = try Program.shell("vaec decode --quiet -m m.vae < c.vaec", in: scratch)
      #expect(back.text == "# digits\n\(text)")
    }
    let removed = try Program.run(["encode", "-m", "m.vae", "--lossless", "--rm", "c.csv"], in: scratch)
    #expect(removed.code == 0 && !scratch.contains("c.csv") && scratch.contains("c.csv.vaec"))
  }

  @Test("decimals after the first rows are not rounded away, whether the text can be read twice or not")
  func lateDecimals() throws {
    let rows = (0..<9000).map { $0 < 8999 ? "\($0 % 7).5,\($0 % 5)" : "2.123456,1.75" }
    let scratch = try scratch(["late.csv": "a,b\n" + rows.joined(separator: "\n") + "\n"])
    try scratch.write(try Models.fit([scratch.path("late.csv")]), to: "m.vae")
    for input in ["late.csv", "-"] {
      let script =
        "cat late.csv | vaec encode --quiet -m m.vae -q 100 --chunk 1000 \(input) -o s.vaec && vaec decode --quiet -m m.vae -c s.vaec; rm s.vaec"
      let outcome = try Program.shell(script, in: scratch)
      let last = try #require(outcome.text.split(separator: "\n").last).split(separator: ",").compactMap {
        Double($0)
      }
      #expect(
        outcome.code == 0 && last.count == 2 && abs(last[0] - 2.123456) < 0.02 && abs(last[1] - 1.75) < 0.02,
        "\(last) \(outcome.errors)")
    }
  }

  @Test("tables whose columns have other names, or the same in another order, are not mixed")
  func names() throws {
    func table(_ names: String, _ first: Int) -> String {
      names + "\n" + (0..<40).map { "\(($0 + first) * 7 % 41),\($0 * 3 % 17)" }.joined(separator: "\n") + "\n"
    }
    let scratch = try scratch([
      "ab.csv": table("a,b", 0), "ba.csv": table("b,a", 0), "ac.csv": table("a,c", 0),
      "more.csv": table("a,b", 40), "plain.csv": String(table("", 0).dropFirst()),
    ])
    let fit = try Program.run(["fit", "ab.csv", "more.csv", "ba.csv", "-o", "n.vae"], in: scratch)
    #expect(fit.isOneLineOfError && !scratch.contains("n.vae"), "\(fit.errors)")
    #expect(
      fit.errors.contains(
        "ba.csv: column 1 is named \"b\", but \"a\" in previous samples (the same names in another order)"),
      "\(fit.errors)")
    try scratch.write(try Models.fit([scratch.path("plain.csv")]), to: "m.vae")
    let first =
      "vaec encode --quiet -m m.vae ab.csv -o all.vaec && vaec encode --quiet -m m.vae --append more.csv -o all.vaec"
    #expect(try Program.shell(first, in: scratch).code == 0)
    let before = try scratch.read("all.vaec")
    let append = try Program.run(
      ["encode", "-m", "m.vae", "--append", "ac.csv", "-o", "all.vaec"], in: scratch)
    #expect(append.isOneLineOfError && append.errors.contains("column 2 is named \"c\""), "\(append.errors)")
    #expect(try scratch.read("all.vaec") == before)
    // What cat has joined is not mixed either, and each part can be had.
    let joined = try Program.shell(
      "vaec encode --quiet -m m.vae ba.csv && cat ba.csv.vaec >> all.vaec && vaec decode -m m.vae -c all.vaec > x",
      in: scratch)
    #expect(
      joined.isOneLineOfError && joined.errors.contains("--rows :80, and --rows 80:"), "\(joined.errors)")
    let part = try Program.shell("vaec decode --quiet -m m.vae -c all.vaec --rows 80:82", in: scratch)
    #expect(part.text.hasPrefix("b,a\n"), "\(part.errors)")
    let both = try Program.shell(
      "vaec encode --quiet -m m.vae ac.csv && vaec decode --quiet -m m.vae -c ba.csv.vaec ac.csv.vaec > x",
      in: scratch)
    #expect(both.isOneLineOfError && both.errors.contains("ac.csv.vaec: column 1"), "\(both.errors)")
  }

  @Test("several streams in a pipe, in one file and in several files have one right count of rows")
  func counts() throws {
    let scratch = try Models.scratch()
    let script = """
      set -e
      vaec encode --quiet -m m.vae new.npy -o a.vaec; vaec encode --quiet -m m.vae - < <(cat new.npy) > b.vaec
      cat a.vaec b.vaec a.vaec > c.vaec
      cat c.vaec | vaec decode --quiet -m m.vae | cat > piped.npy
      vaec decode --quiet -m m.vae -c c.vaec | cat > whole.npy
      vaec decode --quiet -m m.vae -c a.vaec - b.vaec < <(cat c.vaec) | cat > several.npy
      vaec decode --quiet -m m.vae c.vaec -o packed.npy.gz
      gzip -d packed.npy.gz
      """
    let outcome = try Program.shell(script, in: scratch)
    #expect(outcome.code == 0, "\(outcome.errors)")
    for (name, count) in [("piped.npy", 3), ("whole.npy", 3), ("several.npy", 5), ("packed.npy", 3)] {
      #expect(ByteArray(npy: try scratch.read(name))?.rows == count * 179, "\(name)")
    }
    let gone = try Program.shell(
      "vaec decode --quiet -m m.vae -c a.vaec gone.vaec | cat > x.npy; exit ${PIPESTATUS[0]}", in: scratch)
    let rest = try scratch.read("x.npy")
    #expect(gone.isOneLineOfError && rest.isEmpty, "\(gone.errors)")
  }

  @Test("one row has to be there")
  func rows() throws {
    let scratch = try Models.scratch()
    #expect(try Program.run(["encode", "--quiet", "-m", "m.vae", "new.npy"], in: scratch).code == 0)
    for row in ["1000", "179", "-180"] {
      let outcome = try Program.run(
        ["decode", "-m", "m.vae", "--rows", row, "-c", "new.npy.vaec"], in: scratch)
      #expect(
        outcome.isOneLineOfError && outcome.errors.contains("has 179 samples, but no row \(row)"),
        "\(outcome.errors)")
    }
  }

  @Test(
    "values that a format cannot hold are an error with nothing written, or clipped where that is asked for")
  func clip() throws {
    let scratch = try scratch(["x.csv": "1,2\n3,300.5\nnan,4\n"])
    #expect(try Program.run(["pack", "--lossless", "--quiet", "x.csv"], in: scratch).code == 0)
    for output in [["-o", "x.bvecs"], ["--to", "bvecs", "-c"]] {
      let outcome = try Program.run(["decode", "x.csv.vaec"] + output, in: scratch)
      #expect(
        outcome.isOneLineOfError && outcome.errors.contains("row 2, column 2 is 300.5, which u1 cannot hold"),
        "\(outcome.errors)")
      #expect(!scratch.contains("x.bvecs"))
    }
    #expect(
      try Program.run(["decode", "--quiet", "--clip", "x.csv.vaec", "-o", "x.bvecs"], in: scratch).code == 0)
    #expect(try scratch.read("x.bvecs") == [2, 0, 0, 0, 1, 2, 2, 0, 0, 0, 3, 255, 2, 0, 0, 0, 0, 4])
  }

  @Test(
    "raw data that do not fill the last sample are dropped or padded where that is asked for, with a line")
  func partial() throws {
    let scratch = try Scratch()
    try scratch.write([1, 2, 3, 4, 5], to: "x.raw")
    let options = ["pack", "--lossless", "--dtype", "u1", "--shape", "3", "x.raw"]
    let outcome = try Program.run(options, in: scratch)
    #expect(
      outcome.isOneLineOfError
        && outcome.errors.contains("2 values are left over after 1 sample of 3 values"), "\(outcome.errors)")
    for (partial, bytes) in [("drop", [1, 2, 3]), ("pad", [1, 2, 3, 4, 5, 0])] as [(String, [UInt8])] {
      let packed = try Program.run(options + ["--partial", partial, "-f"], in: scratch)
      #expect(
        packed.code == 0
          && packed.errors.contains(
            partial == "drop" ? "2 values after 1 sample discarded" : "1 zero added to fill sample 2"),
        "\(packed.errors)")
      #expect(try Program.run(["decode", "-c", "--quiet", "x.raw.vaec"], in: scratch).output == bytes)
    }
    let npy = ByteArray(rows: 2, shape: [2], values: [1, 2, 3, 4]).npy
    try scratch.write(npy, to: "x.npy")
    let wrong = try Program.run(["pack", "--dtype", "i2", "--shape", "64", "x.npy"], in: scratch)
    #expect(
      wrong.isOneLineOfError && wrong.errors.contains("x.npy: is a NumPy array, not raw values"),
      "\(wrong.errors)")
  }
}
