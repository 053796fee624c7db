import ByteIO

/// A zip archive in memory, of members that are stored or deflated. Reference: PKWARE, APPNOTE.TXT 6.3.
///
/// What the central directory says holds. Sizes are checked against the archive before anything is read.
struct ZipArchive {
  /// A member of an archive.
  struct Member {
    /// The name, as the directory has it.
    var name: [UInt8]
    /// Bytes of its content.
    var size: Int
    var checksum: UInt32
    var isDeflated: Bool
    /// Where its bytes in the archive are.
    var place: Range<Int>
  }

  /// More members are refused.
  static let maximumMembers = 1 << 16
  /// Deflate makes no more of a byte.
  private static let largestRatio = 1032

  private let bytes: [UInt8]
  /// The members, in the order of the directory.
  let members: [Member]

  /// The first bytes of an archive with members.
  static let magic: [UInt8] = [0x50, 0x4B, 3, 4]

  /// - Parameter name: the file in messages.
  init(_ bytes: [UInt8], name: String) throws(SampleIOError) {
    self.bytes = bytes
    do {
      let (count, directory) = try Self.directory(of: bytes)
      guard count <= Self.maximumMembers else { throw Damage("too many members") }
      var reader = ByteReader(bytes[directory])
      var members: [Member] = []
      for _ in 0..<count { members.append(try Self.member(&reader, in: bytes)) }
      self.members = members
    } catch let damage as Damage {
      throw .badHeader(name: name, format: "zip", reason: damage.reason)
    } catch {
      throw .badHeader(name: name, format: "zip", reason: "the file ends inside it")
    }
  }

  /// The content of a member. It ends with an error where it is not of the size and the checksum that the directory has.
  func source(of member: Member) throws(ByteIOError) -> any ByteSource {
    let content = bytes[member.place]
    let source: any ByteSource =
      if member.isDeflated { try InflateSource(content) } else { MemorySource(content) }
    return CheckedSource(source, size: member.size, checksum: member.checksum)
  }

