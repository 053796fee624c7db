/// Takes records apart, into numbers and text, and puts them together again.
package struct RecordRows: Sendable {
  private let layout: RecordLayout
  private let elementType: ElementType
  private let width: Int
  /// Whether numbers of several types are in binary64.
  private let isMixed: Bool
  private let modelled: [RecordField]
  private let exact: [(field: RecordField, cells: CellText)]

  init(_ layout: RecordLayout, _ description: SampleDescription) {
    self.layout = layout
    elementType = description.elementType
    width = description.valuesPerSample
    isMixed = layout.columnTypes != nil
    modelled = layout.modelled
    exact = layout.exact.map { ($0, CellText($0)) }
  }

  /// The samples of records.
  ///
  /// - Parameter keepsText: whether they have the other fields beside them.
  func split(_ records: [UInt8], keepsText: Bool) -> SampleBatch {
    let rows = records.count / layout.size
    var batch = SampleBatch(
      elementType: elementType, valuesPerSample: width, bytes: numbers(of: records, rows))
    if keepsText, !exact.isEmpty { batch.text = text(of: records, rows) }
    return batch
  }

  private func numbers(of records: [UInt8], _ rows: Int) -> [UInt8] {
    let size = elementType.size
    let rowBytes = width * size
    guard !modelled.isEmpty else { return [UInt8](repeating: 0, count: rows * rowBytes) }
    return [UInt8](unsafeUninitializedCapacity: rows * rowBytes) { output, filled in
      let output = UnsafeMutableRawBufferPointer(output)
      records.withUnsafeBytes { records in
        for row in 0..<rows {
          var place = row * width
          for field in modelled {
            guard let type = field.elementType else { continue }
            let own = UnsafeRawBufferPointer(
              rebasing: records[(row * layout.size + field.offset)...].prefix(field.size))
            if !isMixed, field.bigEndian == hostIsBigEndian || type.size == 1 {
              UnsafeMutableRawBufferPointer(rebasing: output[(place * size)...]).copyMemory(from: own)
              place += field.count
              continue
            }
            for value in 0..<field.count {
              let raw = UnsafeRawBufferPointer(rebasing: own[value * type.size..<(value + 1) * type.size])
              let bits = CellText.bits(raw, field.bigEndian)
              elementType.store(isMixed ? type.widened(bits).bitPattern : bits, place, of: output)
              place += 1
            }
          }
        }
      }
      filled = rows * rowBytes
    }
  }

  private func text(of records: [UInt8], _ rows: Int) -> RowText {
    var (text, ends): ([UInt8], [Int]) = ([], [])
    ends.reserveCapacity(rows)
    records.withUnsafeBytes { records in
      for row in 0..<rows {
        var isFirst = true
        for (field, cells) in exact {
          let begin = row * layout.size + field.offset
          for value in 0..<field.count {
            if !isFirst { text.append(UInt8(ascii: "\t")) }
            isFirst = false
            let own = begin + value * field.valueSize
            cells.append(UnsafeRawBufferPointer(rebasing: records[own..<own + field.valueSize]), to: &text)
          }
        }
        text.append(0x0A)
        ends.append(text.count)
      }
    }
    return RowText(bytes: text, ends: ends)
  }

  /// The records of samples. Where the text is lost, other fields are zeros.
  ///
  /// - Parameter first: the number of the first row, from 0, for messages.
  func join(_ batch: SampleBatch, first: Int) throws(SampleIOError) -> [UInt8] {
    let rows = batch.rows
    var records = [UInt8](repeating: 0, count: rows * layout.size)
    var failed: Int?
    records.withUnsafeMutableBytes { records in
      batch.bytes.withUnsafeBytes { numbers in
        for row in 0..<rows {
          var place = row * width
          for field in modelled {
            guard let type = field.elementType else { continue }
            let own = UnsafeMutableRawBufferPointer(
              rebasing: records[(row * layout.size + field.offset)...].prefix(field.size))
            for value in 0..<field.count {
              let bits = elementType.bits(place, of: numbers)
              CellText.store(
                isMixed ? type.narrowed(Double(bitPattern: bits)) : bits,
                UnsafeMutableRawBufferPointer(rebasing: own[value * type.size..<(value + 1) * type.size]),
                field.bigEndian)
              place += 1
            }
          }
        }
      }
      guard let text = batch.text else { return }
      for row in 0..<rows where !read(text, row, into: records) {
        failed = row
        break
      }
    }
    if let failed {
      throw .badDescription(name: "", reason: "the text of row \(first + failed + 1) does not fit its fields")
    }
    return records
  }

  /// Writes the exact fields of a row; false if its text does not fit them.
  private func read(_ text: RowText, _ row: Int, into records: UnsafeMutableRawBufferPointer) -> Bool {
    cells(of: text, row) { cell, field, cells, value in
      let own = row * layout.size + field.offset + value * field.valueSize
      return cells.read(
        cell, into: UnsafeMutableRawBufferPointer(rebasing: records[own..<own + field.valueSize]))
    }
  }

  /// Gives the cells of a row one by one, until `body` is false; false if it was, or there are more or fewer.
  func cells(
    of text: RowText, _ row: Int,
    _ body: (UnsafeRawBufferPointer, _ field: RecordField, CellText, _ value: Int) -> Bool
  ) -> Bool {
    guard row < text.ends.count else { return false }
    return text.bytes.withUnsafeBytes { bytes in
      let end = text.ends[row]
      var position = row > 0 ? text.ends[row - 1] : 0
      guard end > position, bytes[end - 1] == 0x0A else { return false }
      for (field, cells) in exact {
        for value in 0..<field.count {
          guard position < end else { return false }
          var next = position
          while next < end - 1, bytes[next] != UInt8(ascii: "\t") { next += 1 }
          guard body(UnsafeRawBufferPointer(rebasing: bytes[position..<next]), field, cells, value) else {
            return false
          }
          position = next + 1
        }
      }
      return position == end
    }
  }
}

extension ElementType {
  /// The number of these bits in binary64, from which ``narrowed(_:)`` gives them back; not for integers of 64 bits.
  package func widened(_ bits: UInt64) -> Double {
    let value = value(bits: bits)
    guard value.isNaN else { return value }
    // The payload stays, a signal too.
    let (sign, payload): (UInt64, UInt64) =
      switch self {
      case .f2: (bits >> 15 & 1, (bits & 0x3FF) << 42)
      case .f4: (bits >> 31 & 1, (bits & 0x7F_FFFF) << 29)
      default: (bits >> 63, bits & 0xF_FFFF_FFFF_FFFF)
      }
    return Double(bitPattern: sign << 63 | 0x7FF << 52 | payload)
  }

  /// The bits of the value of this type that is nearest to a number; those of NaN keep what they can of its payload.
  package func narrowed(_ value: Double) -> UInt64 {
    guard value.isNaN, !isInteger, self != .f8 else { return bits(nearest: value) }
    let bits = value.bitPattern
    let sign = bits >> 63
    let shift: UInt64 = self == .f2 ? 42 : 29
    let quiet: UInt64 = 1 << 51
    let payload = (bits & 0xF_FFFF_FFFF_FFFF) >> shift
    let own = payload == 0 ? quiet >> shift : payload
    return self == .f2 ? sign << 15 | 0x7C00 | own : sign << 31 | 0x7F80_0000 | own
  }

  /// The value of this type nearest to a number, in binary64; NaN as it is, or 0 in integers.
  package func rounded(_ value: Double) -> Double {
    value.isNaN && !isInteger ? value : self.value(bits: bits(nearest: value))
  }
}
