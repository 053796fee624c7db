import Foundation
import Testing

/// Warnings of what tables lose.
@Suite("columns")
struct ColumnTests {
  /// A table of which all columns but one are far below the error, and one has a fill value.
  private static let table: String = {
    var random = RandomNumbers(seed: 1)
    let rows = (0..<200).map { row in
      let power = row % 20 == 0 ? -99_999_999 : random.normal() * 1000
      return "\(power),\(random.normal()),\(random.normal()),\(random.normal()),\(random.normal()),1"
    }
    return "power,volts,amps,grid,phase,unit\n" + rows.joined(separator: "\n") + "\n"
  }()

  private static let quick = ["--epochs", "1", "--hidden", "6", "--scale", "common"]

  private func warnings(_ outcome: Program.Outcome) -> [String] {
    #expect(outcome.code == 0, "\(outcome.errors)")
    return outcome.errors.split(separator: "\n").map(String.init).filter { $0.hasPrefix("vaec: ") }
  }

  @Test(
    "fit and encode name the first of the columns that come back as their mean, and fill values, in a line each"
  )
  func warned() throws {
    let scratch = try Scratch()
    try scratch.write(Array(Self.table.utf8), to: "x.csv")
    let fit = try Program.run(["fit", "x.csv", "-o", "m.vae"] + Self.quick, in: scratch)
    let collapse =
      "columns volts, amps, grid and phase come back as their means at quality 60; fit with --scale column, "
      + "or pass --max-error"
    let fill =
      "-99999999 (5.0 % of column power): a value far outside all others, like fill values, which swamps the model; "
      + "replace it by NaN or an empty field before fitting"
    #expect(warnings(fit) == ["vaec: m.vae: \(collapse)", "vaec: m.vae: \(fill)"])
    let encode = ["encode", "-m", "m.vae", "-f", "x.csv"]
    #expect(
      warnings(try Program.run(encode, in: scratch)) == ["vaec: x.csv: \(collapse)", "vaec: x.csv: \(fill)"])
    #expect(warnings(try Program.run(encode + ["--max-error", "1e-3"], in: scratch)).isEmpty)
    let json = try Program.run(encode + ["--json"], in: scratch).file()
    #expect(json["collapsed_columns"] as? [String] == ["volts", "amps", "grid", "phase"])
    let fills = try #require(json["fill_values"] as? [[String: Any]])
    #expect(fills.count == 1 && fills[0]["column"] as? String == "power")
  }

  @Test("a table of like columns, and images, have no warning")
  func quiet() throws {
    let scratch = try Scratch()
    var random = RandomNumbers(seed: 2)
    let numbers = (0..<600).map { _ in Float(random.normal()) }
    try scratch.write(NpyFile.floats(numbers, shape: [200, 3]), to: "x.npy")
    for name in ["x.npy", Fixtures.path("digits-fit.npy")] {
      let fit = try Program.run(["fit", name, "-o", "m.vae", "-f"] + Self.quick, in: scratch)
      #expect(warnings(fit).isEmpty)
      let encoded = try Program.run(["encode", "-m", "m.vae", "-f", name, "-o", "x.vaec"], in: scratch)
      #expect(warnings(encoded).isEmpty)
    }
  }

  @Test("a table is taken for one, which results say, and columns have bounds by name")
  func table() throws {
    let scratch = try Scratch()
    let rows = (0..<200).map { "\(1_700_000_000 + 60 * $0),\(Double($0 * 37 % 101) / 10),\($0 % 2)" }
    try scratch.write(Array(("time,temp,flag\n" + rows.joined(separator: "\n") + "\n").utf8), to: "x.csv")
    let quick = ["--epochs", "1", "--hidden", "6"]
    let fit = try Program.run(["fit", "x.csv", "-o", "m.vae"] + quick, in: scratch)
    #expect(fit.code == 0 && fit.text.contains("a scale for each of 3 columns"))
    let info = try Program.run(["info", "m.vae", "--json"], in: scratch).file()
    #expect(info["scale"] as? String == "column")
    #expect((info["columns"] as? [[String: Any]])?.map { $0["integer"] as? Bool } == [true, false, true])
    let common = try Program.run(
      ["fit", "x.csv", "-o", "c.vae", "--scale", "common", "--json"] + quick, in: scratch
    ).json()
    #expect(common["scale"] as? String == "common")
    let encode = ["encode", "-m", "m.vae", "-f", "x.csv", "--json", "--max-error"]
    let bounded = try Program.run(encode + ["10%,temp=0.5,1=0"], in: scratch).file()
    let guarantee = try #require(bounded["guarantee"] as? [String: Any])
    #expect(guarantee["kind"] as? String == "max_error_by_column")
    #expect(guarantee["max_errors"] as? [Double] == [0, 0.5, 0.1])
    let errors = try #require(bounded["column_errors"] as? [[String: Any]])
    let largest = errors.compactMap { $0["max_error"] as? Double }
    #expect(largest.count == 3 && largest[0] == 0 && largest[1] <= 0.5 && largest[2] <= 0.1)
    let wrong = try Program.run(encode + ["1,wind=2"], in: scratch)
    #expect(wrong.code == 1 && wrong.errors.contains("no column wind"))
    #expect(try Program.run(encode + ["1,wind"], in: scratch).code == 64)
    let eval = try Program.run(["eval", "-m", "m.vae", "x.csv"], in: scratch)
    #expect(eval.text.contains("in std devs"))
  }
}
