import Foundation
import Testing

/// What files from anyone make the program do: it refuses what takes too much memory, before it takes it, with an exit code
/// and a line of its own. All runs here may have 1.5 GiB of addresses, and must end within seconds.
@Suite(
  "limits",
  .disabled(
    if: ProcessInfo.processInfo.environment["VAEC_SANITIZER"] != nil, "sanitizers take addresses of their own"
  ))
struct LimitTests {
  /// Runs the program where no process may have more memory.
  private func run(
    _ arguments: String, in scratch: Scratch, kilobytes: Int = 1_500_000
  ) throws -> Program.Outcome {
    try Program.shell("ulimit -v \(kilobytes) || exit 99; vaec \(arguments)", in: scratch)
  }

  private func expect(
    _ arguments: String, in scratch: Scratch, code: Int32, mentions words: [String]
  ) throws {
    let outcome = try run(arguments, in: scratch)
    #expect(outcome.code == code, "\(arguments): \(outcome.code) \(outcome.errors)")
    #expect(outcome.errors.hasPrefix("vaec: ") && outcome.errors.split(separator: "\n").count == 1)
    for word in words { #expect(outcome.errors.contains(word), "\(arguments): \(outcome.errors)") }
  }

  @Test("a header that declares 2^40 rows is a cut file, and takes no memory for them")
  func rows() throws {
    let scratch = try Models.scratch()
    try scratch.write(NpyFile.bytes(type: "|u1", shape: [1 << 40, 8, 8], [1, 2, 3]), to: "rows.npy")
    for command in ["encode -m m.vae rows.npy -o x", "embed -m m.vae rows.npy -o x", "fit rows.npy -o x.vae"]
    {
      try expect(command, in: scratch, code: 1, mentions: ["rows.npy"])
    }
  }

  @Test(
    "shapes beyond all bounds are refused", arguments: [[1 << 62, 2], [2, 1 << 62], [1 << 31, 1 << 31, 4]])
  func shapes(shape: [Int]) throws {
    let scratch = try Models.scratch()
    try scratch.write(NpyFile.bytes(type: "<f8", shape: shape, [0]), to: "shape.npy")
    for command in ["fit shape.npy -o x.vae", "embed -m m.vae shape.npy -o x"] {
      try expect(command, in: scratch, code: 1, mentions: ["shape.npy"])
    }
  }

  @Test("samples that are large are refused, and read where --memory says so")
  func largeSamples() throws {
    let scratch = try Models.scratch()
    try scratch.write(NpyFile.bytes(type: "<f8", shape: [1, 1 << 26], [0]), to: "large.npy")
    try expect("info large.npy", in: scratch, code: 2, mentions: ["large.npy", "2 GiB", "--memory"])
    let outcome = try run("info --memory 4G large.npy", in: scratch)
    #expect(outcome.code == 0, "\(outcome.errors)")
  }

  @Test("a line of 100 MB without an end is refused")
  func longLine() throws {
    let scratch = try Models.scratch()
    _ = try Program.shell("head -c 100000000 /dev/zero | tr '\\0' 1 > long.csv", in: scratch)
    for command in ["info long.csv", "encode -m m.vae long.csv -o x", "fit long.csv -o x.vae"] {
      try expect(command, in: scratch, code: 2, mentions: ["long.csv", "line 1", "--memory"])
    }
  }

  @Test(
    "a few bytes of zstd or gzip that stand for more zeros than there is memory are read piece by piece",
    arguments: ["gz", "zst"])
  func bombs(suffix: String) throws {
    let scratch = try Models.scratch()
    // 384 MiB of rows, and a line without end.
    let rows = 6 << 20
    let head = NpyFile.bytes(type: "|u1", shape: [rows, 8, 8], [])
    let packed = try Bomb.packed(head, zeros: 64 * rows, suffix: suffix)
    try scratch.write(packed, to: "bomb.npy.\(suffix)")
    try scratch.write(
      try Bomb.packed(Array("1".utf8), zeros: 64 * rows, suffix: suffix), to: "line.csv.\(suffix)")
    #expect(packed.count < 2_000_000)
    let outcome = try run(
      "embed -m m.vae bomb.npy.\(suffix) --latents 1 -o x.npy", in: scratch, kilobytes: rows / 16)
    #expect(outcome.code == 0, "\(outcome.code) \(outcome.errors)")
    try expect(
      "info --format csv line.csv.\(suffix)", in: scratch, code: 2, mentions: ["line 1", "--memory"])
  }

  @Test("a model that announces a gigabyte of content in 33 KB is refused")
  func modelBomb() throws {
    let scratch = try Models.scratch()
    try scratch.write(
      Array("VAEM".utf8) + [4] + Bomb.zstdFrame(zeros: 1 << 30),
      to: "bomb.vae")
    #expect(try scratch.read("bomb.vae").count < 40_000)
    for command in ["info bomb.vae", "test bomb.vae", "encode -m bomb.vae new.npy -o x"] {
      try expect(command, in: scratch, code: 2, mentions: ["bomb.vae", "--memory"])
    }
    try expect("info --memory 64G bomb.vae", in: scratch, code: 1, mentions: ["bomb.vae"])
  }

  @Test("a model of 2^31 weights in 100 bytes is damaged")
  func manyWeights() throws {
    let scratch = try Models.scratch()
    // 32768 values and as many latents, and a hidden layer of 65536 units.
    var content = HostileModel.beginning(values: 1, latents: 1, hidden: [65536, 32768], anchors: 2)
    content += [UInt8](repeating: 0, count: 20)
    try scratch.write(HostileModel.file(content), to: "many.vae")
    #expect(try scratch.read("many.vae").count < 100)
    for command in ["info many.vae", "test many.vae", "embed -m many.vae new.npy -o x"] {
      try expect(command, in: scratch, code: 1, mentions: ["many.vae", "larger than the file"])
    }
  }

  @Test("a network of absurd widths is refused where memory is short, and ends in an error where it is not")
  func absurdWidths() throws {
    let scratch = try Models.scratch()
    let widths = (0..<16).map { $0 % 2 == 0 ? 65536 : 1 }
    let content = HostileModel.beginning(values: 1, latents: 1, hidden: widths, anchors: 64)
    try scratch.write(HostileModel.file(content, codes: 1 << 23), to: "wide.vae")
    #expect(try scratch.read("wide.vae").count < 1000)
    try expect(
      "info --memory 256M wide.vae", in: scratch, code: 2, mentions: ["wide.vae", "256 MiB", "--memory"])
    try expect("info wide.vae", in: scratch, code: 1, mentions: ["wide.vae"])
  }

  @Test(
    "a model with numbers that are none is damaged", arguments: [Float.nan, .infinity, -.infinity, 0, -1])
  func noNumbers(number: Float) throws {
    let scratch = try Models.scratch()
    let scale = HostileModel.beginning(values: 1, scale: number, latents: 1, hidden: [1], anchors: 2)
    try scratch.write(HostileModel.file(scale), to: "scale.vae")
    try expect("info scale.vae", in: scratch, code: 1, mentions: ["scale.vae", "scale is impossible"])
    if number.isFinite { return }
    let mean = HostileModel.beginning(values: 1, mean: number, latents: 1, hidden: [1], anchors: 2)
    try scratch.write(HostileModel.file(mean), to: "mean.vae")
    try expect("info mean.vae", in: scratch, code: 1, mentions: ["mean.vae", "impossible"])
    let deviation = HostileModel.beginning(values: 1, latents: 1, hidden: [1], anchors: 2, deviation: number)
    try scratch.write(HostileModel.file(deviation), to: "deviation.vae")
    try expect("info deviation.vae", in: scratch, code: 1, mentions: ["deviation.vae", "deviation"])
  }

  @Test("a stream whose chunk is a gigabyte of zeros is refused where memory is short")
  func chunkBomb() throws {
    let scratch = try Models.scratch()
    _ = try Program.run(["encode", "-m", "m.vae", "--chunk", "100", "--quiet", "new.npy"], in: scratch)
    let stream = try scratch.read("new.npy.vaec")
    let magic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]
    let chunk = try #require((4..<stream.count - 4).first { stream[$0..<$0 + 4].elementsEqual(magic) })
    try scratch.write(
      Array(stream[..<chunk]) + Bomb.zstdFrame(zeros: 1 << 30, checksum: true), to: "bomb.vaec")
    for command in ["test --memory 256M bomb.vaec", "decode --memory 256M -m m.vae bomb.vaec -o x"] {
      try expect(command, in: scratch, code: 2, mentions: ["bomb.vaec", "1 GiB", "256 MiB", "--memory"])
    }
    try expect("decode -m m.vae bomb.vaec -o x", in: scratch, code: 1, mentions: ["bomb.vaec"])
  }

