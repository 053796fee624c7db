import ByteIO
import Testing

@Suite("sources and sinks")
struct StreamTests {
  @Test("peeking takes nothing away, however much is asked for and read", arguments: [1, 3, 1000])
  func peeking(piece: Int) throws {
    let bytes = someBytes(100)
    let source = PeekingSource(SlowSource(bytes, piece: piece))
    #expect(try source.peek(4).elementsEqual(bytes[..<4]))
    #expect(try source.peek(2).elementsEqual(bytes[..<2]))
    #expect(try source.read(upTo: 3) == Array(bytes[..<3]))
    #expect(try source.peek(10).elementsEqual(bytes[3..<13]))
    #expect(try source.read(upTo: 60) == Array(bytes[3..<63]))
    #expect(try source.peek(1000).elementsEqual(bytes[63...]))
    #expect(try drain(source) == Array(bytes[63...]))
    #expect(try source.peek(1).isEmpty)
  }

  @Test("reading more than there is gives what there is")
  func readUpTo() throws {
    let bytes = someBytes(5_000_000)
    #expect(try MemorySource(bytes).read(upTo: 1 << 50) == bytes)
    #expect(try SlowSource(bytes, piece: 1 << 18).read(upTo: 4_500_000) == Array(bytes[..<4_500_000]))
    #expect(try MemorySource(bytes).read(upTo: 0) == [])
    #expect(try MemorySource([UInt8]()).read(upTo: 10) == [])
  }

  @Test("bytes in memory can be patched like a file")
  func memoryPatch() throws {
    let sink = MemorySink(canPatch: true)
    try sink.write([1, 2, 3, 4])
    try sink.write([9, 8], at: 1)
    #expect(sink.bytes == [1, 9, 8, 4])
  }

  @Test("a spool gives back what went in")
  func spool() throws {
    let bytes = someBytes(400_000)
    let spool = try SpoolFile()
    try spool.write(bytes[..<10])
    try spool.write(bytes[10...])
    #expect(spool.count == bytes.count)
    let sink = MemorySink()
    try spool.drain(to: sink)
    #expect(sink.bytes == bytes)
  }

  @Test("errors say what is wrong")
  func texts() {
    let missing = ByteIOError.system(operation: "open", path: "new.npy", errno: 2)
    #expect("\(missing)" == "new.npy: cannot open: no such file or directory")
    #expect("\(ByteIOError.exists(path: "a.vaec"))" == "a.vaec: already exists")
    #expect(ByteIOError.truncated(format: "gzip").problem.contains("truncated"))
  }
}
