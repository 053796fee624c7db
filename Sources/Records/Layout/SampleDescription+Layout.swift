import ByteIO

/// The array that samples are cut from.
package struct CutArray: Equatable, Sendable {
  /// How it is cut.
  package var layout: ArrayLayout
  /// The format of its file.
  package var format: SampleFormat
}

extension SampleDescription {
  /// The number of axes of the array, counted in values.
  var axes: Int { 1 + type.shape(ofNumbers: sampleShape).count }

  /// The description of the samples that a layout cuts from an array.
  ///
  /// They have no format of their own: that of the array waits in ``array``.
  package init(cutting array: SampleDescription, _ layout: ArrayLayout) throws(SampleIOError) {
    try self.init(
      type: array.type, sampleShape: layout.sampleShape, format: .npy(version: 1, bigEndian: false),
      rows: layout.samples)
    missing = array.missing
    self.array = CutArray(layout: layout, format: array.format)
  }

  /// The description of the array that the samples are cut from; of the samples themselves if they are its rows.
  package var ofArray: SampleDescription {
    guard let array,
      var whole = try? SampleDescription(
        type: type, sampleShape: array.layout.rowShape, format: array.format, rows: array.layout.rows)
    else { return self }
    whole.missing = missing
    return whole
  }

  /// Appends the description of the array, without its layout, for stream headers; that of the samples if they are its rows.
  package func encodeArray(into writer: inout ByteWriter) { ofArray.encode(into: &writer) }

  /// Appends the layout, if there is one: the length of the first axis and the rule.
  package func encodeLayout(into writer: inout ByteWriter) {
    guard let array else { return }
    writer.append(count: array.layout.rows ?? 0)
    array.layout.rule.encode(into: &writer)
  }

  /// Parses what ``encodeArray(into:)`` and ``encodeLayout(into:)`` wrote.
  package init(cutFrom reader: inout ByteReader) throws(SampleIOError) {
    var array = try SampleDescription(from: &reader)
    let rule: LayoutRule?
    do throws(ByteReader.Failure) {
      array.rows = try reader.count()
      rule = try LayoutRule(from: &reader)
    } catch {
      throw .badDescription(name: "", reason: "its layout ends too early")
    }
    guard let rule else { throw .badDescription(name: "", reason: "an unknown layout") }
    try self.init(cutting: array, try rule.layout(of: array, name: ""))
  }

  /// The description of the samples by themselves, as if they had never been part of an array.
  package var withoutArray: SampleDescription {
    var samples = self
    samples.array = nil
    return samples
  }
}

extension LayoutRule {
  /// The layout of an array. Throws `noLayout` if the rule does not apply to it.
  ///
  /// - Parameter name: the array in messages.
  package func layout(of array: SampleDescription, name: String) throws(SampleIOError) -> ArrayLayout {
    guard
      let layout = ArrayLayout(
        self, rows: array.rows, rowShape: array.sampleShape, numbersPerValue: array.type.numbersPerValue)
    else {
      throw .noLayout(
        name: name, rule: self, shape: array.type.shape(ofNumbers: array.sampleShape), rows: array.rows)
    }
    return layout
  }
}
