import Foundation
import Testing

/// An array of a type, for layouts.
private struct LayoutArray {
  var name: String
  var type: String
  var shape: [Int]
  var options: [String]

  /// The bytes of a value.
  private var size: Int { Int(type.suffix(1)) ?? 1 }

  /// Smooth values of some noise, so that a model has something to learn.
  var npy: [UInt8] {
    let count = shape.reduce(1, *)
    var state: UInt32 = 12345
    var bytes: [UInt8] = []
    for place in 0..<count {
      state = state &* 1_664_525 &+ 1_013_904_223
      var (wave, rest) = (0.0, place)
      for length in shape.reversed() {
        wave += sin(Double(rest % length) / 5)
        rest /= length
      }
      let value = 100 + 20 * wave + Double(state >> 28) / 8
      switch type {
      case "<f4": bytes += withUnsafeBytes(of: Float(value).bitPattern.littleEndian, Array.init)
      case ">f8": bytes += withUnsafeBytes(of: value.bitPattern.bigEndian, Array.init)
      case "<i2": bytes += withUnsafeBytes(of: Int16(value).littleEndian, Array.init)
      default: bytes.append(UInt8(min(255, max(0, value))))
      }
    }
    return NpyFile.bytes(type: type, shape: shape, bytes)
  }

  /// The part of an array's values that numpy's slices give.
  func part(of file: NpyFile, _ slices: [Range<Int>]) -> NpyFile? {
    let ranges = shape.indices.map { $0 < slices.count ? slices[$0] : 0..<shape[$0] }
    let values = Array(file.values)
    var part: [UInt8] = []
    for place in 0..<shape.reduce(1, *) {
      var (rest, isInside) = (place, true)
      for axis in shape.indices.reversed() {
        isInside = isInside && ranges[axis].contains(rest % shape[axis])
        rest /= shape[axis]
      }
      if isInside { part += values[place * size..<(place + 1) * size] }
    }
    return NpyFile(NpyFile.bytes(type: type, shape: ranges.map(\.count), part))
  }
}

@Suite("layouts of arrays")
struct LayoutCommandTests {
  private static let arrays = [
    LayoutArray(name: "recording", type: "<f4", shape: [1003], options: ["--window", "32:8"]),
    LayoutArray(name: "channels", type: "<i2", shape: [701, 3], options: ["--window", "20"]),
    LayoutArray(name: "image", type: "|u1", shape: [61, 83], options: ["--tile", "8x8"]),
    LayoutArray(name: "colours", type: "|u1", shape: [45, 50, 3], options: ["--tile", "8x8"]),
    LayoutArray(name: "field", type: "<f4", shape: [13, 22, 19], options: ["--tile", "4x8x8"]),
    LayoutArray(name: "stack", type: ">f8", shape: [9, 20, 30], options: ["--tile", "8x8"]),
    LayoutArray(name: "last axis", type: "<f4", shape: [12, 150], options: ["--axis", "-1"]),
    LayoutArray(name: "spectra", type: "<i2", shape: [14, 15, 16], options: ["--axis", "0,1"]),
  ]