  @Test("a stream in one huge chunk is refused where memory is short, and decodes where it is not")
  func hugeChunk() throws {
    let scratch = try Models.scratch()
    let rows = 1 << 16
    try scratch.write(
      ByteArray(rows: rows, shape: [8, 8], values: [UInt8](repeating: 0, count: rows * 64)).npy,
      to: "zeros.npy")
    let encoded = try Program.run(
      ["encode", "-m", "m.vae", "--chunk", "\(rows)", "--effort", "0", "-q", "30", "--quiet", "zeros.npy"],
      in: scratch)
    #expect(encoded.code == 0, "\(encoded.errors)")
    #expect(try scratch.read("zeros.npy.vaec").count < 20_000)
    try expect(
      "decode --memory 32M -m m.vae zeros.npy.vaec -o x", in: scratch, code: 2,
      mentions: ["zeros.npy.vaec", "--memory"])
    try expect(
      "decode --memory 32M --rows 0:1 -m m.vae zeros.npy.vaec -o x", in: scratch, code: 2,
      mentions: ["--memory"])
    try expect(
      "decode --memory 32M --keep-going -m m.vae zeros.npy.vaec -o x", in: scratch, code: 2,
      mentions: ["--memory"])
    #expect(!scratch.contains("x"))
    let decoded = try run("decode -m m.vae zeros.npy.vaec -o x", in: scratch)
    #expect(decoded.code == 0, "\(decoded.errors)")
  }

