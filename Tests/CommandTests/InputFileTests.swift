import Foundation
import Testing

/// What happens to inputs, and what outputs have of them.
@Suite("inputs")
struct InputFileTests {
  private func set(_ scratch: Scratch, _ name: String, mode: Int, at time: Double = 1_000_000_000) throws {
    try FileManager.default.setAttributes(
      [.posixPermissions: mode, .modificationDate: Date(timeIntervalSince1970: time)],
      ofItemAtPath: scratch.path(name))
  }

  private func mode(_ scratch: Scratch, _ name: String) throws -> Int {
    try #require(
      try FileManager.default.attributesOfItem(atPath: scratch.path(name))[.posixPermissions] as? Int)
  }

  private func time(_ scratch: Scratch, _ name: String) throws -> Double {
    let attributes = try FileManager.default.attributesOfItem(atPath: scratch.path(name))
    return try #require(attributes[.modificationDate] as? Date).timeIntervalSince1970
  }

  @Test("outputs of encode, pack and decode keep permissions and time of the input")
  func attributes() throws {
    let scratch = try Models.scratch()
    try set(scratch, "m.vae", mode: 0o600)
    try set(scratch, "new.npy", mode: 0o640, at: 1_234_567_890.5)
    let script = """
      set -e; vaec encode --quiet -m m.vae new.npy; vaec decode --quiet -m m.vae new.npy.vaec -o back.npy
      vaec pack --quiet --epochs 1 --hidden 8 new.npy -o packed.vaec
      vaec encode --quiet -m m.vae -o piped.vaec < new.npy
      """
    let outcome = try Program.shell(script, in: scratch)
    #expect(outcome.code == 0, "\(outcome.errors)")
    for name in ["new.npy.vaec", "back.npy", "packed.vaec"] {
      #expect(try mode(scratch, name) == 0o640)
      #expect(try abs(time(scratch, name) - 1_234_567_890.5) < 1e-3)
    }
    #expect(try time(scratch, "piped.vaec") > 1_500_000_000)
  }

  @Test("what is learned or drawn has no more permissions than what it is made of")
  func derived() throws {
    let scratch = try Models.scratch(with: ["a.npy", "b.npy"])
    try set(scratch, "m.vae", mode: 0o644)
    try set(scratch, "a.npy", mode: 0o600)
    try set(scratch, "b.npy", mode: 0o644)
    let script = """
      set -e; umask 022
      vaec fit --quiet --epochs 1 --hidden 8 a.npy b.npy -o f.vae --checkpoint f.fit --report f.html
      vaec embed --quiet -m m.vae a.npy -o e.npy
      vaec sample --quiet -m m.vae -n 1 --around a.npy -o s.npy
      vaec interpolate --quiet -m m.vae --row 0 b.npy a.npy -o i.npy
      vaec eval --quiet -m m.vae a.npy -q 50 --report v.html
      vaec encode --quiet -m m.vae --append a.npy b.npy -o all.vaec
      vaec embed --quiet -m m.vae b.npy -o open.npy
      """
    let outcome = try Program.shell(script, in: scratch)
    #expect(outcome.code == 0, "\(outcome.errors)")
    for name in ["f.vae", "f.fit", "f.html", "e.npy", "s.npy", "i.npy", "v.html", "all.vaec"] {
      #expect(try mode(scratch, name) == 0o600, "\(name)")
    }
    #expect(try mode(scratch, "open.npy") == 0o644)
  }

  @Test(
    "--rm keeps symbolic links, inputs of pipes and of standard output, and those of which a part is decoded")
  func kept() throws {
    let scratch = try Models.scratch(with: ["a.npy"])
    func check(_ script: String, keeps name: String, _ reason: String) throws {
      let outcome = try Program.shell(script, in: scratch)
      let lines = outcome.errors.split(separator: "\n")
      #expect(outcome.code == 1 && lines.count == 1, "\(outcome.errors)")
      #expect(
        outcome.errors.contains("\(name): kept") && outcome.errors.contains(reason), "\(outcome.errors)")
    }
    try check(
      "ln -s a.npy l.npy; vaec encode --quiet --rm -m m.vae l.npy", keeps: "l.npy", "symbolic link")
    try check("vaec encode --quiet --rm -c -m m.vae a.npy > c.vaec", keeps: "a.npy", "not a regular file")
    try check("vaec encode --quiet --rm -m m.vae a.npy -o /dev/null", keeps: "a.npy", "not a regular file")
    try check(
      "vaec encode --quiet --rm -m m.vae < a.npy > s.vaec", keeps: "standard input", "not a regular file")
    try check(
      "vaec decode --quiet --rm -m m.vae --rows 0:2 l.npy.vaec -o two.npy", keeps: "l.npy.vaec",
      "some of its samples")
    #expect(scratch.contains("a.npy") && scratch.contains("l.npy") && scratch.contains("l.npy.vaec"))
    #expect(try scratch.read("c.vaec") == scratch.read("s.vaec"))
  }

  @Test("--rm removes what was read whole, plain or compressed, packed or decoded")
  func removed() throws {
    let scratch = try Models.scratch(with: ["a.npy", "b.npy", "c.npy", "d.npy"])
    let script = """
      set -e; gzip b.npy; cp a.npy e.npy
      vaec encode --quiet --rm -m m.vae a.npy b.npy.gz; vaec decode --quiet --rm -m m.vae a.npy.vaec
      vaec pack --quiet --rm --epochs 1 --hidden 8 c.npy; vaec decode --quiet --rm --keep-going c.npy.vaec -o c2.npy
      vaec encode --quiet --rm -m m.vae --append d.npy e.npy -o all.vaec
      """
    let outcome = try Program.shell(script, in: scratch)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(try scratch.names == ["a.npy", "all.vaec", "b.npy.gz.vaec", "c2.npy", "m.vae"])
  }

  @Test("no output takes the place of what is read, whatever names lead there, with or without -f")
  func roles() throws {
    let scratch = try Models.scratch(with: ["a.npy", "b.npy"])
    let setUp = """
      ln a.npy hard.npy; ln -s a.npy soft.npy; ln -s . here; ln m.vae other; cp a.npy c.fit
      vaec encode --quiet -m m.vae a.npy -o s.vaec
      """
    #expect(try Program.shell(setUp, in: scratch).code == 0)
    let before = try scratch.names
    for arguments in [
      "encode -m m.vae a.npy -o m.vae", "encode -m m.vae a.npy -o other", "encode -m m.vae a.npy -o hard.npy",
      "encode -m m.vae a.npy -o soft.npy", "encode -m m.vae hard.npy -o here/a.npy",
      "encode -m m.vae --append a.npy b.npy -o b.npy", "encode -m m.vae --append a.npy -o other",
      "decode -m m.vae s.vaec -o here/s.vaec", "decode -m other s.vaec -o m.vae", "pack a.npy -o hard.npy",
      "fit a.npy -o a.npy", "fit a.npy b.npy -o here/b.npy", "fit a.npy -o x.vae --report hard.npy",
      "fit a.npy -o x.vae --checkpoint soft.npy", "fit a.npy -o x.vae --report here/x.vae",
      "fit a.npy -o c.fit --resume c.fit --checkpoint d.fit", "eval -m m.vae a.npy --report other",
      "embed -m m.vae a.npy -o hard.npy", "sample -m m.vae -n 1 --around a.npy -o soft.npy",
      "sample -m m.vae -n 1 -o other", "interpolate -m m.vae --row 0 a.npy b.npy -o b.npy",
      "encode -m m.vae -o a.npy < a.npy",
    ] {
      for force in ["", " -f"] {
        let input = arguments.hasSuffix("< a.npy")
        let plain = input ? String(arguments.dropLast(8)) : arguments
        let outcome = try Program.shell("vaec \(plain)\(force)\(input ? " < a.npy" : "")", in: scratch)
        #expect(
          outcome.isOneLineOfError && outcome.errors.contains("name another output"),
          "\(arguments): \(outcome)")
      }
    }
    #expect(try scratch.names == before)
    #expect(try scratch.read("a.npy") == ByteArray.digits.npy && scratch.read("m.vae") == Models.digits.get())
    let twice = try Program.run(
      ["encode", "-f", "--quiet", "-m", "m.vae", "b.npy", "here/b.npy"], in: scratch)
    #expect(twice.isOneLineOfError && twice.errors.contains("two outputs"))
  }

  @Test("devices and pipes may be input and output of anything")
  func devices() throws {
    let scratch = try Models.scratch(with: ["a.npy", "b.npy"])
    let script = """
      set -e; vaec encode --quiet -m m.vae a.npy -o /dev/null; vaec encode --quiet -c -m m.vae a.npy b.npy > /dev/null
      vaec encode --quiet -m m.vae /dev/stdin -o /dev/stdout < a.npy | vaec decode --quiet -m m.vae /dev/stdin -c > x.npy
      """
    let outcome = try Program.shell(script, in: scratch)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(ByteArray(npy: try scratch.read("x.npy"))?.rows == 179)
  }
}
