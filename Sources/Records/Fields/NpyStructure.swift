import ByteIO

/// The fields of a numpy type, from the text of its `descr`: a string, as in `'<f4'`, or a list of names, types and shapes, as in
/// `[('a', '<f4'), ('m', '|u1', (2, 3))]`.
///
/// Structures within structures become fields with names joined by points, as do the records of a sub-array.
struct NpyStructure {
  /// More fields are refused.
  static let maximumFields = 1 << 12
  /// Structures are not deeper.
  private static let maximumDepth = 16
  /// The most bytes of a record.
  static let maximumBytes = SampleDescription.maximumSampleBytes

  /// The fields in the order of their bytes, without those that take none.
  private(set) var fields: [RecordField] = []
  /// Bytes of a record.
  private(set) var size = 0

  /// - Parameters:
  ///   - descr: the text, quotes included.
  ///   - isUnicode: whether it is UTF-8, as in version 3; else it is Latin-1.
  ///   - repeating: the axes of an array of such records that make one record.
  ///   - name: the file in messages.
  ///   - prefix: the name of the array that they are of; empty for none.
  init(
    _ descr: [UInt8], isUnicode: Bool, repeating axes: [Int] = [], name: String, prefix: String = ""
  ) throws(SampleIOError) {
    var parser = NpyDescrParser(descr, isUnicode: isUnicode, name: name)
    let type = try parser.whole(depth: Self.maximumDepth)
    try add(type, prefix: prefix, axes: axes, name: name)
  }

  /// Appends a type that is repeated along axes.
  private mutating func add(
    _ type: NpyDescr, prefix: String, axes: [Int], name: String
  ) throws(SampleIOError) {
    switch type {
    case .plain(let plain):
      let (kind, bigEndian, meaning) = try Self.kind(plain, name: name)
      let shape = axes + (meaning == .complex ? [2] : [])
      var field = RecordField(name: prefix, kind: kind, bigEndian: bigEndian, meaning: meaning)
      let count = try Self.product(axes, bytes: field.valueSize * (meaning == .complex ? 2 : 1), name: name)
      guard count > 0, field.valueSize > 0 else { return }
      field = RecordField(
        name: prefix, kind: kind, bigEndian: bigEndian, shape: shape, meaning: meaning, offset: size)
      try append(field, name: name)
    case .list(let members):
      let count = try Self.product(axes, bytes: 1, name: name)
      for place in 0..<count {
        let before = fields.count
        let own = axes.isEmpty ? prefix : prefix + "[\(Self.index(place, axes))]"
        for member in members {
          let path = own.isEmpty || member.name.isEmpty ? own + member.name : "\(own).\(member.name)"
          try add(member.type, prefix: member.name.isEmpty ? "" : path, axes: member.shape, name: name)
        }
        // Where there is nothing in them, records may be any number.
        guard fields.count > before else { return }
      }
    }
  }

  private mutating func append(_ field: RecordField, name: String) throws(SampleIOError) {
    guard fields.count < Self.maximumFields, field.size <= Self.maximumBytes - size else {
      throw .badHeader(name: name, format: "npy", reason: "records with too many fields, or too many bytes")
    }
    fields.append(field)
    size += field.size
  }

  private static func index(_ place: Int, _ axes: [Int]) -> String {
    var rest = place
    var index: [String] = []
    for length in axes.reversed() {
      index.insert("\(rest % length)", at: 0)
      rest /= length
    }
    return index.joined(separator: ",")
  }

  /// The product of axes; so many times `bytes` are no more than a record may have.
  private static func product(_ axes: [Int], bytes: Int, name: String) throws(SampleIOError) -> Int {
    guard axes.count <= SampleDescription.maximumAxes else {
      throw .badHeader(name: name, format: "npy", reason: "a sub-array with too many axes")
    }
    if axes.contains(0) { return 0 }
    var product = 1
    for length in axes {
      let (next, overflow) = product.multipliedReportingOverflow(by: length)
      guard !overflow, next <= maximumBytes / max(1, bytes) else {
        throw .badHeader(name: name, format: "npy", reason: "a sub-array that is too large")
      }
      product = next
    }
    return product
  }

  /// What the values of a type are.
  private static func kind(
    _ type: String, name: String
  ) throws(SampleIOError) -> (RecordField.Kind, bigEndian: Bool, ValueType.Kind?) {
    let order = type.first
    let isOrdered = order.map { "<>|=".contains($0) } == true
    let short = isOrdered ? String(type.dropFirst()) : type
    let bigEndian = order == ">" || (order == "=" && hostIsBigEndian)
    if let value = ValueType(named: short), value.name == short {
      guard isOrdered, order != "|" || value.size == 1 else { throw .unsupportedType(name: name, type: type) }
      return (.number(value.elementType), bigEndian && value.size > 1, value.kind)
    }
    guard let letter = short.first, let length = length(short.dropFirst()), isOrdered else {
      throw .unsupportedType(name: name, type: type)
    }
    switch letter {
    case "S", "a": return (.bytes(length), false, nil)
    case "U": return (.characters(4 * length), bigEndian, nil)
    case "V": return (.untyped(length), false, nil)
    case "f" where length == 16, "c" where length == 32: return (.untyped(length), false, nil)
    default: throw .unsupportedType(name: name, type: type)
    }
  }

  private static func length(_ digits: Substring) -> Int? {
    guard !digits.isEmpty, digits.utf8.count <= 10, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let length = Int(digits), length <= maximumBytes / 4
    else { return nil }
    return length
  }
}
