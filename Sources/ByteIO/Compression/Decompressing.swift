/// Returns `source` itself, or a decompressor over it if its content starts like gzip or zstd.
///
/// A stream that starts with a skippable zstd frame, as .vaec files do, is not unwrapped: the caller must see its first
/// frame.
///
/// - Parameter memory: the memory that a decompressor may use.
package func decompressing(
  _ source: any ByteSource, memory: MemoryLimit = .standard
) throws(ByteIOError) -> any ByteSource {
  let peeking = source as? PeekingSource ?? PeekingSource(source)
  let magic = try peeking.peek(4)
  if magic.starts(with: [0x1F, 0x8B]) { return try GzipSource(peeking) }
  if magic.elementsEqual([0x28, 0xB5, 0x2F, 0xFD]) { return try ZstdSource(peeking, memory: memory) }
  return peeking
}
