extension ErrorBoundRequest {
  /// A bound as people write it: `0.01`, `1%` of the value range, `rel:1%` of each value; then bounds of columns, as in
  /// `1%,temp=0.05,3=rel:0.1%`. Nil for anything else.
  package init?(text: String) {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard let all = parts.first.flatMap(ColumnErrors.Bound.init(text:)) else { return nil }
    var named: [ColumnErrors.Named] = []
    for part in parts.dropFirst() {
      // A name may itself contain the sign.
      guard let sign = part.lastIndex(of: "="), sign > part.startIndex,
        let bound = ColumnErrors.Bound(text: String(part[part.index(after: sign)...]))
      else { return nil }
      named.append(ColumnErrors.Named(column: String(part[..<sign]), bound: bound))
    }
    if !named.isEmpty {
      self = .byColumn(ColumnErrors(all: all, named: named))
      return
    }
    self =
      switch all {
      case .error(let bound): .maxError(bound)
      case .ofRange(let share): .maxErrorOfRange(share)
      case .ofValue(let share): .maxRelativeError(share)
      }
  }
}

extension ColumnErrors.Bound {
  /// A bound: 0.01, 1%, or rel:1%; nil for anything else.
  package init?(text: String) {
    let isOfValue = text.hasPrefix("rel:")
    let isShare = text.hasSuffix("%")
    guard let number = Double(text.dropFirst(isOfValue ? 4 : 0).dropLast(isShare ? 1 : 0)),
      ErrorBound.range.contains(number)
    else { return nil }
    let share = isShare ? number / 100 : number
    if isOfValue, share >= 1 { return nil }
    self = isOfValue ? .ofValue(share) : isShare ? .ofRange(share) : .error(number)
  }
}
