import Records

// Values as positions, and back. Columns are done one after another.

/// The positions of values that were looked for last, where looking takes long: most such values repeat.
private struct RecentPositions {
  private var keys = [UInt64](repeating: 0, count: 1 << bits)
  private var positions = [Int64?](repeating: nil, count: 1 << bits)
  private var isSet = [Bool](repeating: false, count: 1 << bits)
  private static let bits: UInt64 = 11

  mutating func position(_ raw: UInt64, _ find: () -> Int64?) -> Int64? {
    let place = Int(truncatingIfNeeded: (raw &* 0x9E37_79B9_7F4A_7C15) &>> (64 &- Self.bits))
    if isSet[place], keys[place] == raw { return positions[place] }
    let found = find()
    (keys[place], positions[place], isSet[place]) = (raw, found, true)
    return found
  }
}

extension QuickField {
  /// Sets the positions of a batch's values.
  ///
  /// - Parameters:
  ///   - isMark: whether the value with such bits is kept by its bits.
  ///   - limit: the number of values of a column without a name from which on the rest is left undone; all of those that a
  ///     dictionary lacks are found.
  ///   - rows: how many rows; nil for all.
  /// - Returns: the number of values without a name, and these values of columns that have too many, or that a dictionary lacks.
  func set(
    _ bytes: UnsafeRawBufferPointer, _ storage: ElementType, _ namings: [QuickNaming], swaps: Bool,
    isMark: ((UInt64) -> Bool)?, limit: Int = .max, rows: Int? = nil
  ) -> (nameless: Int, lost: [Int: [Double]]) {
    let (width, isNarrow, rows) = (layout.shape.width, layout.shape.isNarrow, rows ?? layout.rows)
    var (nameless, lost): (Int, [Int: [Double]]) = (0, [:])
    for (column, naming) in namings.enumerated() {
      if naming.isIdentity, !swaps, isMark == nil {
        setIntegers(bytes, storage, isNarrow ? column..<column + 1 : 0..<width, rows)
        continue
      }
      let scaled = naming.kind == .scaled ? naming.scale : nil
      var own: [Double] = []
      var recent = naming.isSlow ? RecentPositions() : nil
      let most = naming.hasDictionary ? limit == .max ? limit : limit - 1 : limit
      for row in 0..<rows {
        let start = layout.start(row)
        for j in isNarrow ? column..<column + 1 : 0..<width {
          let stored = storage.bits(row &* width &+ j, of: bytes)
          let raw = swaps ? ValuePlan.swapped(stored) : stored
          let value = storage.value(bits: raw)
          var position =
            recent == nil
            ? naming.position(of: value, bits: raw)
            : recent?.position(raw) { naming.position(of: value, bits: raw) }
          if let isMark, isMark(raw) {
            position = nil
          } else if position == nil, value.isFinite {
            own.append(value)
          }
          if position == nil { nameless += 1 }
          if let scaled {
            names[start &+ j] = position ?? QuickPass.nameless
            positions[start &+ j] = position.map { scaled.position(of: $0) } ?? 0
          } else {
            positions[start &+ j] = position ?? QuickPass.nameless
          }
        }
        if own.count > most, !naming.hasDictionary { break }
      }
      if own.count > (naming.hasDictionary && limit < .max ? 0 : limit) { lost[column] = own }
    }
    return (nameless, lost)
  }

  /// Sets positions to integers.
  private func setIntegers(
    _ bytes: UnsafeRawBufferPointer, _ storage: ElementType, _ columns: Range<Int>, _ rows: Int
  ) {
    func set<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type) {
      let (size, width) = (MemoryLayout<Number>.size, layout.shape.width)
      guard let first = bytes.baseAddress else { return }
      for row in 0..<rows {
        let (source, target) = (first + row &* width &* size, positions + layout.start(row))
        for j in columns {
          target[j] = Int64(truncatingIfNeeded: (source + j &* size).loadUnaligned(as: Number.self))
        }
      }
    }
    switch storage {
    case .u1: set(UInt8.self)
    case .i1: set(Int8.self)
    case .u2: set(UInt16.self)
    case .i2: set(Int16.self)
    case .u4: set(UInt32.self)
    default: set(Int32.self)
    }
  }

  /// Sets the positions of the model's reconstruction.
  ///
  /// - Parameter rows: how many rows; nil for all.
  func setBase(_ numbers: UnsafePointer<Double>, _ namings: [QuickNaming], rows: Int? = nil) {
    guard let base else { return }
    let (width, isNarrow) = (layout.shape.width, layout.shape.isNarrow)
    for row in 0..<(rows ?? layout.rows) {
      let start = layout.start(row)
      for j in 0..<width {
        base[start + j] = namings[isNarrow ? j : 0].base(numbers[row * width + j])
      }
    }
  }

  /// Writes the values of the first rows.
  func write(
    _ bytes: UnsafeMutableRawBufferPointer, _ storage: ElementType, _ namings: [QuickNaming], swaps: Bool,
    rows: Int
  ) {
    let (width, isNarrow) = (layout.shape.width, layout.shape.isNarrow)
    for (column, naming) in namings.enumerated() {
      let source = naming.kind == .scaled ? names : positions
      for row in 0..<rows {
        let start = layout.start(row)
        for j in isNarrow ? column..<column + 1 : 0..<width {
          let bits = naming.bits(of: source[start &+ j])
          storage.store(swaps ? ValuePlan.swapped(bits) : bits, row &* width &+ j, of: bytes)
        }
      }
    }
  }
}
