/// A type of numpy that is not supported, as npy headers spell it: what it is, and how its bits are kept.
struct NumpyType {
  /// What stands for types of several fields.
  static let record = "record"

  private let type: String

  init(_ type: String) { self.type = type }

  /// What it is, and what to do. No advice loses a bit.
  var advice: String {
    let order = type.first.map { "<>".contains($0) ? String($0) : "" } ?? ""
    let kind = type.first.map { "<>|=".contains($0) } == true ? String(type.dropFirst()) : type
    func pairs(_ what: String, _ part: String, _ whole: String) -> String {
      "\(what); save a.reshape(len(a), -1).view('\(order)\(part)') instead, which keeps every bit "
        + "(.view('\(order)\(whole)') brings it back)"
    }
    return switch kind {
    case "i8", "u8": pairs("integers of 64 bits (\(type)) are not supported", "\(kind.prefix(1))4", kind)
    case "b1": "truth values (\(type)) are not supported; save a.view('u1') instead, which keeps every bit"
    case "c8": pairs("complex numbers (\(type)) are not supported", "f4", kind)
    case "c16": pairs("complex numbers (\(type)) are not supported", "f8", kind)
    case "O": "Python objects (\(type)) are no numbers; save arrays of one type of number each"
    case Self.record:
      "records are not supported; save each field as an array of its own, as numpy.save('x.npy', a['x'])"
    case _ where kind.hasPrefix("M8") || kind.hasPrefix("m8"):
      pairs("times (\(type)) are not supported", "i4", kind)
    case _ where kind.hasPrefix("U") || kind.hasPrefix("S"):
      "text (\(type)) is not supported; keep it in a file of its own"
    case _ where kind.hasPrefix("V"):
      "bytes without a type (\(type)) are not supported; save a.view('u1') instead"
    case "f16", "c32", "g":
      "values of type \(type) are not supported; .astype('f8') keeps 53 of their bits"
    default: "values of type \(type) are not supported (u1 i1 u2 i2 u4 i4 f2 f4 f8 are)"
    }
  }
}
