import ByteIO
import Records

// The section about the layout: how arrays are cut into samples of the model.

extension ModelMetadata {
  /// The rule that cuts arrays into samples; nil if their rows are samples.
  var layout: LayoutRule? {
    get {
      guard let section = section(Section.layout) else { return nil }
      var r = ByteReader(section)
      return try? LayoutRule(from: &r, withStep: true)
    }
    set {
      sections.removeAll { $0.kind == Section.layout }
      guard let newValue else { return }
      var w = ByteWriter()
      newValue.encode(into: &w, withStep: true)
      sections.append(Section(kind: Section.layout, bytes: w.bytes))
    }
  }
}

extension FittedModel {
  /// The rule that cuts arrays into samples of the model; nil if their rows are samples.
  public var layout: LayoutRule? { notes.layout }

  /// The shape of a row of raw values, in values, where a model of windows implies it.
  package func shapeOfRaw(_ options: ReadOptions) -> [Int]? {
    guard options.type != nil, case .window = notes.layout else { return nil }
    return Array(summary.type.shape(ofNumbers: summary.sampleShape).dropFirst())
  }

  /// The rule that cuts an array into samples of the model; nil if its rows are such samples, or the model has no rule.
  ///
  /// - Parameter description: of the rows of the array.
  package func rule(for description: SampleDescription) -> LayoutRule? {
    guard let rule = notes.layout?.withoutOverlap, description.array == nil,
      description.sampleShape != summary.sampleShape
    else { return nil }
    guard let layout = try? rule.layout(of: description, name: "") else {
      // The whole array must be read before that is known.
      return description.rows == nil ? rule : nil
    }
    if layout.sampleShape == summary.sampleShape { return rule }
    return (try? accepts(description, name: "")) == nil ? rule : nil
  }

  /// A reader of samples: the given one, or what the model's layout cuts from its array.
  ///
  /// - Parameters:
  ///   - name: the input in messages.
  ///   - overlaps: whether windows overlap as in training.
  ///   - known: the description of the array as it is known after all rows have been read; nil for the reader's.
  ///   - memory: the limit for what must be held at once.
  func cutting(
    _ reader: any SampleReader, name: String, overlaps: Bool = false, known: SampleDescription? = nil,
    memory: MemoryLimit
  ) throws(CodecError) -> any SampleReader {
    guard let own = rule(for: reader.description) else { return reader }
    do {
      return try LayoutReader(
        reader, overlaps ? notes.layout ?? own : own, known: known, name: name, memory: memory)
    } catch {
      throw .samples(error)
    }
  }
}
