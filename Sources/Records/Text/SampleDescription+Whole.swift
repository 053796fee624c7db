extension SampleDescription {
  /// The description of the same table with all numbers left in its text; unchanged for other formats.
  package var whole: SampleDescription {
    guard case .delimited(var style) = format else { return self }
    style.kept?.isWhole = true
    var description = self
    description.format = .delimited(style)
    return description
  }
}
