import Foundation
import Testing

/// What commands tell about models, streams and data.
@Suite("reports")
struct ReportTests {
  @Test("fit ends with a table, and shows no bar where there is no terminal")
  func fitTable() throws {
    let scratch = try Models.scratch()
    let outcome = try Program.run(
      ["fit", "new.npy", "-o", "x.vae", "--epochs", "2", "--hidden", "8"], in: scratch)
    #expect(outcome.code == 0 && !outcome.errors.contains("\r"))
    let lines = outcome.text.split(separator: "\n")
    #expect(lines.first?.contains("latent") == true && lines.first?.contains("bytes") == true)
    let firsts = lines.suffix(5).map { $0.split(separator: " ").first.map(String.init) ?? "" }
    #expect(firsts == ["10", "30", "50", "70", "90"])
  }

  @Test("fit --json is one object with what the table says")
  func fitJSON() throws {
    let scratch = try Models.scratch()
    let arguments = ["fit", "new.npy", "-o", "x.vae", "--epochs", "2", "--hidden", "8", "--json", "-T", "1"]
    let object = try Program.run(arguments, in: scratch).json()
    #expect(object["rows"] as? Int == 179)
    #expect(object["model_bytes"] as? Int == (try scratch.read("x.vae").count))
    #expect((object["points"] as? [Any])?.count == 11)
    #expect(object["latents"] is [Any] && object["baseline_pca"] is [Any] && object["fingerprint"] is String)
  }

  @Test("encode --json and decode --json say what went through")
  func transferJSON() throws {
    let scratch = try Models.scratch(with: ["a.npy", "b.npy"])
    let one = try Program.run(["encode", "--json", "-q", "40", "-m", "m.vae", "a.npy"], in: scratch).file()
    #expect(one["samples"] as? Int == 179 && one["values_per_sample"] as? Int == 64)
    #expect(one["file_bytes"] as? Int == (try scratch.read("a.npy").count))
    #expect(one["raw_bytes"] as? Int == 179 * 64 && one["quality"] as? Double == 40)
    #expect(one["stream_bytes"] as? Int == (try scratch.read("a.npy.vaec").count))
    let two = try Program.run(
      ["decode", "--json", "-f", "-m", "m.vae", "a.npy.vaec", "b.npy.vaec"], in: scratch)
    #expect(two.code == 1)
    let files = try #require(try two.json()["files"] as? [[String: Any]])
    let total = try #require(try two.json()["total"] as? [String: Any])
    #expect(total["files"] as? Int == 2 && total["failed"] as? Int == 1 && total["samples"] as? Int == 179)
    #expect(files.count == 2 && files[0]["samples"] as? Int == 179 && files[1]["ok"] as? Bool == false)
  }

