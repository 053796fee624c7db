import ByteIO

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Splits a source into lines that end in LF, CR LF, or CR alone, without copying them.
final class LineReader {
  /// The maximum number of bytes in a line, whatever the memory limit.
  private static let maximumLength = 1 << 28
  /// The memory in bytes that a byte of a line may take, if its fields are short.
  private static let bytesPerByte = 64

  /// The maximum number of bytes in a line within a memory limit.
  static func longest(within memory: MemoryLimit) -> Int { min(maximumLength, memory.bytes / bytesPerByte) }

  /// The number of the line that ``next()`` returned last, from 1.
  private(set) var number = 0

  private let source: any ByteSource
  private let longest: Int
  private let name: String
  private let lineEnd: UInt8
  private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
  /// The bytes read but not yet returned are `buffer[begin..<end]`.
  private var begin = 0
  private var end = 0
  private var sourceEnded = false

  /// - Parameters:
  ///   - longest: the maximum number of bytes in a line; more are an error.
  ///   - lineEnd: the byte that ends a line. A CR before an LF is not part of the line.
  init(
    _ source: any ByteSource, longest: Int = longest(within: .standard), name: String,
    lineEnd: UInt8 = UInt8(ascii: "\n")
  ) {
    self.source = source
    self.lineEnd = lineEnd
    self.longest = longest
    self.name = name
  }

  deinit { buffer.deallocate() }

  /// The next line without its end; nil after the last. It is valid until the next call.
  func next() throws(SampleIOError) -> UnsafeRawBufferPointer? {
    var searched = begin
    while true {
      if let length = Self.find(
        lineEnd, in: UnsafeRawBufferPointer(rebasing: buffer[searched..<end]))
      {
        return take(searched - begin + length, skipping: 1)
      }
      if sourceEnded { return begin == end ? nil : take(end - begin, skipping: 0) }
      let held = end - begin
      guard held < longest else {
        throw .longLine(name: name, line: number + 1, limit: longest)
      }
      makeRoom()
      searched = begin + held
      let room = UnsafeMutableRawBufferPointer(rebasing: buffer[end...])
      let got = try moving(name) { () throws(ByteIOError) in try source.read(into: room) }
      sourceEnded = got == 0
      end += got
    }
  }

  private func take(_ length: Int, skipping: Int) -> UnsafeRawBufferPointer {
    var line = UnsafeRawBufferPointer(rebasing: buffer[begin..<begin + length])
    begin += length + skipping
    number += 1
    while line.last == UInt8(ascii: "\r") { line = UnsafeRawBufferPointer(rebasing: line.dropLast()) }
    return number == 1 ? withoutByteOrderMark(line) : line
  }

  /// Makes room at the end of the buffer: moves the unread bytes to the front, or doubles the buffer if it is full.
  private func makeRoom() {
    guard begin == end || buffer.count - end < buffer.count / 4 else { return }
    let held = UnsafeRawBufferPointer(rebasing: buffer[begin..<end])
    if held.count * 2 > buffer.count {
      let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: buffer.count * 2, alignment: 64)
      larger.copyMemory(from: held)
      buffer.deallocate()
      buffer = larger
    } else {
      buffer.copyMemory(from: held)
    }
    end -= begin
    begin = 0
  }

  private static func find(_ byte: UInt8, in bytes: UnsafeRawBufferPointer) -> Int? {
    guard let base = bytes.baseAddress, let found = memchr(base, CInt(byte), bytes.count) else { return nil }
    return UnsafeRawPointer(found) - base
  }
}

/// The line without a byte order mark, which some Windows programs put before UTF-8.
func withoutByteOrderMark(_ line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
  guard line.starts(with: [0xEF, 0xBB, 0xBF]) else { return line }
  return UnsafeRawBufferPointer(rebasing: line[3...])
}
