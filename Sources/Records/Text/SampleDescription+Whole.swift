extension SampleDescription {
  /// The same description with the decimals that a table's text gives its numbers, if they are of a fixed number. For
  /// measuring; a stream says the same by its spellings.
  package var spelled: SampleDescription {
    guard case .delimited(var style) = format, let kept = style.kept, !kept.isWhole else { return self }
    style.decimals = kept.numberColumns.map { kept.spellings[$0]?.roundedDecimals }
    var description = self
    description.format = .delimited(style)
    return description
  }

  /// The description of the same table with all numbers left in its text; unchanged for other formats.
  package var whole: SampleDescription {
    guard case .delimited(var style) = format else { return self }
    style.kept?.isWhole = true
    var description = self
    description.format = .delimited(style)
    return description
  }
}
