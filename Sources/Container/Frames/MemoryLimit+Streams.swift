import ByteIO

extension MemoryLimit {
  /// Throws where what a stream asks for is more than the limit.
  func admit(inStream needed: Int) throws(StreamError) {
    do throws(ByteIOError) {
      try admit(needed)
    } catch {
      throw .bytes(error)
    }
  }
}
