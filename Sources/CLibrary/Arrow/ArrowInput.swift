import CVaec

/// Reads an Arrow stream as text; see ``ArrowTable``.
///
/// The C data interface (arrow.apache.org/docs/format/CDataInterface.html) promises what is read here: buffers of the
/// sizes that lengths and offsets say.
struct ArrowInput {
  private(set) var columns: [ArrowColumn] = []
  private(set) var text: [UInt8] = []

  /// Reads to the end, and releases the stream.
  init(_ stream: UnsafeMutablePointer<ArrowArrayStream>) throws(LibraryError) {
    guard let release = stream.pointee.release else {
      throw .arrow(reason: "was released already; a stream can be read once")
    }
    defer { release(stream) }
    var schema = ArrowSchema()
    guard let getSchema = stream.pointee.get_schema, getSchema(stream, &schema) == 0 else {
      throw .arrow(reason: Self.reason(stream))
    }
    defer { schema.release?(&schema) }
    try read(schema)
    text = Array((ArrowTable.mark + columns.map(\.token).joined(separator: " ") + "\n").utf8)
    for (place, column) in columns.enumerated() {
      if place > 0 { text.append(0x2C) }
      quote(UnsafeRawBufferPointer(start: nil, count: 0), or: column.name)
    }
    text.append(0x0A)
    while true {
      var batch = ArrowArray()
      guard let getNext = stream.pointee.get_next, getNext(stream, &batch) == 0 else {
        throw .arrow(reason: Self.reason(stream))
      }
      guard let release = batch.release else { return }
      defer { release(&batch) }
      try read(batch)
    }
  }

  private static func reason(_ stream: UnsafeMutablePointer<ArrowArrayStream>) -> String {
    guard let text = stream.pointee.get_last_error?(stream) else { return "failed" }
    return "failed: \(String(cString: text))"
  }

  private mutating func read(_ schema: ArrowSchema) throws(LibraryError) {
    guard schema.format.map({ String(cString: $0) }) == "+s" else {
      throw .arrow(reason: "holds no table: its batches are not records")
    }
    guard schema.n_children > 0, let children = schema.children else {
      throw .arrow(reason: "holds a table without columns")
    }
    for place in 0..<Int(schema.n_children) {
      guard let child = children[place]?.pointee, let format = child.format else {
        throw .arrow(reason: "has an invalid schema")
      }
      let name = child.name.map { String(cString: $0) } ?? ""
      let values = child.dictionary?.pointee.format ?? format
      let spelled = String(cString: values)
      let indices = child.dictionary == nil ? nil : String(cString: format)
      guard let type = ArrowType(format: spelled) else { throw .arrowType(column: name, format: spelled) }
      if let indices {
        guard case .text = type, case .integer? = ArrowType(format: indices) else {
          throw .arrowType(column: name, format: "dictionary of \(spelled)")
        }
      }
      columns.append(
        ArrowColumn(
          name: name, format: spelled, type: type, isNullable: child.flags & Int64(ARROW_FLAG_NULLABLE) != 0,
          indices: indices))
    }
  }

  private mutating func read(_ batch: ArrowArray) throws(LibraryError) {
    guard batch.n_children == Int64(columns.count), let children = batch.children, batch.length >= 0,
      batch.offset >= 0
    else { throw .arrow(reason: "has a batch that differs from its schema") }
    var readers: [ArrowColumnReader] = []
    for (place, column) in columns.enumerated() {
      guard let child = children[place], let reader = ArrowColumnReader(child, column, batch.offset) else {
        throw .arrow(reason: "has a batch that differs from its schema, in column \(column.name)")
      }
      readers.append(reader)
    }
    let isSingle = columns.count == 1
    for row in 0..<Int(batch.length) {
      for (place, reader) in readers.enumerated() {
        if place > 0 { text.append(0x2C) }
        switch reader.cell(row) {
        case .missing: if isSingle { text += ArrowTable.missing.utf8 }
        case .plain(let cell): text += cell.utf8
        case .quoted(let cell): quote(cell)
        }
      }
      text.append(0x0A)
    }
  }

  private mutating func quote(_ bytes: UnsafeRawBufferPointer, or name: String? = nil) {
    text.append(0x22)
    func add(_ byte: UInt8) {
      if byte == 0x22 { text.append(0x22) }
      text.append(byte)
    }
    if let name {
      for byte in name.utf8 { add(byte) }
    } else if bytes.contains(0x22) {
      for byte in bytes { add(byte) }
    } else {
      text.append(contentsOf: bytes)
    }
    text.append(0x22)
  }
}
