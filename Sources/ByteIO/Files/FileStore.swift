import SystemPackage

/// An open regular file as a store: from its offset at the time to the end, or a part of that.
package final class FileStore: ByteStore {
  private let descriptor: FileDescriptor
  private let path: String
  private let start: Int
  /// Keeps the descriptor open.
  private let owner: AnyObject
  package let size: Int

  init(_ descriptor: FileDescriptor, path: String, start: Int, size: Int, owner: AnyObject) {
    self.descriptor = descriptor
    self.path = path
    self.start = start
    self.size = max(0, size)
    self.owner = owner
  }

  package func read(at offset: Int, upTo count: Int) throws(ByteIOError) -> [UInt8] {
    guard offset >= 0, offset < size, count > 0 else { return [] }
    let count = min(count, size - offset)
    var failure: ByteIOError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      let raw = UnsafeMutableRawBufferPointer(buffer)
      do throws(ByteIOError) {
        while filled < count {
          let got = try system("read", path) {
            try descriptor.read(
              fromAbsoluteOffset: Int64(start + offset + filled),
              into: UnsafeMutableRawBufferPointer(rebasing: raw[filled..<count]))
          }
          if got == 0 { break }
          filled += got
        }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    (owner as? FileSource)?.wasRead(upTo: start + offset + bytes.count)
    return bytes
  }
}