  @Test("eval --json has exactly the keys that it promises")
  func evalKeys() throws {
    let scratch = try Models.scratch()
    let object = try Program.run(["eval", "--json", "--every", "25", "-m", "m.vae", "new.npy"], in: scratch)
      .json()
    #expect(
      Set(object.keys) == [
        "samples", "values_per_sample", "dtype", "file_bytes", "compares_sizes_with_pca", "model_bytes",
        "points", "baseline_pca", "bd_rate_vs_pca",
        "break_even_samples", "break_even_samples_vs_zstd", "zstd_bits_per_sample", "reconstruction",
        "reconstruction_pca",
      ])
    let few = try #require(object["reconstruction"] as? [[String: Any]])
    #expect(few.allSatisfy { Set($0.keys) == ["latents", "mse", "psnr_db", "pca_mse", "pca_psnr_db"] })
    #expect(few.first?["latents"] as? Int == 1)
    #expect(["fit", "data"].contains(object["reconstruction_pca"] as? String))
    // Of 64 bytes a sample, zstd leaves about half.
    let zstd = try #require(object["zstd_bits_per_sample"] as? Double)
    #expect(zstd > 100 && zstd < 400)
    #expect(object["samples"] as? Int == 179 && object["dtype"] as? String == "u1")
    #expect(object["model_bytes"] as? Int == (try Models.digits.get().count))
    let points = try #require(object["points"] as? [[String: Any]])
    #expect(points.map { $0["quality"] as? Double } == [0, 25, 50, 75, 100])
    for point in points {
      #expect(
        Set(point.keys) == [
          "quality", "bits_per_sample", "bits_per_value", "ratio", "ratio_with_model", "mse", "rmse",
          "psnr_db", "max_error", "exact", "encode_mb_per_s", "decode_mb_per_s",
        ])
    }
    let pca = try #require(object["baseline_pca"] as? [[String: Any]])
    #expect(!pca.isEmpty && pca.allSatisfy { Set($0.keys) == ["bits_per_sample", "mse", "psnr_db"] })
  }

  @Test("the rate that eval reports is that of the stream that encode writes")
  func evalRate() throws {
    let scratch = try Models.scratch()
    let object = try Program.run(["eval", "--json", "-q", "35", "-m", "m.vae", "new.npy"], in: scratch).json()
    let point = try #require((object["points"] as? [[String: Any]])?.first)
    _ = try Program.run(["encode", "-q", "35", "-m", "m.vae", "new.npy"], in: scratch)
    let bytes = Double(try scratch.read("new.npy.vaec").count)
    let bits = try #require(point["bits_per_sample"] as? Double)
    #expect(abs(bits - 8 * bytes / 179) < 1e-9)
    let ratio = try #require(point["ratio"] as? Double)
    #expect(abs(ratio - Double(try scratch.read("new.npy").count) / bytes) < 1e-9)
  }

  @Test("eval without -q measures 21 qualities, in a table")
  func evalTable() throws {
    let scratch = try Models.scratch()
    let outcome = try Program.run(["eval", "-m", "m.vae", "new.npy"], in: scratch)
    #expect(outcome.code == 0 && outcome.errors.isEmpty)
    let qualities = outcome.text.split(separator: "\n").prefix { !$0.hasPrefix("Mean") }.compactMap { line in
      line.split(separator: " ").first.flatMap { Int($0) }
    }
    #expect(qualities == Array(stride(from: 0, through: 100, by: 5)))
  }

  @Test("info tells models, streams and samples apart")
  func info() throws {
    let scratch = try Models.scratch()
    _ = try Program.run(["encode", "-q", "30", "-m", "m.vae", "new.npy"], in: scratch)
    let model = try Program.run(["info", "--json", "m.vae"], in: scratch).file()
    #expect(model["kind"] as? String == "model" && model["sample_shape"] as? [Int] == [8, 8])
    let stream = try Program.run(["info", "--json", "new.npy.vaec"], in: scratch).file()
    let part = try #require((stream["streams"] as? [[String: Any]])?.first)
    #expect(part["samples"] as? Int == 179 && part["quality"] as? Double == 30)
    let fingerprint = try #require(model["fingerprint"] as? String)
    #expect(part["fingerprint"] as? String == fingerprint)
    let samples = try Program.run(["info", "--json", "new.npy"], in: scratch).file()
    #expect(samples["kind"] as? String == "samples" && samples["samples"] as? Int == 179)
    #expect(samples["format"] as? String == "npy" && samples["dtype"] as? String == "u1")
    let all = try Program.run(["info", "m.vae", "new.npy.vaec", "new.npy"], in: scratch)
    #expect(all.code == 0 && all.errors.isEmpty)
    #expect(all.text.contains("m.vae: model") && all.text.contains("new.npy.vaec: stream"))
  }

  @Test(
    "info knows every format",
    arguments: [
      ("u2.npy", "npy", "u2"), ("numbers.idx", "idx", "f4"), ("header.csv.gz", "csv", "f8"),
      ("numbers.fvecs.zst", "vecs", "f4"),
    ])
  func formats(name: String, format: String, type: String) throws {
    let object = try Program.run(["info", "--json", Fixtures.path("formats/\(name)")]).file()
    #expect(object["format"] as? String == format && object["samples"] as? Int == 6)
    #expect(object["values_per_sample"] as? Int == 4)
    #expect(format == "csv" || object["dtype"] as? String == type)
  }

  @Test("test says ok for good files, and goes on after bad ones")
  func test() throws {
    let scratch = try Models.scratch()
    _ = try Program.run(["encode", "-m", "m.vae", "new.npy"], in: scratch)
    let good = try Program.run(["test", "new.npy.vaec", "m.vae"], in: scratch)
    #expect(good.code == 0 && good.errors.isEmpty)
    let lines = good.text.split(separator: "\n")
    #expect(lines.first == "new.npy.vaec: ok (179 samples, 1 chunk; not decoded)")
    #expect(lines.last?.hasPrefix("m.vae: ok (") == true)
    let mixed = try Program.run(["test", "-m", "m.vae", "new.npy", "new.npy.vaec"], in: scratch)
    #expect(mixed.code == 1 && mixed.text == "new.npy.vaec: ok (179 samples, 1 chunk)\n")
    #expect(mixed.errors.hasPrefix("vaec: new.npy: ") && mixed.errors.split(separator: "\n").count == 1)
  }

  @Test("zstd accepts a stream as a file of its own")
  func zstd() throws {
    let scratch = try Models.scratch()
    let outcome = try Program.shell(
      "vaec encode --quiet -m m.vae -o s.zst new.npy && zstd -q -t s.zst", in: scratch)
    #expect(outcome.code == 0, "\(outcome.errors)")
  }
}
