import CVaec

/// The cells of a column in one batch.
struct ArrowColumnReader {
  enum Cell {
    case missing
    case plain(String)
    /// UTF-8, to be written in quotes.
    case quoted(UnsafeRawBufferPointer)
  }

  private let type: ArrowType
  private let offset: Int
  private let validity: UnsafePointer<UInt8>?
  /// Values, offsets or views.
  private let values: UnsafeRawPointer?
  /// The bytes of text; of views, the buffers of long ones.
  private let data: [UnsafeRawPointer?]
  /// How places in the dictionary are read; nil without one.
  private let dictionary: Dictionary?

  private final class Dictionary {
    let indices: ArrowType
    let values: ArrowColumnReader
    let count: Int

    init(_ indices: ArrowType, _ values: ArrowColumnReader, _ count: Int) {
      (self.indices, self.values, self.count) = (indices, values, count)
    }
  }

  /// Nil if the array does not fit the column.
  init?(_ array: UnsafeMutablePointer<ArrowArray>, _ column: ArrowColumn, _ first: Int64) {
    let own = array.pointee
    let buffers = UnsafeBufferPointer(start: own.buffers, count: max(0, Int(own.n_buffers)))
    offset = Int(own.offset) + Int(first)
    validity = buffers.first.flatMap { $0?.assumingMemoryBound(to: UInt8.self) }
    type = column.type
    if let indices = column.indices {
      guard let held = own.dictionary, let type = ArrowType(format: indices), buffers.count == 2,
        let reader = ArrowColumnReader(
          held, ArrowColumn(name: "", format: "", type: column.type, isNullable: true, indices: nil), 0)
      else { return nil }
      (values, data) = (buffers[1], [])
      dictionary = Dictionary(type, reader, Int(held.pointee.length))
      return
    }
    dictionary = nil
    switch column.type {
    case .null:
      (values, data) = (nil, [])
    case .text(0):
      guard buffers.count >= 3 else { return nil }
      // The last buffer has the sizes of the others.
      (values, data) = (buffers[1], Array(buffers[2..<buffers.count - 1]))
    case .text:
      guard buffers.count == 3 else { return nil }
      (values, data) = (buffers[1], [buffers[2]])
    default:
      guard buffers.count == 2 else { return nil }
      (values, data) = (buffers[1], [])
    }
  }

  func cell(_ row: Int) -> Cell {
    let place = row + offset
    if let validity, validity[place >> 3] >> UInt8(place & 7) & 1 == 0 { return .missing }
    if let dictionary {
      guard let values, case .integer(let size, _) = dictionary.indices else { return .missing }
      let index = Int(Self.integer(values + place * size, size, isSigned: true))
      return (0..<dictionary.count).contains(index) ? dictionary.values.cell(index) : .missing
    }
    guard let values else { return .missing }
    switch type {
    case .null: return .missing
    case .boolean:
      let byte = values.load(fromByteOffset: place >> 3, as: UInt8.self)
      return .plain(byte >> UInt8(place & 7) & 1 == 1 ? "true" : "false")
    case .integer(let size, let isSigned):
      let number = Self.integer(values + place * size, size, isSigned: isSigned)
      return .plain(isSigned ? "\(number)" : "\(UInt64(bitPattern: number))")
    case .float(2):
      return .plain("\(Self.half(values.loadUnaligned(fromByteOffset: place * 2, as: UInt16.self)))")
    case .float(4): return .plain("\(values.loadUnaligned(fromByteOffset: place * 4, as: Float.self))")
    case .float: return .plain("\(values.loadUnaligned(fromByteOffset: place * 8, as: Double.self))")
    case .decimal(_, let scale): return .plain(Self.decimal(values + place * 16, scale))
    case .date(true):
      let days = values.loadUnaligned(fromByteOffset: place * 4, as: Int32.self)
      return .plain(ArrowCalendar.text(days: Int64(days)))
    case .date:
      return .plain(
        ArrowCalendar.text(moment: Self.integer(values + place * 8, 8, isSigned: true), .milliseconds))
    case .time(let unit):
      let size = unit.digits < 6 ? 4 : 8
      return .plain(ArrowCalendar.text(time: Self.integer(values + place * size, size, isSigned: true), unit))
    case .timestamp(let unit, _):
      return .plain(ArrowCalendar.text(moment: Self.integer(values + place * 8, 8, isSigned: true), unit))
    case .duration: return .plain("\(Self.integer(values + place * 8, 8, isSigned: true))")
    case .text(0): return view(values + place * 16)
    case .text(let size):
      let first = Int(Self.integer(values + place * size, size, isSigned: true))
      let last = Int(Self.integer(values + (place + 1) * size, size, isSigned: true))
      return .quoted(
        UnsafeRawBufferPointer(
          start: data.first.flatMap { $0.map { $0 + first } }, count: max(0, last - first)))
    }
  }

  /// A view: up to 12 bytes in place, or a buffer and an offset.
  private func view(_ view: UnsafeRawPointer) -> Cell {
    let count = Int(view.loadUnaligned(as: Int32.self))
    if count <= 12 { return .quoted(UnsafeRawBufferPointer(start: view + 4, count: max(0, count))) }
    let buffer = Int(view.loadUnaligned(fromByteOffset: 8, as: Int32.self))
    let offset = Int(view.loadUnaligned(fromByteOffset: 12, as: Int32.self))
    guard data.indices.contains(buffer), let start = data[buffer] else { return .missing }
    return .quoted(UnsafeRawBufferPointer(start: start + offset, count: count))
  }

  private static func integer(_ address: UnsafeRawPointer, _ size: Int, isSigned: Bool) -> Int64 {
    switch (size, isSigned) {
    case (1, true): Int64(address.load(as: Int8.self))
    case (1, false): Int64(address.load(as: UInt8.self))
    case (2, true): Int64(address.loadUnaligned(as: Int16.self))
    case (2, false): Int64(address.loadUnaligned(as: UInt16.self))
    case (4, true): Int64(address.loadUnaligned(as: Int32.self))
    case (4, false): Int64(address.loadUnaligned(as: UInt32.self))
    default: address.loadUnaligned(as: Int64.self)
    }
  }

  private static func half(_ bits: UInt16) -> Float {
    let (sign, exponent, fraction) = (bits >> 15, Int(bits >> 10 & 31), Int(bits & 1023))
    let size: Float =
      switch exponent {
      case 31: fraction == 0 ? .infinity : .nan
      case 0: Float(fraction) * 0x1p-24
      default: Float(1024 + fraction) * Float(sign: .plus, exponent: exponent - 25, significand: 1)
      }
    return sign == 1 ? -size : size
  }

  private static func decimal(_ address: UnsafeRawPointer, _ scale: Int) -> String {
    let low = address.loadUnaligned(as: UInt64.self)
    let high = address.loadUnaligned(fromByteOffset: 8, as: Int64.self)
    let number = Int128(high) << 64 | Int128(low)
    let digits = "\(number.magnitude)"
    let sign = number < 0 ? "-" : ""
    guard scale > 0 else { return sign + digits }
    let padded = String(repeating: "0", count: max(0, scale + 1 - digits.utf8.count)) + digits
    return sign + padded.dropLast(scale) + "." + padded.suffix(scale)
  }
}
