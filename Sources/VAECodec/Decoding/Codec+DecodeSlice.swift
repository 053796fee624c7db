import ByteIO
import Container
import Records

extension Codec {
  /// Decodes a part of the array in a `.vaec` file. Only headers, seek tables and the chunks with the part are read.
  ///
  /// The arrays of several streams are joined along their first axis.
  ///
  /// - Parameters:
  ///   - store: the file.
  ///   - name: the input in messages.
  ///   - model: as for ``decode(_:name:model:makeWriter:)``.
  ///   - slices: the part. Along axes after the first, it must not be empty.
  ///   - makeWriter: called once with the description of the part. The writer is finished at the end.
  /// - Throws: ``CodecError/noSlice(name:reason:)``, and what ``decode(_:name:model:makeWriter:)`` throws.
  package func decode(
    _ store: any ByteStore, name: String, model: FittedModel?, slices: AxisSlices,
    makeWriter: (SampleDescription) throws(CodecError) -> any SampleWriter
  ) throws(CodecError) -> DecodeReport {
    let clock = ContinuousClock()
    let start = clock.now
    let counting = CountingStore(store)
    let finder = StreamFinder(counting, memory: memory)
    let map = try RowIndex(finder, name: name)
    let selection = StreamSelection(map, 0..<map.rows, keepsArrays: true)
    guard let whole = map.streams.compactMap({ $0.details?.description.ofArray }).first else {
      throw .noRows(name: name)
    }
    if whole.format.isTable || whole.format.kept != nil,
      map.streams.allSatisfy({ $0.details?.description.array == nil })
    {
      return try decode(store, name: name, model: model, slices, ofTable: whole, makeWriter: makeWriter)
    }
    let box = try box(slices, of: whole, rows: selection.rows, name: name)
    var part: SampleDescription
    do {
      if whole.format.isDelimited {
        part = try ColumnSelection(range: { _ in box[1] }, of: whole, name: name).description(whole)
        part.rows = box[0].count
      } else {
        part = try SampleDescription(
          type: whole.type, sampleShape: box.dropFirst().map(\.count), format: whole.format,
          rows: box[0].count)
      }
    } catch {
      throw .samples(error)
    }
    let output = DecodedSamples(self, name: name, model: model)
    for description in map.streams.compactMap({ $0.details?.description.ofArray }) {
      guard description.sampleShape == whole.sampleShape, description.type == whole.type else {
        throw .mixedShapes(name: name, found: description.sampleShape, expected: whole.sampleShape)
      }
    }
    try output.open(part, makeWriter: makeWriter)
    var firstRow = 0
    for (number, stream) in map.streams.enumerated() {
      guard let samples = stream.details?.description else { continue }
      let layout = try samples.layout(rows: map.rows(ofStream: number).count, name: name)
      let rows = firstRow..<firstRow + (layout.rows ?? 0)
      firstRow = rows.upperBound
      let own = rows.clamped(to: box[0])
      guard !own.isEmpty else { continue }
      try withFileContext(name) { () throws(ByteIOError) in try memory.admit(layout.samplesPerBand) }
      var ownBox = box
      ownBox[0] = own.lowerBound - rows.lowerBound..<own.upperBound - rows.lowerBound
      let first = map.rows(ofStream: number).lowerBound
      let needed = layout.samples(in: ownBox)
      let pieces = map.pieces.filter { piece in
        piece.stream == number
          && needed.overlaps(piece.rows.lowerBound - first..<piece.rows.upperBound - first)
      }
      output.carried = try stream.model.map { (file) throws(CodecError) in try readModel(file, finder, name) }
      try output.begin(layout, samples.type, box: ownBox)
      try decode(pieces[...], of: stream, finder, name: name, keepsGoing: false, to: output) {
        piece, batch throws(CodecError) in
        if let batch { try output.write(batch, from: piece.rows.lowerBound - first) }
      }
    }
    try output.finish()
    var report = DecodeReport(
      samples: box[0].count, valuesPerSample: part.valuesPerSample, streamBytes: counting.count,
      rawBytes: output.rawBytes, seconds: 0)
    report.errorScale = output.errorScale
    report.seconds = (clock.now - start) / .seconds(1)
    return report
  }

