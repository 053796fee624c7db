import ByteIO
import Foundation
import Testing

@testable import Container
@testable import EntropyCoding
@testable import Records
@testable import Tensor
@testable import VAECodec

/// A stream of a table whose text comes back, as a golden file.
struct GoldenTable: CustomTestStringConvertible, Sendable {
  var name: String
  /// The golden text that it is made of.
  var source: String
  var errorBound: ErrorBoundRequest
  /// Whether the numbers stay in the text.
  var isWhole = false

  var testDescription: String { name }
}

/// Streams of tables in text that were made once, and the text that they decode to: see ``GoldenTests``.
@Suite("Golden files with text")
struct GoldenTextTests {
  static let streams: [GoldenTable] = [
    GoldenTable(name: "table-exact", source: "table-exact", errorBound: .lossless),
    GoldenTable(name: "table-bounded", source: "table-exact", errorBound: .maxErrorOfRange(0.01)),
    // So many bytes of text that its most frequent ones are listed.
    GoldenTable(name: "table-whole", source: "table-whole", errorBound: .lossless, isWhole: true),
  ]

  private static func reader(_ name: String) throws(CodecError) -> any SampleReader {
    guard let text = try? Golden.read("\(name).csv") else { throw .samples(.empty(name: name)) }
    return try Tables.reader(text, name: "\(name).csv")
  }

  /// Makes the streams, and the texts of those under a bound, anew where the environment asks for it.
  private static let regenerated = Result {
    guard ProcessInfo.processInfo.environment["VAEC_REGENERATE_CORRECTIONS"] == "1" else { return }
    for stream in streams {
      let (sink, codec) = (MemorySink(), try Codec(threads: 1))
      if stream.isWhole {
        _ = try codec.encodeWithoutModel(
          WholeTextReader(try reader(stream.source)), name: stream.name,
          options: EncodeOptions(errorBound: stream.errorBound), to: sink)
      } else {
        _ = try codec.pack(
          name: stream.name, fitOptions: Models.options(epochs: 3),
          options: EncodeOptions(errorBound: stream.errorBound), to: sink
        ) { () throws(CodecError) in try reader(stream.source) }
      }
      try Golden.write(sink.bytes, "\(stream.name).vaec")
      if stream.source != stream.name {
        try Golden.write(try Codec(threads: 1).file(sink.bytes, nil), "\(stream.name).csv")
      }
    }
  }

  init() throws { try Self.regenerated.get() }

  @Test(
    "a golden stream decodes to its golden text with all kernels and any number of threads",
    arguments: streams)
  func decoding(stream: GoldenTable) throws {
    try Golden.expectDecoding("\(stream.name).vaec", Golden.read("\(stream.name).csv")) { bytes, codec in
      try codec.file(bytes, nil)
    }
  }

  @Test("golden texts are packed to the same bytes again", arguments: streams)
  func sections(stream: GoldenTable) throws {
    let parts = StreamReader(MemorySource(try Golden.read("\(stream.name).vaec")))
    guard case .compact(let compact)? = try parts.next() else {
      Issue.record("the stream is not compact")
      return
    }
    let (details, chunk) = try StreamMetadata.compact(compact.content, name: stream.name)
    let kept = try #require(details.description.format.kept)
    #expect(kept.isWhole == stream.isWhole)
    let batch = try #require(try Self.reader(stream.source).read(maxRows: 1000))
    #expect(batch.rows == details.rows)
    // Under a bound, numbers change, and what is between them does not.
    let section = TextSection(kept, isPrecise: true).encode(batch)
    #expect(Array(try TextSection.split(chunk).section) == Array(section.dropLast(4)))
  }

  @Test("under a bound, numbers of the golden text are within it and all else is as it was")
  func bound() throws {
    let texts = try ["table-exact", "table-bounded"].map {
      try Golden.read("\($0).csv").split(separator: UInt8(ascii: ","))
    }
    #expect(texts[0].count == texts[1].count && texts[0] != texts[1])
    for (a, b) in zip(texts[0], texts[1]) where a != b {
      // The last cell of a line, and the first of the next.
      let (old, new) = (Self.lines(a), Self.lines(b))
      #expect(old.count == new.count && old.dropFirst() == new.dropFirst())
      let (x, y) = (try #require(Self.number(old[0])), try #require(Self.number(new[0])))
      // A hundredth of the range of the widest column.
      #expect((x - y).magnitude <= 0.49)
    }
  }

  private static func lines(_ text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    text.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
  }

  private static func number(_ cell: ArraySlice<UInt8>) -> Double? {
    Double(String(decoding: cell.filter { $0 != UInt8(ascii: "\r") }, as: UTF8.self))
  }
}
