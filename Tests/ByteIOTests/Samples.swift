import ByteIO

/// Bytes that compress somewhat, the same every time.
func someBytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
  var state = seed
  return (0..<count).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return UInt8(truncatingIfNeeded: (state >> 60) & 7)
  }
}

/// A source that gives at most `piece` bytes at once, as pipes do.
final class SlowSource: ByteSource {
  private let source: any ByteSource
  private let piece: Int

  init(_ bytes: [UInt8], piece: Int) {
    source = MemorySource(bytes)
    self.piece = piece
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ByteIOError) -> Int {
    try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(piece)))
  }
}

/// Everything that `source` gives.
func drain(_ source: any ByteSource) throws(ByteIOError) -> [UInt8] {
  let sink = MemorySink()
  try source.copy(to: sink)
  return sink.bytes
}

/// `bytes` as one gzip member.
func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
  let sink = MemorySink()
  let gzip = try GzipSink(sink)
  try gzip.write(bytes)
  try gzip.finish()
  return sink.bytes
}

/// `bytes` as one zstd frame whose header does not say how many they are.
func zstd(_ bytes: [UInt8]) throws -> [UInt8] {
  let sink = MemorySink()
  let zstd = try ZstdSink(sink)
  try zstd.write(bytes)
  try zstd.finish()
  return sink.bytes
}

/// A skippable zstd frame.
func skippableFrame(_ content: [UInt8]) -> [UInt8] {
  var frame = ByteWriter()
  frame.append(UInt32(0x184D_2A5E))
  frame.append(UInt32(content.count))
  frame.append(content)
  return frame.bytes
}
