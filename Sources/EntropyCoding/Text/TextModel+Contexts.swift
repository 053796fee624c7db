extension TextModel {
  /// Sets the contexts of the next byte: what precedes it in the text, in its row and in its column.
  @inline(__always)
  mutating func setContexts() {
    let offset = cursor.offset
    let column = UInt32(truncatingIfNeeded: min(cursor.column, Self.columns - 1))
    let c4 = UInt32(truncatingIfNeeded: text)
    let (c1, c2) = (c4 & 0xFF, c4 & 0xFFFF)
    let c8 = UInt32(truncatingIfNeeded: text >> 32)
    // Bytes of the cell above: at the same offset, after it and before it; and one of the cell above that.
    let up = cursor.byte(of: cursor.above, offset)
    let upNext = cursor.byte(of: cursor.above, offset &+ 1)
    let upNext2 = cursor.byte(of: cursor.above, offset &+ 2)
    let upBefore = offset > 0 ? cursor.byte(of: cursor.above, offset &- 1) : 0
    let up2 = cursor.byte(of: cursor.above2, offset)
    let prefix = cursor.prefix
    let (left, left2) = (cursor.left, cursor.left2)
    let own = mixed(column, prefix)
    let ownAbove = mixed(own, cursor.above.hash)
    let ownLeft = mixed(own, left)
    let ownFirst = mixed(own, cursor.first)
    let guess = steps.stepped.byte(offset)
    let same = comparison.isSame ? up &+ 1 : 0
    let guesses = mixed(column, guess | steps.increased.byte(offset) << 8 | same << 16)
    let place = UInt32(truncatingIfNeeded: min(offset, 31))
    let order = comparison.order
    let ordered = column | order << 8

    let hashes = histories.hashes.base
    var i = 0
    @inline(__always) func add(_ hash: UInt32) {
      hashes[i] = mixed(hash, UInt32(truncatingIfNeeded: i))
      i &+= 1
    }
    // The text.
    add(c1 | 0x100)
    add(c2)
    add(c4 & 0xFF_FFFF)
    add(c4)
    add(mixed(c4, c8))
    add(prefix)
    // The column, and preceding cells in the row.
    add(mixed(column, place | 0x1000))
    add(own)
    add(ownLeft)
    add(mixed(own, left2))
    add(mixed(ownLeft, left2))
    add(ownFirst)
    add(mixed(ownFirst, left))
    add(mixed(own, cursor.all))
    // The cells above.
    add(ownAbove)
    add(mixed(ownAbove, cursor.above2.hash))
    add(mixed(ownAbove, cursor.aboveRight.hash))
    add(mixed(ownAbove, left))
    add(mixed(own, up | upNext << 8))
    // The comparison of the cell with the one above, and what follows there.
    add(mixed(ordered, up | upNext << 8 | upNext2 << 16))
    add(mixed(ordered, up | c2 << 8))
    add(mixed(ordered, up | upBefore << 8 | c1 << 16 | upNext << 24))
    add(mixed(column | place << 8, up | up2 << 8 | order << 16))
    // The cell predicted by continuing numbers.
    add(guesses)
    add(mixed(guesses, steps.rest(offset)))

    let position = cursor.position
    if position > 0 {
      recent.begin(mixed(mixed(c4, c8 & 0xFFFF), 0), position: position, codes)
      beside.begin(mixed(ownLeft, 1), position: position, codes)
      below.begin(mixed(ownAbove, 2), position: position, codes)
    }
    selectors.column = Int(column)
    selectors.above = Int(up)
    selectors.kinds = Self.kind(up) << 3 | Self.kind(c1)
    selectors.agreement = (Int(order) << 1 | (steps.stepped.holds ? 1 : 0)) << 4 | min(offset, 15)
  }

  /// The class of a byte, one of 8.
  @inline(__always)
  private static func kind(_ byte: UInt32) -> Int {
    switch byte {
    case 0: 0
    case 0x30...0x39: 1
    case UInt32(UInt8(ascii: ",")), UInt32(UInt8(ascii: ";")): 2
    case UInt32(UInt8(ascii: "\n")): 3
    case UInt32(UInt8(ascii: ".")): 4
    case ..<0x30: 5
    default: 6
    }
  }
}

/// Compares the bytes of a cell with those of the cell above, as digits of numbers.
struct CellComparison {
  /// 0 while they are equal. Then the cell is greater or less: by one in the last digit (1 and 2), or by more (3 and
  /// 4).
  private(set) var order: UInt32 = 0

  var isSame: Bool { order == 0 }

  /// Advances by a byte of the cell.
  ///
  /// - Parameter above: the byte at the same offset of the cell above, 0 after its end.
  @inline(__always)
  mutating func take(_ byte: UInt8, above: UInt8) {
    switch order {
    case 0:
      guard byte != above else { return }
      order = byte == above &+ 1 ? 1 : byte == above &- 1 ? 2 : byte > above ? 3 : 4
    // A digit one greater, followed by a change from 9 to 0, is still an increase by one.
    case 1: if byte != UInt8(ascii: "0") || above != UInt8(ascii: "9") { order = 3 }
    case 2: if byte != UInt8(ascii: "9") || above != UInt8(ascii: "0") { order = 4 }
    default: break
    }
  }
}
