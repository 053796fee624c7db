/// A field of a record: values of one type that lie one after the other in the record's bytes.
package struct RecordField: Equatable, Sendable {
  /// What a value is.
  package enum Kind: Equatable, Sendable {
    /// A number.
    case number(ElementType)
    /// Text in bytes, filled up with zeros: numpy's S.
    case bytes(Int)
    /// Text in characters of 32 bits, filled up with zeros: numpy's U. The number is that of bytes.
    case characters(Int)
    /// Bytes without a meaning: numpy's V, and numbers that no type here holds.
    case untyped(Int)
  }

  /// The name, with those of the structures around it: "position.x". Empty for padding.
  package var name: String
  package let kind: Kind
  /// Whether numbers, or characters, are big-endian.
  package let bigEndian: Bool
  /// The axes of a sub-array in numbers, with an axis of two for complex values; empty for a single one.
  package let shape: [Int]
  /// What numbers stand for; nil for themselves.
  package let meaning: ValueType.Kind?
  /// Where in the record it begins.
  package var offset: Int
  /// Whether its numbers are values of a sample. Those of other fields are kept exactly, as text.
  package var isModelled: Bool

  /// - Parameter shape: its product has been checked.
  init(
    name: String, kind: Kind, bigEndian: Bool, shape: [Int] = [], meaning: ValueType.Kind? = nil,
    offset: Int = 0
  ) {
    (self.name, self.kind, self.bigEndian, self.shape) = (name, kind, bigEndian, shape)
    (self.meaning, self.offset) = (meaning, offset)
    isModelled = false
    isModelled = canBeModelled
  }

  /// How many values it has.
  package var count: Int { shape.reduce(1, *) }

  /// Bytes of a value.
  package var valueSize: Int {
    switch kind {
    case .number(let type): type.size
    case .bytes(let size), .characters(let size), .untyped(let size): size
    }
  }

  /// Bytes of all values.
  package var size: Int { count * valueSize }

  /// The type of its numbers; nil if it has none.
  package var elementType: ElementType? { if case .number(let type) = kind { type } else { nil } }

  /// Whether its numbers can be values of samples: all but integers of 64 bits, times and booleans, which are exact.
  package var canBeModelled: Bool {
    guard case .number(let type) = kind else { return false }
    return !type.isWide && (meaning == nil || meaning == .complex)
  }

  /// The names of its values: its own, and the place in a sub-array, "m[0,1]"; or the part of a complex number, "z.real".
  package var valueNames: [String] {
    guard !shape.isEmpty else { return [name] }
    var axes = shape
    let isComplex = meaning == .complex
    if isComplex { axes.removeLast() }
    return (0..<count).map { place in
      var rest = isComplex ? place / 2 : place
      var index: [String] = []
      for length in axes.reversed() {
        index.insert("\(rest % length)", at: 0)
        rest /= length
      }
      let own = index.isEmpty ? name : "\(name)[\(index.joined(separator: ","))]"
      return isComplex ? own + (place % 2 == 0 ? ".real" : ".imag") : own
    }
  }
}
