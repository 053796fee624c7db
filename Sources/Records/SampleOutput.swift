import ByteIO

/// Creates writers of samples.
package enum SampleOutput {
  /// Creates a writer of samples to `sink`, in the format of `description`. It finishes the sink at the end.
  ///
  /// Nothing may have been written to `sink` before. If `description.rows` is nil or turns out wrong, the count in the
  /// header of npy and IDX is corrected in place on a ``PatchableSink``. On other sinks, if it is nil, rows wait in a
  /// temporary file until their number is known; if it is wrong, the writer throws `rowCountMismatch`.
  ///
  /// Throws `cannotWrite` if the format has no such element type; ``SampleDescription/reformatted(as:)`` finds one that
  /// it has.
  ///
  /// - Parameter clips: whether values that the description's type cannot hold are replaced by the nearest one (NaN by
  ///   0 in integers); otherwise the writer throws `cannotHold` at the first.
  package static func make(
    _ description: SampleDescription, to sink: any ByteSink, clips: Bool = false
  ) throws(SampleIOError) -> any SampleWriter {
    switch description.format {
    case .npy(let version, let bigEndian):
      try Npy.writer(description, version: version, bigEndian: bigEndian, to: sink, clips: clips)
    case .idx: try Idx.writer(description, to: sink, clips: clips)
    case .delimited(let style):
      try DelimitedWriter(
        description, style: style, to: style.kept?.encoding.encoding(to: sink) ?? sink, clips: clips)
    case .vecs: try VecsWriter(description, to: sink, clips: clips)
    case .raw: try FixedSizeWriter(description, to: sink, bigEndian: false, clips: clips)
    case .records(let layout): try writer(layout, description, to: sink)
    }
  }

  private static func writer(
    _ layout: RecordLayout, _ description: SampleDescription, to sink: any ByteSink
  ) throws(SampleIOError) -> any SampleWriter {
    if let separator = layout.table {
      return RecordTableWriter(layout, description, separator: separator, to: sink)
    }
    switch layout.container {
    case .npy(let records): return try Npy.writer(layout, records, description, to: sink)
    case .npz(let npz):
      return RecordWriter(try NpzWriter(npz, size: layout.size, to: sink), layout, description)
    }
  }

  /// Whether the row count in a file called `name` can be corrected at the end; a compressor rules that out.
  package static func correctsRows(in name: String) -> Bool { FileSuffix(of: name).compression == nil }

  /// Whether samples of `description` may have values that the type of `written` cannot hold.
  package static func mayNotHold(_ description: SampleDescription, as written: SampleDescription) -> Bool {
    NarrowingCheck.isNeeded(from: description.elementType, to: written.elementType)
  }

  /// Wraps `sink` in a compressor if `name` ends in .gz or .zst; otherwise returns `sink`.
  package static func sink(
    wrapping sink: any ByteSink, forName name: String
  ) throws(SampleIOError) -> any ByteSink {
    switch FileSuffix(of: name).compression {
    case .gzip: try moving(name) { () throws(ByteIOError) in try GzipSink(sink) }
    case .zstd: try moving(name) { () throws(ByteIOError) in try ZstdSink(sink) }
    case nil: sink
    }
  }
}

extension SampleDescription {
  /// The description of the same samples in another format, with the nearest element type that the format supports.
  ///
  /// Samples already in that format keep their style and byte order.
  package func reformatted(as name: FormatName) throws(SampleIOError) -> SampleDescription {
    var type = type
    var shape = sampleShape
    let newFormat: SampleFormat
    switch (name, format) {
    case (.npy, .npy), (.csv, .delimited): return self
    case (_, .records(let layout)): if let own = layout.written(as: name, self) { return own }
    default: break
    }
    switch (name, format) {
    case (.npy, _): newFormat = .npy(version: 1, bigEndian: false)
    case (.csv, _):
      newFormat = .delimited(DelimitedStyle())
      type = ValueType(elementType)
    case (.npz, _):
      guard let layout = RecordLayout(archiving: self) else {
        throw .cannotWrite(format: "npz", reason: "npy has no such array")
      }
      newFormat = .records(layout)
    case (.raw, _): newFormat = .raw
    case (.idx, _):
      newFormat = .idx
      switch elementType {
      case .u2: type = ValueType(.i4)
      case .u4, .u8, .i8: type = ValueType(.f8)
      case .f2: type = ValueType(.f4)
      case .u1, .i1, .i2, .i4, .f4, .f8: type = ValueType(elementType)
      }
    case (.fvecs, _), (.bvecs, _), (.ivecs, _):
      newFormat = .vecs
      type = ValueType(name.elementType ?? elementType)
      shape = [valuesPerSample]
    }
    return try SampleDescription(type: type, sampleShape: shape, format: newFormat, rows: rows)
  }
}
