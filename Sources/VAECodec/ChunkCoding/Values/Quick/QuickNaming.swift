import EntropyCoding
import Records

/// The positions of a column's numbers, and the values at positions.
///
/// The names are those of a ``ValuePlan``. Steps from a prediction are counted in small parts, so that predictions keep their
/// precision; the parts are a little smaller, because numbers are rounded to them first.
struct QuickNaming {
  let kind: QuickColumn.Kind
  /// The unit of positions, where names are bits.
  let scale: QuickScale
  private let bitsType: ElementType

  private enum Conversion {
    /// Multiples of a step; whole ones of integers.
    case affine, whole, ordered, free, other
  }

  private let conversion: Conversion
  private let grid: ValueGrid
  private let ordered: OrderedBits
  private let (offset, step, power, part): (Double, Double, Double, Double)
  private let (least, greatest): (Double, Double)
  private let type: ElementType
  private let storage: ElementType
  private let bound: Double

  /// - Parameters:
  ///   - exponent: that of the scale, where names are bits and numbers are predicted.
  ///   - storage: the type that values are stored in.
  init(_ column: ValuePlan.Column, exponent: Int?, bound: Double, _ type: ElementType, storage: ElementType) {
    (self.bound, self.type, self.storage) = (bound, type, storage)
    let coding = ColumnCoding(column, bound: ValueBound(bound), type)
    grid = coding.grid
    part = coding.freeStep.map { max($0 / Double(QuickPass.step + 2), .leastNormalMagnitude) } ?? 1
    (least, greatest) = storage.range.map { ($0.lowerBound, $0.upperBound) } ?? (0, 0)
    var bitsType = type
    if case .ordered(let own) = grid.kind { bitsType = own }
    (self.bitsType, ordered) = (bitsType, OrderedBits(bitsType))
    var (offset, step, power) = (0.0, 1.0, 1.0)
    var conversion = Conversion.other
    if coding.freeStep != nil {
      conversion = .free
    } else if grid.dictionary.isEmpty {
      switch grid.kind {
      case .affine(let own, let spacing, let decimals):
        (offset, step, power) = (own, spacing, powersOfTen[decimals])
        let isWhole =
          storage.isInteger && type == storage && decimals == 0 && step == step.rounded(.down)
          && offset == offset.rounded(.down)
        if isWhole { conversion = .whole } else if !storage.isInteger { conversion = .affine }
      case .ordered: conversion = .ordered
      case .digits: break
      }
    }
    (self.conversion, self.offset, self.step, self.power) = (conversion, offset, step, power)
    switch (coding.freeStep, exponent) {
    case (nil, .some): kind = .scaled
    case (nil, nil): kind = .names
    default: kind = .free
    }
    scale = QuickScale(bitsType, exponent: exponent ?? 0)
  }

  /// The bits of the value at a position, or with a name where positions are scaled.
  @inline(__always)
  func bits(of position: Int64) -> UInt64 {
    switch conversion {
    case .free: return bits(nearest: Double(position) * part)
    case .affine: return bits(nearest: (offset + Double(position) * step) / power)
    case .whole:
      let value = max(least, min(greatest, offset + Double(position) * step))
      return UInt64(bitPattern: Int64(value)) & ((1 &<< UInt64(8 &* storage.size)) &- 1)
    case .ordered:
      let own = ordered.bits(position)
      return bitsType == storage ? own : bits(nearest: bitsType.value(bits: own))
    case .other: return bits(nearest: grid.value(position))
    }
  }

  @inline(__always)
  private func bits(nearest value: Double) -> UInt64 {
    if type == storage {
      if storage == .f4 { return UInt64(Float(value).bitPattern) }
      if storage == .f8 { return value.bitPattern }
      return storage.bits(nearest: value)
    }
    return storage.bits(nearest: type.rounded(value))
  }

  /// The position of a value, or its name where positions are scaled; nil if none is within the bound.
  @inline(__always)
  func position(of value: Double, bits raw: UInt64) -> Int64? {
    guard value.isFinite else { return nil }
    let position: Int64
    switch conversion {
    case .free:
      position = QuickScale.whole(value / part)
      // All positions up to half a step away are within the bound, if numbers have that precision.
      return position.magnitude < UInt64(ValueGrid.largestName) ? position : nil
    case .affine, .whole: position = QuickScale.whole((value * power - offset) / step)
    case .ordered: position = ordered.number(bitsType == storage ? raw : bitsType.bits(nearest: value))
    case .other: position = grid.name(near: value)
    }
    if conversion == .whole { return wholePosition(value, position) }
    let found = bits(of: position)
    if found == raw { return position }
    guard bound > 0, ErrorBound.isWithin(bound, value, storage.value(bits: found)) else { return nil }
    return position
  }

  /// The position of an integer, if it is within the bound.
  @inline(__always)
  private func wholePosition(_ value: Double, _ position: Int64) -> Int64? {
    let found = max(least, min(greatest, offset + Double(position) * step))
    return (value - found).magnitude <= bound ? position : nil
  }

  /// Whether positions are the integers themselves.
  var isIdentity: Bool { conversion == .whole && offset == 0 && step == 1 }
  /// Whether finite values may lack a name that other names would have.
  var mayLack: Bool {
    switch conversion {
    case .free: false
    case .ordered: bitsType != storage
    // The nearest multiple is within half a step, and clamping to the type brings it nearer.
    case .whole: !isIdentity && step > 2 * bound + 1
    case .affine, .other: true
    }
  }
  /// Whether positions are searched for.
  var isSlow: Bool { conversion == .other }
  /// Whether names are places in a dictionary.
  var hasDictionary: Bool { !grid.dictionary.isEmpty }

  /// The position of the model's reconstruction.
  func base(_ number: Double) -> Int64 {
    switch kind {
    case .free: QuickScale.whole(number / part)
    case .names: grid.name(near: number)
    case .scaled: QuickScale.whole(number * scale.scale)
    }
  }
}
