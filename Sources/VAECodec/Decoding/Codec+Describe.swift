import ByteIO
import Container
import Records

extension Codec {
  /// The description of the rows of a `.vaec` file, including their number, from headers and last chunks; nil if it
  /// has no stream.
  ///
  /// - Parameters:
  ///   - store: the file.
  ///   - name: the input in messages.
  ///   - keepsGoing: whether to tolerate damage, as for ``decode(_:name:model:rows:keepsGoing:makeWriter:)``.
  package func description(
    of store: any ByteStore, name: String, keepsGoing: Bool = false
  ) throws(CodecError) -> SampleDescription? {
    let finder = StreamFinder(store, memory: memory)
    let map =
      keepsGoing
      ? try RowIndex(surveying: finder, name: name, memory: memory) : try RowIndex(finder, name: name)
    let selection = StreamSelection(map, 0..<map.rows, keepsArrays: true)
    var description = map.streams.compactMap(\.details).first?.description.ofArray
    description?.rows = selection.rows
    return description
  }

  /// The description of the rows of the first stream of a `.vaec` file; nil if it has none. Little more than the
  /// header is read.
  ///
  /// - Parameters:
  ///   - source: the file from its first byte on.
  ///   - name: the input in messages.
  package func description(ofFirst source: any ByteSource, name: String) throws(CodecError)
    -> SampleDescription?
  {
    let reader = StreamReader(source, memory: memory)
    while let part = try nextPart(reader, name) {
      switch part {
      case .header(let header): return try StreamMetadata(header.content, name: name).description.ofArray
      case .compact(let compact):
        return try StreamMetadata.compact(compact.content, name: name).details.description.ofArray
      case .model: continue
      case .chunk, .end: return nil
      }
    }
    return nil
  }
}
