import ByteIO

extension MemoryLimit {
  /// Throws if `needed` bytes, which a stream requests, exceed the limit.
  func admit(inStream needed: Int) throws(StreamError) {
    do throws(ByteIOError) {
      try admit(needed)
    } catch {
      throw .bytes(error)
    }
  }
}
