import Foundation
import Testing

/// Data at the edges of what there is, and the same bytes everywhere.
@Suite("data")
struct DataTests {
  @Test("one sample goes there and back")
  func oneSample() throws {
    let scratch = try Models.scratch()
    try scratch.write(ByteArray.digits.prefix(1).npy, to: "new.npy")
    let pipe = "vaec encode -m m.vae -q 90 < new.npy | vaec decode -m m.vae"
    let outcome = try Program.shell(pipe, in: scratch)
    let back = try #require(ByteArray(npy: outcome.output), "\(outcome.errors)")
    #expect(back.rows == 1 && ByteArray.digits.prefix(1).error(of: back) < 4)
  }

  @Test("an array without rows stays one")
  func noSamples() throws {
    let scratch = try Models.scratch()
    try scratch.write(ByteArray.digits.prefix(0).npy, to: "new.npy")
    let outcome = try Program.shell("vaec encode -m m.vae < new.npy | vaec decode -m m.vae", in: scratch)
    #expect(ByteArray(npy: outcome.output) == ByteArray.digits.prefix(0), "\(outcome.errors)")
  }

  @Test("single values, and columns without variance, can be fitted and encoded", arguments: [1, 3])
  func narrow(columns: Int) throws {
    let scratch = try Scratch()
    let rows = 200
    var values: [Float] = []
    for row in 0..<rows {
      values.append(Float(row * 37 % 101) / 7)
      for column in stride(from: 1, to: columns, by: 1) { values.append(Float(column)) }
    }
    let shape = columns == 1 ? [rows] : [rows, columns]
    try scratch.write(NpyFile.floats(values, shape: shape), to: "x.npy")
    try scratch.write(try Models.fit([scratch.path("x.npy"), "--layout", "rows"]), to: "m.vae")
    let pipe = "vaec encode -m m.vae -q 90 < x.npy | vaec decode -m m.vae"
    let outcome = try Program.shell(pipe, in: scratch)
    let back = try #require(NpyFile(outcome.output), "\(outcome.errors)")
    #expect(back.shape == shape && back.type == "<f4")
    let numbers = back.values.withUnsafeBytes { bytes in
      (0..<values.count).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
    let errors = zip(values, numbers).map { abs($0 - $1) }
    #expect((errors.max() ?? .infinity) < 1)
  }

  @Test("data that never change can be fitted and encoded")
  func constant() throws {
    let scratch = try Scratch()
    try scratch.write(
      ByteArray(rows: 50, shape: [6], values: [UInt8](repeating: 7, count: 300)).npy, to: "x.npy")
    try scratch.write(try Models.fit([scratch.path("x.npy")]), to: "m.vae")
    let outcome = try Program.shell("vaec encode -m m.vae < x.npy | vaec decode -m m.vae", in: scratch)
    #expect(try outcome.output == scratch.read("x.npy"), "\(outcome.errors)")
    #expect(try Program.shell("vaec eval -m m.vae x.npy && vaec info m.vae", in: scratch).code == 0)
  }

  @Test("samples of another type than the model's keep theirs")
  func otherType() throws {
    let scratch = try Models.scratch()
    let numbers = ByteArray.digits.values.map(Float.init)
    try scratch.write(NpyFile.floats(numbers, shape: [179, 8, 8]), to: "new.npy")
    let outcome = try Program.shell("vaec encode -m m.vae < new.npy | vaec decode -m m.vae", in: scratch)
    let back = try #require(NpyFile(outcome.output), "\(outcome.errors)")
    #expect(back.type == "<f4" && back.shape == [179, 8, 8])
  }

  @Test("every variant of the kernels and every number of threads makes and decodes the same bytes")
  func exact() throws {
    let scratch = try Models.scratch()
    let stream = try Program.shell("vaec encode -m m.vae -q 70 < new.npy", in: scratch).output
    try scratch.write(stream, to: "s")
    let samples = try Program.shell("vaec decode -m m.vae < s", in: scratch).output
    #expect(ByteArray(npy: samples) != nil)
    var tried = 0
    for kernels in ["avx512", "avx2", "neon", "plain"] {
      for threads in ["1", "2"] {
        let environment = ["VAEC_KERNELS": kernels]
        let decoded = try Program.shell(
          "vaec decode -T \(threads) -m m.vae < s", environment: environment, in: scratch)
        if decoded.code != 0, decoded.errors.contains("VAEC_KERNELS") { continue }
        #expect(decoded.output == samples)
        let encoded = try Program.shell(
          "vaec encode -T\(threads) -m m.vae -q70 < new.npy", environment: environment, in: scratch)
        #expect(encoded.output == stream)
        tried += 1
      }
    }
    #expect(tried >= 2)
  }

  @Test("values outside the range of the fitted data are counted, and come back as its end")
  func clipped() throws {
    let scratch = try Models.scratch()
    var images = ByteArray.digits
    images.values[3 * 64] = 200
    try scratch.write(images.npy, to: "new.npy")
    let outcome = try Program.run(["encode", "-q", "20", "-m", "m.vae", "new.npy"], in: scratch)
    #expect(outcome.code == 0 && outcome.errors.contains("new.npy: 1 value outside the range"))
    let back = try Program.run(["decode", "-c", "-m", "m.vae", "new.npy.vaec"], in: scratch)
    #expect(ByteArray(npy: back.output)?.values.max() == 16)
  }

  @Test("equal seeds give equal models")
  func deterministic() throws {
    #expect(try Models.fit([Fixtures.path("digits-fit.npy")]) == Models.digits.get())
    #expect(try Models.digits.get() != Models.others.get())
  }
}