  /// Decodes a part of a table: rows and columns.
  private func decode(
    _ store: any ByteStore, name: String, model: FittedModel?, _ slices: AxisSlices,
    ofTable table: SampleDescription,
    makeWriter: (SampleDescription) throws(CodecError) -> any SampleWriter
  ) throws(CodecError) -> DecodeReport {
    let axes = slices.axes
    guard axes.count <= 2 else {
      throw .noSlice(name: name, reason: "has 2 axes; the slice has \(axes.count)")
    }
    return try decode(store, name: name, model: model, rows: axes.first ?? .all) {
      (description) throws(CodecError) in
      guard axes.count == 2, axes[1] != .all else { return try makeWriter(description) }
      let selection: ColumnSelection
      let chosen: SampleDescription
      do throws(SampleIOError) {
        selection = try ColumnSelection(range: axes[1].rows(of:), of: description, name: name)
        chosen = try selection.description(description)
      } catch {
        throw .samples(error)
      }
      return SelectingWriter(try makeWriter(chosen), selection)
    }
  }

  /// The ranges of a part along all axes, in numbers.
  private func box(
    _ slices: AxisSlices, of array: SampleDescription, rows: Int, name: String
  ) throws(CodecError) -> [Range<Int>] {
    if case .records = array.format, slices.axes.count > 1 {
      throw .noSlice(name: name, reason: "holds records, of which whole rows are decoded")
    }
    let shape = [rows] + array.type.shape(ofNumbers: array.sampleShape)
    guard slices.axes.count <= shape.count else {
      let axes = shape.count == 1 ? "1 axis" : "\(shape.count) axes"
      throw .noSlice(name: name, reason: "has \(axes); the slice has \(slices.axes.count)")
    }
    let box = slices.box(of: shape)
    if let axis = box.indices.dropFirst().first(where: { box[$0].isEmpty }) {
      throw .noSlice(
        name: name, reason: "the slice is empty along axis \(axis), which has \(shape[axis]) places")
    }
    return box + (array.type.kind == .complex ? [0..<2] : [])
  }
}

extension SampleDescription {
  /// The layout of the array that the samples are cut from, or of which they are the rows.
  fileprivate func layout(rows: Int, name: String) throws(CodecError) -> ArrayLayout {
    if let layout = array?.layout { return layout }
    guard let layout = ArrayLayout(.axes([0]), rows: rows, rowShape: sampleShape) else {
      throw .badHeader(name: name, reason: "its samples overflow")
    }
    return layout
  }
}

extension ArrayLayout {
  /// The samples that a box of the array has values of.
  fileprivate func samples(in box: [Range<Int>]) -> NeededSamples {
    let bands = box[0].lowerBound / step..<(box[0].upperBound - 1) / step + 1
    var places: [Bool] = []
    for place in 0..<samplesPerBand {
      let origin = origin(ofSample: place)
      places.append(
        block.indices.dropFirst().allSatisfy {
          (origin[$0]..<origin[$0] + block[$0]).overlaps(box[$0])
        })
    }
    return NeededSamples(bands: bands, places: places)
  }
}

/// Samples at the same places of consecutive bands.
private struct NeededSamples {
  let bands: Range<Int>
  /// For each sample of a band, whether it is needed.
  let places: [Bool]

  /// Whether any of consecutive samples is needed.
  func overlaps(_ samples: Range<Int>) -> Bool {
    let all = bands.lowerBound * places.count..<bands.upperBound * places.count
    let own = samples.clamped(to: all)
    return own.count >= places.count ? !own.isEmpty : own.contains { places[$0 % places.count] }
  }
}
