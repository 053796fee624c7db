import Foundation
import Testing

/// Names of files and columns are bytes: they open, come back, and do nothing to a terminal.
@Suite("names and bytes")
struct NameTests {
  @Test("files whose names are no UTF-8 are read, written and removed, and shown with numbers")
  func latinNames() throws {
    let scratch = try Models.scratch()
    let script = #"""
      set -e; d=$(printf 'r\351sum\351'); mkdir "$d"; cp new.npy "$d/caf"$'\351'".npy"; cp new.npy "$d/cafè.npy"
      vaec encode --rm -m m.vae "$d/"*.npy
      vaec decode --quiet -m m.vae "$d/caf"$'\351'".npy.vaec" --to csv
      vaec info --json "$d/caf"$'\351'".csv"
      cd "$d"; test -e $'caf\351.csv'; test -e $'caf\351.npy.vaec'; test -e $'caf\303\250.npy.vaec'; ls | wc -l
      """#
    let outcome = try Program.shell(script, in: scratch)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains(#"r\xE9sum\xE9/caf\xE9.npy: 179 samples"#), "\(outcome.errors)")
    #expect(outcome.text.contains(#""file": "r\\xE9sum\\xE9/caf\\xE9.csv""#), "\(outcome.text)")
    #expect(outcome.text.hasSuffix("\n3\n"), "\(outcome.text)")
    let missing = try Program.shell(#"vaec info $'no\377\033[31m\nx'"#, in: scratch)
    #expect(
      missing.isOneLineOfError && missing.errors.contains(#"no\xFF\x1B[31m\x0Ax: "#), "\(missing.errors)")
  }

  @Test("bytes of files never reach a terminal as they are")
  func controls() throws {
    let scratch = try Scratch()
    try scratch.write(Array("a\u{1B}]0;x\u{7},b\u{7F}\u{9B}\n1,2\n3,4\n".utf8), to: "t.csv")
    try scratch.write(Array("a,b\n\u{1B}[2J,y\n".utf8), to: "bad.csv")
    let info = try Program.run(["info", "t.csv"], in: scratch)
    #expect(info.code == 0 && info.text.contains(#"a\x1B]0;x\x07, b\x7F\x9B"#), "\(info.text)")
    let json = try Program.run(["info", "--json", "t.csv"], in: scratch)
    #expect(try json.file()["columns"] as? [String] == ["a\u{1B}]0;x\u{7}", "b\u{7F}\u{9B}"])
    for byte in json.output.dropLast() { #expect(byte >= 0x20 && byte < 0x7F) }
    let bad = try Program.run(["info", "bad.csv"], in: scratch)
    #expect(bad.isOneLineOfError && bad.errors.contains(#"\x1B[2J"#))
    let usage = try Program.run(["info", "--no\u{1B}[2J"], in: scratch)
    #expect(usage.code == 64 && !usage.errors.contains("\u{1B}"))
  }

  @Test("headers of tables that are no UTF-8 come back byte for byte")
  func latinHeaders() throws {
    let scratch = try Scratch()
    let rows = (0..<40).map { "\($0),\($0 * 7 % 11)\n" }.joined()
    let table = Array("h".utf8) + [0xF6] + Array("he,\"".utf8) + [0xE9, 0xA0] + Array(",x\"\n\(rows)".utf8)
    try scratch.write(table, to: "t.csv")
    let outcome = try Program.shell(
      "vaec pack --quiet --lossless t.csv && mv t.csv t && vaec decode --quiet t.csv.vaec && vaec info t.csv",
      in: scratch)
    #expect(outcome.code == 0, "\(outcome.errors)")
    // Numbers are written as binary64 prints them.
    #expect(try scratch.read("t.csv").prefix { $0 != 0x0A } == table.prefix { $0 != 0x0A })
    #expect(outcome.text.contains(#"h\xF6he, \xE9\xA0,x"#), "\(outcome.text)")
  }

  @Test(
    "suffixes of what is not written are refused before any work, with what is",
    arguments: [
      "decode -m m.vae s.vaec -o x.mat", "decode -m m.vae s.vaec -o x.csv.bz2",
      "decode -m m.vae s.vaec -o x.CSV.XZ",
      "decode -m m.vae s.vaec -o x.vaec.gz", "decode -m m.vae s.vaec --to csv -o x.xlsx",
      "embed -m m.vae new.npy -o x.parquet", "sample -m m.vae -n 1 -o x.png",
      "interpolate -m m.vae --row 0 new.npy new.npy -o x.h5", "encode -m m.vae new.npy -o x.vaec.gz",
      "encode -m m.vae new.npy -o x.npy", "encode -m m.vae new.npy -o x.npy.zst",
      "encode -m m.vae --append new.npy -o x.zip",
      "pack new.npy -o x.npz",
      "fit new.npy -o x.npz", "fit new.npy -o x.vaec", "eval -m m.vae new.npy --report x.pdf",
    ])
  func suffixes(arguments: String) throws {
    let scratch = try Models.scratch()
    #expect(try Program.shell("vaec encode --quiet -m m.vae new.npy -o s.vaec", in: scratch).code == 0)
    let before = try scratch.names
    let outcome = try Program.shell("vaec \(arguments)", in: scratch)
    #expect(outcome.isOneLineOfError && outcome.errors.contains("cannot write ."), "\(outcome.errors)")
    #expect(try scratch.names == before)
  }

  @Test("suffixes that say nothing are fine")
  func otherSuffixes() throws {
    let scratch = try Models.scratch()
    let script = """
      set -e; vaec encode --quiet -m m.vae new.npy -o new.v1; vaec decode --quiet -m m.vae new.v1 -o b.dat.gz
      vaec decode --quiet -m m.vae new.v1 -o run.2024-01.csv; vaec encode --quiet -m m.vae new.npy -o codes.bin
      mv new.npy new.npz; vaec encode --quiet -m m.vae --format npy new.npz; rm new.npz; vaec decode --quiet -m m.vae new.npz.vaec
      """
    let outcome = try Program.shell(script, in: scratch)
    #expect(outcome.code == 0, "\(outcome.errors)")
  }

  @Test("a file of another format is named with the way out, by every command that reads samples")
  func otherFormats() throws {
    let scratch = try Models.scratch()
    try scratch.write(Array("CDF\u{1}".utf8) + [UInt8](repeating: 0, count: 64), to: "x.npy")
    #expect(
      try Program.shell("vaec encode --quiet -m m.vae new.npy -o s; cp m.vae m.npy", in: scratch).code == 0)
    for (file, kind) in [("x.npy", "a NetCDF file"), ("s", "a vaec stream"), ("m.npy", "a vaec model")] {
      for command in ["fit -o f.vae", "encode -m m.vae -o o", "pack -o o", "eval -m m.vae", "embed -m m.vae"]
      {
        let outcome = try Program.shell("vaec \(command) \(file)", in: scratch)
        #expect(
          outcome.isOneLineOfError && outcome.errors.contains("\(file): is \(kind); "),
          "\(command): \(outcome.errors)")
      }
    }
  }
}
