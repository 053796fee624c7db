extension SampleDescription {
  /// The same table with all of its numbers left in its text. Anything else as it is.
  package var whole: SampleDescription {
    guard case .delimited(var style) = format else { return self }
    style.kept?.isWhole = true
    var description = self
    description.format = .delimited(style)
    return description
  }
}
