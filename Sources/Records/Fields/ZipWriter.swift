import ByteIO

/// Writes a zip archive of stored members, whose bytes depend on nothing but names and contents: the date is always
/// 1980-01-01.
final class ZipWriter {
  private let sink: any ByteSink
  private var position = 0
  private var directory = ByteWriter()
  private var count = 0

  private static let date: UInt16 = 0x21
  private static let largest = Int(UInt32.max)

  init(_ sink: any ByteSink) { self.sink = sink }

  /// Adds a member.
  ///
  /// - Parameters:
  ///   - checksum: the CRC-32 of all of its bytes.
  ///   - write: gives its bytes to the sink, as many as `size`.
  func add(
    _ name: [UInt8], size: Int, checksum: UInt32, _ write: (any ByteSink) throws(ByteIOError) -> Void
  ) throws(ByteIOError) {
    var local = ByteWriter()
    local.append(ZipArchive.magic)
    let isLarge = size >= Self.largest
    appendHead(&local, name, size: size, checksum: checksum, isLarge: isLarge)
    local.append(UInt16(isLarge ? 20 : 0))
    local.append(name)
    if isLarge { appendExtra(&local, [size, size]) }
    try sink.write(local.bytes)
    try write(sink)

    let isFar = position >= Self.largest
    directory.append([0x50, 0x4B, 1, 2])
    directory.append(UInt16(isLarge || isFar ? 45 : 20))
    appendHead(&directory, name, size: size, checksum: checksum, isLarge: isLarge || isFar)
    let numbers = (isLarge || isFar ? [size, size] : []) + (isLarge || isFar ? [position] : [])
    directory.append(UInt16(numbers.isEmpty ? 0 : 4 + 8 * numbers.count))
    directory.append([UInt8](repeating: 0, count: 10))
    directory.append(numbers.isEmpty ? UInt32(position) : UInt32.max)
    directory.append(name)
    if !numbers.isEmpty { appendExtra(&directory, numbers) }
    position += local.bytes.count + size
    count += 1
  }

  /// Writes the directory.
  func finish() throws(ByteIOError) {
    var end = ByteWriter()
    let size = directory.bytes.count
    if position >= Self.largest || size >= Self.largest || count >= Int(UInt16.max) {
      end.append([0x50, 0x4B, 6, 6])
      end.append(UInt64(44))
      end.append(UInt16(45))
      end.append(UInt16(45))
      end.append(UInt64(0))
      end.append(UInt64(count))
      end.append(UInt64(count))
      end.append(UInt64(size))
      end.append(UInt64(position))
      end.append([0x50, 0x4B, 6, 7])
      end.append(UInt32(0))
      end.append(UInt64(position + size))
      end.append(UInt32(1))
    }
    end.append([0x50, 0x4B, 5, 6])
    end.append(UInt32(0))
    end.append(UInt16(clamping: count))
    end.append(UInt16(clamping: count))
    end.append(UInt32(clamping: size))
    end.append(UInt32(clamping: position))
    end.append(UInt16(0))
    try sink.write(directory.bytes)
    try sink.write(end.bytes)
  }

  /// What the local header and the directory have in common, up to the length of the name.
  private func appendHead(_ w: inout ByteWriter, _ name: [UInt8], size: Int, checksum: UInt32, isLarge: Bool)
  {
    w.append(UInt16(isLarge ? 45 : 20))
    // Bit 11 says that the name is UTF-8.
    w.append(UInt16(name.allSatisfy { $0 < 0x80 } ? 0 : 0x800))
    w.append(UInt16(0))
    w.append(UInt16(0))
    w.append(Self.date)
    w.append(checksum)
    w.append(isLarge ? UInt32.max : UInt32(size))
    w.append(isLarge ? UInt32.max : UInt32(size))
    w.append(UInt16(name.count))
  }

  private func appendExtra(_ w: inout ByteWriter, _ numbers: [Int]) {
    w.append(UInt16(1))
    w.append(UInt16(8 * numbers.count))
    for number in numbers { w.append(UInt64(number)) }
  }
}
