import Foundation
import Testing

/// What is told of each file, and of all of them.
@Suite("result lines")
struct ResultLineTests {
  @Test("encode, pack and decode --compare tell the same error, which is that of the decoded file")
  func figures() throws {
    let scratch = try Models.scratch()
    let encoded = try Program.run(["encode", "-m", "m.vae", "-q40", "--json", "new.npy"], in: scratch).file()
    let decoded = try Program.run(
      ["decode", "-m", "m.vae", "new.npy.vaec", "-o", "back.npy", "--compare", "new.npy", "--json"],
      in: scratch
    ).file()
    let back = try #require(ByteArray(npy: try scratch.read("back.npy")))
    let mse = ByteArray.digits.error(of: back)
    #expect(encoded["rmse"] as? Double == mse.squareRoot() && encoded["exact"] as? Bool == false)
    for key in ["rmse", "psnr_db", "psnr_peak", "max_error"] {
      #expect(encoded[key] as? Double == decoded[key] as? Double && encoded[key] as? Double != nil)
    }
    let bytes = Double(try scratch.read("new.npy").count)
    let ratio = try #require(encoded["ratio"] as? Double)
    #expect(abs(ratio - bytes / Double(try scratch.read("new.npy.vaec").count)) < 1e-9)
    let line = try Program.run(["encode", "-f", "-m", "m.vae", "-q40", "new.npy"], in: scratch).errors
    #expect(line.contains(" bits/sample, lossy, RMSE ") && line.contains(" dB, max error "))
    #expect(line.split(separator: "\n").count == 1)
    let quick = try Program.run(["encode", "-f", "--no-measure", "-m", "m.vae", "new.npy"], in: scratch)
      .errors
    #expect(!quick.contains("RMSE"))
    let packed = try Program.run(
      ["pack", "-f", "--max-error", "0.2", "new.npy", "--epochs", "1", "--hidden", "8", "--json"], in: scratch
    ).file()
    #expect(packed["exact"] as? Bool == true && packed["psnr_db"] is NSNull)
  }

  @Test(
    "ratios of a text are to its bytes, plain, compressed or from a pipe, and decoding tells those that it writes"
  )
  func ratios() throws {
    let scratch = try Models.scratch()
    try scratch.write(Array(ByteArray.digits.csv.utf8), to: "new.csv")
    let script = """
      gzip -k new.csv; cat new.csv.gz | vaec encode --json -m m.vae -o p.vaec -; vaec encode --json -m m.vae new.csv
      vaec decode --json -m m.vae new.csv.vaec -o back.csv.gz --compare new.csv
      """
    let outcome = try Program.shell(script, in: scratch)
    let files = try outcome.text.split(separator: "\n").map { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return try #require((object?["files"] as? [[String: Any]])?.first)
    }
    #expect(outcome.code == 0 && files.count == 3, "\(outcome.errors)")
    for (file, name) in zip(files, ["new.csv.gz", "new.csv", "back.csv.gz"]) {
      let bytes = try scratch.read(name).count
      #expect(file["file_bytes"] as? Int == bytes)
      let stream = try #require(file["stream_bytes"] as? Int)
      let ratio = try #require(file["ratio"] as? Double)
      #expect(abs(ratio - Double(bytes) / Double(stream)) < 1e-9)
    }
    #expect(files[1]["rmse"] as? Double == files[2]["rmse"] as? Double)
  }

  @Test("--compare refuses samples of another shape, fewer and more, and leaves no output")
  func others() throws {
    let scratch = try Models.scratch()
    #expect(try Program.run(["encode", "-m", "m.vae", "new.npy"], in: scratch).code == 0)
    try scratch.write(ByteArray.digits.prefix(20).npy, to: "few.npy")
    let digits = ByteArray.digits
    try scratch.write(ByteArray(rows: digits.rows, shape: [64], values: digits.values).npy, to: "flat.npy")
    try scratch.write(
      ByteArray(rows: 2 * digits.rows, shape: [8, 8], values: digits.values + digits.values).npy,
      to: "many.npy")
    for (name, words) in [
      ("few.npy", "fewer samples"), ("many.npy", "more samples"), ("flat.npy", "holds 64 values"),
    ] {
      let outcome = try Program.run(
        ["decode", "-m", "m.vae", "new.npy.vaec", "-o", "x.npy", "--compare", name], in: scratch)
      #expect(outcome.isOneLineOfError && outcome.errors.contains(words), "\(outcome.errors)")
      #expect(!scratch.contains("x.npy"))
    }
  }

  @Test("several files have a line with their total")
  func total() throws {
    let scratch = try Models.scratch(with: ["a.npy", "b.npy"])
    let outcome = try Program.run(["encode", "-m", "m.vae", "a.npy", "b.npy", "none.npy"], in: scratch)
    let bytes = try ["a.npy", "b.npy"].map { try scratch.read($0).count }.reduce(0, +)
    #expect(outcome.code == 1 && outcome.errors.contains("\n2 files: \(bytes) -> "), "\(outcome.errors)")
    #expect(outcome.errors.contains(", 1 of 3 with errors"))
  }

  @Test("-r takes the files in directories, and --output-dir mirrors their paths")
  func directories() throws {
    let scratch = try Models.scratch(with: [])
    let script = """
      mkdir -p data/deep/deeper && cp "\(Fixtures.path("digits-new.npy"))" data/a.npy && gzip -c data/a.npy > data/deep/b.npy.gz
      cp data/a.npy data/deep/deeper/c.npy; echo text > data/notes.md; ln -s .. data/deep/up
      export VAEC_MODEL=m.vae
      vaec encode --quiet -r data --output-dir out && vaec decode --quiet -r out --output-dir back
      cmp data/a.npy data/a.npy && (cd out && find . -type f | sort) && (cd back && find . -type f | sort)
      vaec encode --quiet data/a.npy --output-dir flat && ls flat
      vaec encode data; echo $?; mkdir empty; vaec encode -r empty; echo $?
      """
    let outcome = try Program.shell(script, in: scratch)
    #expect(
      outcome.text == """
        ./data/a.npy.vaec
        ./data/deep/b.npy.gz.vaec
        ./data/deep/deeper/c.npy.vaec
        ./out/data/a.npy
        ./out/data/deep/b.npy.gz
        ./out/data/deep/deeper/c.npy
        a.npy.vaec
        1
        1

        """, "\(outcome.errors)")
    #expect(
      outcome.errors.contains("data: is a directory; pass -r")
        && outcome.errors.contains("empty: contains no files"))
  }
}
