import Foundation
import Testing

/// Files at fault: one clear line, exit code 1, and no output.
@Suite("faults")
struct FaultTests {
  /// Encodes, decodes, tests or describes what is at fault, in a directory with m.vae, new.npy and
  /// new.npy.vaec.
  private func expectOneLine(
    _ arguments: [String], mentions words: [String], prepare: (Scratch) throws -> Void = { _ in }
  ) throws {
    let scratch = try Models.scratch()
    _ = try Program.run(["encode", "--quiet", "-m", "m.vae", "new.npy"], in: scratch)
    try prepare(scratch)
    let before = try scratch.names
    let outcome = try Program.run(arguments, in: scratch)
    #expect(outcome.isOneLineOfError, "\(outcome.code) \(outcome.errors)")
    for word in words { #expect(outcome.errors.contains(word), "\(outcome.errors)") }
    #expect(try scratch.names == before)
  }

  @Test("a file that is missing", arguments: ["fit", "encode", "decode", "eval", "info", "test"])
  func missing(command: String) throws {
    let model = ["encode", "decode", "eval"].contains(command) ? ["-m", "m.vae"] : []
    let output = command == "fit" ? ["-o", "x.vae"] : []
    try expectOneLine([command, "gone.vaec"] + model + output, mentions: ["gone.vaec: ", "no such file"])
  }

  @Test("a model that is missing, and one that is none")
  func missingModel() throws {
    try expectOneLine(["encode", "-m", "gone.vae", "new.npy", "-o", "x"], mentions: ["gone.vae"])
    try expectOneLine(["encode", "-m", "new.npy", "new.npy", "-o", "x"], mentions: ["new.npy"])
    try expectOneLine(
      ["decode", "-m", "new.npy.vaec", "new.npy.vaec", "-o", "x"], mentions: ["new.npy.vaec"])
  }

  @Test("samples that are cut", arguments: [5, 60, 127, 128, 1000])
  func truncatedSamples(length: Int) throws {
    try expectOneLine(["encode", "-m", "m.vae", "cut.npy"], mentions: ["cut.npy: "]) { scratch in
      try scratch.write(Array(ByteArray.digits.npy.prefix(length)), to: "cut.npy")
    }
  }

  @Test("a stream that is cut anywhere", arguments: [0, 3, 8, 20, 60, 200, -1])
  func truncatedStream(length: Int) throws {
    let cut = { (scratch: Scratch) in
      let bytes = try scratch.read("new.npy.vaec")
      try scratch.write(Array(length < 0 ? bytes.dropLast() : bytes.prefix(length)), to: "cut.npy.vaec")
    }
    try expectOneLine(["decode", "-m", "m.vae", "cut.npy.vaec"], mentions: ["cut.npy.vaec: "], prepare: cut)
    try expectOneLine(["test", "cut.npy.vaec"], mentions: ["cut.npy.vaec: "], prepare: cut)
  }

  @Test("a stream with one wrong byte", arguments: Array(stride(from: 9, to: 1000, by: 83)))
  func damagedStream(offset: Int) throws {
    let damage = { (scratch: Scratch) in
      var bytes = try scratch.read("new.npy.vaec")
      bytes[offset % bytes.count] ^= 0x55
      try scratch.write(bytes, to: "bad.npy.vaec")
    }
    try expectOneLine(
      ["decode", "-m", "m.vae", "bad.npy.vaec"], mentions: ["bad.npy.vaec: "], prepare: damage)
    try expectOneLine(["test", "bad.npy.vaec"], mentions: ["bad.npy.vaec: "], prepare: damage)
  }

  @Test("a model that is cut or has one wrong byte", arguments: [0, 3, 9, 100, 3000, -1, -2])
  func damagedModel(place: Int) throws {
    let damage = { (scratch: Scratch) in
      var bytes = try scratch.read("m.vae")
      if place == -2 {
        bytes[bytes.count / 2] ^= 1
      } else {
        bytes = Array(place == -1 ? bytes.dropLast() : bytes.prefix(place))
      }
      try scratch.write(bytes, to: "bad.vae")
    }
    try expectOneLine(
      ["encode", "-m", "bad.vae", "new.npy", "-o", "x"], mentions: ["bad.vae: "], prepare: damage)
    try expectOneLine(["test", "bad.vae"], mentions: ["bad.vae: "], prepare: damage)
    try expectOneLine(["info", "bad.vae"], mentions: ["bad.vae: "], prepare: damage)
  }

  @Test("a stream of another model, and one without its model")
  func wrongModel() throws {
    try expectOneLine(["decode", "-m", "other.vae", "new.npy.vaec", "-o", "x"], mentions: ["new.npy.vaec: "])
    {
      try $0.write(try Models.others.get(), to: "other.vae")
    }
    try expectOneLine(["decode", "new.npy.vaec", "-o", "x"], mentions: ["new.npy.vaec: ", "-m"])
  }

  @Test("samples of another shape")
  func wrongShape() throws {
    try expectOneLine(["encode", "-m", "m.vae", "wide.npy"], mentions: ["wide.npy: ", "8"]) { scratch in
      let values = [UInt8](repeating: 1, count: 7 * 9 * 8)
      try scratch.write(ByteArray(rows: 7, shape: [9, 8], values: values).npy, to: "wide.npy")
    }
  }

  @Test("inputs without a byte and without a row")
  func empty() throws {
    let prepare = { (scratch: Scratch) in
      try scratch.write([], to: "nothing")
      try scratch.write(ByteArray(rows: 0, shape: [8, 8], values: []).npy, to: "norows.npy")
    }
    try expectOneLine(["encode", "-m", "m.vae", "nothing"], mentions: ["nothing: "], prepare: prepare)
    try expectOneLine(["encode", "-m", "m.vae"], mentions: ["standard input"], prepare: prepare)
    try expectOneLine(["fit", "norows.npy", "-o", "x.vae"], mentions: ["norows.npy: "], prepare: prepare)
    try expectOneLine(["decode", "-m", "m.vae"], mentions: ["standard input"], prepare: prepare)
  }

  @Test("a fraction, where the model knows only integers, is named by row and column")
  func fraction() throws {
    try expectOneLine(
      ["encode", "-m", "m.vae", "half.npy"], mentions: ["half.npy: ", "row 17, column 3", "integer"]
    ) { scratch in
      var numbers = ByteArray.digits.values.map(Float.init)
      numbers[16 * 64 + 2] = 0.5
      try scratch.write(NpyFile.floats(numbers, shape: [179, 8, 8]), to: "half.npy")
    }
  }

  @Test("a text whose rows do not fit")
  func badText() throws {
    let bad = { (scratch: Scratch) in try scratch.write(Array("a,b\n1,2\n3\n".utf8), to: "bad.csv") }
    try expectOneLine(["fit", "bad.csv", "-o", "x.vae"], mentions: ["bad.csv: line 3"], prepare: bad)
    try expectOneLine(["info", "bad.csv"], mentions: ["bad.csv: line 3"], prepare: bad)
  }

  @Test("too few samples to fit")
  func tooFew() throws {
    try expectOneLine(["fit", "few.npy", "-o", "x.vae"], mentions: ["few.npy: ", "5"]) { scratch in
      try scratch.write(ByteArray.digits.prefix(5).npy, to: "few.npy")
    }
  }

  @Test("files of different shapes to fit together")
  func mixedShapes() throws {
    try expectOneLine(["fit", "new.npy", "wide.npy", "-o", "x.vae"], mentions: ["wide.npy: "]) { scratch in
      let values = [UInt8](repeating: 1, count: 70 * 9)
      try scratch.write(ByteArray(rows: 70, shape: [9], values: values).npy, to: "wide.npy")
    }
  }

  @Test(
    "a full disk", .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")),
    arguments: [
      "vaec encode --quiet -m m.vae < new.npy > /dev/full",
      "vaec encode --quiet -m m.vae new.npy -fo /dev/full",
      "vaec decode --quiet -m m.vae < s > /dev/full", "vaec decode --quiet -m m.vae s --to csv -o /dev/full",
      "vaec eval -q 50 -m m.vae new.npy > /dev/full", "vaec info m.vae > /dev/full",
      "vaec test s > /dev/full",
    ])
  func fullDisk(script: String) throws {
    let scratch = try Models.scratch()
    _ = try Program.run(["encode", "-m", "m.vae", "new.npy", "-o", "s"], in: scratch)
    let outcome = try Program.shell(script, in: scratch)
    #expect(outcome.isOneLineOfError && outcome.errors.contains("space"), "\(outcome.errors)")
    #expect(try scratch.names == ["m.vae", "new.npy", "s"])
  }

  @Test("a directory that is not to be written to")
  func noDirectory() throws {
    try expectOneLine(["fit", "new.npy", "-o", "gone/x.vae"], mentions: ["gone/x.vae: "])
    try expectOneLine(["encode", "-m", "m.vae", "new.npy", "-o", "gone/x"], mentions: ["gone/x: "])
  }
}
