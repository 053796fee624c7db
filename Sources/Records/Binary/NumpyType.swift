/// An unsupported NumPy type, as spelled in npy headers.
package struct NumpyType {
  /// The name of types with several fields.
  package static let record = "record"

  private let type: String
  /// The byte order character; empty if there is none.
  package let order: String
  /// The type without its byte order.
  package let kind: String

  package init(_ type: String) {
    self.type = type
    order = type.first.map { "<>".contains($0) ? String($0) : "" } ?? ""
    kind = type.first.map { "<>|=".contains($0) } == true ? String(type.dropFirst()) : type
  }

  /// A description of the type.
  var text: String {
    switch kind {
    case "O": "Python objects (\(type)) are not numbers"
    case Self.record: "arrays of sub-arrays are not supported"
    case _ where kind.hasPrefix("U") || kind.hasPrefix("S"): "text (\(type)) is not supported"
    case _ where kind.hasPrefix("V"): "untyped bytes (\(type)) are not supported"
    case "f16", "c32", "g": "values of type \(type) are not supported"
    default:
      "values of type \(type) are not supported (supported: u1 i1 u2 i2 u4 i4 u8 i8 f2 f4 f8 b1 c8 c16 M8 m8)"
    }
  }
}
