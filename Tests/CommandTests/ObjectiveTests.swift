import Foundation
import Testing

/// The textbook VAE: fitted to the evidence lower bound, and good for every command.
@Suite("fit --objective elbo")
struct ObjectiveTests {
  private static let textbook = Result {
    let scratch = try Scratch()
    let outcome = try Program.run(
      [
        "fit", Fixtures.path("digits-fit.npy"), "-o", scratch.path("m.vae"), "--objective", "elbo",
        "--hidden",
        "64", "--latents", "4", "--epochs", "30", "--json",
      ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    return (model: try scratch.read("m.vae"), report: outcome)
  }

  private func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(try Self.textbook.get().model, to: "m.vae")
    try scratch.write(ByteArray.digits.npy, to: "new.npy")
    return scratch
  }

  @Test("fit, info and eval report the bound and its two terms")
  func bound() throws {
    let scratch = try scratch()
    let fit = try Self.textbook.get().report.json()
    let info = try Program.run(["info", "m.vae", "--json"], in: scratch).file()
    let eval = try Program.run(["eval", "-m", "m.vae", "new.npy", "-q", "30", "--json"], in: scratch).json()
    for json in [fit, info, eval] {
      let bound = try #require(json["elbo"] as? Double)
      let reconstruction = try #require(json["elbo_reconstruction"] as? Double)
      let divergence = try #require(json["elbo_kl"] as? Double)
      #expect((bound - (reconstruction - divergence)).magnitude < 1e-6)
      #expect(divergence > 1 && reconstruction < 0)
      // An image of 64 even chances has log 2 a pixel.
      #expect(bound > -64 * 0.694)
    }
    #expect(fit["elbo"] as? Double == info["elbo"] as? Double)
    #expect(info["objective"] as? String == "elbo" && info["likelihood"] as? String == "bernoulli")
    #expect(info["format_version"] as? Int == 4)
    let text = try Program.run(["info", "m.vae"], in: scratch).text
    #expect(text.contains("nats per sample") && text.contains("bernoulli likelihood"))
  }

  @Test("a textbook VAE encodes and decodes: more quality is more bytes and less error")
  func codes() throws {
    let scratch = try scratch()
    var before: (bytes: Int, error: Double) = (0, .infinity)
    for quality in [0, 30, 60, 100] {
      let pipe = "vaec encode -m m.vae -q \(quality) < new.npy | tee s.vaec | vaec decode -m m.vae"
      let outcome = try Program.shell(pipe, in: scratch)
      let back = try #require(ByteArray(npy: outcome.output), "\(outcome.errors)")
      let now = (bytes: try scratch.read("s.vaec").count, error: ByteArray.digits.error(of: back))
      #expect(now.bytes > before.bytes && now.error < before.error)
      before = now
    }
  }

  @Test("its latents are embedded, and drawn from the standard normal prior")
  func latents() throws {
    let scratch = try scratch()
    let embedded = try Program.shell(
      "vaec embed -m m.vae new.npy | vaec embed -m m.vae --inverse -o back.npy && vaec sample -m m.vae -n 50 -o s.npy",
      in: scratch)
    #expect(embedded.code == 0, "\(embedded.errors)")
    let back = try #require(ByteArray(npy: try scratch.read("back.npy")))
    #expect(ByteArray.digits.error(of: back) < 15)
    let samples = try #require(ByteArray(npy: try scratch.read("s.npy")))
    #expect(samples.rows == 50)
    // Digits have ink: neither nothing nor everything.
    let ink = samples.values.reduce(0) { $0 + Int($1) } / 50
    #expect((100...600).contains(ink))
  }

  @Test(
    "options that need one another say so",
    arguments: [
      ["--beta", "2"], ["--likelihood", "gaussian"], ["--objective", "elbo", "--for", "100"],
      ["--objective", "elbo", "--beta", "0"], ["--objective", "beauty"],
    ])
  func usage(arguments: [String]) throws {
    let scratch = try Scratch()
    let outcome = try Program.run(
      ["fit", Fixtures.path("digits-fit.npy"), "-o", scratch.path("m.vae")] + arguments)
    #expect(outcome.code == 64 && !outcome.errors.isEmpty)
    #expect(!scratch.contains("m.vae"))
  }

  @Test("values that are no probabilities are refused for Bernoulli's likelihood, with a way out")
  func noProbabilities() throws {
    let scratch = try Scratch()
    let values = (0..<400).map { Float($0 % 37) - 18 }
    try scratch.write(NpyFile.floats(values, shape: [100, 4]), to: "x.npy")
    let outcome = try Program.run(
      ["fit", "x.npy", "-o", "m.vae", "--objective", "elbo", "--likelihood", "bernoulli"], in: scratch)
    #expect(outcome.isOneLineOfError && outcome.errors.contains("--likelihood gaussian"))
  }
}
