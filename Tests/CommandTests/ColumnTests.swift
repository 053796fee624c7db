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

  /// A model with latents, whatever the data.
  private static let textbook = ["--objective", "elbo", "--latents", "2"]

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
    let fit = try Program.run(["fit", "x.csv", "-o", "m.vae", "--exact", "none"] + quick, in: scratch)
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

  /// A table with an id, a cycle, a date, a label and measurements, some of them missing.
  private static let machines: String = {
    var random = RandomNumbers(seed: 3)
    let rows = (0..<300).map { row in
      let load = row % 50
      let pressure = row % 29 == 3 ? "-9999" : String(format: "%.2f", 20 + Double(load) / 7 + random.normal())
      return "\(row / 30 + 1),\(row % 30 + 1),2021-03-\(10 + row % 20),\(["north", "east"][row / 7 % 2]),"
        + String(format: "%.1f", Double(load) + random.normal()) + ",\(pressure)"
    }
    return "unit,cycle,date,site,temp,pressure\n" + rows.joined(separator: "\n") + "\n"
  }()

  private func cells(_ text: String) -> [[Substring]] {
    text.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
  }

  @Test("ids, cycles, text and missing values come back at every quality, and results list columns by name")
  func exact() throws {
    let scratch = try Scratch()
    try scratch.write(Array(Self.machines.utf8), to: "x.csv")
    let quick = ["--epochs", "1", "--hidden", "6"]
    let fit = try Program.run(
      ["fit", "x.csv", "-o", "m.vae", "--missing", "-9999"] + quick, in: scratch)
    #expect(fit.code == 0 && fit.errors.contains("11 fields without a number"))
    for name in ["unit", "cycle", "date", "site"] {
      #expect(fit.text.split(separator: "\n").contains { $0.contains(name) && $0.contains("exact") })
    }
    let json = try Program.run(["info", "m.vae", "--json"], in: scratch).file()
    let columns = try #require(json["columns"] as? [[String: Any]])
    #expect(
      columns.compactMap { $0["name"] as? String } == ["unit", "cycle", "date", "site", "temp", "pressure"])
    #expect(columns.compactMap { $0["contract"] as? String }.filter { $0 == "modelled" }.count == 2)
    #expect(columns[5]["missing"] as? Int == 11)
    for quality in ["0", "60", "100"] {
      #expect(
        try Program.run(["encode", "-m", "m.vae", "-f", "-q", quality, "x.csv"], in: scratch).code == 0)
      let back = try Program.run(["decode", "-m", "m.vae", "-c", "x.csv.vaec"], in: scratch)
      for (old, new) in zip(cells(Self.machines), cells(back.text)) {
        #expect(old[..<4] == new[..<4] && (old[5] == "-9999") == (new[5] == "-9999"))
      }
    }
    // The error that is told is that of the file.
    let told = try Program.run(
      ["encode", "-m", "m.vae", "-f", "-q", "20", "--json", "x.csv"], in: scratch
    ).file()
    let compared = try Program.run(
      ["decode", "-m", "m.vae", "-f", "--json", "--compare", "x.csv", "x.csv.vaec", "-o", "y.csv"],
      in: scratch
    ).file()
    let most = try #require(told["max_error"] as? Double)
    #expect(most > 0 && compared["max_error"] as? Double == most)
    // A file with its columns in other places; and one that lacks one.
    let moved = cells(Self.machines).map { [$0[3], $0[4], $0[0], $0[5]].joined(separator: ",") }
    try scratch.write(Array((moved.joined(separator: "\n") + "\n").utf8), to: "moved.csv")
    #expect(try Program.run(["encode", "-m", "m.vae", "-f", "moved.csv"], in: scratch).code == 0)
    let back = try Program.run(["decode", "-m", "m.vae", "-c", "moved.csv.vaec"], in: scratch).text
    #expect(back.hasPrefix("site,temp,unit,pressure\nnorth,"))
    let lacking = cells(Self.machines).map { $0[..<5].joined(separator: ",") }
    try scratch.write(Array((lacking.joined(separator: "\n") + "\n").utf8), to: "lacking.csv")
    let refused = try Program.run(["encode", "-m", "m.vae", "-f", "lacking.csv"], in: scratch)
    #expect(
      refused.isOneLineOfError && refused.errors.contains("column \"pressure\" of the model is missing"))
    // New samples are rows of the table, with those exact columns that have few words.
    #expect(try Program.run(["fit", "x.csv", "-o", "e.vae"] + quick + Self.textbook, in: scratch).code == 0)
    let sampled = try Program.run(["sample", "-m", "e.vae", "-n", "5"], in: scratch)
    let rows = cells(sampled.text)
    #expect(rows.count == 6 && rows[0] == ["unit", "cycle", "date", "site", "temp", "pressure"])
    for row in rows.dropFirst() {
      #expect(row.count == 6 && row[4].split(separator: ".").last?.count == 1)
      #expect(row[5].split(separator: ".").last?.count == 2 && ["north", "east"].contains(row[3]))
    }
  }

  @Test("--columns takes some columns of a table, at both ends, and of an array by number")
  func columns() throws {
    let scratch = try Scratch()
    try scratch.write(Array(Self.machines.utf8), to: "x.csv")
    #expect(
      try Program.run(
        ["pack", "x.csv", "--columns", "date,temp", "-o", "two.vaec", "--epochs", "1"], in: scratch
      )
      .code == 0)
    let expected =
      cells(Self.machines).map { [$0[2], $0[4]].joined(separator: ",") }.joined(separator: "\n") + "\n"
    #expect(try Program.run(["decode", "-c", "two.vaec"], in: scratch).text == expected)
    #expect(try Program.run(["pack", "x.csv", "--epochs", "1"], in: scratch).code == 0)
    let some = try Program.run(["decode", "-c", "x.csv.vaec", "--columns", "date,te*"], in: scratch)
    #expect(some.text == expected)
    let unknown = try Program.run(["decode", "-c", "x.csv.vaec", "--columns", "wind"], in: scratch)
    #expect(unknown.isOneLineOfError && unknown.errors.contains("no column \"wind\""))
    #expect(try Program.run(["decode", "-c", "x.csv.vaec", "--columns", "a,,b"], in: scratch).code == 64)
    let numbers = (0..<600).map { Float($0) }
    try scratch.write(NpyFile.floats(numbers, shape: [200, 3]), to: "x.npy")
    #expect(try Program.run(["pack", "x.npy", "--columns", "2-", "--epochs", "1"], in: scratch).code == 0)
    let values = try Program.run(["decode", "-c", "x.npy.vaec", "--to", "csv"], in: scratch).text
    #expect(values.hasPrefix("1.0,2.0\n4.0,5.0\n"))
  }

  private static let hasPython = (try? Program.shell("command -v python3", in: Scratch()).code) == 0

  @Test(
    "a script finds that numbers keep the bound of their column, and that all else is as it was",
    .enabled(if: hasPython))
  func script() throws {
    let check = Fixtures.url("").deletingLastPathComponent().appendingPathComponent("Tests/Columns/check")
      .path
    let scratch = try Scratch()
    try scratch.write(Array(Self.machines.utf8), to: "x.csv")
    #expect(
      try Program.run(["pack", "x.csv", "--max-error", "0.1%", "--epochs", "1"], in: scratch).code == 0)
    #expect(try Program.run(["decode", "x.csv.vaec", "-o", "y.csv"], in: scratch).code == 0)
    let good = try Program.shell("'\(check)' x.csv y.csv 0.001", in: scratch)
    #expect(good.code == 0, "\(good.text) \(good.errors)")
    #expect(try Program.shell("'\(check)' x.csv y.csv 0", in: scratch).code == 1)
    try scratch.write(Array(Self.machines.replacingOccurrences(of: "east", with: "west").utf8), to: "z.csv")
    #expect(try Program.shell("'\(check)' x.csv z.csv 0.001", in: scratch).code == 1)
  }

  @Test("new rows of a table have the words of rows like them, and say so")
  func words() throws {
    let scratch = try Scratch()
    // A hump in the left half, or in the right one.
    var random = RandomNumbers(seed: 4)
    let rows = (0..<900).map { row in
      let isHot = row % 3 == 0
      let center = (isHot ? 3 : 8) + 0.7 * random.normal()
      let hump = (0..<12).map { place in
        let distance = Double(place) - center
        return "\((exp(-distance * distance / 2) * 1000).rounded() / 1000)"
      }
      return hump.joined(separator: ",") + ",\"\(isHot ? "hot, dry" : "cold")\",2020-\(row)"
    }
    let names = (0..<12).map { "v\($0)" }.joined(separator: ",")
    try scratch.write(Array((names + ",kind,day\n" + rows.joined(separator: "\n") + "\n").utf8), to: "x.csv")
    let fit = ["fit", "x.csv", "-o", "m.vae", "--epochs", "60", "--hidden", "16"]
    #expect(try Program.run(fit, in: scratch).code == 0)
    let sample = ["sample", "-m", "m.vae", "-n", "300"]
    let drawn = try Program.run(sample, in: scratch)
    #expect(
      drawn.code == 0 && drawn.errors.contains("column kind: the words of the fitted row whose latents"))
    #expect(drawn.errors.contains("exact column day: left out"))
    let lines = drawn.text.split(separator: "\n")
    #expect(lines.first == "\(names),kind" && lines.count == 301)
    let right = lines.dropFirst().count { line in
      let hump = line.split(separator: ",").prefix(12).compactMap { Double($0) }
      let isHot = (hump.firstIndex(of: hump.max() ?? 0) ?? 0) < 6
      return line.hasSuffix(isHot ? "\"hot, dry\"" : "cold")
    }
    #expect(right > 290)
    #expect((60...140).contains(lines.count { $0.contains("hot") }))
    let json = try Program.run(sample + ["-o", "s.npy", "--json"], in: scratch).json()
    #expect(json["labels"] as? [String] == ["kind"] && json["left_out"] as? [String] == ["day"])
    // The same words whatever the number of rows.
    let few = try Program.run(["sample", "-m", "m.vae", "-n", "5"], in: scratch)
    #expect(few.text == lines.prefix(6).joined(separator: "\n") + "\n")
  }

  @Test("a table with one column of numbers has one bound, by name or not")
  func oneColumn() throws {
    let scratch = try Scratch()
    let rows = (0..<90).map { "\($0 * 37 % 50).\($0 % 7),\(["x", "y"][$0 % 2])" }
    try scratch.write(Array(("a,b\n" + rows.joined(separator: "\n") + "\n").utf8), to: "x.csv")
    for bound in ["1%,a=0", "0,a=5%", "2,b=0"] {
      let pack = try Program.run(["pack", "-f", "x.csv", "--max-error", bound, "--json"], in: scratch)
      #expect(pack.code == 0, "\(pack.errors)")
    }
  }
}
