import EntropyCoding
import Records

// Columns with relative bounds: their values are coded by positions on a scale.

extension GridCoder {
  /// Whether a column has values with a scale.
  var hasScales: Bool { (0..<columns).contains { RelativeScale.isUseful(bound($0), types[$0]) } }

  /// Codes the scales of columns with relative bounds.
  ///
  /// - Parameter kinds: nil for a decoder.
  /// - Returns: nil if the bits are those of none.
  func codeScales<Coder: BitCoding>(_ kinds: [RelativeScale.Kind]?, _ coder: inout Coder)
    -> [RelativeScale.Kind]?
  {
    var result = [RelativeScale.Kind](repeating: .exact, count: columns)
    guard hasScales else { return result }
    var integers = SmallIntegerCoding()
    for column in 0..<columns where RelativeScale.isUseful(bound(column), types[column]) {
      var (kind, own): (UInt64, Int64) = (0, 0)
      switch kinds?[column] {
      case .exact?, nil: break
      case .logarithmic(let least)?: (kind, own) = (1, least)
      case .whole(let decimals)?: kind = UInt64(decimals) + 2
      }
      let found = integers.code(kind, &coder)
      switch found {
      case 0: break
      case 1:
        let least = integers.code(signed: own, &coder)
        guard least.magnitude <= RelativeScale.largestLeast, !types[column].isInteger else { return nil }
        result[column] = .logarithmic(least: least)
      default:
        guard found <= UInt64(types[column].isInteger ? 0 : RelativeScale.maximumDecimals) + 2 else {
          return nil
        }
        result[column] = .whole(decimals: Int(found) - 2)
      }
    }
    return result
  }

  /// The types of what is named in each column: positions are binary64.
  func namedTypes(_ kinds: [RelativeScale.Kind]) -> [ElementType] {
    kinds.enumerated().map { $1 == .exact ? types[$0] : .f8 }
  }

  /// The scale of each column; nil without one.
  func scales(_ kinds: [RelativeScale.Kind]) -> [RelativeScale?] {
    let integers = RelativeIntegers.all(
      kinds.enumerated().filter { $1.isWhole }.map { bound($0.offset).size })
    return kinds.enumerated().map {
      $1 == .exact ? nil : RelativeScale($1, bound($0), types[$0], integers: integers[bound($0).size])
    }
  }

  /// Numbers as what is predicted.
  func positions(_ numbers: [Double], _ scales: [RelativeScale?]) -> [Double] {
    guard scales.contains(where: { $0 != nil }) else { return numbers }
    return numbers.enumerated().map { scales[$0 % columns]?.position(of: $1) ?? $1 }
  }
}
