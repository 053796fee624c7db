import ByteIO
import Container
import Records

/// The requirements on samples that are appended to a file as another stream: the same shape, type and column names.
public struct AppendedSamples: Sendable {
  /// The description of the file's samples; nil if it has none yet.
  private let description: SampleDescription?

  /// Examines a file of streams that were made with the same model.
  ///
  /// Its end is checked as far as headers, seek tables and the last chunk allow.
  ///
  /// - Parameters:
  ///   - store: the file. It may be empty.
  ///   - name: the file in messages.
  ///   - model: the model that the samples will be encoded with.
  /// - Throws: ``CodecError/wrongModel(name:needs:given:)``, ``CodecError/notWhole(name:whole:)``, and other errors of
  ///   the file.
  package init(after store: any ByteStore, name: String, model: FittedModel) throws(CodecError) {
    guard store.size > 0 else {
      description = nil
      return
    }
    let finder = StreamFinder(store)
    let map: RowIndex
    do throws(CodecError) {
      map = try RowIndex(finder, name: name)
      try Self.checkEnd(of: map, finder, name: name)
    } catch {
      if case .bytes = error { throw error }
      guard let whole = try? Self.wholeBytes(finder), whole > 0, whole < store.size else { throw error }
      throw .notWhole(name: name, whole: whole)
    }
    // A stream that embeds its model decodes without this one.
    for needed in map.streams.filter({ $0.model == nil }).compactMap({ $0.details?.model }) {
      guard needed == model.digest else {
        throw .wrongModel(name: name, needs: needed.text, given: model.fingerprint)
      }
    }
    description = map.streams.first?.details?.description
  }

  private static func checkEnd(
    of map: RowIndex, _ finder: StreamFinder, name: String
  ) throws(CodecError) {
    guard let place = map.streams.last?.place, let chunk = place.chunks.last else { return }
    _ = try withFileContext(name) { () throws(StreamError) in
      try finder.content(of: chunk, index: place.chunks.count - 1)
    }
  }

  /// The number of leading bytes that are whole streams.
  private static func wholeBytes(_ finder: StreamFinder) throws(StreamError) -> Int {
    let damaged = try finder.survey().first { place in
      place.end != .whole || place.chunks.contains { $0.state == .damaged }
    }
    return damaged?.range.lowerBound ?? 0
  }

  /// Throws if the samples have another shape or type, or their columns other names.
  ///
  /// - Parameters:
  ///   - description: the description of the samples.
  ///   - name: the samples in messages.
  package func accepts(_ description: SampleDescription, name: String) throws(CodecError) {
    guard let expected = self.description?.ofArray else { return }
    guard expected.sampleShape == description.sampleShape, expected.type == description.type,
      expected.hasSameFields(as: description)
    else {
      throw .mixedShapes(name: name, found: description.sampleShape, expected: expected.sampleShape)
    }
    if let column = description.renamedColumn(after: expected) { throw .renamedColumn(name: name, column) }
  }
}
