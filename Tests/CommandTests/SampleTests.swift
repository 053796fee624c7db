import Foundation
import Testing

/// New samples, walks, and what is told of latents.
@Suite("new samples")
struct SampleTests {
  @Test("sample writes to a pipe, and the same for the same seed, whatever the threads")
  func pipe() throws {
    let scratch = try Models.scratch(with: [])
    let script = """
      vaec sample --quiet -m m.vae -n 20 --seed 3 -T 1 > a.npy; vaec sample -m m.vae -n 20 --seed 3 -T 2 -o b.npy
      vaec sample --quiet -m m.vae -n 20 --seed 4 | cmp -s - a.npy; echo $?
      cmp a.npy b.npy; echo $?
      """
    let outcome = try Program.shell(script, in: scratch)
    #expect(outcome.text == "1\n0\n")
    #expect(
      outcome.errors.hasPrefix("m.vae: 20 new samples from the ") && outcome.errors.hasSuffix(", to b.npy\n"))
    let back = try #require(ByteArray(npy: try scratch.read("a.npy")))
    #expect(back.rows == 20 && back.shape == [8, 8] && back.values.allSatisfy { $0 <= 16 })
  }

  @Test("--sampler picks; a quality is the prior's")
  func samplers() throws {
    let scratch = try Models.scratch(with: [])
    func sampler(_ options: String...) throws -> String? {
      let arguments = ["sample", "--json", "-m", "m.vae", "-n", "2", "-f", "-o", "x.npy"] + options
      return try Program.run(arguments, in: scratch).json()["sampler"] as? String
    }
    let info = try Program.run(["info", "--json", "m.vae"], in: scratch).file()
    let count = try #require(info["mixture_components"] as? Int)
    #expect(try sampler() == (count > 0 ? "mixture" : "prior"))
    #expect(try sampler("-q", "20") == "prior")
    #expect(try sampler("--sampler", "prior") == "prior")
    #expect(try sampler("--sampler", "mixture") == (count > 0 ? "mixture" : nil))
  }

  @Test("samples around given ones come as many for each, from a pipe too")
  func around() throws {
    let scratch = try Models.scratch()
    let script = """
      vaec sample --quiet -m m.vae -n 3 --around - --spread 0 < new.npy > a.npy
      vaec embed --quiet -m m.vae < new.npy | vaec embed --quiet -m m.vae --inverse > b.npy
      """
    let outcome = try Program.shell(script, in: scratch)
    #expect(outcome.code == 0 && outcome.errors == "")
    let three = try #require(ByteArray(npy: try scratch.read("a.npy")))
    let one = try #require(ByteArray(npy: try scratch.read("b.npy")))
    #expect(three.rows == 3 * 179)
    for r in 0..<537 {
      let own = r / 3
      #expect(three.values[r * 64..<(r + 1) * 64] == one.values[own * 64..<(own + 1) * 64])
    }
  }

  @Test("a walk begins and ends at its samples, in any format")
  func walk() throws {
    let scratch = try Models.scratch()
    let script = """
      vaec embed --quiet -m m.vae new.npy | vaec embed --quiet -m m.vae --inverse --to csv > all.csv
      vaec interpolate --quiet -m m.vae new.npy new.npy --row 3,17 -n 6 --to csv > walk.csv
      sed -n '4p;18p' all.csv > ends; sed -n '1p;6p' walk.csv | cmp - ends
      vaec interpolate -m m.vae new.npy - --row 3,17 -n 6 -o w.npy < new.npy
      vaec interpolate -m m.vae new.npy new.npy --row 3,17 -n 6 --json -o v.npy; cmp v.npy w.npy
      """
    let outcome = try Program.shell(script, in: scratch)
    #expect(outcome.errors == "6 samples from new.npy to standard input, to w.npy\n")
    #expect(
      outcome.text
        == "{\"output\": \"v.npy\", \"samples\": 6, \"missing_values\": 0, \"labels\": [], \"left_out\": []}\n"
    )
  }

  @Test(
    "what cannot be is told in one line",
    arguments: [
      "interpolate -m m.vae new.npy new.npy", "interpolate -m m.vae new.npy new.npy --row 0,179",
      "interpolate -m m.vae new.npy none.npy --row 0", "sample -m m.vae -n 2 --around none.npy",
      "sample -m new.npy -n 2", "eval -m m.vae three.npy --samples",
    ])
  func faults(line: String) throws {
    let scratch = try Models.scratch()
    try scratch.write(ByteArray.digits.prefix(3).npy, to: "three.npy")
    let outcome = try Program.run(line.split(separator: " ").map(String.init), in: scratch)
    #expect(outcome.isOneLineOfError, "\(outcome.errors)")
  }

  @Test(
    "wrong usage has the code 64",
    arguments: [
      "sample -m m.vae -n 0", "sample -m m.vae -n 2 --spread 1", "sample -m m.vae -n 2 --sampler other",
      "sample -m m.vae -n 2 --sampler prior --around new.npy", "sample -m m.vae -n 2 --sampler mixture -q 3",
      "sample -m m.vae -n 2 --around new.npy --spread -1",
      "sample -m m.vae -n 2 --around new.npy --spread nan",
      "interpolate -m m.vae new.npy", "interpolate -m m.vae new.npy new.npy -n 1",
      "interpolate -m m.vae - -", "interpolate -m m.vae new.npy new.npy --row 1,2,3",
      "interpolate -m m.vae new.npy new.npy --row -1", "interpolate -m m.vae new.npy new.npy --row x",
      "eval -m m.vae new.npy --samples 1", "eval -m m.vae new.npy --samples 2001",

    ])
  func usage(line: String) throws {
    let scratch = try Models.scratch()
    let outcome = try Program.run(line.split(separator: " ").map(String.init), in: scratch)
    #expect(outcome.code == 64 && outcome.output.isEmpty && outcome.errors.hasPrefix("vaec: "))
  }

  @Test("eval --samples compares new samples with real ones, in both forms")
  func comparison() throws {
    let scratch = try Models.scratch()
    let object = try Program.run(
      ["eval", "-q", "50", "--json", "--samples", "-m", "m.vae", "new.npy"], in: scratch
    )
    .json()
    let new = try #require(object["new_samples"] as? [[String: Any]])
    #expect(!new.isEmpty && new.last?["sampler"] as? String == "prior")
    for one in new {
      #expect(
        Set(one.keys) == [
          "sampler", "samples", "bandwidth", "mmd2", "mmd2_real", "neighbour_accuracy",
          "neighbour_accuracy_real",
        ])
      #expect(one["samples"] as? Int == 89)
    }
    let text = try Program.run(
      ["eval", "-m", "m.vae", "new.npy", "-q", "50", "--samples", "60"], in: scratch
    ).text
    #expect(text.contains("60 new samples") && text.contains("1-NN accuracy") && text.contains("\n   real"))
    #expect(
      !(try Program.run(["eval", "-m", "m.vae", "new.npy", "-q50"], in: scratch).text.contains("1-NN")))
  }

  @Test("info tells of each latent its bits, its variance, in descending order, and what it explains")
  func latents() throws {
    let scratch = try Models.scratch(with: [])
    let object = try Program.run(["info", "--json", "m.vae"], in: scratch).file()
    let latents = try #require(object["latents"] as? [[String: Double]])
    #expect(latents.count > 2 && latents.allSatisfy { Set($0.keys) == ["bits", "variance", "explained"] })
    let variances = latents.compactMap { $0["variance"] }
    #expect(variances == variances.sorted(by: >))
    let explained = latents.compactMap { $0["explained"] }.reduce(0, +)
    #expect(explained > 0.5 && explained <= 1)
    let text = try Program.run(["info", "m.vae"], in: scratch).text
    #expect(text.contains("explained") && text.contains("\n   all"))
  }
}