  private struct Damage: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
  }

  /// The number of members, and where the central directory is.
  private static func directory(of bytes: [UInt8]) throws -> (count: Int, Range<Int>) {
    let (endSize, longest) = (22, 22 + 65535)
    guard bytes.count >= endSize else { throw Damage("it has no directory") }
    let last = bytes.count - endSize
    let found = stride(from: last, through: max(0, bytes.count - longest), by: -1).first {
      bytes[$0] == 0x50 && bytes[$0...].starts(with: [0x50, 0x4B, 5, 6])
    }
    guard let found else { throw Damage("it has no directory") }
    var reader = ByteReader(bytes[(found + 4)...])
    let (disk, start): (UInt16, UInt16) = (try reader.integer(), try reader.integer())
    _ = try reader.integer(UInt16.self)
    var count = Int(try reader.integer(UInt16.self))
    var size = Int(try reader.integer(UInt32.self))
    var offset = Int(try reader.integer(UInt32.self))
    if found >= 20, bytes[(found - 20)...].starts(with: [0x50, 0x4B, 6, 7]) {
      // Zip64: larger numbers stand in another record, which is found by its locator.
      var locator = ByteReader(bytes[(found - 12)..<found])
      let place = Int(truncatingIfNeeded: try locator.integer(UInt64.self))
      guard place >= 0, place <= found, bytes[place...].starts(with: [0x50, 0x4B, 6, 6]) else {
        throw Damage("its directory is damaged")
      }
      var record = ByteReader(bytes[place..<found])
      _ = try record.take(32)
      count = Int(truncatingIfNeeded: try record.integer(UInt64.self))
      size = Int(truncatingIfNeeded: try record.integer(UInt64.self))
      offset = Int(truncatingIfNeeded: try record.integer(UInt64.self))
    } else if disk != 0 || start != 0 {
      throw Damage("it is one of several parts")
    }
    guard count >= 0, size >= 0, offset >= 0, offset <= found, size <= found - offset else {
      throw Damage("its directory is damaged")
    }
    return (count, offset..<offset + size)
  }

  private static func member(_ reader: inout ByteReader, in bytes: [UInt8]) throws -> Member {
    guard try reader.take(4).elementsEqual([0x50, 0x4B, 1, 2]) else {
      throw Damage("its directory is damaged")
    }
    _ = try reader.take(4)
    let flags: UInt16 = try reader.integer()
    let method: UInt16 = try reader.integer()
    _ = try reader.take(4)
    let checksum: UInt32 = try reader.integer()
    var packed = Int(try reader.integer(UInt32.self))
    var size = Int(try reader.integer(UInt32.self))
    let lengths = (
      Int(try reader.integer(UInt16.self)), Int(try reader.integer(UInt16.self)),
      Int(try reader.integer(UInt16.self))
    )
    _ = try reader.take(8)
    var offset = Int(try reader.integer(UInt32.self))
    let name = Array(try reader.take(lengths.0))
    var extra = ByteReader(try reader.take(lengths.1))
    _ = try reader.take(lengths.2)
    while extra.remaining >= 4 {
      let kind: UInt16 = try extra.integer()
      var field = ByteReader(try extra.take(Int(try extra.integer(UInt16.self))))
      guard kind == 1 else { continue }
      // Only numbers that have no room elsewhere are there, in this order.
      if size == 0xFFFF_FFFF { size = Int(truncatingIfNeeded: try field.integer(UInt64.self)) }
      if packed == 0xFFFF_FFFF { packed = Int(truncatingIfNeeded: try field.integer(UInt64.self)) }
      if offset == 0xFFFF_FFFF { offset = Int(truncatingIfNeeded: try field.integer(UInt64.self)) }
    }
    guard flags & 1 == 0 else { throw Damage("its members are encrypted") }
    guard method == 0 || method == 8 else {
      throw Damage("a member is compressed by a method other than deflate")
    }
    guard offset >= 0, offset <= bytes.count - 30, size >= 0, packed >= 0 else {
      throw Damage("its directory is damaged")
    }
    var local = ByteReader(bytes[offset..<offset + 30])
    guard try local.take(4).elementsEqual(magic) else { throw Damage("a member has no header") }
    _ = try local.take(22)
    let begin = offset + 30 + Int(try local.integer(UInt16.self)) + Int(try local.integer(UInt16.self))
    guard begin <= bytes.count, packed <= bytes.count - begin else {
      throw Damage("a member goes on behind its end")
    }
    let isDeflated = method == 8
    guard isDeflated ? size / largestRatio <= packed : size == packed else {
      throw Damage("a member cannot have the size that it announces")
    }
    return Member(
      name: name, size: size, checksum: checksum, isDeflated: isDeflated, place: begin..<begin + packed)
  }
}

/// Reads a known number of bytes with a known checksum.
private final class CheckedSource: ByteSource {
  private let source: any ByteSource
  private let checksum: UInt32
  private var left: Int
  private var found: UInt32 = 0
  private var isChecked = false

  init(_ source: any ByteSource, size: Int, checksum: UInt32) {
    (self.source, left, self.checksum) = (source, size, checksum)
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ByteIOError) -> Int {
    guard !buffer.isEmpty else { return 0 }
    if left == 0 {
      try check()
      return 0
    }
    let got = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(left)))
    guard got > 0 else { throw .truncated(format: "zip") }
    found = Checksum.crc32(UnsafeRawBufferPointer(rebasing: buffer.prefix(got)), continuing: found)
    left -= got
    if left == 0 { try check() }
    return got
  }

  private func check() throws(ByteIOError) {
    guard !isChecked else { return }
    isChecked = true
    guard found == checksum else { throw .corrupt(format: "zip", reason: "a member has another checksum") }
    var one: UInt8 = 0
    let more = try withUnsafeMutableBytes(of: &one) { (byte) throws(ByteIOError) in
      try source.read(into: byte)
    }
    guard more == 0 else { throw .corrupt(format: "zip", reason: "a member goes on behind its end") }
  }
}