  private func scratch(_ array: LayoutArray) throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(array.npy, to: "x.npy")
    let model = try Models.fit([scratch.path("x.npy")] + array.options)
    try scratch.write(model, to: "m.vae")
    return scratch
  }

  @Test("an array comes back byte for byte, and its parts as numpy gives them", arguments: arrays.indices)
  func lossless(index: Int) throws {
    let array = Self.arrays[index]
    let scratch = try scratch(array)
    for chunk in ["3", "100000"] {
      let encode = try Program.run(
        ["encode", "-m", "m.vae", "--lossless", "--chunk", chunk, "-f", "x.npy"], in: scratch)
      #expect(encode.code == 0 && encode.errors.contains("lossless"), "\(encode.errors)")
      for script in ["vaec decode -m m.vae x.npy.vaec -c", "cat x.npy.vaec | vaec decode -m m.vae"] {
        let decode = try Program.shell("\(script) --quiet", in: scratch)
        #expect(decode.code == 0 && decode.output == array.npy, "\(decode.errors)")
      }
      let whole = try #require(NpyFile(array.npy))
      var random = 17
      for _ in 0..<4 {
        let slices = array.shape.map { length in
          random = (random * 7919 + 104_729) % 65_521
          let first = random % length
          random = (random * 7919 + 104_729) % 65_521
          return first..<first + 1 + random % (length - first)
        }
        let text = slices.map { "\($0.lowerBound):\($0.upperBound)" }.joined(separator: ",")
        let part = try Program.run(
          ["decode", "-m", "m.vae", "x.npy.vaec", "--slice", text, "-c", "--quiet"], in: scratch)
        let found = try #require(NpyFile(part.output), "\(part.errors)")
        let expected = try #require(array.part(of: whole, slices))
        #expect(found.shape == expected.shape && found.values.elementsEqual(expected.values), "\(text)")
      }
    }
  }

  @Test("a bound holds, and the error reported is that of the array", arguments: arrays.indices)
  func bound(index: Int) throws {
    let array = Self.arrays[index]
    let scratch = try scratch(array)
    for target in [["--max-error", "2"], ["-q", "50"], ["--psnr", "35"]] {
      let encode = try Program.run(["encode", "-m", "m.vae", "-f", "--json", "x.npy"] + target, in: scratch)
      let decode = try Program.run(
        ["decode", "-m", "m.vae", "x.npy.vaec", "-o", "y.npy", "-f", "--json", "--compare", "x.npy"],
        in: scratch)
      let (told, found) = (try encode.file(), try decode.file())
      // The order of sums differs.
      let (a, b) = (told["rmse"] as? Double ?? 0, found["rmse"] as? Double ?? 1)
      #expect((a - b).magnitude <= 1e-12 * b, "\(target) \(encode.errors) \(decode.errors)")
      #expect(told["max_error"] as? Double == found["max_error"] as? Double)
      if target[0] == "--max-error" { #expect(found["max_error"] as? Double ?? 9 <= 2) }
    }
    let test = try Program.run(["test", "-m", "m.vae", "x.npy.vaec"], in: scratch)
    #expect(test.code == 0, "\(test.errors)")
  }

  @Test("info names the layout, embed gives a row for each window, and eval the array's error")
  func others() throws {
    let array = Self.arrays[0]
    let scratch = try scratch(array)
    let model = try Program.run(["info", "m.vae", "--json"], in: scratch).file()
    #expect(model["layout"] as? String == "window 32:8")
    #expect(try Program.run(["encode", "-m", "m.vae", "x.npy"], in: scratch).code == 0)
    let stream = try #require(
      try Program.run(["info", "x.npy.vaec", "--json"], in: scratch).file()["streams"] as? [[String: Any]])
    #expect(stream[0]["layout"] as? String == "window 32" && stream[0]["array_shape"] as? [Int] == [1003])
    #expect(stream[0]["samples"] as? Int == 32)
    let embed = try Program.run(["embed", "-m", "m.vae", "x.npy", "-o", "e.npy"], in: scratch)
    if embed.code == 0 {
      let latents = try #require(NpyFile(try scratch.read("e.npy")))
      #expect(latents.shape[0] == (1003 - 32 + 7) / 8 + 1)
    }
    let eval = try Program.run(["eval", "-m", "m.vae", "x.npy", "-q", "60", "--json"], in: scratch)
    let told = try Program.run(["encode", "-m", "m.vae", "-q", "60", "-f", "x.npy", "--json"], in: scratch)
      .file()
    let points = try #require(try eval.json()["points"] as? [[String: Any]], "\(eval.errors)")
    let (a, b) = (points[0]["rmse"] as? Double ?? 0, told["rmse"] as? Double ?? 1)
    #expect((a - b).magnitude < 1e-9 * b)
  }

  @Test("data that are samples already are not cut, and rows of windows are parts of the recording")
  func rows() throws {
    let scratch = try scratch(Self.arrays[0])
    let values = try #require(NpyFile(Self.arrays[0].npy)).values
    let windows = NpyFile.bytes(type: "<f4", shape: [31, 32], Array(values.prefix(31 * 32 * 4)))
    try scratch.write(windows, to: "w.npy")
    #expect(try Program.run(["encode", "-m", "m.vae", "--lossless", "w.npy"], in: scratch).code == 0)
    #expect(try Program.run(["decode", "-m", "m.vae", "w.npy.vaec", "-c"], in: scratch).output == windows)
    #expect(
      try Program.run(["encode", "-m", "m.vae", "--lossless", "--chunk", "2", "x.npy"], in: scratch).code == 0
    )
    let part = try Program.run(["decode", "-m", "m.vae", "x.npy.vaec", "--rows", "30:", "-c"], in: scratch)
    let expected = NpyFile.bytes(type: "<f4", shape: [43], Array(values.suffix(43 * 4)))
    #expect(part.output == expected, "\(part.errors)")
  }

  @Test("joined streams are joined arrays")
  func joined() throws {
    let scratch = try scratch(Self.arrays[1])
    let script = """
      vaec encode --quiet -m m.vae --lossless x.npy && cat x.npy.vaec x.npy.vaec > two.npy.vaec
      vaec decode --quiet -m m.vae two.npy.vaec -c > a.npy; vaec decode --quiet -m m.vae < two.npy.vaec > b.npy
      vaec decode --quiet -m m.vae two.npy.vaec --slice 690:712 -o c.npy
      """
    let outcome = try Program.shell(script, in: scratch)
    let values = Array(try #require(NpyFile(Self.arrays[1].npy)).values)
    let both = NpyFile.bytes(type: "<i2", shape: [1402, 3], values + values)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(try scratch.read("a.npy") == both)
    #expect(try scratch.read("b.npy") == both)
    let part = try #require(NpyFile(try scratch.read("c.npy")))
    #expect(part.shape == [22, 3] && Array(part.values) == Array((values + values)[690 * 6..<712 * 6]))
  }

  @Test("text is cut as well: numbers in the spelling of their column, and not where there are other columns")
  func text() throws {
    let scratch = try Scratch()
    let lines = (0..<640).map { "\(String(format: "%.2f", sin(Double($0) / 9))),\($0 % 7)" }
    try scratch.write(Array(("a,b\n" + lines.joined(separator: "\n") + "\n").utf8), to: "x.csv")
    try scratch.write(
      Array(("t,a,b\n" + lines.map { "x,\($0)" }.joined(separator: "\n") + "\n").utf8), to: "y.csv")
    try scratch.write(try Models.fit([scratch.path("x.csv"), "--window", "16"]), to: "m.vae")
    let script = """
      vaec encode --quiet -m m.vae --lossless x.csv && vaec decode --quiet -m m.vae x.csv.vaec -c | cmp - x.csv &&
      vaec encode --quiet -m m.vae --lossless < x.csv | cmp - x.csv.vaec &&
      vaec decode --quiet -m m.vae x.csv.vaec --slice 1:3,1: -c
      """
    let outcome = try Program.shell(script, in: scratch)
    #expect(outcome.code == 0 && outcome.text == "b\n1\n2\n", "\(outcome.errors) \(outcome.text)")
    let refused = try Program.run(["encode", "-m", "m.vae", "y.csv"], in: scratch)
    #expect(refused.isOneLineOfError && refused.errors.contains("text"), "\(refused.errors)")
    let chosen = try Program.run(["encode", "-m", "m.vae", "--columns", "a,b", "y.csv"], in: scratch)
    #expect(chosen.code == 0, "\(chosen.errors)")
  }

  @Test("raw values of one channel need no shape")
  func raw() throws {
    let scratch = try Scratch()
    let values = Array(try #require(NpyFile(Self.arrays[0].npy)).values)
    try scratch.write(values, to: "x.f32")
    let model = try Models.fit([scratch.path("x.f32"), "--dtype", "f4", "--window", "32"])
    try scratch.write(model, to: "m.vae")
    let script = """
      vaec encode --quiet -m m.vae --lossless --dtype f4 x.f32 && vaec decode --quiet -m m.vae x.f32.vaec -c | cmp - x.f32 &&
      cat x.f32 | vaec encode --quiet -m m.vae --lossless --dtype f4 | cmp - x.f32.vaec
      """
    let outcome = try Program.shell(script, in: scratch)
    #expect(outcome.code == 0, "\(outcome.errors)")
  }

  @Test("a slice of a stream without a layout is that of its array, or of its table")
  func slices() throws {
    let scratch = try Models.scratch()
    let script = """
      vaec encode --quiet -m m.vae --lossless --chunk 20 new.npy
      vaec decode --quiet -m m.vae new.npy.vaec --slice 10:50,-3:,2:4 -o part.npy
      printf 'day,a,b\\nmon,1,2\\ntue,3,4\\nwed,5,6\\n' > t.csv && vaec pack --quiet t.csv
      vaec decode --quiet t.csv.vaec --slice 1:,:2 -c
      """
    let outcome = try Program.shell(script, in: scratch)
    #expect(outcome.code == 0 && outcome.text == "day,a\ntue,3\nwed,5\n", "\(outcome.errors)\(outcome.text)")
    let part = try #require(ByteArray(npy: try scratch.read("part.npy")))
    var expected: [UInt8] = []
    for row in 10..<50 {
      for y in 5..<8 { for x in 2..<4 { expected.append(ByteArray.digits.values[row * 64 + y * 8 + x]) } }
    }
    #expect(part.rows == 40 && part.shape == [3, 2] && part.values == expected)
  }

  @Test("auto finds the axes that count, and pack does by itself")
  func auto() throws {
    let scratch = try Scratch()
    // Spectra of two sources, one for each pixel.
    var values: [Float] = []
    var state: UInt32 = 9
    for _ in 0..<24 * 25 {
      state = state &* 1_664_525 &+ 1_013_904_223
      let (a, b) = (Float(state >> 24), Float(state >> 16 & 255))
      for band in 0..<40 { values.append(a * sin(Float(band) / 6) + b * cos(Float(band * band) / 300)) }
    }
    try scratch.write(NpyFile.floats(values, shape: [24, 25, 40]), to: "x.npy")
    let model = try Models.fit([scratch.path("x.npy"), "--layout", "auto"])
    try scratch.write(model, to: "m.vae")
    let info = try Program.run(["info", "m.vae", "--json"], in: scratch).file()
    #expect(info["layout"] as? String == "axis 0,1")
    let pack = try Program.run(
      ["pack", "x.npy", "--max-error", "1%", "--json", "--epochs", "3", "--hidden", "8"], in: scratch)
    let told = try pack.file()
    #expect(
      told["layout"] as? String == "axis 0,1" && told["carries_model"] as? Bool == true, "\(pack.errors)")
    let decode = try Program.run(
      ["decode", "x.npy.vaec", "-c", "--compare", "x.npy", "--quiet"], in: scratch)
    #expect(try #require(NpyFile(decode.output), "\(decode.errors)").shape == [24, 25, 40])
  }

  @Test("what cannot be cut is refused with what to pass")
  func refusals() throws {
    let scratch = try scratch(Self.arrays[0])
    try scratch.write(LayoutArray(name: "", type: "|u1", shape: [40, 40, 3], options: []).npy, to: "i.npy")
    let cases: [(arguments: [String], part: String)] = [
      (["fit", "x.npy", "-o", "y.vae"], "--window"), (["fit", "i.npy", "-o", "y.vae"], "--tile"),
      (["fit", "x.npy", "-o", "y.vae", "--tile", "8x8"], "--window"),
      (["fit", "i.npy", "-o", "y.vae", "--axis", "3"], "--axis"),
      (["encode", "-m", "m.vae", "i.npy"], "fit a model on such samples"),
    ]
    for (arguments, part) in cases {
      let outcome = try Program.run(arguments, in: scratch)
      #expect(outcome.isOneLineOfError && outcome.errors.contains(part), "\(arguments): \(outcome.errors)")
    }
    #expect(try Program.run(["encode", "-m", "m.vae", "x.npy"], in: scratch).code == 0)
    for slice in ["0:1,0:1", "a:b", "3"] {
      let outcome = try Program.run(
        ["decode", "-m", "m.vae", "x.npy.vaec", "--slice", slice, "-c"], in: scratch)
      #expect(
        outcome.code != 0 && outcome.output.isEmpty && outcome.errors.contains("START:STOP"),
        "\(outcome.errors)")
    }
    for bad in [["--window", "0"], ["--window", "8:9"], ["--tile", "8"], ["--axis", "x"]] {
      #expect(try Program.run(["fit", "x.npy", "-o", "y.vae"] + bad, in: scratch).code == 64)
    }
  }
}
