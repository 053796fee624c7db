import Records

/// What selected samples of a file's streams are written as: rows of the arrays that they are cut from where they are
/// consecutive rows of these, otherwise the samples themselves.
struct StreamSelection {
  private let map: RowIndex
  private let wanted: Range<Int>
  private let keepsArrays: Bool
  /// The number of rows to write.
  private(set) var rows = 0

  /// - Parameters:
  ///   - wanted: the selected samples, counted from the beginning of the file.
  ///   - isWhole: whether all samples are selected.
  init(_ map: RowIndex, _ wanted: Range<Int>, keepsArrays isWhole: Bool) {
    self.map = map
    self.wanted = wanted
    keepsArrays =
      isWhole || map.streams.allSatisfy { $0.details?.description.array?.layout.isSequence ?? true }
    for stream in map.streams.indices { rows += rows(ofStream: stream) }
  }

  /// What is written of samples of a stream.
  func description(_ samples: SampleDescription) -> SampleDescription {
    keepsArrays ? samples : samples.withoutArray
  }

  /// Samples of a stream as they are written: what lies beyond the edges of the array does not come back.
  ///
  /// - Parameter first: the number of the first, in the stream.
  func written(_ batch: SampleBatch, ofStream stream: Int, from first: Int) -> SampleBatch {
    guard !keepsArrays, let layout = map.streams[stream].details?.description.array?.layout else {
      return batch
    }
    return layout.repeatingEdges(of: batch, from: first)
  }

  /// The number of the first sample of a stream, counted from the beginning of the file.
  func start(ofStream stream: Int) -> Int { map.rows(ofStream: stream).lowerBound }

  /// The part of a stream's array that is written: the rows of the bands of all selected samples; nil if samples are.
  func box(ofStream stream: Int) -> [Range<Int>]? {
    guard keepsArrays, let layout = map.streams[stream].details?.description.array?.layout else { return nil }
    let samples = selected(ofStream: stream)
    var rows = 0..<0
    if let last = samples.last {
      rows =
        layout.rows(ofBand: (samples.lowerBound) / layout.samplesPerBand)
        .lowerBound..<layout.rows(ofBand: last / layout.samplesPerBand).upperBound
    }
    return [rows] + layout.rowShape.map { 0..<$0 }
  }

  private func rows(ofStream stream: Int) -> Int {
    box(ofStream: stream).map { $0[0].count } ?? selected(ofStream: stream).count
  }

  /// The selected samples of a stream, counted from its first.
  private func selected(ofStream stream: Int) -> Range<Int> {
    let own = map.rows(ofStream: stream)
    let range = own.clamped(to: wanted)
    return range.isEmpty ? 0..<0 : range.lowerBound - own.lowerBound..<range.upperBound - own.lowerBound
  }
}
