import Foundation
import Testing

@testable import ByteIO
@testable import Records

/// Structured arrays and archives of arrays, as files.
@Suite("records in files")
struct RecordFileTests {
  private static let rows = 300

  private static func bytes<T>(_ value: T) -> [UInt8] { withUnsafeBytes(of: value, Array.init) }

  /// Numbers of several types, an id, a time and a name.
  private static let records: [UInt8] = {
    var body: [UInt8] = []
    for i in 0..<rows {
      body +=
        bytes(Int64(1_000_000_007 + 3 * i).littleEndian) + bytes(Int64(1_700_000_000 + 60 * i).littleEndian)
      body += bytes((Float(15 + (i * 7 % 40)) / 10 * Float(1 + i % 3)).bitPattern.bigEndian)
      body += bytes(Int16(i * i % 1000 - 500).littleEndian)
      body += [UInt8(i % 2)] + Array("s\(i % 5)".utf8) + [0]
    }
    let descr =
      "[('id', '<i8'), ('time', '<M8[s]'), ('temp', '>f4'), ('n', '<i2'), ('ok', '|b1'), ('name', '|S3')]"
    return NpyHeader.bytes(version: 1, descr: Array(descr.utf8), sampleShape: [], rows: rows) + body
  }()

  private static let recordSize = 26

  private static func archive(_ names: Bool = true) throws -> [UInt8] {
    let image = (0..<rows * 16).map { UInt8(128 + 100 * sin(Double($0) / 9) * cos(Double($0 / 16) / 7)) }
    let arrays: [(String, String, [Int], [UInt8])] = [
      ("x", "'|u1'", [4, 4], image), ("y", "'<i8'", [], (0..<rows).flatMap { bytes(Int64($0 % 10)) }),
      (
        "name", "'<U3'", [], (0..<rows).flatMap { i in (0..<3).flatMap { bytes(UInt32(65 + (i + $0) % 26)) } }
      ),
    ]
    let sink = MemorySink()
    let zip = ZipWriter(sink)
    for (name, descr, axes, values) in arrays {
      let file = NpyHeader.bytes(version: 1, descr: Array(descr.utf8), sampleShape: axes, rows: rows) + values
      try zip.add(Array("\(name).npy".utf8), size: file.count, checksum: Checksum.crc32(file)) {
        (sink) throws(ByteIOError) in
        try sink.write(file)
      }
    }
    try zip.finish()
    return sink.bytes
  }

  private func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(Self.records, to: "r.npy")
    try scratch.write(try Self.archive(), to: "a.npz")
    return scratch
  }

  /// Values of the field `temp`, and of `n`, in a file of records.
  private func numbers(_ file: [UInt8]) -> [(temp: Float, n: Int16)] {
    (0..<Self.rows).map { row in
      let begin = file.count - (Self.rows - row) * Self.recordSize
      let temp = file[begin + 16..<begin + 20].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      return (
        Float(bitPattern: temp), Int16(truncatingIfNeeded: Int(file[begin + 20]) | Int(file[begin + 21]) << 8)
      )
    }
  }

  @Test("records and archives come back without loss, from files and pipes")
  func lossless() throws {
    let scratch = try scratch()
    let script = """
      set -e
      vaec pack --quiet --lossless r.npy && vaec decode --quiet r.npy.vaec -o back.npy && cmp r.npy back.npy
      vaec pack --quiet --lossless < r.npy | vaec decode --quiet | cmp - r.npy
      vaec pack --quiet --lossless a.npz && vaec decode --quiet a.npz.vaec -o back.npz && cmp a.npz back.npz
      cat a.npz | vaec pack --quiet --lossless | vaec decode --quiet | cmp - a.npz
      vaec decode --quiet a.npz.vaec -o x.npy; vaec pack --quiet --lossless x.npy
      vaec decode --quiet x.npy.vaec --to npz -c > one.npz; vaec info one.npz
      """
    let outcome = try Program.shell(script, in: scratch)
    #expect(outcome.code == 0 && outcome.text.contains("samples, npz"), "\(outcome.errors)\(outcome.text)")
  }

  @Test("bounds hold in the types of fields, and exact fields stay as they are")
  func bounds() throws {
    let scratch = try scratch()
    let packed = try Program.run(
      ["pack", "--quiet", "--max-error", "0,temp=0.05,n=2.7", "r.npy"], in: scratch)
    #expect(packed.code == 0, "\(packed.errors)")
    #expect(try Program.run(["decode", "--quiet", "r.npy.vaec", "-o", "b.npy"], in: scratch).code == 0)
    let (old, new) = (Self.records, try scratch.read("b.npy"))
    #expect(old.count == new.count)
    for (a, b) in zip(numbers(old), numbers(new)) {
      #expect(abs(Double(a.temp) - Double(b.temp)) <= 0.05 && abs(Int(a.n) - Int(b.n)) <= 2)
    }
    for row in 1...Self.rows {
      let begin = old.count - row * Self.recordSize
      #expect(old[begin..<begin + 16] == new[begin..<begin + 16])
      #expect(old[begin + 22..<begin + 26] == new[begin + 22..<begin + 26])
    }
    let table = try Program.run(["decode", "--quiet", "r.npy.vaec", "--to", "csv", "-c"], in: scratch)
    let lines = table.text.split(separator: "\n")
    #expect(lines.first == "id,time,temp,n,ok,name" && lines.count == Self.rows + 1)
    #expect(lines[1].hasPrefix("1000000007,1700000000,") && lines[1].hasSuffix(",0,s0"))
  }

  @Test("a model is fitted to the numbers, and encodes and evaluates them")
  func models() throws {
    let scratch = try scratch()
    for (file, options) in [("r.npy", ""), ("a.npz", ""), ("a.npz", "--array x")] {
      let script = """
        set -e; rm -f m.vae s.vaec back.* some.*
        vaec fit --quiet --epochs 1 \(options) \(file) -o m.vae; vaec encode --quiet -q 40 -m m.vae \(options) \(file) -o s.vaec
        vaec decode --quiet -m m.vae s.vaec -o back.\(file.suffix(3)) --compare \(file)
        vaec eval --quiet -m m.vae \(options) \(file)
        vaec decode --quiet -f -m m.vae s.vaec --rows 5:9 -o some.\(file.suffix(3)); rm back.* some.*
        """
      let outcome = try Program.shell(script, in: scratch)
      #expect(outcome.code == 0, "\(file) \(options): \(outcome.errors)")
    }
  }

  @Test("what cannot be read is one line of error")
  func errors() throws {
    let scratch = try scratch()
    try scratch.write(Array(try scratch.read("a.npz").dropLast(40)), to: "cut.npz")
    try scratch.write(Array(Self.records.dropLast(40)), to: "cut.npy")
    for arguments in ["pack cut.npz", "pack cut.npy", "pack a.npz --array z", "pack r.npy --array x"] {
      let outcome = try Program.run(arguments.split(separator: " ").map(String.init), in: scratch)
      #expect(outcome.isOneLineOfError, "\(arguments): \(outcome.errors)")
    }
  }
}
