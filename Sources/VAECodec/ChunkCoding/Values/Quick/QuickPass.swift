/// Codes the errors of predictions, in either direction.
protocol QuickSymbols {
  /// Whether errors are known, as in an encoder.
  static var isKnown: Bool { get }
  /// Codes an error in a context.
  ///
  /// - Returns: the error; a decoder ignores the argument.
  mutating func code(_ error: Int64, _ context: Int) -> Int64
}

/// What is looked at to expect the size of an error.
enum QuickSurroundings: UInt8, CaseIterable {
  /// The errors beside and above.
  case around
  /// Those before in the same row, or column.
  case before
  /// Mostly those above.
  case above
}

/// The pass over all values that encoder and decoder share: predict, code the error in the context of the errors around, go on.
struct QuickPass {
  let field: QuickField
  let columns: QuickColumns
  let surroundings: QuickSurroundings

  /// Positions between steps where errors are whole steps.
  static let stepBits: Int64 = 10
  static let step: Int64 = 1 << 10
  /// Marks values without a name, whose errors are 0.
  static let nameless = Int64.min
  /// The levels of sizes and the contexts of each; and the contexts of a column.
  private static let levels = 58
  private static let classes = 4
  static let contexts = 232
  private static let largestError: UInt64 = 0x0FFF_FFFF

  @inline(__always)
  static func magnitude(_ number: Int64) -> UInt32 {
    UInt32(truncatingIfNeeded: min(largestError, number.magnitude))
  }

  /// Two levels an octave.
  @inline(__always)
  private static func level(_ size: UInt32) -> Int {
    let more = size &+ 1
    let octave = 31 &- more.leadingZeroBitCount
    return 2 &* octave &+ Int(more &>> UInt32(truncatingIfNeeded: octave &- 1)) & 1
  }

  /// The number of steps that a slope exceeds, in quarters of a step: 0 to 3.
  @inline(__always)
  private static func steepness(_ slope: UInt64) -> Int {
    (slope < 256 ? 0 : 1) &+ (slope < 768 ? 0 : 1) &+ (slope < 2560 ? 0 : 1)
  }

  /// Codes the first rows of the field, or all.
  @inline(__always)
  func run<Symbols: QuickSymbols>(_ symbols: inout Symbols, rows: Int? = nil) {
    // The buffers live as long as the pointers to them are used.
    defer { withExtendedLifetime(self) {} }
    let layout = field.layout
    let (width, stride, border, isNarrow) = (
      layout.shape.width, layout.stride, layout.border, layout.shape.isNarrow
    )
    let (positions, errors, names, usual) = (field.positions, field.errors, field.names, field.usual)
    let base = field.base ?? field.positions
    let columns = self.columns.columns
    let hasNames = columns.pointee.kind == .scaled
    for row in 0..<min(layout.rows, rows ?? layout.rows) {
      let start = layout.start(row)
      for k in 0..<border {
        positions[start &- k &- 1] = positions[start &- stride]
        errors[start &- k &- 1] = errors[start &- stride]
        if hasNames { names[start &- k &- 1] = names[start &- stride] }
      }
      var columnContexts = 0
      for j in 0..<width {
        let i = start &+ j
        let column = columns + (isNarrow ? j : 0)
        let prediction = column.pointee.predict(positions + i, base + i)
        let near = errors + i
        let size: UInt32
        if isNarrow {
          let own = usual[j]
          let above = near[-stride]
          size =
            surroundings == .around
            ? (3 &* above &+ near[-2 &* stride] &+ own &>> 2 &+ 2 &* near[-1]) &>> 3
            : (2 &* above &+ near[-2 &* stride] &+ own &>> 3) &>> 2
        } else {
          size = wideSize(near)
        }
        let context = columnContexts &+ Self.level(size) &* Self.classes
        let error: UInt32
        switch column.pointee.kind {
        case .names:
          let center = (prediction &+ 8) &>> 4
          // Sixteenths from the nearest position: errors to that side are the likelier ones.
          let rest = prediction &- center &<< 4
          let sign = rest &>> 63
          let distance = Int(truncatingIfNeeded: (rest ^ sign) &- sign)
          var off: Int64 = 0
          if Symbols.isKnown, positions[i] != Self.nameless { off = positions[i] &- center }
          off = symbols.code((off ^ sign) &- sign, context &+ min(3, distance &>> 1))
          let found = center &+ (off ^ sign) &- sign
          positions[i] = found
          error = Self.magnitude(found &<< 4 &- prediction)
        case .free:
          let center = (prediction &+ 8) &>> 4
          let (left, up) = (center &- positions[i &- 1], center &- positions[i &- stride])
          let sign = left &>> 63
          var off: Int64 = 0
          if Symbols.isKnown, positions[i] != Self.nameless {
            off = (positions[i] &- center &+ Self.step / 2) &>> Self.stepBits
          }
          let steepness = Self.steepness(max(left.magnitude, up.magnitude))
          off = symbols.code((off ^ sign) &- sign, context &+ steepness)
          off = (off ^ sign) &- sign
          positions[i] = center &+ off &<< Self.stepBits
          error = Self.magnitude(off &<< 4)
        case .scaled:
          // Positions may be less precise than names, so that one that repeats is known by its name.
          let anchor = i &+ column.pointee.anchor
          let center =
            prediction == positions[anchor] &<< 4 ? names[anchor] : column.pointee.scale.name(of: prediction)
          var off: Int64 = 0
          if Symbols.isKnown, names[i] != Self.nameless { off = names[i] &- center }
          off = symbols.code(off, context)
          let found = center &+ off
          names[i] = found
          positions[i] = column.pointee.scale.position(of: found)
          error = Self.magnitude(off)
        }
        errors[i] = error
        if isNarrow {
          usual[j] = usual[j] &+ error &- usual[j] &>> 3
          columnContexts = columnContexts &+ Self.contexts
        }
      }
      let end = start &+ width
      for k in 0..<border {
        positions[end &+ k] = positions[end &- 1]
        errors[end &+ k] = errors[end &- 1]
        if hasNames { names[end &+ k] = names[end &- 1] }
      }
    }
  }

  /// The expected size of the error of a wide sample's value.
  @inline(__always)
  private func wideSize(_ near: UnsafeMutablePointer<UInt32>) -> UInt32 {
    let (stride, plane) = (field.layout.stride, field.layout.planeStride)
    switch surroundings {
    case .around:
      let above = near[-stride &+ 1] &+ 2 &* near[-stride]
      let beside = near[-2] &+ 2 &* near[-1]
      return plane > 0
        ? (above &+ beside &+ 2 &* near[-plane]) &>> 3
        : (above &+ beside &+ near[-1] &+ near[-stride &- 1]) &>> 3
    case .before:
      return (4 &* near[-1] &+ 2 &* near[-2] &+ near[-3] &+ near[-4]) &>> 3
    case .above:
      let above = near[-stride &- 1] &+ 2 &* near[-stride] &+ near[-stride &+ 1] &+ 2 &* near[-2 &* stride]
      return (above &+ near[-1] &+ near[plane > 0 ? -plane : -stride]) &>> 3
    }
  }
}
