import ByteIO

/// Buffers small reads from a source.
final class InputBuffer {
  private let source: any ByteSource
  private var held = [UInt8](repeating: 0, count: 1 << 16)
  private var range = 0..<0
  /// The number of bytes taken.
  private(set) var offset = 0

  init(_ source: any ByteSource) { self.source = source }

  /// The next `count` bytes, or as many as are left.
  func take(upTo count: Int) throws(StreamError) -> [UInt8] {
    var bytes: [UInt8] = []
    _ = try take(count, onto: &bytes)
    return bytes
  }

  /// Appends the next `count` bytes, or as many as are left; returns their number. Memory grows with what arrives.
  func take(_ count: Int, onto bytes: inout [UInt8]) throws(StreamError) -> Int {
    var missing = count
    while missing > 0 {
      if range.isEmpty {
        do throws(ByteIOError) {
          let got = try held.withUnsafeMutableBufferPointer { (buffer) throws(ByteIOError) in
            try source.read(into: UnsafeMutableRawBufferPointer(buffer))
          }
          range = 0..<got
        } catch {
          throw .bytes(error)
        }
        if range.isEmpty { break }
      }
      let some = range.prefix(missing)
      bytes.append(contentsOf: held[some])
      range = some.upperBound..<range.upperBound
      missing -= some.count
    }
    offset += count - missing
    return count - missing
  }
}
