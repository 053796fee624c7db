import ByteIO

/// Opens the writer for a description.
package enum SampleOutput {
  /// A writer of samples as `description` says, to `sink`, which it finishes in the end.
  ///
  /// Nothing may have been written to `sink` before. When `description.rows` is nil or turns out wrong, the
  /// count in the header of npy and IDX is corrected in place on a ``PatchableSink``. On other sinks rows
  /// wait in a temporary file until their number is known if it was nil, and `rowCountMismatch` is thrown if
  /// it was wrong.
  ///
  /// Throws `cannotWrite` when the format has no such element type; ``SampleDescription/reformatted(as:)``
  /// finds one that it has.
  ///
  /// - Parameter clips: whether values of another type that the description's cannot hold become the nearest (NaN in integers
  ///   0); else the writer throws `cannotHold` at the first.
  package static func make(
    _ description: SampleDescription, to sink: any ByteSink, clips: Bool = false
  ) throws(SampleIOError) -> any SampleWriter {
    switch description.format {
    case .npy(let version, let bigEndian):
      try Npy.writer(description, version: version, bigEndian: bigEndian, to: sink, clips: clips)
    case .idx: try Idx.writer(description, to: sink, clips: clips)
    case .delimited(let style): try DelimitedWriter(description, style: style, to: sink, clips: clips)
    case .vecs: try VecsWriter(description, to: sink, clips: clips)
    case .raw: try FixedSizeWriter(description, to: sink, bigEndian: false, clips: clips)
    }
  }

  /// Whether the number of samples in a file called `name` can be corrected when all are written: not behind a compressor.
  package static func correctsRows(in name: String) -> Bool { FileSuffix(of: name).compression == nil }

  /// Whether samples that are `description` may have values that the type of `written` cannot hold.
  package static func mayNotHold(_ description: SampleDescription, as written: SampleDescription) -> Bool {
    NarrowingCheck.isNeeded(from: description.elementType, to: written.elementType)
  }

  /// `sink` behind a compressor, when `name` ends in .gz or .zst; `sink` itself otherwise.
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
  /// The description of the same samples in another format, with the nearest element type that it can hold.
  ///
  /// What is in that format already stays as it is, with its style and byte order.
  package func reformatted(as name: FormatName) throws(SampleIOError) -> SampleDescription {
    var type = type
    var shape = sampleShape
    let newFormat: SampleFormat
    switch (name, format) {
    case (.npy, .npy), (.csv, .delimited): return self
    case (.npy, _): newFormat = .npy(version: 1, bigEndian: false)
    case (.csv, _):
      newFormat = .delimited(DelimitedStyle())
      type = ValueType(elementType)
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
