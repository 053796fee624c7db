import ByteIO
import Testing

@testable import Container

/// All parts of some bytes, which come in trickles, and the error that ended them.
func readParts(
  _ bytes: [UInt8], memory: Int = 1 << 30
) -> (parts: [StreamReader.Part], error: StreamError?) {
  let reader = StreamReader(TricklingSource(bytes), memory: MemoryLimit(bytes: memory))
  var parts: [StreamReader.Part] = []
  do throws(StreamError) {
    while let part = try reader.next() { parts.append(part) }
    return (parts, nil)
  } catch {
    // It stays where it is.
    #expect(throws: error) { try reader.next() }
    return (parts, error)
  }
}
