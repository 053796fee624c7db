#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Memory that starts as zeros, and takes room only where it is written.
///
/// Tables of a mixer are large and mostly unused: the system gives their pages at the first write.
package final class ZeroedMemory<Element: BitwiseCopyable> {
  /// The first element; aligned to 64 bytes.
  package let pointer: UnsafeMutablePointer<Element>
  private let block: UnsafeMutableRawPointer

  private static var alignment: Int { 64 }

  /// - Parameter count: the number of elements, at least 1.
  package init(count: Int) {
    let bytes = count * MemoryLayout<Element>.stride
    guard let block = calloc(1, bytes + Self.alignment) else {
      fatalError("no memory for \(bytes) bytes of tables")
    }
    self.block = block
    let aligned = block.alignedUp(toMultipleOf: Self.alignment)
    pointer = aligned.bindMemory(to: Element.self, capacity: count)
  }

  deinit { free(block) }
}
