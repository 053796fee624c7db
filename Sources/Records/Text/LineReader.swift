import ByteIO

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Cuts a source into lines that end in LF, or CR LF, or CR alone, without copying them.
final class LineReader {
  /// The most bytes in a line, whatever the memory.
  private static let maximumLength = 1 << 28
  /// A byte of a line can take as many bytes of memory, where there is little between the separators.
  private static let bytesPerByte = 64

  /// The most bytes of lines that may take so much memory.
  static func longest(within memory: MemoryLimit) -> Int { min(maximumLength, memory.bytes / bytesPerByte) }

  /// The number of the line that ``next()`` gave last, from 1.
  private(set) var number = 0

  private let source: any ByteSource
  private let longest: Int
  private let name: String
  private let lineEnd: UInt8
  private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
  /// What has been read and not been given yet is `buffer[begin..<end]`.
  private var begin = 0
  private var end = 0
  private var sourceEnded = false

  /// - Parameters:
  ///   - longest: more bytes in a line are an error.
  ///   - lineEnd: the byte that ends a line; before an LF, CR are no part of it.
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

  /// Sees to it that a good part of the buffer is free behind what is held: by moving that to the front, or
  /// by doubling the buffer when it is full of it.
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

/// A line without the mark that some Windows programs put before UTF-8.
func withoutByteOrderMark(_ line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
  guard line.starts(with: [0xEF, 0xBB, 0xBF]) else { return line }
  return UnsafeRawBufferPointer(rebasing: line[3...])
}
