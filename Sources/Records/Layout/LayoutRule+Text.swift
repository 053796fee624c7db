// Rules as users write them.

extension LayoutRule {
  /// Windows from their length and the step between those for training, as in "256" or "256:64"; nil if these are none.
  package init?(window text: String) {
    let numbers = text.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    guard (1...2).contains(numbers.count), let length = numbers.first, let step = numbers.last, length > 0,
      (1...length).contains(step)
    else { return nil }
    self = .window(length: length, step: step)
  }

  /// Tiles from two or three lengths, as in "16x16"; nil if these are none.
  ///
  /// - Parameter separators: the characters that may stand between lengths.
  package init?(tile text: String, separators: String = "x") {
    let lengths = text.split(omittingEmptySubsequences: false) { separators.contains($0) }.map {
      Int($0) ?? 0
    }
    guard (2...Self.maximumTileAxes).contains(lengths.count), lengths.allSatisfy({ $0 > 0 }) else {
      return nil
    }
    self = .tile(lengths)
  }

  /// The axes that count samples, as in "0,1" or "-1"; nil if these are none.
  package init?(axes text: String) {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let axes = parts.compactMap { Int($0) }.filter { $0.magnitude < 64 }
    guard axes.count == parts.count else { return nil }
    self = .axes(axes)
  }
}
