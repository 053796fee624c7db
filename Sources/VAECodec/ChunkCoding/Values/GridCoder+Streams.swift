import EntropyCoding
import Records

extension ChunkCodingContext {
  /// The coder of values without a model; nil with one, without an error bound, for integers of 64 bits, and for tables of very
  /// many columns.
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
    guard bounds.count == 1 && types == nil || description.valuesPerSample <= ValueShape.maximumTableColumns
    else {
      return nil
    }
    var coder = GridCoder(
      description.elementType, sampleShape: description.sampleShape, bounds: bounds, types: types)
    coder.known = known
    coder.triesPlans = effort.level > 0
    return coder
  }
}
