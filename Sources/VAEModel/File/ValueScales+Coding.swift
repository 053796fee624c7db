import ByteIO

// The scales of a model in its file; man/vaec.5 specifies the format byte by byte.

extension ValueScales {
  /// The flags of a scale, in one byte.
  private enum Flag {
    static let isInteger: UInt8 = 1
    static let hasLowest: UInt8 = 2
    static let hasHighest: UInt8 = 4
    /// All values equal the offset.
    static let isConstant: UInt8 = 8
    static let all: UInt8 = 15
  }

  /// Whether there are no scales, one for all values, or one for each.
  enum Kind: UInt8 {
    case none = 0
    case common = 1
    case column = 2
  }

  /// The kind, which precedes the scales in the file.
  var kind: Kind { isIdentity ? .none : isByColumn ? .column : .common }

  /// Appends all scales.
  func write(to w: inout ByteWriter) {
    for scale in scales {
      let isConstant = scale.range == 0 && scale.lowest == scale.offset && scale.highest == scale.offset
      let flags =
        (scale.isInteger ? Flag.isInteger : 0) | (scale.lowest > -.infinity ? Flag.hasLowest : 0)
        | (scale.highest < .infinity ? Flag.hasHighest : 0)
      w.append(isConstant ? flags & Flag.isInteger | Flag.isConstant : flags)
      w.append(scale.offset)
      if isConstant { continue }
      w.append(UInt32(truncatingIfNeeded: scale.scale.bitPattern >> 32))
      w.append(UInt32(truncatingIfNeeded: scale.range.bitPattern >> 32))
      if scale.lowest > -.infinity { w.append(scale.lowest) }
      if scale.highest < .infinity { w.append(scale.highest) }
    }
  }

  /// - Parameters:
  ///   - kind: one of ``Kind``.
  ///   - values: the number of values in a sample.
  init(from r: inout ByteReader, kind: UInt8, values: Int) throws(ModelFileError) {
    guard let kind = Kind(rawValue: kind) else { throw .damaged("its scales are of an unknown kind") }
    var scales: [Scale] = []
    let count =
      switch kind {
      case .none: 0
      case .common: 1
      case .column: values
      }
    guard count <= r.remaining, kind != .column || values > 1 else {
      throw .damaged("it has too few scales")
    }
    for _ in 0..<count {
      let scale = try reading { () throws(ByteReader.Failure) in try Self.scale(&r) }
      guard let scale, scale.isSound else { throw .damaged("a scale is impossible") }
      scales.append(scale)
    }
    self.init(scales)
  }

  private static func scale(_ r: inout ByteReader) throws(ByteReader.Failure) -> Scale? {
    let flags: UInt8 = try r.integer()
    guard flags <= Flag.all else { return nil }
    let offset = try r.double()
    let isInteger = flags & Flag.isInteger != 0
    if flags & Flag.isConstant != 0 {
      guard flags & ~Flag.isInteger == Flag.isConstant else { return nil }
      return Scale(offset: offset, lowest: offset, highest: offset, isInteger: isInteger)
    }
    let scale = Double(bitPattern: UInt64(try r.integer(UInt32.self)) << 32)
    let range = Double(bitPattern: UInt64(try r.integer(UInt32.self)) << 32)
    let lowest = flags & Flag.hasLowest != 0 ? try r.double() : -.infinity
    let highest = flags & Flag.hasHighest != 0 ? try r.double() : .infinity
    return Scale(
      offset: offset, scale: scale, range: range, lowest: lowest, highest: highest, isInteger: isInteger)
  }
}
