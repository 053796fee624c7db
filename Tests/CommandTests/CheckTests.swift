import Foundation
import Testing

/// `vaec check`: whether a model still fits.
@Suite("check")
struct CheckTests {
  /// The digits that no model has seen, each value changed.
  private func changed(_ change: (UInt8) -> UInt8) -> [UInt8] {
    let digits = ByteArray.digits
    return ByteArray(rows: digits.rows, shape: digits.shape, values: digits.values.map(change)).npy
  }

  @Test("a model fits samples of the same kind, and exits with status 0")
  func fits() throws {
    let scratch = try Models.scratch()
    let outcome = try Program.run(["check", "-m", "m.vae", "new.npy", "--fail-on-drift"], in: scratch)
    #expect(outcome.code == 0, "\(outcome.text) \(outcome.errors)")
    #expect(outcome.text.hasPrefix("new.npy: fits\n"), "\(outcome.text)")
  }

  @Test("inverted images are other data, with exit status 3 if asked for")
  func other() throws {
    let scratch = try Models.scratch()
    try scratch.write(changed { 16 - min(16, $0) }, to: "inverted.npy")
    let outcome = try Program.run(["check", "-m", "m.vae", "inverted.npy"], in: scratch)
    #expect(outcome.code == 0)
    #expect(outcome.text.hasPrefix("inverted.npy: other data\n"), "\(outcome.text)")
    let failing = try Program.run(["check", "-m", "m.vae", "inverted.npy", "--fail-on-drift"], in: scratch)
    #expect(failing.code == 3 && failing.output == outcome.output && failing.errors.isEmpty)
  }

  @Test("a column that changes is named, with its distance and shift")
  func column() throws {
    let scratch = try Models.scratch()
    var values = ByteArray.digits.values
    // The middle of the image, which varies.
    for row in 0..<179 { values[row * 64 + 36] = min(16, values[row * 64 + 36] + 6) }
    try scratch.write(ByteArray(rows: 179, shape: [8, 8], values: values).npy, to: "drifted.npy")
    let json = try Program.run(["check", "-m", "m.vae", "drifted.npy", "--json"], in: scratch).json()
    #expect(json["verdict"] as? String == "drifting")
    let columns = try #require(json["columns"] as? [[String: Any]])
    let drifting = columns.filter { $0["is_drifting"] as? Bool == true }
    #expect(columns.count == 64 && drifting.compactMap { $0["column"] as? String } == ["37"])
    #expect((drifting.first?["shift"] as? Double ?? 0) > 0.3)
    #expect((drifting.first?["distance"] as? Double ?? 0) > 0.2)
  }

  @Test("the p-values of rows are spread evenly where the model fits, and one strange row comes first")
  func rows() throws {
    let scratch = try Models.scratch(with: [])
    var values = ByteArray.digits.values
    for i in 0..<64 { values[50 * 64 + i] = i % 2 == 0 ? 16 : 0 }
    let strange = ByteArray(rows: 179, shape: [8, 8], values: values).npy
    try scratch.write(strange, to: "strange.npy")
    let outcome = try Program.run(
      ["check", "-m", "m.vae", "-", "--top", "1", "--json", "--rows", "rows.csv"], input: strange, in: scratch
    )
    let top = try #require(try outcome.json()["top"] as? [[String: Any]])
    #expect(top.count == 1 && top.first?["row"] as? Int == 50)
    let lines = String(decoding: try scratch.read("rows.csv"), as: UTF8.self).split(separator: "\n")
    #expect(lines.first == "row,score,bits,p_value,rmse" && lines.count == 180)
    let cells = lines.dropFirst().map { $0.split(separator: ",").compactMap { Double($0) } }
    #expect(cells.allSatisfy { $0.count == 5 } && cells.map { $0[0] } == (0..<179).map(Double.init))
    let least = try #require(cells.map { $0[3] }.min())
    #expect(cells[50][3] == least && least < 0.02)
    let mean = cells.reduce(0) { $0 + $1[3] } / 179
    #expect(mean > 0.4 && mean < 0.6, "\(mean)")
    let again = try Program.run(["check", "-m", "m.vae", "strange.npy", "--rows", "rows.csv"], in: scratch)
    #expect(again.isOneLineOfError, "an existing file is kept: \(again.errors)")
    let threads = try Program.run(
      ["check", "-m", "m.vae", "strange.npy", "--rows", "-", "-T", "1"], in: scratch)
    #expect(threads.output == (try scratch.read("rows.csv")), "results do not depend on threads")
  }

  @Test("a model without a record of held-out rows is refused, with what to do")
  func withoutCalibration() throws {
    let scratch = try Models.scratch()
    let golden = URL(fileURLWithPath: Fixtures.path("golden")).appendingPathComponent("digits.vae")
    try scratch.write(Array(try Data(contentsOf: golden)), to: "old.vae")
    let outcome = try Program.run(["check", "-m", "old.vae", "new.npy"], in: scratch)
    #expect(outcome.isOneLineOfError && outcome.errors.contains("no calibration"), "\(outcome.errors)")
    #expect(outcome.errors.contains("fit it again"))
  }

  @Test("encode tells of samples that take much more than the fit's, and only of these")
  func encode() throws {
    let scratch = try Models.scratch()
    try scratch.write(changed { 16 - min(16, $0) }, to: "inverted.npy")
    let usual = try Program.run(["encode", "-m", "m.vae", "new.npy"], in: scratch)
    #expect(usual.code == 0 && !usual.errors.contains("vaec check"), "\(usual.errors)")
    let strange = try Program.run(["encode", "-m", "m.vae", "inverted.npy"], in: scratch)
    #expect(
      strange.code == 0 && strange.errors.contains("`vaec check -m MODEL inverted.npy`"), "\(strange.errors)")
    let quiet = try Program.run(["encode", "-m", "m.vae", "inverted.npy", "-f", "--quiet"], in: scratch)
    #expect(quiet.code == 0 && quiet.errors.isEmpty)
  }
}
