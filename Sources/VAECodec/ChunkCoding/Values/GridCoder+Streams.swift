import EntropyCoding
import Records

extension ChunkCodingContext {
  /// The coder of values without a model; nil with one, without an error bound, for integers of 64 bits, and for columns with
  /// bounds or types of their own, if they are very many or samples have several axes.
  func gridCoder(_ description: SampleDescription, _ errorBound: ErrorBound?, _ known: KnownValues)
    -> GridCoder?
  {
    guard model.isEmpty, let errorBound, !description.elementType.isWide else { return nil }
    var bounds = [0.0]
    switch errorBound {
    case .lossless: break
    case .maxError(let bound): bounds = [bound]
    case .byColumn(let columns): bounds = columns.columns.map(\.bound)
    }
    let types = description.columnTypes
    if bounds.count > 1 || types != nil {
      let shape = description.sampleShape
      guard shape.count == 1, shape[0] <= ValueShape.maximumTableColumns else { return nil }
    }
    var coder = GridCoder(
      description.elementType, sampleShape: description.sampleShape, bounds: bounds, types: types)
    coder.known = known
    return coder
  }
}
