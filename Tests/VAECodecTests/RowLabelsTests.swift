import Records
import Testing

@testable import VAECodec

@Suite("Words of new rows")
struct RowLabelsTests {
  private static let table = FittedColumns(
    names: ["x", "kind", "date", "side"], isModelled: [true, false, false, false])

  /// Rows in a line, whose first half is "low"; each has a date of its own.
  private static func labels(rows: Int = 40) throws -> RowLabels {
    let words = (0..<rows).map {
      [$0 < rows / 2 ? "low" : "high, \"x\"", "2020-01-\($0)", $0 % 2 == 0 ? "" : "b"]
    }
    let latents: [Float] = (0..<rows).flatMap { [Float($0) / 10, 0] }
    return try #require(RowLabels(words, places: [1, 2, 3], latents: latents, deviations: [1, 0]))
  }

  @Test("a row has the words of the nearest, and words that seldom repeat are left out")
  func nearest() throws {
    let labels = try Self.labels()
    #expect(labels.columns.map(\.place) == [1, 3])
    func words(_ x: Float) -> [String] { labels.words(near: [x, 5], deviations: [1, 0]) }
    #expect(words(-9) == ["low", ""] && words(0.1) == ["low", "b"] && words(99) == ["high, \"x\"", "b"])
    #expect(words(.nan) == ["low", ""])
    let all = (0..<600).map { [$0 % 2 == 0 ? "a" : "b"] }
    let many = RowLabels(all, places: [3], latents: [Float](repeating: 1, count: 600), deviations: [1])
    #expect(many?.columns.first?.choices.count == RowLabels.maximumRows)
    let dates = (0..<40).map { ["\($0)"] }
    #expect(RowLabels(dates, places: [2], latents: [Float](repeating: 1, count: 40), deviations: [1]) == nil)
    #expect(RowLabels(all, places: [3], latents: [], deviations: []) == nil)
  }

  @Test("labels come back from their bytes, and nothing else is read")
  func coding() throws {
    let labels = try Self.labels()
    let bytes = labels.encode()
    #expect(RowLabels(bytes, of: Self.table) == labels)
    #expect(RowLabels(bytes, of: FittedColumns(all: 4, names: nil)) == nil)
    for cut in 0..<bytes.count { #expect(RowLabels(Array(bytes[..<cut]), of: Self.table) == nil) }
    for place in bytes.indices {
      for change: UInt8 in [1, 0x80, 0xFF] {
        var damaged = bytes
        damaged[place] ^= change
        let read = RowLabels(damaged, of: Self.table)
        _ = read?.words(near: [0.5, 0], deviations: [1, 0])
      }
    }
  }

  @Test("text of new rows is quoted where it must be, and is read again")
  func text() throws {
    let text = KeptText(
      names: ["#x", "a b", "w"], columns: [.numbers(decimals: 2), .words, .numbers(decimals: nil)])
    let rows = try #require(text.text(of: [1.234, 0.5, -2, 1e-7], words: [["a,b"], [" \"q\""]]))
    #expect(
      String(decoding: text.preface + rows.bytes, as: UTF8.self)
        == "\"#x\",a b,w\n1.23,\"a,b\",0.5\n-2.00,\" \"\"q\"\"\",1e-07\n")
    #expect(text.words(of: rows.rows(0..<1)) == ["a,b"] && text.words(of: rows.rows(1..<2)) == [" \"q\""])
  }
}