  @Test("what is refused for its memory has an exit code of its own, unless another file is at fault")
  func codes() throws {
    let scratch = try Models.scratch()
    try scratch.write(NpyFile.bytes(type: "<f8", shape: [1, 1 << 26], [0]), to: "large.npy")
    try scratch.write([1, 2, 3], to: "bad.vae")
    #expect(try run("info large.npy new.npy", in: scratch).code == 2)
    #expect(try run("info large.npy bad.vae", in: scratch).code == 1)
    #expect(try run("info bad.vae large.npy", in: scratch).code == 1)
    #expect(try run("info --json large.npy", in: scratch).code == 2)
    #expect(try run("info --memory 1 new.npy", in: scratch).code == 64)
    #expect(try run("info --memory much new.npy", in: scratch).code == 64)
  }
}

/// Few bytes that stand for many.
enum Bomb {
  /// A zstd frame of zeros: blocks that repeat one byte, 128 KiB each (RFC 8878, section 3.1.1.2).
  ///
  /// - Parameter checksum: whether there is room for one, which is wrong.
  static func zstdFrame(zeros: Int, checksum: Bool = false) -> [UInt8] {
    var frame: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0xE0 | (checksum ? 4 : 0)]
    frame += (0..<8).map { UInt8(zeros >> (8 * $0) & 0xFF) }
    return frame + blocks(zeros >> 17) + (checksum ? [0, 0, 0, 0] : [])
  }

  /// The last blocks of a frame: 2^17 zeros each.
  static func blocks(_ count: Int) -> [UInt8] {
    var blocks: [UInt8] = []
    for block in 0..<count {
      let header = UInt32(1 << 20 | 2 | (block + 1 == count ? 1 : 0))
      for shift in [0, 8, 16] as [UInt32] { blocks.append(UInt8(header >> shift & 0xFF)) }
      blocks.append(0)
    }
    return blocks
  }

  /// `head` and zeros after it, packed by the program of that name.
  static func packed(_ head: [UInt8], zeros: Int, suffix: String) throws -> [UInt8] {
    let scratch = try Scratch()
    try scratch.write(head, to: "head")
    let program = suffix == "gz" ? "gzip -1" : "zstd -q -1"
    _ = try Program.shell("(cat head; head -c \(zeros) /dev/zero) | \(program) > packed", in: scratch)
    return try scratch.read("packed")
  }
}

/// Files of models that no fit has made.
enum HostileModel {
  /// The content after the codes of weights, up to the matrices of the network: see vaec(5).
  static func beginning(
    values: Int, scale: Float = 1, mean: Float = 0, latents: Int, hidden: [Int], anchors: Int,
    deviation: Float = 1
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    func add(_ count: Int) { bytes += Self.bytes(count: count) }
    func add(_ number: Float) { bytes += withUnsafeBytes(of: number.bitPattern.littleEndian, Array.init) }
    add(values)
    add(scale)
    for _ in 0..<values { add(mean) }
    add(-Float.infinity)
    add(Float.infinity)
    // Fractions; no input projection.
    bytes += [0, 0]
    add(latents)
    add(hidden.count)
    for width in hidden { add(width) }
    add(anchors)
    // The activation; no likelihood; no grid of positions.
    bytes += [0, 0, 0]
    for _ in 0..<latents { add(deviation) }
    return bytes
  }

  private static func bytes(count: Int) -> [UInt8] {
    count < 0x80 ? [UInt8(count)] : [UInt8(count & 0x7F) | 0x80] + bytes(count: count >> 7)
  }

  /// The file of a model with this content, after so many bytes of codes that are all the same, in whole blocks.
  static func file(_ content: [UInt8], codes: Int = 0) -> [UInt8] {
    let (count, blockSize) = (bytes(count: codes), 1 << 17)
    func header(_ size: Int, kind: Int, isLast: Bool = false) -> [UInt8] {
      let head = size << 3 | kind << 1 | (isLast ? 1 : 0)
      return (0..<3).map { UInt8(head >> (8 * $0) & 0xFF) }
    }
    var bytes = Array("VAEM".utf8) + [4, 0x28, 0xB5, 0x2F, 0xFD, 0xE0]
    bytes += (0..<8).map { UInt8((count.count + codes + content.count) >> (8 * $0) & 0xFF) }
    bytes += header(count.count, kind: 0) + count
    // Blocks that repeat a byte.
    for _ in 0..<codes / blockSize { bytes += header(blockSize, kind: 1) + [0x55] }
    return bytes + header(content.count, kind: 0, isLast: true) + content
  }
}
