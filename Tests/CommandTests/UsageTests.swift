import Foundation
import Testing

/// Help, versions, and arguments that make no sense.
@Suite("usage")
struct UsageTests {
  @Test("--version prints the name and a version")
  func version() throws {
    let outcome = try Program.run(["--version"])
    #expect(outcome.code == 0 && outcome.errors.isEmpty)
    #expect(outcome.text.hasPrefix("vaec ") && outcome.text.split(separator: ".").count == 3)
  }

  @Test("--help gives an overview with examples, and every command has its own")
  func help() throws {
    let overview = try Program.run(["--help"])
    #expect(overview.code == 0 && overview.text.contains("EXAMPLES"))
    for command in ["fit", "encode", "decode", "eval", "info", "test"] {
      #expect(overview.text.contains("\n  \(command) "))
      let help = try Program.run([command, "--help"])
      #expect(help.code == 0 && help.text.contains("vaec \(command)") && help.text.contains("EXAMPLES"))
    }
  }

  @Test(
    "wrong usage is told on standard error with exit code 64",
    arguments: [
      ["nothing"], ["help", "nothing"], ["-dash.npy"], ["-m"], ["encode", "x.npy"],
      ["encode", "-m", "m", "-dash.npy"], ["decode", "-help.vaec"],
      ["encode", "-m", "m", "-r", "x", "-o", "y"],
      ["encode", "-m", "m", "--output-dir", "x", "-c", "y"],
      ["decode", "--compare", "x", "a.vaec", "b.vaec"],
      ["decode", "--compare", "x", "--rows", "3", "a.vaec"], ["decode", "--compare", "-"],
      ["encode", "-m", "m", "-q", "101", "x"],
      ["encode", "-m", "m", "-q", "nan", "x"],
      ["encode", "-m", "m", "-q", "3", "--psnr", "30", "x"],
      ["encode", "-m", "m", "--psnr", "3", "--bits", "30", "x"],
      ["encode", "-m", "m", "--bits", "3", "--size", "30", "x"],
      ["encode", "-m", "m", "--size", "3", "-q", "30", "x"],
      ["encode", "-m", "m", "--psnr", "nan", "x"], ["encode", "-m", "m", "--psnr", "0", "x"],
      ["encode", "-m", "m", "--psnr=-3", "x"], ["encode", "-m", "m", "--psnr", "inf", "x"],
      ["encode", "-m", "m", "--bits", "nan", "x"], ["encode", "-m", "m", "--bits=-0.5", "x"],
      ["encode", "-m", "m", "--bits", "0", "x"], ["encode", "-m", "m", "--size", "0", "x"],
      ["encode", "-m", "m", "--size=-4", "x"], ["encode", "-m", "m", "--size", "nan", "x"],
      ["encode", "-m", "m", "--size", "small", "x"],
      ["encode", "-m", "m", "--chunk", "0", "x"], ["encode", "-m", "m", "--chunk", "16777217", "x"],
      ["encode", "-m", "m", "--chunk", "some", "x"], ["encode", "-m", "m", "--append", "x"],
      ["encode", "-m", "m", "--append", "x", "-o", "-"], ["encode", "-m", "m", "--append", "x", "-c"],
      ["decode", "-m", "m", "--rows", "a:b", "x.vaec"], ["decode", "-m", "m", "--rows", "1:2:3", "x.vaec"],
      ["decode", "-m", "m", "--rows", "", "x.vaec"],
      ["encode", "-m", "m", "--bogus", "x"], ["encode", "-m", "m", "-o", "a", "-c", "x"],
      ["encode", "-m", "m", "-o", "a", "x", "y"], ["encode", "-m", "m", "-k", "--rm", "x"],
      ["encode", "-m", "m", "--json", "-c", "x"], ["decode", "-m", "m", "--json"],
      ["decode", "-m", "m", "--to", "png", "x.vaec"], ["fit", "x.npy"], ["fit", "x", "-o", "-"],
      ["fit", "x", "-o", "m", "--epochs", "0"], ["fit", "x", "-o", "m", "--epochs", "3", "--time", "3s"],
      ["fit", "x", "-o", "m", "--checkpoint", "m"],
      ["fit", "x", "-o", "m", "--resume", "-"],
      ["fit", "x", "-o", "m", "--time", "soon"], ["fit", "x", "-o", "m", "--holdout", "1"],
      ["fit", "x", "-o", "m", "--hidden", "3,,4"], ["fit", "x", "-o", "m", "--latents", "0"],
      ["fit", "x", "-o", "m", "--for", "0"],
      ["fit", "x", "-o", "m", "--memory", "much"], ["fit", "x", "-o", "m", "--shape", "8x-8"],
      ["fit", "x", "-o", "m", "--dtype", "c4"], ["fit", "x", "-o", "m", "--header", "maybe"],
      ["eval", "-m", "m", "-q", "3", "--every", "5", "x"], ["eval", "-m", "m", "--every", "0", "x"],
      ["encode", "-m", "m", "--effort", "10", "x"], ["encode", "-m", "m", "--effort", "much", "x"],
      ["encode", "-m", "m", "--effort", "-1", "x"], ["eval", "-m", "m", "--effort", "10", "x"],
      ["info", "-T", "-1", "x"],
    ])
  func wrongUsage(arguments: [String]) throws {
    let scratch = try Scratch()
    let outcome = try Program.run(arguments, in: scratch)
    #expect(outcome.code == 64)
    #expect(outcome.output.isEmpty && outcome.errors.hasPrefix("vaec: "))
    #expect(
      outcome.errors.hasSuffix("--help`\n") && !outcome.errors.dropLast().contains("\n"), "\(outcome.errors)")
    #expect(try scratch.names.isEmpty)
  }

  @Test("a misspelt command is named, with the one that is nearest", arguments: ["encoed", "dcode", "inof"])
  func misspelt(word: String) throws {
    for arguments in [[word, "x.npy"], ["help", word]] {
      let outcome = try Program.run(arguments)
      let nearest = ["encoed": "encode", "dcode": "decode", "inof": "info"][word] ?? ""
      #expect(
        outcome.code == 64
          && outcome.errors.contains("vaec: \(word): no such command; did you mean \(nearest)?"))
    }
    #expect(!(try Program.run(["xyzzy"]).errors.contains("mean")))
  }

  @Test("-V prints the version, and `help` a command's help")
  func short() throws {
    #expect(try Program.run(["-V"]).text == (try Program.run(["--version"]).text))
    #expect(try Program.run(["help", "encode"]).text == (try Program.run(["encode", "--help"]).text))
  }

  @Test("a file whose name begins with a dash comes after --")
  func dash() throws {
    let scratch = try Models.scratch(with: ["-dash.npy"])
    let outcome = try Program.run(["encode", "-m", "m.vae", "-q30", "--", "-dash.npy"], in: scratch)
    #expect(outcome.code == 0 && scratch.contains("-dash.npy.vaec"))
    let refused = try Program.run(["encode", "-m", "m.vae", "-dash.npy"], in: scratch)
    #expect(refused.code == 64 && refused.errors.contains("comes after --") && refused.output.isEmpty)
  }

  @Test("-d decodes, with the flags of zstd -d")
  func decodes() throws {
    let scratch = try Models.scratch()
    #expect(try Program.run(["encode", "-m", "m.vae", "new.npy"], in: scratch).code == 0)
    let model = ["VAEC_MODEL": scratch.path("m.vae")]
    let long = try Program.run(["decode", "-c", "-m", "m.vae", "new.npy.vaec"], in: scratch)
    #expect(try Program.run(["-dc", "new.npy.vaec"], environment: model, in: scratch).output == long.output)
    #expect(try Program.run(["-d", "new.npy.vaec"], environment: model, in: scratch).code == 1)
    #expect(try Program.run(["-df", "new.npy.vaec"], environment: model, in: scratch).code == 0)
    #expect(try scratch.read("new.npy") == long.output)
  }

  @Test("kernels that there are not are refused with those that there are")
  func kernels() throws {
    let outcome = try Program.run(
      ["info", Fixtures.path("digits-new.npy")], environment: ["VAEC_KERNELS": "abacus"])
    #expect(outcome.isOneLineOfError && outcome.errors.contains("plain"), "\(outcome.errors)")
  }
}
