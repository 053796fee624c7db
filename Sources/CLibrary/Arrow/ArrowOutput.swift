import CVaec

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A table as an Arrow stream of one batch.
///
/// Unchecked: what changes is accessed by the one consumer of the stream.
final class ArrowOutput: @unchecked Sendable {
  private let columns: [ArrowColumnBuilder]
  private let rows: Int
  private var isDone = false

  /// - Parameter text: as ``ArrowTable`` says.
  init(_ text: UnsafeRawBufferPointer) throws(LibraryError) {
    guard let (columns, start) = ArrowTable.columns(text) else {
      throw .arrow(reason: "cannot be made: the table was a text file; its content is CSV")
    }
    var builders = columns.map { ArrowColumnBuilder($0) }
    var cells = TableCells(text, from: start)
    var rows = 0
    while cells.position < text.count {
      for place in builders.indices {
        guard let cell = cells.next(), cell.endsRow == (place == builders.count - 1),
          builders[place].add(cell, cells)
        else {
          throw .arrow(
            reason: "cannot be made: row \(rows), column \(columns[place].name) is not of the type "
              + "\"\(columns[place].format)\"")
        }
      }
      rows += 1
    }
    (self.columns, self.rows) = (builders, rows)
  }

  func export(to stream: UnsafeMutablePointer<ArrowArrayStream>) {
    var made = ArrowArrayStream()
    made.get_schema = { stream, schema in
      guard let schema, let output = ArrowOutput.of(stream) else { return EINVAL }
      output.write(schema)
      return 0
    }
    made.get_next = { stream, array in
      guard let array, let output = ArrowOutput.of(stream) else { return EINVAL }
      array.pointee = ArrowArray()
      if !output.isDone { output.write(array) }
      output.isDone = true
      return 0
    }
    made.get_last_error = { _ in nil }
    made.release = { stream in
      guard let stream, let own = stream.pointee.private_data else { return }
      Unmanaged<ArrowOutput>.fromOpaque(own).release()
      stream.pointee.private_data = nil
      stream.pointee.release = nil
    }
    made.private_data = Unmanaged.passRetained(self).toOpaque()
    stream.pointee = made
  }

  private static func of(_ stream: UnsafeMutablePointer<ArrowArrayStream>?) -> ArrowOutput? {
    stream?.pointee.private_data.map { Unmanaged<ArrowOutput>.fromOpaque($0).takeUnretainedValue() }
  }

  // Schemas and arrays own themselves: each part is freed by its own callback, so that consumers may keep some.

  private func write(_ schema: UnsafeMutablePointer<ArrowSchema>) {
    let children = UnsafeMutablePointer<UnsafeMutablePointer<ArrowSchema>?>.allocate(capacity: columns.count)
    for (place, builder) in columns.enumerated() {
      let child = UnsafeMutablePointer<ArrowSchema>.allocate(capacity: 1)
      let column = builder.column
      let format = column.type == .text(size: 0) ? "U" : column.format
      child.pointee = ArrowSchema.made(column.indices ?? format, column.name, isNullable: column.isNullable)
      if column.indices != nil {
        let words = UnsafeMutablePointer<ArrowSchema>.allocate(capacity: 1)
        words.pointee = ArrowSchema.made(format, "", isNullable: true)
        child.pointee.dictionary = words
      }
      children[place] = child
    }
    schema.pointee = ArrowSchema.made("+s", "", isNullable: false)
    schema.pointee.n_children = Int64(columns.count)
    schema.pointee.children = children
  }

  private func write(_ array: UnsafeMutablePointer<ArrowArray>) {
    let children = UnsafeMutablePointer<UnsafeMutablePointer<ArrowArray>?>.allocate(capacity: columns.count)
    for (place, builder) in columns.enumerated() {
      let child = UnsafeMutablePointer<ArrowArray>.allocate(capacity: 1)
      let validity = builder.missing > 0 ? builder.validity : nil
      switch builder.column.type {
      case .null: child.pointee = ArrowArray.made(rows, missing: rows, [])
      case .text where builder.column.indices == nil:
        child.pointee = ArrowArray.made(
          rows, missing: builder.missing, [validity, builder.values, builder.data])
      default: child.pointee = ArrowArray.made(rows, missing: builder.missing, [validity, builder.values])
      }
      if builder.column.indices != nil {
        var words = ArrowColumnBuilder(
          ArrowColumn(
            name: "", format: builder.column.format, type: builder.column.type, isNullable: true, indices: nil
          ))
        words.add(words: builder.words)
        let dictionary = UnsafeMutablePointer<ArrowArray>.allocate(capacity: 1)
        dictionary.pointee = ArrowArray.made(
          builder.words.count, missing: 0, [nil, words.values, words.data])
        child.pointee.dictionary = dictionary
      }
      children[place] = child
    }
    array.pointee = ArrowArray.made(rows, missing: 0, [nil])
    array.pointee.n_children = Int64(columns.count)
    array.pointee.children = children
  }
}

extension ArrowSchema {
  fileprivate static func made(_ format: String, _ name: String, isNullable: Bool) -> ArrowSchema {
    var schema = ArrowSchema()
    schema.format = UnsafePointer(strdup(format))
    schema.name = UnsafePointer(strdup(name))
    schema.flags = isNullable ? Int64(ARROW_FLAG_NULLABLE) : 0
    schema.release = { schema in
      guard let schema else { return }
      for place in 0..<Int(schema.pointee.n_children) {
        guard let child = schema.pointee.children[place] else { continue }
        child.pointee.release?(child)
        child.deallocate()
      }
      schema.pointee.children?.deallocate()
      if let words = schema.pointee.dictionary {
        words.pointee.release?(words)
        words.deallocate()
      }
      free(UnsafeMutableRawPointer(mutating: schema.pointee.format))
      free(UnsafeMutableRawPointer(mutating: schema.pointee.name))
      schema.pointee.release = nil
    }
    return schema
  }
}

extension ArrowArray {
  fileprivate static func made(_ rows: Int, missing: Int, _ buffers: [[UInt8]?]) -> ArrowArray {
    var array = ArrowArray()
    (array.length, array.null_count) = (Int64(rows), Int64(missing))
    array.n_buffers = Int64(buffers.count)
    array.buffers = .allocate(capacity: max(1, buffers.count))
    for (place, bytes) in buffers.enumerated() {
      array.buffers[place] = bytes.map { bytes in
        let memory = UnsafeMutableRawPointer.allocate(byteCount: max(64, bytes.count), alignment: 64)
        bytes.withUnsafeBytes {
          if let start = $0.baseAddress { memory.copyMemory(from: start, byteCount: $0.count) }
        }
        return UnsafeRawPointer(memory)
      }
    }
    array.release = { array in
      guard let array else { return }
      for place in 0..<Int(array.pointee.n_children) {
        guard let child = array.pointee.children[place] else { continue }
        child.pointee.release?(child)
        child.deallocate()
      }
      array.pointee.children?.deallocate()
      if let words = array.pointee.dictionary {
        words.pointee.release?(words)
        words.deallocate()
      }
      for place in 0..<Int(array.pointee.n_buffers) { array.pointee.buffers[place]?.deallocate() }
      array.pointee.buffers.deallocate()
      array.pointee.release = nil
    }
    return array
  }
}
