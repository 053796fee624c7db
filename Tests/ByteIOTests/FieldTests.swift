import ByteIO
import Testing

@Suite("fields of bytes")
struct FieldTests {
  @Test("what is written field by field is read back")
  func roundTrip() throws {
    var writer = ByteWriter()
    writer.append(UInt16(0x1234))
    writer.append(Int32(-2))
    writer.append(1.5 as Float)
    writer.append(-0.1 as Double)
    writer.append([7, 8])
    #expect(writer.bytes.prefix(6) == [0x34, 0x12, 0xFE, 0xFF, 0xFF, 0xFF])
    var reader = ByteReader(writer.bytes)
    #expect(try reader.integer(UInt16.self) == 0x1234)
    #expect(try reader.integer(Int32.self) == -2)
    #expect(try reader.float() == 1.5)
    #expect(try reader.double() == -0.1)
    #expect(try reader.bigEndian(UInt16.self) == 0x0708)
    #expect(reader.remaining == 0)
  }

  @Test("counts take seven bits a byte", arguments: [0, 1, 127, 128, 16383, 16384, 1 << 40, Int.max])
  func counts(value: Int) throws {
    var writer = ByteWriter()
    writer.append(count: value)
    #expect(writer.bytes.count == max(1, (value.bitWidth - value.leadingZeroBitCount + 6) / 7))
    var reader = ByteReader(writer.bytes)
    #expect(try reader.count() == value)
    for length in 0..<writer.bytes.count {
      var cut = ByteReader(writer.bytes[..<length])
      #expect(throws: ByteReader.Failure.truncated(needed: 1, remaining: 0)) { try cut.count() }
    }
  }

  @Test("what runs past the end, or never ends, is an error")
  func failures() throws {
    var reader = ByteReader([1, 2, 3])
    #expect(throws: ByteReader.Failure.truncated(needed: 4, remaining: 3)) { try reader.integer(UInt32.self) }
    #expect(throws: ByteReader.Failure.truncated(needed: -1, remaining: 3)) { try reader.take(-1) }
    #expect(try reader.take(3) == [1, 2, 3])
    var endless = ByteReader([UInt8](repeating: 0x80, count: 20))
    #expect(throws: ByteReader.Failure.badNumber) { try endless.count() }
    for long in [[0x80, 0], [0x85, 0x80, 0]] as [[UInt8]] {
      var reader = ByteReader(long)
      #expect(throws: ByteReader.Failure.badNumber) { try reader.count() }
    }
  }
}
