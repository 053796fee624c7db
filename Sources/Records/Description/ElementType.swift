/// The number type of a sample array.
///
/// Raw values are part of the stream format and never change.
public enum ElementType: UInt8, CaseIterable, Sendable {
  case u1 = 0
  case i1 = 1
  case u2 = 2
  case i2 = 3
  case u4 = 4
  case i4 = 5
  case u8 = 9
  case i8 = 10
  case f2 = 6
  case f4 = 7
  case f8 = 8

  /// The short name: a letter for the kind (u, i, f) and the size in bytes.
  public var name: String {
    switch self {
    case .u1: "u1"
    case .i1: "i1"
    case .u2: "u2"
    case .i2: "i2"
    case .u4: "u4"
    case .i4: "i4"
    case .u8: "u8"
    case .i8: "i8"
    case .f2: "f2"
    case .f4: "f4"
    case .f8: "f8"
    }
  }

  /// The type with a short name ("u1") or numpy's name ("uint8", "float32"); nil if there is none.
  public init?(named name: String) {
    switch name.lowercased() {
    case "u1", "uint8", "byte": self = .u1
    case "i1", "int8": self = .i1
    case "u2", "uint16": self = .u2
    case "i2", "int16": self = .i2
    case "u4", "uint32": self = .u4
    case "i4", "int32": self = .i4
    case "u8", "uint64": self = .u8
    case "i8", "int64": self = .i8
    case "f2", "float16", "half": self = .f2
    case "f4", "float32", "float", "single": self = .f4
    case "f8", "float64", "double": self = .f8
    default: return nil
    }
  }

  /// The size of a value in bytes.
  public var size: Int {
    switch self {
    case .u1, .i1: 1
    case .u2, .i2, .f2: 2
    case .u4, .i4, .f4: 4
    case .u8, .i8, .f8: 8
    }
  }

  /// Whether values are integers.
  public var isInteger: Bool { range != nil }

  /// Whether values are 64-bit integers, which binary64 does not represent exactly; see ``ordinal(bits:)``.
  public var isWide: Bool { self == .u8 || self == .i8 }

  /// The smallest and the largest integer of the type, the latter rounded up for 64 bits; nil for floating point.
  public var range: ClosedRange<Double>? {
    switch self {
    case .u1: 0...255
    case .i1: -128...127
    case .u2: 0...65535
    case .i2: -32768...32767
    case .u4: 0...4_294_967_295
    case .i4: -2_147_483_648...2_147_483_647
    case .u8: 0...0x1p64
    case .i8: -0x1p63...0x1p63
    case .f2, .f4, .f8: nil
    }
  }
}
